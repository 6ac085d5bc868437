/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An object a line, with the names of form_tsv.c's fields; texts are escaped by
 * text_escape() too, since JSON holds no bytes. A key that has no parts is
 * "key"; what can't be decoded is "key" and "value".
 *
 * Written by hand: a library that builds each object first takes ten times as
 * long as all the rest.
 */
#include "common/text.h"
#include "form.h"
#include "put.h"

/* What text_escape() writes has two characters that JSON escapes again. */
static void
put_piece(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '"' || text.data[i] == '\\')
			put_char('\\');
		put_char(text.data[i]);
	}
}

static void
put_string(const char *name, struct bytes bytes)
{
	char text[16];
	const char *quote;
	uint32_t code;
	size_t n, len;

	put_text(name);
	put_char('"');
	for (; bytes.len > 0; bytes = bytes_from(bytes, n)) {
		n = put_plain_run(bytes);
		quote = memchr(bytes.data, '"', n);
		n = quote == NULL ? n : (size_t)(quote - bytes.data);
		if (n > 0) {
			put_bytes((struct bytes){ bytes.data, n });
			continue;
		}
		n = text_character(bytes, &code);
		n = n == 0 ? 1 : n;
		len = text_escape((struct bytes){ bytes.data, n }, text);
		put_piece((struct bytes){ text, len });
	}
	put_char('"');
}

static void
put_integer(const char *name, int64_t number)
{
	put_text(name);
	put_number(number);
}

static void
put_triplet(const struct row *row)
{
	if (!row->split)
		put_string("\"key\":", row->key);
	else {
		put_string("\"network\":", row->parts.network);
		put_string(",\"sender\":", row->parts.sender);
		put_string(",\"recipient\":", row->parts.recipient);
	}
	put_integer(",\"first\":", row->triplet.first);
	put_integer(",\"last\":", row->triplet.last);
	if (row->triplet.host.len == 0)
		put_text(",\"host\":null");
	else
		put_string(",\"host\":", row->triplet.host);
	put_text(",\"state\":\"");
	put_text(row_state_names[row->state]);
	put_integer("\",\"wait\":", row->wait);
	if (row->awl < 0)
		put_text(",\"awl\":null");
	else
		put_integer(",\"awl\":", row->awl);
}

static void
put_row(const struct row *row)
{
	put_char('{');
	if (!row->decoded) {
		put_string("\"key\":", row->key);
		put_string(",\"value\":", row->value);
	} else if (row->table == STORE_TRIPLETS)
		put_triplet(row);
	else {
		put_string("\"client\":", row->key);
		put_integer(",\"count\":", row->client.count);
		put_integer(",\"last\":", row->client.last);
		put_string(
		    ",\"state\":", bytes_of(row_state_names[row->state]));
	}
	put_text("}\n");
}

const struct form form_json = { NULL, put_row };
