/* SPDX-License-Identifier: BSD-2-Clause */
#include "hidden.h"
#include "reply.h"
#include "reply_text.h"

/*
 * A sender may be "a, recipient=b": so that it can't pass for two fields, the
 * comma before a blank is written as \x2c. All else is as in postgrey.
 */
static void
add_field(struct text *text, struct bytes value)
{
	const char *comma;

	while ((comma = memmem(value.data, value.len, ", ", 2)) != NULL) {
		struct bytes front = { value.data,
			(size_t)(comma - value.data) };

		add(text, front);
		add_string(text, "\\x2c");
		value = bytes_from(value, front.len + 1);
	}
	add(text, value);
}

static void
add_sum(struct text *text, enum request_attribute attribute, struct bytes value)
{
	char *out = text->out + text->used;

	if (attribute == REQUEST_CLIENT_ADDRESS)
		hidden_client(value, out);
	else
		hidden_sum(value, out);
	text->used += KEY_SUM_LENGTH;
}

static const enum request_attribute logged[] = { REQUEST_CLIENT_NAME,
	REQUEST_CLIENT_ADDRESS, REQUEST_SENDER, REQUEST_RECIPIENT };

size_t
reply_log(const struct settings *settings, const struct request *request,
    const struct verdict *verdict, char out[static REPLY_LOG_MAX])
{
	struct text text = { out, 0 };
	struct bytes value = request_value(request, REQUEST_QUEUE_ID);

	add(&text, value);
	add_string(&text, value.len > 0 ? ": " : "");
	add_string(&text, "action=");
	add_string(&text, reply_action(settings, verdict));
	add_string(&text, ", reason=");
	add_string(&text, reply_reason(verdict));
	if (verdict->reason == VERDICT_EARLY_RETRY) {
		add_string(&text, " (");
		add_number(&text, verdict->missing);
		add_string(&text, "s missing)");
	}
	if (verdict->reason == VERDICT_TRIPLET_FOUND &&
	    verdict->first_of_message) {
		add_string(&text, ", delay=");
		add_number(&text, verdict->since_first);
	}
	for (size_t i = 0; i < sizeof(logged) / sizeof(logged[0]); i++) {
		value = request_value(request, logged[i]);
		if (value.len == 0)
			continue;
		add_string(&text, ", ");
		add_string(&text, request_name(logged[i]));
		add_string(&text, "=");
		if (settings->log_privacy)
			add_sum(&text, logged[i], value);
		else
			add_field(&text, value);
	}
	return text.used;
}

size_t
reply_log_whitelisted(const struct settings *settings,
    const struct request *request, char out[static REPLY_LOG_MAX])
{
	struct text text = { out, 0 };
	struct bytes name = request_value(request, REQUEST_CLIENT_NAME);
	struct bytes client = request_value(request, REQUEST_CLIENT_ADDRESS);
	struct address address;

	add_string(&text, "whitelisted: ");
	if (settings->log_privacy && name.len > 0)
		add_sum(&text, REQUEST_CLIENT_NAME, name);
	else
		add(&text, name);
	add_string(&text, name.len > 0 ? "[" : "");
	if (settings->log_privacy)
		add_sum(&text, REQUEST_CLIENT_ADDRESS, client);
	else if (address_parse(client, &address))
		text.used += address_text(&address, out + text.used);
	add_string(&text, name.len > 0 ? "]" : "");
	return text.used;
}
