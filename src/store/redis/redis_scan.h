/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of a table in the order of bytes, which no server has: all are asked
 * for, from all masters, and the first so many of them are kept and sorted.
 */
#ifndef REDIS_SCAN_H
#define REDIS_SCAN_H

#include "redis.h"

struct redis_scan {
	struct bytes *keys; /* sorted, each once */
	size_t count;
	bool more; /* there are others after these */
	/* Of the wing's own. */
	size_t room, used, bytes;
	char *data;
	struct bytes from;
	size_t bound; /* with more: the last key that is wanted */
	char *name;   /* room for one */
	size_t name_room;
};

/* Those that are not less than `from`. What was in it before is dropped. */
enum store_result redis_scan(
    struct redis *, enum store_table, struct bytes from, struct redis_scan *);
void redis_scan_free(struct redis_scan *);

#endif
