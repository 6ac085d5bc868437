/* SPDX-License-Identifier: BSD-2-Clause */
#include "form.h"
#include "put.h"

static const char digit[] = "0123456789abcdef";

static void
put_hex(struct bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.data[i];

		put_char(digit[c >> 4]);
		put_char(digit[c & 15]);
	}
}

static void
put_print(struct bytes bytes)
{
	size_t run;

	while (bytes.len > 0) {
		run = put_plain_run(bytes);
		put_bytes((struct bytes){ bytes.data, run });
		if (run == bytes.len)
			return;
		put_char('\\');
		if (bytes.data[run] == '\\')
			put_char('\\');
		else
			put_hex((struct bytes){ bytes.data + run, 1 });
		bytes = bytes_from(bytes, run + 1);
	}
}

static void
put_line(bool print, struct bytes bytes)
{
	put_char(' ');
	if (print)
		put_print(bytes);
	else
		put_hex(bytes);
	put_char('\n');
}

void
form_dump(bool print, struct bytes key, struct bytes value)
{
	put_line(print, key);
	put_line(print, value);
}
