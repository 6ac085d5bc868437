/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "log-stats/entry/scan.h"
#include "parse.h"

/* The longest that grey-check logs is half of it. */
enum { VALUE_MAX = 16384 };

static bool
is_early_retry(struct bytes reason)
{
	return bytes_begin_with(reason, bytes_of("early-retry")) ||
	    bytes_equal(reason, bytes_of("early reconnect"));
}

/* What sqlgrey says, and what it means. */
static const struct kind {
	const char *name;
	enum event_class class;
} kinds[] = {
	{ "new", EVENT_GREY_GREYLIST },
	{ "early reconnect", EVENT_GREY_GREYLIST },
	{ "reconnect ok", EVENT_GREY_PASS },
	{ "from awl match", EVENT_GREY_PASS },
	{ "domain awl match", EVENT_GREY_PASS },
	{ "throttling", EVENT_GREY_THROTTLE },
};

/* "203.0.113(203.0.113.8), ", and in older ones "203.0.113.8, " */
static bool
take_client(struct bytes *text, struct event *event)
{
	const char *end = parse_find(*text, ", ");

	if (end == NULL)
		return false;
	event->client_address = parse_before(*text, end);
	*text = bytes_from(*text, event->client_address.len + 2);
	if (parse_after(&event->client_address, "(") &&
	    event->client_address.len > 0)
		event->client_address.len--;
	return true;
}

/* "a@example.net -> b@example.org", and " (00:10:03)" if it let pass. */
static void
read_envelope(struct bytes text, struct event *event, bool has_passed)
{
	const char *arrow = parse_find_last(text, " -> "), *delay = NULL;

	if (arrow == NULL)
		return;
	event->sender = parse_before(text, arrow);
	if (bytes_equal(event->sender, bytes_of("-undef-@-undef-")))
		event->sender.len = 0;
	event->has_sender = true;
	event->recipient = bytes_from(text, (size_t)(arrow + 4 - text.data));
	if (has_passed)
		delay = parse_find_last(event->recipient, " (");
	if (delay != NULL)
		event->recipient = parse_before(event->recipient, delay);
}

/* Not each line has an envelope: sqlgrey's automatic whitelists are asked for
 * no recipient, and the one of whole domains for no sender. */
enum event_class
fields_sqlgrey(struct event *event)
{
	struct bytes text = event->text;
	const struct kind *kind = kinds;

	event->text.len = scan_until(text, ':');
	while (!bytes_equal(event->text, bytes_of(kind->name)))
		if (++kind == kinds + sizeof(kinds) / sizeof(*kinds))
			return event->class;
	text = bytes_from(text, event->text.len);
	if (!SKIP(&text, ": "))
		return event->class;
	event->is_early_retry = is_early_retry(event->text);
	SKIP(&text, "updating ");
	if (!take_client(&text, event))
		return EVENT_META_TRUNCATED;
	read_envelope(text, event, kind->class == EVENT_GREY_PASS);
	return kind->class;
}

/* Takes the text up to the first of these names, which come in this order; a
 * sender may hold what looks like an earlier one. */
static struct bytes
take_value(struct bytes *text, const char *const *names)
{
	struct bytes value = *text;

	for (; *names != NULL; names++) {
		const char *found = parse_find(value, *names);

		if (found != NULL)
			value = parse_before(value, found);
	}
	*text = bytes_from(*text, value.len);
	return value;
}

/*
 * grey-check writes a comma before a blank as \x2c, so that no value looks like
 * two. Kept until the next line.
 */
static struct bytes
with_commas(struct bytes value, char *room)
{
	static const char comma[] = "\\x2c ";
	struct bytes out = { room, 0 };
	const char *found = parse_find(value, comma);

	if (found == NULL || value.len > VALUE_MAX)
		return value;
	for (size_t i = 0; i < value.len; i++) {
		bool escaped = bytes_begin_with(
		    bytes_from(value, i), bytes_of(comma));

		room[out.len++] = escaped ? ',' : value.data[i];
		i += escaped ? strlen(comma) - 2 : 0;
	}
	return out;
}

enum event_class
fields_greylist(struct event *event)
{
	static char sender[VALUE_MAX], recipient[VALUE_MAX];
	static const char *const names[] = { ", delay=", ", client_name=",
		", client_address=", ", sender=", ", recipient=", NULL };
	struct bytes delay = { NULL, 0 }, name;
	struct bytes *const values[] = { &delay, &name, &event->client_address,
		&event->sender, &event->recipient };
	struct bytes text = event->text;
	const char *number;

	event->text = take_value(&text, names);
	event->is_early_retry = is_early_retry(event->text);
	number = parse_find(event->text, " (");
	if (number != NULL)
		event->text = parse_before(event->text, number);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (parse_skip(&text, names[i], strlen(names[i])))
			*values[i] = take_value(&text, names + i + 1);
	event->sender = with_commas(event->sender, sender);
	event->recipient = with_commas(event->recipient, recipient);
	event->has_sender = true;
	if (delay.len > 0) {
		event->has_delay = true;
		event->delays[DELAY_TOTAL] = parse_seconds(&delay);
	}
	return event->client_address.len > 0 ? event->class :
					       EVENT_META_TRUNCATED;
}
