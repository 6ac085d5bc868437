/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cells of the table say. Each text lies in `out` or in the row.
 */
#ifndef TABLE_TEXT_H
#define TABLE_TEXT_H

#include "common/when.h"
#include "row.h"

/* Of all cells but keys and values; the widest of each kind, in columns. */
enum {
	TABLE_TEXT_MAX = 64,
	TABLE_AGE_WIDTH = 6,	/* "59 min" */
	TABLE_STATE_WIDTH = 12, /* "waits 17 min" */
	TABLE_DATE_WIDTH = 19
};

/* The client's address, or else its network, in its usual short form, which
 * keys don't have. */
struct bytes table_client(const struct row *, char out[static TABLE_TEXT_MAX]);

/* "<>" is the null sender; "-": the key has no parts. */
struct bytes table_sender(const struct row *);
struct bytes table_recipient(const struct row *);

/* How long ago: "12 s", "5 min", "47 h", "3 d", "55 y"; "future". */
struct bytes table_age(
    int64_t time, int64_t now, char out[static TABLE_TEXT_MAX]);
/* "2026-11-22 07:00:00", local. */
struct bytes table_date(int64_t time, char out[static TABLE_TEXT_MAX]);

/* "waits 203 s"; "waiting" where a retry would pass now; "passed". */
struct bytes table_state(const struct row *, char out[static TABLE_TEXT_MAX]);

/* The count on the auto-whitelist, or ">99" where it is more than most. */
struct bytes table_awl(
    const struct row *, int64_t most, char out[static TABLE_TEXT_MAX]);

#endif
