/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "buckets.h"
#include "hash.h"
#include "memory.h"
#include "times.h"

/* From the local time: not all days are equally long, so an hour is known by
 * its begin and end, and a day by its hours. */
static void
find_span(struct buckets *buckets, enum by by, int64_t seconds)
{
	time_t time = seconds;
	struct tm tm = { 0 };

	if (seconds >= buckets->begins && seconds < buckets->ends)
		return;
	localtime_r(&time, &tm);
	buckets->begins = seconds - tm.tm_min * 60 - tm.tm_sec;
	buckets->ends = buckets->begins + 3600;
	strftime(buckets->name, sizeof(buckets->name),
	    by == BY_DAY ? "%Y-%m-%d" : "%Y-%m-%d %H:00", &tm);
}

static struct bytes
name_of(struct buckets *buckets, enum by by, int64_t seconds, struct bytes host)
{
	if (by == BY_HOST)
		return host;
	if (seconds == INT64_MIN)
		return bytes_of("no time");
	find_span(buckets, by, seconds);
	return bytes_of(buckets->name);
}

void
buckets_add(struct buckets *buckets, enum by by, int64_t seconds,
    struct bytes host, enum bucket_column column, int64_t change)
{
	struct bytes name;
	struct bucket *bucket;
	bool is_new;

	if (by == BY_NOTHING)
		return;
	name = name_of(buckets, by, seconds, host);
	if (name.len >= BUCKET_NAME_MAX)
		name.len = BUCKET_NAME_MAX - 1;
	if (buckets->table.count >= BUCKETS_LIMIT &&
	    table_find(&buckets->table, hash_text(name, 0)) == NULL) {
		buckets->dropped += times;
		return;
	}
	bucket = table_add(
	    &buckets->table, sizeof(*bucket), hash_text(name, 0), &is_new);
	if (is_new && name.len > 0)
		memcpy(bucket->name, name.data, name.len);
	bucket->columns[column] += change * times;
}

static int
by_name(const void *a, const void *b)
{
	const struct bucket *left = *(const struct bucket *const *)a;
	const struct bucket *right = *(const struct bucket *const *)b;

	return strcmp(left->name, right->name);
}

size_t
buckets_sorted(const struct buckets *buckets, const struct bucket ***sorted)
{
	size_t at = 0;

	*sorted = memory_new(buckets->table.count, sizeof(**sorted));
	for (size_t i = 0; i < buckets->table.count; i++)
		(*sorted)[i] = table_next(&buckets->table, &at);
	qsort(*sorted, buckets->table.count, sizeof(**sorted), by_name);
	return buckets->table.count;
}
