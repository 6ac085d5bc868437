/* SPDX-License-Identifier: BSD-2-Clause */
#include "form.h"

static const char digit[] = "0123456789abcdef";

/* ASCII, whatever the locale, as in db_dump, which does not set one. */
static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HAS_ZERO(word) (((word)-EACH(1)) & ~(word)&EACH(0x80))

/*
 * Are eight bytes plain? May say no where they are, when a byte in front of
 * one that is not plain is looked at together with it.
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

static size_t
plain_run(struct bytes bytes)
{
	size_t run = 0;

	while (run + 8 <= bytes.len && are_plain(bytes.data + run))
		run += 8;
	while (run < bytes.len && is_plain(bytes.data[run]))
		run++;
	return run;
}

static void
put_print(FILE *out, struct bytes bytes)
{
	size_t run;

	while (bytes.len > 0) {
		run = plain_run(bytes);
		fwrite_unlocked(bytes.data, 1, run, out);
		if (run == bytes.len)
			return;
		putc_unlocked('\\', out);
		if (bytes.data[run] == '\\')
			putc_unlocked('\\', out);
		else {
			unsigned char c = (unsigned char)bytes.data[run];

			putc_unlocked(digit[c >> 4], out);
			putc_unlocked(digit[c & 15], out);
		}
		bytes = bytes_from(bytes, run + 1);
	}
}

static void
put_hex(FILE *out, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.data[i];

		putc_unlocked(digit[c >> 4], out);
		putc_unlocked(digit[c & 15], out);
	}
}

static void
put_line(FILE *out, bool print, struct bytes bytes)
{
	putc_unlocked(' ', out);
	if (print)
		put_print(out, bytes);
	else
		put_hex(out, bytes);
	putc_unlocked('\n', out);
}

void
form_dump(FILE *out, bool print, struct bytes key, struct bytes value)
{
	put_line(out, print, key);
	put_line(out, print, value);
}
