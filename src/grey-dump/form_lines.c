/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms that programs read.
 *
 * tsv: a line a record, fields with a tab between, bytes escaped by
 * text_escape():
 *   triplets  network sender recipient first last host state wait awl
 *   clients   client count last state
 *   others    key value, which can't be decoded
 * A key that has no parts stands whole in the first field, with empty ones for
 * sender and recipient.
 *
 * json: an object a line, with these names; texts are escaped by text_escape()
 * too, since JSON holds no bytes. A key that has no parts is "key". Written by
 * hand: a library that builds each object first takes ten times as long as all
 * the rest.
 */
#include "common/text.h"
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

void
form_dump(bool print, struct bytes key, struct bytes value)
{
	void (*write)(struct bytes) = print ? put_print : put_hex;

	put_char(' ');
	write(key);
	put_text("\n ");
	write(value);
	put_char('\n');
}

/* In JSON, what text_escape() writes is escaped again. */
static void
put_escaped(bool json, struct bytes bytes)
{
	char text[16];
	const char *quote;
	uint32_t code;
	size_t n, len;

	for (; bytes.len > 0; bytes = bytes_from(bytes, n)) {
		n = put_plain_run(bytes);
		quote = json ? memchr(bytes.data, '"', n) : NULL;
		if (quote != NULL)
			n = (size_t)(quote - bytes.data);
		if (n > 0) {
			put_bytes((struct bytes){ bytes.data, n });
			continue;
		}
		n = text_character(bytes, &code);
		n = n == 0 ? 1 : n;
		len = text_escape((struct bytes){ bytes.data, n }, text);
		for (size_t i = 0; i < len; i++) {
			if (json && (text[i] == '"' || text[i] == '\\'))
				put_char('\\');
			put_char(text[i]);
		}
	}
}

/* The name as JSON has it, with what stands before it; tsv has a tab. */
static void
put_name(bool json, const char *name)
{
	if (json)
		put_text(name);
	else if (*name != '{')
		put_char('\t');
}

static void
put_string(bool json, const char *name, struct bytes bytes)
{
	put_name(json, name);
	if (json)
		put_char('"');
	put_escaped(json, bytes);
	if (json)
		put_char('"');
}

/* Below 0: absent. */
static void
put_integer(bool json, const char *name, int64_t number)
{
	put_name(json, name);
	if (number >= 0)
		put_number(number);
	else if (json)
		put_text("null");
}

static void
put_triplet(bool json, const struct row *row)
{
	if (row->split) {
		put_string(json, "{\"network\":", row->parts.network);
		put_string(json, ",\"sender\":", row->parts.sender);
		put_string(json, ",\"recipient\":", row->parts.recipient);
	} else {
		put_string(json, "{\"key\":", row->key);
		put_text(json ? "" : "\t\t");
	}
	put_integer(json, ",\"first\":", row->triplet.first);
	put_integer(json, ",\"last\":", row->triplet.last);
	if (row->triplet.host.len == 0)
		put_integer(json, ",\"host\":", -1);
	else
		put_string(json, ",\"host\":", row->triplet.host);
	put_string(json, ",\"state\":", bytes_of(row_state_names[row->state]));
	put_integer(json, ",\"wait\":", row->wait);
	put_integer(json, ",\"awl\":", row->awl);
}

static void
put_row(bool json, const struct row *row)
{
	if (!row->decoded) {
		put_string(json, "{\"key\":", row->key);
		put_string(json, ",\"value\":", row->value);
	} else if (row->table == STORE_TRIPLETS)
		put_triplet(json, row);
	else {
		put_string(json, "{\"client\":", row->key);
		put_integer(json, ",\"count\":", row->client.count);
		put_integer(json, ",\"last\":", row->client.last);
		put_string(
		    json, ",\"state\":", bytes_of(row_state_names[row->state]));
	}
	put_text(json ? "}\n" : "\n");
}

void
form_tsv(const struct row *row)
{
	put_row(false, row);
}

void
form_json(const struct row *row)
{
	put_row(true, row);
}
