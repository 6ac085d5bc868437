/* SPDX-License-Identifier: BSD-2-Clause */
/* Who holds a lock, and since when, for those who have waited in vain. */
#ifndef STORE_HOLDER_H
#define STORE_HOLDER_H

#include <time.h>

#include "store/store_engine.h"

/*
 * Sets the reason and returns STORE_ERROR. since: epoch seconds, 0: now; file:
 * the lock, in this directory.
 */
enum store_result store_held_by(struct store *, const char *directory,
    const char *file, unsigned long pid, time_t since);

#endif
