/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "match.h"
#include "parse.h"
#include "log-stats/entry/scan.h"

/* The number of a counter: "1" or, of those that succeeded and all, "0/1". A
 * DATA that went wrong says nothing: what became of its queue id is in other
 * lines. */
static int
messages_by_data(struct bytes data)
{
	uint64_t times;

	scan_number(data, &times);
	return times == 0 || times > INT16_MAX ? INT16_MAX : (int)times;
}

/*
 * A message comes in by one DATA, or by any number of BDAT.
 *
 * Postfix 3.9 and later end a session after improper pipelining, without a line
 * that says so: the client had no chance to say QUIT. Those without counters
 * are older.
 */
enum event_class
fields_disconnect(struct event *event)
{
	struct bytes text = event->text;
	const char *blank;
	bool has_counters = false, has_quit = false, is_done = false;
	int messages = 0;

	/* From the end: what counts is there, after rcpt=. */
	while (
	    !is_done && (blank = memrchr(text.data, ' ', text.len)) != NULL) {
		struct bytes word = bytes_from(
		    text, (size_t)(blank + 1 - text.data));

		text = parse_before(text, blank);
		switch (word.len > 0 ? *word.data : '\0') {
		case 'b':
			if (SKIP(&word, "bdat="))
				messages = INT16_MAX;
			break;
		case 'c':
			has_counters |= SKIP(&word, "commands=");
			break;
		case 'd':
			if (SKIP(&word, "data=") && messages == 0)
				messages = messages_by_data(word);
			break;
		case 'q':
			has_quit |= SKIP(&word, "quit=");
			break;
		case 'r':
			is_done = SKIP(&word, "rcpt=");
			break;
		default:
			break;
		}
	}
	event->has_no_quit = has_counters && !has_quit;
	event->messages_max = has_counters ? messages : -1;
	return event->class;
}

enum event_class
fields_tls(struct event *event)
{
	if (parse_after(&event->text, ": "))
		event->text.len = scan_until(event->text, ' ');
	else
		event->text = (struct bytes){ NULL, 0 };
	return event->class;
}

enum event_class
fields_client(struct event *event)
{
	struct event original = { .class = EVENT_UNKNOWN };

	if (!match_client(&event->text, event))
		return EVENT_META_TRUNCATED;
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
	return event->class;
}

enum event_class
fields_resent(struct event *event)
{
	event->is_resent = true;
	return event->class;
}

static unsigned
read_nrcpt(struct bytes text)
{
	unsigned count = 0;

	text = bytes_from(text, bytes_digits(text));
	if (!SKIP(&text, ", nrcpt="))
		return 0;
	for (; text.len > 0 && bytes_is_digit(*text.data) && count < 1000000;
	     text = bytes_from(text, 1))
		count = count * 10 + (unsigned)(*text.data - '0');
	return count;
}

enum event_class
fields_queue(struct event *event)
{
	if (!parse_mailbox(&event->text, &event->sender))
		return EVENT_META_TRUNCATED;
	event->has_sender = true;
	event->is_double_bounce = bytes_begin_with(
	    event->sender, bytes_of("double-bounce@"));
	if (SKIP(&event->text, ", size=")) {
		event->nrcpt = read_nrcpt(event->text);
		return EVENT_QMGR_ACTIVE;
	}
	return SKIP(&event->text, ", status=") ? EVENT_QMGR_EXPIRED :
						 EVENT_META_TRUNCATED;
}

enum event_class
fields_pickup(struct event *event)
{
	struct bytes rest = event->text;

	if (!parse_after(&rest, " from=<") ||
	    !parse_mailbox(&rest, &event->sender))
		return EVENT_META_TRUNCATED;
	event->has_sender = true;
	if (SKIP(&rest, " orig_id=")) {
		event->is_requeued = true;
		event->other_id = (struct bytes){ rest.data,
			match_queue_id(rest) };
	}
	return event->class;
}

enum event_class
fields_refused_command(struct event *event)
{
	event->refuses_command = true;
	return event->class;
}

void
fields_warning(struct event *event)
{
	event->refuses_message = parse_find(event->text,
				     "message not accepted") != NULL ||
	    parse_find(event->text, "queue file size limit exceeded") != NULL ||
	    parse_find(event->text, "message rejected: ") != NULL;
}

void
fields_requeue(struct event *event)
{
	struct bytes text = event->text, before, next;

	if (!SKIP(&text, "Requeue: "))
		return;
	before = (struct bytes){ text.data, match_queue_id(text) };
	if (before.len == 0 || !parse_after(&text, " to "))
		return;
	next = (struct bytes){ text.data, match_queue_id(text) };
	if (next.len == 0)
		return;
	event->queue_id = before;
	event->other_id = next;
}
