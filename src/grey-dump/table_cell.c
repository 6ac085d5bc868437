/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>

#include "common/text.h"
#include "put.h"
#include "table_cell.h"

int
table_cell_width(struct bytes text)
{
	int columns;

	if (put_plain_run(text) == text.len)
		return (int)text.len;
	(void)text_fit(text, INT_MAX, &columns);
	return columns;
}

static void
put_printable(struct bytes text)
{
	uint32_t code;
	size_t n;

	for (; text.len > 0; text = bytes_from(text, n)) {
		n = put_plain_run(text);
		if (n == 0)
			n = text_character(text, &code);
		if (n > 0)
			put_bytes((struct bytes){ text.data, n });
		else {
			put_char('?');
			n = 1;
		}
	}
}

/* What stands in front of a cut, the sign of it, and what stands after it. */
static void
put_cut(struct bytes before, struct bytes after, int width)
{
	int used = table_cell_width(before) + 1 + table_cell_width(after);

	put_printable(before);
	put_char('~');
	put_printable(after);
	put_blanks(used < width ? (size_t)(width - used) + 1 : 1);
}

/* Writes it unless it is wider than that. */
static bool
put_if_fits(struct bytes text, int width, bool cut)
{
	int used = table_cell_width(text);

	if (cut && used > width)
		return false;
	put_printable(text);
	put_blanks(used < width ? (size_t)(width - used) + 1 : 1);
	return true;
}

static struct bytes
front(struct bytes text, int width)
{
	int used;

	text.len = text_fit(text, width, &used);
	return text;
}

static struct bytes
tail(struct bytes text, int width)
{
	int used = table_cell_width(text), columns;
	size_t n;

	for (; used > width; used -= columns) {
		n = text_columns(text, &columns);
		text = bytes_from(text, n == 0 ? 1 : n);
	}
	return text;
}

void
table_cell(struct bytes text, int width, bool cut)
{
	if (!put_if_fits(text, width, cut))
		put_cut(front(text, width - 1), bytes_of(""), width);
}

void
table_cell_mailbox(struct bytes text, int width, bool cut)
{
	struct bytes local, domain;
	const char *at;
	int left;

	if (put_if_fits(text, width, cut))
		return;
	at = memrchr(text.data, '@', text.len);
	if (at == NULL) {
		table_cell(text, width, cut);
		return;
	}
	local = (struct bytes){ text.data, (size_t)(at - text.data) };
	domain = bytes_from(text, local.len);
	left = width - 1 - table_cell_width(domain);
	if (left >= 0)
		put_cut(front(local, left), domain, width);
	else
		put_cut(bytes_of(""), tail(domain, width - 1), width);
}
