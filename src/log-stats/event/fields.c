/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "match.h"
#include "pieces.h"
#include "scan.h"

/* "ESMTP" of "ESMTP helo=<..", "ESMTP, helo=<.." or "ESMTP: text" */
static size_t
span_protocol(struct bytes text)
{
	size_t len = scan_until_either(text, ' ', ':');

	return scan_until((struct bytes){ text.data, len }, ',');
}

static bool
skip_separator(struct bytes *text)
{
	return SKIP(text, ", ") || SKIP(text, " ");
}

/* `from=<s> to=<r> proto=ESMTP helo=<h>`, each of which may be missing. */
static bool
read_envelope(struct bytes text, struct event *event, struct bytes *rest)
{
	struct bytes ignored;

	if (SKIP(&text, "from=<")) {
		if (!piece_mailbox(&text, &event->sender))
			return false;
		event->has_sender = true;
		skip_separator(&text);
	}
	if (SKIP(&text, "to=<")) {
		if (!piece_mailbox(&text, &event->recipient))
			return false;
		skip_separator(&text);
	}
	if (SKIP(&text, "proto=")) {
		text = bytes_from(text, span_protocol(text));
		skip_separator(&text);
	}
	if (SKIP(&text, "helo=<") && !piece_mailbox(&text, &ignored))
		return false;
	event->has_sasl |= piece_find(text, " sasl_username=") != NULL;
	*rest = text;
	return true;
}

static void
read_code(struct bytes *text, struct event *event)
{
	if (text->len < 4 || !bytes_is_digit(text->data[0]) ||
	    !bytes_is_digit(text->data[1]) || !bytes_is_digit(text->data[2]) ||
	    text->data[3] != ' ')
		return;
	event->code = (unsigned)(text->data[0] - '0') * 100 +
	    (unsigned)(text->data[1] - '0') * 10 +
	    (unsigned)(text->data[2] - '0');
	event->reply = (struct bytes){ text->data, 3 };
	*text = bytes_from(*text, 4);
	event->enhanced = piece_enhanced(text);
	if (event->enhanced.len > 0)
		event->reply.len += 1 + event->enhanced.len;
}

static void
read_list(struct event *event)
{
	const char *name;
	struct bytes rest;

	/* As rbl_reply_maps and default_rbl_reply have it: 554 5.7.1. */
	if (event->enhanced.len > 0 && event->enhanced.data[2] != '7')
		return;
	name = piece_find(event->text, "blocked using ");
	if (name == NULL)
		return;
	rest = bytes_from(event->text,
	    (size_t)(name - event->text.data) + strlen("blocked using "));
	event->list = (struct bytes){ rest.data, match_list(rest) };
}

/*
 * Where the envelope begins: behind the first "; " that it follows. A mailbox
 * at the front of the text is the client's, and skipped.
 */
static const char *
find_envelope(struct bytes text)
{
	static const char *const fronts[] = { "; from=<", "; to=<",
		"; proto=", "; helo=<" };
	struct bytes address;

	if (SKIP(&text, "<"))
		piece_mailbox(&text, &address);
	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		const char *found = piece_find(text, fronts[i]);

		if (found != NULL)
			return found;
	}
	return NULL;
}

/* The text is cut at its envelope, which is read. */
static bool
split_envelope(struct event *event)
{
	const char *envelope = find_envelope(event->text);
	struct bytes text = event->text, rest;

	if (envelope == NULL)
		return true;
	event->text = piece_before(text, envelope);
	return read_envelope(
	    bytes_from(text, (size_t)(envelope - text.data) + 2), event, &rest);
}

bool
fields_reject(struct event *event)
{
	if (event->text.len == 0)
		return false;
	read_code(&event->text, event);
	/* A reject whose envelope is cut is a reject; 421 has none. */
	event->is_cut = (!split_envelope(event) || !event->has_sender) &&
	    bytes_equal(event->stage, bytes_of("RCPT")) && event->code != 421;
	read_list(event);
	return true;
}

bool
fields_accept(struct event *event)
{
	if (!fields_reject(event))
		return false;
	event->other_id = piece_queued_as(event->text);
	return true;
}

bool
fields_milter(struct event *event)
{
	event->enhanced = piece_enhanced(&event->text);
	split_envelope(event);
	return true;
}

/* The content comes first, and may hold all that we look for: take the last. */
bool
fields_content(struct event *event)
{
	const char *envelope = piece_find_last(event->text, "; from=<");
	const char *client;
	struct bytes content, rest;

	if (envelope == NULL)
		return true;
	content = piece_before(event->text, envelope);
	if (!read_envelope(bytes_from(event->text,
			       (size_t)(envelope + 2 - event->text.data)),
		event, &rest))
		return true;
	client = piece_find_last(content, " from ");
	if (client != NULL) {
		struct bytes from = bytes_from(
		    content, (size_t)(client + 6 - content.data));

		match_client(&from, event);
		content = piece_before(content, client);
	}
	event->text = content;
	if (SKIP(&rest, ": ")) {
		event->enhanced = piece_enhanced(&rest);
		event->text = rest;
	}
	return true;
}

bool
fields_client(struct event *event)
{
	struct event original = { .class = EVENT_UNKNOWN };

	if (!match_client(&event->text, event))
		return false;
	while (SKIP(&event->text, ", ")) {
		if (SKIP(&event->text, "sasl_username="))
			event->has_sasl = true;
		else if (SKIP(&event->text, "orig_queue_id="))
			event->other_id = (struct bytes){ event->text.data,
				match_queue_id(event->text) };
		else if (SKIP(&event->text, "orig_client=") &&
		    match_client(&event->text, &original))
			event->original_client = original.client_address;
		while (event->text.len > 0 && *event->text.data != ',')
			event->text = bytes_from(event->text, 1);
	}
	return true;
}

bool
fields_resent(struct event *event)
{
	event->is_resent = true;
	return true;
}

bool
fields_queue(struct event *event)
{
	if (!piece_mailbox(&event->text, &event->sender))
		return false;
	event->has_sender = true;
	if (SKIP(&event->text, ", size="))
		event->class = EVENT_QMGR_ACTIVE;
	else if (SKIP(&event->text, ", status="))
		event->class = EVENT_QMGR_EXPIRED;
	else
		return false;
	return true;
}

bool
fields_pickup(struct event *event)
{
	const char *from = piece_find(event->text, " from=<");
	struct bytes rest;

	if (from == NULL)
		return false;
	rest = bytes_from(event->text, (size_t)(from + 7 - event->text.data));
	if (!piece_mailbox(&rest, &event->sender))
		return false;
	event->has_sender = true;
	if (SKIP(&rest, " orig_id=")) {
		event->is_requeued = true;
		event->other_id = (struct bytes){ rest.data,
			match_queue_id(rest) };
	}
	return true;
}

/*
 * Takes the text up to the first of these names, which come in this order; a
 * sender may hold what looks like an earlier one.
 */
static struct bytes
take_value(struct bytes *text, const char *const *names)
{
	const char *end = NULL;
	struct bytes value = *text;

	for (; *names != NULL; names++) {
		const char *found = piece_find(value, *names);

		if (found != NULL) {
			value = piece_before(value, found);
			end = found;
		}
	}
	*text = end == NULL ? bytes_from(*text, text->len) :
			      bytes_from(*text, value.len);
	return value;
}

bool
fields_greylist(struct event *event)
{
	static const char *const names[] = { ", delay=", ", client_name=",
		", client_address=", ", sender=", ", recipient=", NULL };
	struct bytes delay = { NULL, 0 }, name;
	struct bytes *const values[] = { &delay, &name, &event->client_address,
		&event->sender, &event->recipient };
	struct bytes text = event->text;

	event->text = take_value(&text, names);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (piece_skip(&text, names[i], strlen(names[i])))
			*values[i] = take_value(&text, names + i + 1);
	event->has_sender = true;
	if (delay.len > 0) {
		event->has_delay = true;
		event->delays[DELAY_TOTAL] = piece_seconds(&delay);
	}
	return event->client_address.len > 0;
}
