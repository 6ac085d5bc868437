/* SPDX-License-Identifier: BSD-2-Clause */
#include "grey-check/request.h"
#include "unit.h"

static struct request request;

static void
add(const char *line)
{
	request_add(&request, bytes_of(line), false);
}

static void
all_attributes(void)
{
	static const char *const names[] = { "request", "client_address",
		"client_name", "sender", "recipient", "instance", "queue_id",
		"etrn_domain", "sasl_username", "policy_test_time",
		"policy_test_probe" };
	char line[64];

	request_clear(&request);
	CHECK(!request.begun);
	for (int i = 0; i < REQUEST_ATTRIBUTES; i++) {
		enum request_attribute attribute = (enum request_attribute)i;

		unit_about(names[i]);
		CHECK_TEXT(request_name(attribute), names[i]);
		CHECK(!request_has(&request, attribute));
		CHECK_NUMBER(request_value(&request, attribute).len, 0);
		strcpy(line, names[i]);
		strcat(line, "=of ");
		strcat(line, names[i]);
		add(line);
		CHECK(request_has(&request, attribute));
	}
	for (int i = 0; i < REQUEST_ATTRIBUTES; i++) {
		unit_about(names[i]);
		CHECK_BYTES(
		    bytes_from(
			request_value(&request, (enum request_attribute)i), 3),
		    bytes_of(names[i]));
	}
	CHECK(request.begun);
	CHECK_NUMBER(request.garbage, 0);
}

static void
values(void)
{
	static const struct {
		const char *line;
		const char *value;
	} rows[] = {
		{ "sender=a@b", "a@b" },
		{ "sender=", "" },
		{ "sender==", "=" },
		{ "sender=a=b=", "a=b=" },
		{ "sender= a ", " a " },
		{ "sender=\xff\x01", "\xff\x01" },
		{ "=sender=a", "a" },
		{ "===sender==a", "=a" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].line);
		request_clear(&request);
		add(rows[i].line);
		CHECK(request_has(&request, REQUEST_SENDER));
		CHECK_BYTES(request_value(&request, REQUEST_SENDER),
		    bytes_of(rows[i].value));
		CHECK_NUMBER(request.garbage, 0);
	}
}

static void
unknown_names(void)
{
	static const char *const rows[] = { "helo_name=x", "Sender=x",
		"sender =x", " sender=x", "senders=x", "sende=x",
		"x=sender=a" };

	request_clear(&request);
	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		add(rows[i]);
		CHECK(!request_has(&request, REQUEST_SENDER));
	}
	CHECK_NUMBER(request.garbage, 0);
	CHECK(request.begun);
}

static void
repeated(void)
{
	request_clear(&request);
	add("sender=a long first one");
	add("recipient=r");
	add("sender=last");
	CHECK_BYTES(request_value(&request, REQUEST_SENDER), bytes_of("last"));
	add("sender=");
	CHECK(request_has(&request, REQUEST_SENDER));
	CHECK_BYTES(request_value(&request, REQUEST_SENDER), bytes_of(""));
	CHECK_BYTES(request_value(&request, REQUEST_RECIPIENT), bytes_of("r"));
}

static void
garbage(void)
{
	static const char *const rows[] = { "first garbage", "=",
		"===", "=name", "sender" };
	char longer[200];

	request_clear(&request);
	for (size_t i = 0; i < ROWS(rows); i++)
		add(rows[i]);
	CHECK_NUMBER(request.garbage, ROWS(rows));
	CHECK_BYTES(((struct bytes){
			request.first_garbage, request.first_garbage_len }),
	    bytes_of("first garbage"));
	CHECK(!request_has(&request, REQUEST_SENDER));
	request_clear(&request);
	CHECK_NUMBER(request.garbage, 0);
	memset(longer, 'g', sizeof(longer));
	request_add(&request, (struct bytes){ longer, sizeof(longer) }, true);
	CHECK_NUMBER(request.garbage, 1);
	CHECK_NUMBER(request.first_garbage_len, sizeof(request.first_garbage));
}

static void
limits(void)
{
	static char line[LINE_MAX_LENGTH];

	request_clear(&request);
	memset(line, 'x', sizeof(line));
	memcpy(line, "sender=", 7);
	request_add(&request, (struct bytes){ line, sizeof(line) }, false);
	CHECK_NUMBER(
	    request_value(&request, REQUEST_SENDER).len, LINE_MAX_LENGTH - 7);
	request_add(&request, (struct bytes){ line, sizeof(line) }, true);
	CHECK(!request_has(&request, REQUEST_SENDER));
	CHECK_NUMBER(request.value[REQUEST_SENDER].state, REQUEST_TOO_LONG);
	CHECK_NUMBER(request_value(&request, REQUEST_SENDER).len, 0);
	request_add(&request, LITERAL("recipient=a\0b"), false);
	CHECK(!request_has(&request, REQUEST_RECIPIENT));
	CHECK_NUMBER(request.value[REQUEST_RECIPIENT].state, REQUEST_HAS_NUL);
	add("sender=short");
	CHECK_BYTES(request_value(&request, REQUEST_SENDER), bytes_of("short"));
}

static void
clears(void)
{
	request_clear(&request);
	add("sender=a");
	add("garbage");
	request_clear(&request);
	CHECK(!request.begun);
	CHECK(!request_has(&request, REQUEST_SENDER));
	CHECK_NUMBER(request_value(&request, REQUEST_SENDER).len, 0);
	CHECK_NUMBER(request.garbage, 0);
}

/* Of all attributes the longest values, each many times. */
static void
repeated_names(void)
{
	char value[LINE_MAX_LENGTH];

	request_clear(&request);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < REQUEST_ATTRIBUTES; i++) {
			enum request_attribute
			    attribute = (enum request_attribute)i;

			memset(value, 'a' + 5 * round + i, sizeof(value));
			request_set(&request, attribute,
			    (struct bytes){
				value, sizeof(value) - (size_t)i * 7 });
		}
	}
	for (int i = 0; i < REQUEST_ATTRIBUTES; i++) {
		unit_about(request_name((enum request_attribute)i));
		memset(value, 'a' + 10 + i, sizeof(value));
		CHECK_BYTES(request_value(&request, (enum request_attribute)i),
		    ((struct bytes){ value, sizeof(value) - (size_t)i * 7 }));
	}
}

const struct unit_test unit_request[] = {
	{ "request: each attribute is kept under its name", all_attributes },
	{ "request: a value may hold anything, = signs in front are dropped",
	    values },
	{ "request: other names are ignored, case and blanks count",
	    unknown_names },
	{ "request: the last of a repeated attribute counts", repeated },
	{ "request: lines without a name and = are counted as garbage",
	    garbage },
	{ "request: a line that was cut, or holds NUL, has no value", limits },
	{ "request: nothing is left of a request that was cleared", clears },
	{ "request: a name may be repeated with the longest values",
	    repeated_names },
	{ NULL, NULL }
};
