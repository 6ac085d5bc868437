/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "match.h"
#include "parse.h"
#include "log-stats/entry/scan.h"

static enum event_class
read_status(struct bytes *text)
{
	static const struct {
		const char *word;
		enum event_class class;
	} statuses[] = {
		{ "sent ", EVENT_DELIVER_SENT },
		{ "deferred ", EVENT_DELIVER_DEFERRED },
		{ "bounced ", EVENT_DELIVER_BOUNCED },
		{ "SOFTBOUNCE ", EVENT_DELIVER_SOFTBOUNCE },
		{ "deliverable ", EVENT_DELIVER_DELIVERABLE },
		{ "undeliverable ", EVENT_DELIVER_UNDELIVERABLE },
		{ "undeliverable-but-not-cached ", EVENT_DELIVER_UNCACHED },
	};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (parse_skip(
			text, statuses[i].word, strlen(statuses[i].word)))
			return statuses[i].class;
	return EVENT_META_TRUNCATED;
}

/*
 * local(8) has thrown it away, "(discarded)", or a filter has: amavis and
 * Proxmox MG answer with 2.7.x and one of these words.
 */
static bool
is_thrown_away(struct bytes text)
{
	if (!SKIP(&text, "(250 2."))
		return bytes_equal(text, bytes_of("(discarded)"));
	if (bytes_begin_with(text, bytes_of("7.")))
		return parse_find(text, "discarded") != NULL ||
		    parse_find(text, "uarantined") != NULL ||
		    parse_find(text, "BLOCKED") != NULL;
	/* After "(250 2." there is a byte in front. */
	while (parse_after(&text, "Ok, "))
		if (text.data[-5] == ' ' &&
		    (SKIP(&text, "discarded") || SKIP(&text, "quarantined")))
			return true;
	return false;
}

/* What "sent" comes to. The message may live on as another, "(forwarded as Q)"
 * or "queued as Q)". */
static enum event_class
read_successor(struct event *event)
{
	struct bytes text = event->text;

	if (!SKIP(&text, "(forwarded as ")) {
		event->other_id = parse_queued_as(text);
		return event->other_id.len == 0 && is_thrown_away(text) ?
		    EVENT_DELIVER_DISCARDED :
		    EVENT_DELIVER_SENT;
	}
	event->other_id = (struct bytes){ text.data, match_queue_id(text) };
	return event->other_id.len > 0 ? EVENT_DELIVER_FORWARDED :
					 EVENT_DELIVER_SENT;
}

/* Moves past the next ", ". False: there is none. */
static bool
skip_field(struct bytes *text)
{
	do {
		*text = bytes_from(*text, scan_until(*text, ','));
		if (SKIP(text, ", "))
			return true;
		*text = bytes_from(*text, text->len > 0);
	} while (text->len > 0);
	return false;
}

/* One of the named fields between to= and status=. False: it is the last. */
static bool
read_field(struct bytes *text, struct event *event)
{
	char first = text->len > 0 ? *text->data : '\0';

	if (first == 's' && SKIP(text, "status="))
		return false;
	if (first == 'r' && SKIP(text, "relay=")) {
		const char *begin = text->data;
		bool is_last = !skip_field(text);

		event->relay = (struct bytes){ begin,
			(size_t)(text->data - begin) - (is_last ? 0 : 2) };
		return !is_last;
	}
	if (first == 'o' && SKIP(text, "orig_to=<") &&
	    !parse_mailbox(text, &event->original_recipient))
		return false;
	if (first == 'd' && SKIP(text, "delays=")) {
		int stage = DELAY_BEFORE_QUEUE;

		do
			event->delays[stage++] = parse_seconds(text);
		while (stage <= DELAY_TRANSMISSION && SKIP(text, "/"));
	} else if (first == 'd' && SKIP(text, "delay=")) {
		event->has_delay = true;
		for (int stage = 0; stage < DELAY_TOTAL; stage++)
			event->delays[stage] = -1;
		event->delays[DELAY_TOTAL] = parse_seconds(text);
	} else if (first == 'd' && SKIP(text, "dsn="))
		event->enhanced = parse_enhanced(text);
	return skip_field(text);
}

static bool
read_recipient(struct bytes *text, struct event *event)
{
	const char *end;

	if (SKIP(text, "<"))
		return parse_mailbox(text, &event->recipient);
	end = parse_find(*text, ", ");
	if (end == NULL)
		return false;
	event->recipient = parse_before(*text, end);
	*text = bytes_from(*text, event->recipient.len);
	return true;
}

enum event_class
fields_delivery(struct event *event)
{
	struct bytes *text = &event->text;
	enum event_class class;

	if (!read_recipient(text, event) || !SKIP(text, ", "))
		return EVENT_META_TRUNCATED;
	while (read_field(text, event))
		;
	class = read_status(text);
	return class == EVENT_DELIVER_SENT ? read_successor(event) : class;
}
