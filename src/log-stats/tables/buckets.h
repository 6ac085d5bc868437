/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of --by: what happened in which hour or day, or at which host.
 */
#ifndef BUCKETS_H
#define BUCKETS_H

#include "common/bytes.h"
#include "table.h"

enum bucket_column {
	BUCKET_POSTSCREEN,
	BUCKET_SMTPD,
	BUCKET_DELIVERED,
	BUCKET_GREYLISTED,
	BUCKET_RECEIVED,
	BUCKET_BOUNCED,
	BUCKET_DEFERRED,
	BUCKET_COLUMNS
};

enum by { BY_NOTHING, BY_HOUR, BY_DAY, BY_HOST };

enum { BUCKET_NAME_MAX = 64, BUCKETS_LIMIT = 65536 };

struct bucket {
	uint64_t hash;
	int64_t columns[BUCKET_COLUMNS];
	char name[BUCKET_NAME_MAX]; /* "2026-02-10 17:00", the host, ... */
};

struct buckets {
	struct table table;
	char name[BUCKET_NAME_MAX]; /* of the current hour or day */
	int64_t begins, ends; /* the seconds from which and before which */
	uint64_t dropped;     /* changes of buckets above the limit */
};

/* The hour or day is that of seconds in local time; INT64_MIN: no time is
 * known.
 */
void buckets_add(struct buckets *, enum by, int64_t seconds, struct bytes host,
    enum bucket_column, int64_t change);

/* All of them, ordered by name; the caller frees *sorted. */
size_t buckets_sorted(const struct buckets *, const struct bucket ***sorted);

#endif
