/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey-dump's objects, see form_json.c there; names that are not stored are
 * ignored.
 */
#include <jansson.h>
#include <stdio.h>

#include "common/num.h"
#include "common/text.h"
#include "item.h"

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
set_triplet(json_t *object, struct item *item)
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
	if (!(key.data == NULL ? item_set_key(item, pieces, 3) :
				 item_set_key(item, &key, 1)) ||
	    !item_set_triplet(item, first, last, host))
		return "has a key or a host that is too long";
	return NULL;
}

static const char *
set_client(json_t *object, struct item *item)
{
	struct bytes client;
	int64_t count, last;

	if (!text_of(object, "client", &client) || client.data == NULL)
		return "has no client";
	if (!number_of(object, "count", &count) ||
	    !number_of(object, "last", &last))
		return "has no count and last";
	item_set_client(item, count, last);
	return item_set_key(item, &client, 1) ? NULL :
						"has a key that is too long";
}

static const char *
set_raw(json_t *object, struct item *item)
{
	struct bytes key, value;

	if (!text_of(object, "key", &key) || !text_of(object, "value", &value))
		return "has a name whose text can't be read";
	return item_set_key(item, &key, 1) && item_set_value(item, value) ?
	    NULL :
	    "has a key or a value that is too long";
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
	    set_raw(object, item) :
	    table == STORE_TRIPLETS ? set_triplet(object, item) :
				      set_client(object, item);
	json_decref(object);
	return result;
}
