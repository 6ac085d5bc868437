/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/num.h"
#include "put.h"

struct put put;

void
put_flush(void)
{
	fwrite_unlocked(put.bytes, 1, put.used, stdout);
	put.used = 0;
}

/* ASCII, whatever the locale, as in db_dump, which does not set one. */
static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HAS_ZERO(word) (((word)-EACH(1)) & ~(word)&EACH(0x80))

/*
 * Are eight bytes plain? May say no where they are, when a byte before one that
 * is not plain is looked at together with it.
 */
static bool
are_plain(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return ((((word - EACH(0x20)) & ~word) | word | (word + EACH(1))) &
		   EACH(0x80)) == 0 &&
	    HAS_ZERO(word ^ EACH('\\')) == 0;
}

size_t
put_plain_run(struct bytes bytes)
{
	size_t run = 0;

	while (run + 8 <= bytes.len && are_plain(bytes.data + run))
		run += 8;
	while (run < bytes.len && is_plain(bytes.data[run]))
		run++;
	return run;
}

/* Makes room for this many bytes. False: they are more than ever fit. */
static bool
make_room(size_t count)
{
	if (count > sizeof(put.bytes) - put.used)
		put_flush();
	return count <= sizeof(put.bytes);
}

void
put_bytes(struct bytes bytes)
{
	if (!make_room(bytes.len))
		fwrite_unlocked(bytes.data, 1, bytes.len, stdout);
	else if (bytes.len > 0) {
		memcpy(put.bytes + put.used, bytes.data, bytes.len);
		put.used += bytes.len;
	}
}

void
put_blanks(size_t count)
{
	if (make_room(count)) {
		memset(put.bytes + put.used, ' ', count);
		put.used += count;
	}
}

void
put_number(int64_t number)
{
	if (make_room(NUM_TEXT_MAX))
		put.used += num_format(number, put.bytes + put.used);
}
