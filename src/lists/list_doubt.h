/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIST_DOUBT_H
#define LIST_DOUBT_H

#include "list_entry.h"

/*
 * NULL, or why a good entry is not what it seems: it matches nothing that
 * Postfix ever asks about, or more than what is written.
 */
const char *list_doubt(
    enum list_kind, struct bytes text, const struct list_entry *);

#endif
