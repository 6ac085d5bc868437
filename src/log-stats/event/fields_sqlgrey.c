/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "pieces.h"

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

/* Takes "new: " of the text. */
static bool
take_kind(struct bytes *text, struct event *event)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct bytes name = bytes_of(kinds[i].name);
		struct bytes rest = *text;

		if (!piece_skip(&rest, name.data, name.len) ||
		    !SKIP(&rest, ": "))
			continue;
		event->class = kinds[i].class;
		event->text = name;
		*text = rest;
		return true;
	}
	return false;
}

/* "203.0.113(203.0.113.8), ", and in older ones "203.0.113.8, " */
static bool
take_client(struct bytes *text, struct event *event)
{
	const char *end = piece_find(*text, ", "), *open;

	if (end == NULL)
		return false;
	event->client_address = piece_before(*text, end);
	*text = bytes_from(*text, event->client_address.len + 2);
	open = piece_find(event->client_address, "(");
	if (open == NULL)
		return true;
	event->client_address.len -= (size_t)(open + 1 -
	    event->client_address.data);
	event->client_address.data = open + 1;
	if (event->client_address.len > 0)
		event->client_address.len--;
	return true;
}

/* "a@example.net -> b@example.org", and " (00:10:03)" if it let pass. */
static void
read_envelope(struct bytes text, struct event *event)
{
	const struct bytes nobody = { "-undef-@-undef-", 15 };
	const char *arrow = piece_find_last(text, " -> "), *delay = NULL;

	if (arrow == NULL)
		return;
	event->sender = piece_before(text, arrow);
	if (bytes_equal(event->sender, nobody))
		event->sender.len = 0;
	event->has_sender = true;
	event->recipient = bytes_from(text, (size_t)(arrow + 4 - text.data));
	if (event->class == EVENT_GREY_PASS)
		delay = piece_find_last(event->recipient, " (");
	if (delay != NULL)
		event->recipient = piece_before(event->recipient, delay);
}

/*
 * The lists that clients come into by themselves are asked for no recipient,
 * and the one of whole domains for no sender.
 */
bool
fields_sqlgrey(struct event *event)
{
	struct bytes text = event->text;

	if (!take_kind(&text, event))
		return true;
	SKIP(&text, "updating ");
	if (!take_client(&text, event))
		return false;
	read_envelope(text, event);
	return true;
}
