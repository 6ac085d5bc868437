/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdio.h>

#include "common/num.h"
#include "common/text.h"
#include "greylist/record.h"
#include "item.h"

/* Makes the key of the pieces, with a slash between. False: no room. */
static bool
set_key(struct item *item, const struct bytes *pieces, size_t count)
{
	item->key_len = 0;
	for (size_t i = 0; i < count; i++) {
		if (item->key_len + pieces[i].len + 1 > sizeof(item->key))
			return false;
		if (i > 0)
			item->key[item->key_len++] = '/';
		if (pieces[i].len > 0)
			memcpy(item->key + item->key_len, pieces[i].data,
			    pieces[i].len);
		item->key_len += pieces[i].len;
	}
	return true;
}

const char *
item_from_bytes(struct bytes key, struct bytes value, struct item *item)
{
	if (!set_key(item, &key, 1) || value.len > sizeof(item->value))
		return "has a key or a value that is too long";
	if (value.len > 0)
		memcpy(item->value, value.data, value.len);
	item->value_len = value.len;
	return NULL;
}

const char *
item_from_triplet(const struct bytes *pieces, size_t count, int64_t first,
    int64_t last, struct bytes host, struct item *item)
{
	const struct triplet_record triplet = { first, last, host };

	if (!set_key(item, pieces, count) || host.len > ADDRESS_TEXT_MAX)
		return "has a key or a host that is too long";
	item->value_len = record_write_triplet(&triplet, item->value);
	return NULL;
}

static const char *
from_client(struct bytes key, int64_t count, int64_t last, struct item *item)
{
	const struct client_record client = { count, last };

	item->value_len = record_write_client(&client, item->value);
	return set_key(item, &key, 1) ? NULL : "has a key that is too long";
}

enum { FIELDS_MAX = 9, NO_ROOM = FIELDS_MAX + 1 };

static size_t
split(struct bytes line, struct bytes fields[static FIELDS_MAX])
{
	const char *tab;
	size_t count = 0;

	for (;;) {
		if (count == FIELDS_MAX)
			return NO_ROOM;
		tab = memchr(line.data, '\t', line.len);
		fields[count] = line;
		if (tab == NULL)
			return count + 1;
		fields[count].len = (size_t)(tab - line.data);
		line = bytes_from(line, fields[count++].len + 1);
	}
}

static const char *
fields_to_triplet(const struct bytes *fields, struct item *item)
{
	struct address address;
	unsigned prefix;
	bool whole = fields[1].len == 0 && fields[2].len == 0 &&
	    address_parse_network(fields[0], &address, &prefix) != NULL;
	int64_t first, last;

	if (!num_decimal(fields[3], &first) || !num_decimal(fields[4], &last))
		return "has no times in its fourth and fifth field";
	return item_from_triplet(
	    fields, whole ? 1 : 3, first, last, fields[5], item);
}

static const char *
fields_to_client(const struct bytes *fields, struct item *item)
{
	int64_t count, last;

	if (!num_decimal(fields[1], &count) || !num_decimal(fields[2], &last))
		return "has no count and time in its second and third field";
	return from_client(fields[0], count, last, item);
}

const char *
item_from_tsv(enum store_table table, struct bytes line, struct item *item)
{
	struct bytes fields[FIELDS_MAX];
	size_t count = split(line, fields);

	if (line.len > 0 && line.data[line.len - 1] == '\r')
		return "ends with CR LF; lines end with LF alone";
	/* In place: what is unescaped is never longer. */
	for (size_t i = 0; count <= FIELDS_MAX && i < count; i++) {
		if (!text_unescape(fields[i], (char *)(uintptr_t)fields[i].data,
			&fields[i].len))
			return "has a backslash that does not begin \\\\ or "
			       "\\xHH";
	}
	if (count == 2)
		return item_from_bytes(fields[0], fields[1], item);
	if (table == STORE_TRIPLETS && count >= 6 && count <= 9)
		return fields_to_triplet(fields, item);
	if (table == STORE_CLIENTS && (count == 3 || count == 4))
		return fields_to_client(fields, item);
	return table == STORE_TRIPLETS ?
	    "is not a triplet: network, sender, recipient, first, last, host" :
	    "is not a client: client, count, last";
}

/* The text of a name, unescaped; NULL data: absent. False: it is no text. */
static bool
text_of(json_t *object, const char *name, struct bytes *text)
{
	json_t *value = json_object_get(object, name);

	*text = (struct bytes){ NULL, 0 };
	if (value == NULL || json_is_null(value))
		return true;
	if (!json_is_string(value))
		return false;
	*text = (struct bytes){ json_string_value(value),
		json_string_length(value) };
	return text_unescape(*text, (char *)(uintptr_t)text->data, &text->len);
}

static bool
number_of(json_t *object, const char *name, int64_t *number)
{
	json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		return false;
	*number = json_integer_value(value);
	return *number >= 0 && *number <= NUM_MAX;
}

static const char *
object_to_triplet(json_t *object, struct item *item)
{
	struct bytes pieces[3], key, host;
	int64_t first, last;

	if (!text_of(object, "network", &pieces[0]) ||
	    !text_of(object, "sender", &pieces[1]) ||
	    !text_of(object, "recipient", &pieces[2]) ||
	    !text_of(object, "key", &key) || !text_of(object, "host", &host))
		return "has a name whose text can't be read";
	if (key.data == NULL &&
	    (pieces[0].data == NULL || pieces[1].data == NULL ||
		pieces[2].data == NULL))
		return "has neither network, sender and recipient, nor key";
	if (!number_of(object, "first", &first) ||
	    !number_of(object, "last", &last))
		return "has no times as first and last";
	return key.data == NULL ?
	    item_from_triplet(pieces, 3, first, last, host, item) :
	    item_from_triplet(&key, 1, first, last, host, item);
}

static const char *
object_to_client(json_t *object, struct item *item)
{
	struct bytes client;
	int64_t count, last;

	if (!text_of(object, "client", &client) || client.data == NULL)
		return "has no client";
	if (!number_of(object, "count", &count) ||
	    !number_of(object, "last", &last))
		return "has no count and last";
	return from_client(client, count, last, item);
}

static const char *
object_to_raw(json_t *object, struct item *item)
{
	struct bytes key, value;

	if (!text_of(object, "key", &key) || !text_of(object, "value", &value))
		return "has a name whose text can't be read";
	return item_from_bytes(key, value, item);
}

const char *
item_from_json(enum store_table table, struct bytes line, struct item *item)
{
	static char problem[JSON_ERROR_TEXT_LENGTH + 32];
	json_error_t error;
	json_t *object = json_loadb(
	    line.data, line.len, JSON_ALLOW_NUL, &error);
	const char *result;

	if (!json_is_object(object)) {
		snprintf(problem, sizeof(problem), "is not a JSON object: %s",
		    object == NULL ? error.text : "another value");
		json_decref(object);
		return problem;
	}
	result = json_object_get(object, "value") != NULL ?
	    object_to_raw(object, item) :
	    table == STORE_TRIPLETS ? object_to_triplet(object, item) :
				      object_to_client(object, item);
	json_decref(object);
	return result;
}
