/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An object a line, with the names of form_tsv.c's fields; texts are escaped by
 * text_escape() too, since JSON holds no bytes. A key that has no parts is
 * "key"; what can't be decoded is "key" and "value".
 */
#include <jansson.h>
#include <stdlib.h>

#include "common/text.h"
#include "form.h"

static json_t *
text_of(struct bytes bytes)
{
	char *text = malloc(4 * bytes.len + 1);
	json_t *string;

	if (text == NULL)
		return NULL;
	string = json_stringn(text, text_escape(bytes, text));
	free(text);
	return string;
}

static json_t *
number_or_null(int64_t number)
{
	return number < 0 ? json_null() : json_integer(number);
}

static json_t *
object_of_key(const struct row *row)
{
	if (!row->split)
		return json_pack("{s:o}", "key", text_of(row->key));
	return json_pack("{s:o, s:o, s:o}", "network",
	    text_of(row->parts.network), "sender", text_of(row->parts.sender),
	    "recipient", text_of(row->parts.recipient));
}

static json_t *
object_of_triplet(const struct row *row)
{
	json_t *object = object_of_key(row);
	json_t *rest = json_pack("{s:I, s:I, s:o, s:s, s:I, s:o}", "first",
	    (json_int_t)row->triplet.first, "last",
	    (json_int_t)row->triplet.last, "host",
	    row->triplet.host.len == 0 ? json_null() :
					 text_of(row->triplet.host),
	    "state", row_state_names[row->state], "wait", (json_int_t)row->wait,
	    "awl", number_or_null(row->awl));

	if (object != NULL && json_object_update(object, rest) != 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(rest);
	return object;
}

static json_t *
object_of(const struct row *row)
{
	if (!row->decoded)
		return json_pack("{s:o, s:o}", "key", text_of(row->key),
		    "value", text_of(row->value));
	if (row->table == STORE_TRIPLETS)
		return object_of_triplet(row);
	return json_pack("{s:o, s:I, s:I, s:s}", "client", text_of(row->key),
	    "count", (json_int_t)row->client.count, "last",
	    (json_int_t)row->client.last, "state", row_state_names[row->state]);
}

static bool
put_row(FILE *out, const struct row *row)
{
	json_t *object = object_of(row);

	if (object == NULL)
		return false;
	(void)json_dumpf(object, out, JSON_COMPACT);
	json_decref(object);
	putc('\n', out);
	return true;
}

const struct form form_json = { NULL, put_row };
