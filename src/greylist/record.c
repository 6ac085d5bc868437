/* SPDX-License-Identifier: BSD-2-Clause */
#include "record.h"

/* What is before the first comma; *rest is what follows it, or empty. */
static struct bytes
field(struct bytes value, struct bytes *rest)
{
	const char *comma = memchr(value.data, ',', value.len);
	size_t len = comma == NULL ? value.len : (size_t)(comma - value.data);

	*rest = bytes_from(value, comma == NULL ? len : len + 1);
	return (struct bytes){ value.data, len };
}

bool
record_read_triplet(struct bytes value, struct triplet_record *record)
{
	struct bytes first, last, rest;

	first = field(value, &rest);
	last = field(rest, &record->host);
	return num_decimal(first, &record->first) &&
	    num_decimal(last, &record->last);
}

bool
record_read_client(struct bytes value, struct client_record *record)
{
	struct bytes last, count = field(value, &last);

	return num_decimal(count, &record->count) &&
	    num_decimal(last, &record->last);
}

bool
record_is_triplet(struct bytes value)
{
	struct triplet_record record;

	return record_read_triplet(value, &record);
}

bool
record_is_client(struct bytes value)
{
	struct client_record record;

	return record_read_client(value, &record);
}

static size_t
write_pair(int64_t a, int64_t b, char *out)
{
	size_t used = num_format(a, out);

	out[used++] = ',';
	return used + num_format(b, out + used);
}

size_t
record_write_triplet(
    const struct triplet_record *record, char out[static RECORD_MAX])
{
	size_t used = write_pair(record->first, record->last, out);

	if (record->host.len == 0)
		return used;
	out[used++] = ',';
	memcpy(out + used, record->host.data, record->host.len);
	return used + record->host.len;
}

size_t
record_write_client(
    const struct client_record *record, char out[static RECORD_MAX])
{
	return write_pair(record->count, record->last, out);
}
