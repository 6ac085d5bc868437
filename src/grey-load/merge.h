/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a record that is loaded where there may be one already. Pure.
 *   merge    triplets: the smaller first, the larger last, the host of the one
 *            with the larger last (of equal ones the larger as bytes); clients:
 *            the larger count, the larger last. In whatever order, and however
 *            often: the result is the same.
 *   replace  the new one
 *   delete   nothing, if both are the same; else what is there
 */
#ifndef MERGE_H
#define MERGE_H

#include "input.h"
#include "settings.h"

/*
 * NULL, or why the record can't be one of the table, and must not be written.
 * --delete also takes what can't be decoded.
 */
const char *merge_refuses(
    enum load_mode, enum store_table, const struct record *);

/* there: what is stored, NULL if nothing. */
enum store_action merge_records(enum load_mode, enum store_table,
    const struct bytes *there, const struct record *, struct store_value *next);

#endif
