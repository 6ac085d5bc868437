/* SPDX-License-Identifier: BSD-2-Clause */
#include "request.h"

static const char *const names[REQUEST_ATTRIBUTES] = {
	[REQUEST_TYPE] = "request",
	[REQUEST_CLIENT_ADDRESS] = "client_address",
	[REQUEST_CLIENT_NAME] = "client_name",
	[REQUEST_SENDER] = "sender",
	[REQUEST_RECIPIENT] = "recipient",
	[REQUEST_INSTANCE] = "instance",
	[REQUEST_QUEUE_ID] = "queue_id",
	[REQUEST_ETRN_DOMAIN] = "etrn_domain",
	[REQUEST_SASL_USERNAME] = "sasl_username",
	[REQUEST_TIME] = "policy_test_time",
	[REQUEST_PROBE] = "policy_test_probe",
};

void
request_clear(struct request *request)
{
	request->begun = false;
	request->garbage = 0;
	for (int i = 0; i < REQUEST_ATTRIBUTES; i++)
		request->value[i].state = REQUEST_ABSENT;
}

void
request_set(struct request *request, enum request_attribute attribute,
    struct bytes value)
{
	request->value[attribute].state = REQUEST_PRESENT;
	request->value[attribute].len = value.len;
	memcpy(request->value[attribute].data, value.data, value.len);
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
		if (bytes_equal(name, bytes_of(names[i]))) {
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
	return names[attribute];
}

bool
request_has(const struct request *request, enum request_attribute attribute)
{
	return request->value[attribute].state == REQUEST_PRESENT;
}

struct bytes
request_value(const struct request *request, enum request_attribute attribute)
{
	return (struct bytes){ request->value[attribute].data,
		request_has(request, attribute) ?
		    request->value[attribute].len :
		    0 };
}
