/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdio.h>

#include "common/num.h"
#include "common/text.h"
#include "line.h"

/* The text of a name, unescaped; NULL data: absent. False: it is not text. */
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

static bool
has_state(json_t *object)
{
	json_t *state = json_object_get(object, "state");

	return json_is_string(state) &&
	    line_is_state(bytes_of(json_string_value(state)));
}

/* NULL, or what is wrong with the time of this name. */
static const char *
read_time(json_t *object, const char *name, const char *missing, int64_t *time)
{
	json_t *value = json_object_get(object, name);

	if (number_of(object, name, time))
		return NULL;
	return json_is_integer(value) && json_integer_value(value) > NUM_MAX ?
	    line_too_late :
	    missing;
}

static const char *
object_to_triplet(
    const struct making *making, json_t *object, struct item *item)
{
	static const char missing[] = "has no times as first and last";
	struct bytes pieces[3], key, host;
	int64_t first, last;
	const char *problem;

	if (!text_of(object, "network", &pieces[0]) ||
	    !text_of(object, "sender", &pieces[1]) ||
	    !text_of(object, "recipient", &pieces[2]) ||
	    !text_of(object, "key", &key) || !text_of(object, "host", &host))
		return "has a name whose text can't be read";
	if (key.data == NULL &&
	    (pieces[0].data == NULL || pieces[1].data == NULL ||
		pieces[2].data == NULL))
		return "has neither network, sender and recipient, nor key";
	problem = read_time(object, "first", missing, &first);
	if (problem == NULL)
		problem = read_time(object, "last", missing, &last);
	if (problem != NULL)
		return problem;
	if (has_state(object))
		return key.data == NULL ?
		    item_from_triplet(pieces, 3, first, last, host, item) :
		    item_from_triplet(&key, 1, first, last, host, item);
	return key.data == NULL ?
	    made_triplet(making, pieces, first, last, host, item) :
	    made_from_key(making, key, first, last, host, item);
}

static const char *
object_to_client(const struct making *making, json_t *object, struct item *item)
{
	static const char missing[] = "has no count and last";
	struct bytes client;
	int64_t count, last;
	const char *problem;

	if (!text_of(object, "client", &client) || client.data == NULL)
		return "has no client";
	problem = number_of(object, "count", &count) ?
	    read_time(object, "last", missing, &last) :
	    missing;
	if (problem != NULL)
		return problem;
	return has_state(object) ?
	    item_from_client(client, count, last, item) :
	    made_client(making, client, count, last, item);
}

static const char *
object_to_raw(const struct making *making, enum store_table table,
    json_t *object, struct item *item)
{
	struct bytes key, value;

	if (!text_of(object, "key", &key) || !text_of(object, "value", &value))
		return "has a name whose text can't be read";
	return line_from_bytes(making, table, key, value, item);
}

const char *
line_from_json(const struct making *making, enum store_table table,
    struct bytes line, struct item *item)
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
	    object_to_raw(making, table, object, item) :
	    table == STORE_TRIPLETS ? object_to_triplet(making, object, item) :
				      object_to_client(making, object, item);
	json_decref(object);
	return result;
}
