/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a record that is loaded where there may be one already.
 *   merge    triplets: the smaller first, the larger last, the host of the one
 *            with the larger last (of equal ones the larger as bytes); clients:
 *            the larger count, the larger last. The result is the same in any
 *            order, and however often it is done.
 *   replace  the new one
 *   delete   nothing, if both are the same; else what is there
 */
#ifndef MERGE_H
#define MERGE_H

#include "input.h"
#include "settings.h"

/*
 * NULL, or why this is not a record of the table and must not be written. With
 * --delete, it may also be one that can't be decoded.
 */
const char *merge_refuses(
    enum load_mode, enum store_table, const struct item *);

/* there: what is stored, NULL if nothing. */
enum store_action merge_records(enum load_mode, enum store_table,
    const struct bytes *there, const struct item *, struct store_value *next);

#endif
