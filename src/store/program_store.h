/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the programs that have a store open it.
 */
#ifndef PROGRAM_STORE_H
#define PROGRAM_STORE_H

#include "common/msg.h"
#include "store.h"

/* For store_options: what a store does by itself goes to msg(). */
void program_report(enum msg_level, const char *text);

/* NULL: `where` does not name a store; msg() has said so. */
struct store *program_open_store(
    const char *where, const struct store_options *);

#endif
