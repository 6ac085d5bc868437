/* SPDX-License-Identifier: BSD-2-Clause */
#include "request.h"

#define NAME(literal) \
	{ \
		literal, sizeof(literal) - 1 \
	}

static const struct bytes names[REQUEST_ATTRIBUTES] = {
	[REQUEST_TYPE] = NAME("request"),
	[REQUEST_CLIENT_ADDRESS] = NAME("client_address"),
	[REQUEST_CLIENT_NAME] = NAME("client_name"),
	[REQUEST_SENDER] = NAME("sender"),
	[REQUEST_RECIPIENT] = NAME("recipient"),
	[REQUEST_INSTANCE] = NAME("instance"),
	[REQUEST_QUEUE_ID] = NAME("queue_id"),
	[REQUEST_ETRN_DOMAIN] = NAME("etrn_domain"),
	[REQUEST_SASL_USERNAME] = NAME("sasl_username"),
	[REQUEST_TIME] = NAME("policy_test_time"),
	[REQUEST_PROBE] = NAME("policy_test_probe"),
};

void
request_clear(struct request *request)
{
	request->begun = false;
	request->garbage = 0;
	request->used = 0;
	for (int i = 0; i < REQUEST_ATTRIBUTES; i++)
		request->value[i].state = REQUEST_ABSENT;
}

static void
append(struct request *request, enum request_attribute attribute,
    struct bytes value)
{
	request->value[attribute].at = request->used;
	request->value[attribute].len = value.len;
	memcpy(request->text + request->used, value.data, value.len);
	request->used += value.len;
}

/* Without what repeated names have left: then one more value has room. */
static void
make_room(struct request *request)
{
	static char old[sizeof(request->text)];

	memcpy(old, request->text, request->used);
	request->used = 0;
	for (int i = 0; i < REQUEST_ATTRIBUTES; i++) {
		struct bytes value = { old + request->value[i].at,
			request->value[i].len };

		if (request->value[i].state == REQUEST_PRESENT)
			append(request, (enum request_attribute)i, value);
	}
}

void
request_set(struct request *request, enum request_attribute attribute,
    struct bytes value)
{
	request->value[attribute].state = REQUEST_ABSENT;
	if (value.len > sizeof(request->text) - request->used)
		make_room(request);
	append(request, attribute, value);
	request->value[attribute].state = REQUEST_PRESENT;
}

static void
take(struct request *request, enum request_attribute attribute,
    struct bytes value, bool cut)
{
	if (cut)
		request->value[attribute].state = REQUEST_TOO_LONG;
	else if (memchr(value.data, '\0', value.len) != NULL)
		request->value[attribute].state = REQUEST_HAS_NUL;
	else
		request_set(request, attribute, value);
}

void
request_add(struct request *request, struct bytes line, bool cut)
{
	struct bytes name = line;
	const char *equals;

	request->begun = true;
	while (name.len > 0 && name.data[0] == '=')
		name = bytes_from(name, 1);
	equals = memchr(name.data, '=', name.len);
	if (equals == NULL) {
		if (request->garbage++ > 0)
			return;
		if (line.len > sizeof(request->first_garbage))
			line.len = sizeof(request->first_garbage);
		memcpy(request->first_garbage, line.data, line.len);
		request->first_garbage_len = line.len;
		return;
	}
	name.len = (size_t)(equals - name.data);
	for (int i = 0; i < REQUEST_ATTRIBUTES; i++) {
		if (bytes_equal(name, names[i])) {
			take(request, (enum request_attribute)i,
			    bytes_from(line, (size_t)(equals + 1 - line.data)),
			    cut);
			return;
		}
	}
}

const char *
request_name(enum request_attribute attribute)
{
	return names[attribute].data;
}

bool
request_has(const struct request *request, enum request_attribute attribute)
{
	return request->value[attribute].state == REQUEST_PRESENT;
}

struct bytes
request_value(const struct request *request, enum request_attribute attribute)
{
	if (!request_has(request, attribute))
		return (struct bytes){ request->text, 0 };
	return (struct bytes){ request->text + request->value[attribute].at,
		request->value[attribute].len };
}
