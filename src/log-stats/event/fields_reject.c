/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "match.h"
#include "parse.h"
#include "log-stats/entry/scan.h"

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
		if (!parse_mailbox(&text, &event->sender))
			return false;
		event->has_sender = true;
		skip_separator(&text);
	}
	if (SKIP(&text, "to=<")) {
		if (!parse_mailbox(&text, &event->recipient))
			return false;
		skip_separator(&text);
	}
	/* "ESMTP helo=<..", "ESMTP, helo=<.." or "ESMTP: text" */
	if (SKIP(&text, "proto=")) {
		size_t len = scan_until_either(text, ' ', ':');

		text = bytes_from(
		    text, scan_until((struct bytes){ text.data, len }, ','));
		skip_separator(&text);
	}
	if (SKIP(&text, "helo=<") && !parse_mailbox(&text, &ignored))
		return false;
	event->has_sasl |= parse_find(text, " sasl_username=") != NULL;
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
	event->enhanced = parse_enhanced(text);
	if (event->enhanced.len > 0)
		event->reply.len += 1 + event->enhanced.len;
}

/* The text is cut at its envelope, which is read. A mailbox at the front of the
 * text is skipped: the client may write there what it likes. */
static bool
split_envelope(struct event *event)
{
	static const char *const fronts[] = { "; from=<", "; to=<",
		"; proto=", "; helo=<", NULL };
	const char *envelope = NULL;
	struct bytes text = event->text, rest;

	if (SKIP(&text, "<"))
		parse_mailbox(&text, &rest);
	for (int i = 0; envelope == NULL && fronts[i] != NULL; i++)
		envelope = parse_find(text, fronts[i]);
	if (envelope == NULL)
		return true;
	event->text = parse_before(event->text, envelope);
	return read_envelope(
	    bytes_from(text, (size_t)(envelope - text.data) + 2), event, &rest);
}

enum event_class
fields_reply(struct event *event)
{
	struct bytes rest;

	if (event->text.len == 0) {
		event->is_cut = true;
		return event->class;
	}
	read_code(&event->text, event);
	event->asks_back = event->code == 450 &&
	    bytes_equal(event->enhanced, bytes_of("4.3.2"));
	/* A reject whose envelope is cut is a reject; 421 has none. */
	event->is_cut = (!split_envelope(event) || !event->has_sender) &&
	    bytes_equal(event->stage, bytes_of("RCPT")) && event->code != 421;
	rest = event->text;
	/* As rbl_reply_maps and default_rbl_reply have it: 554 5.7.1. */
	if ((event->enhanced.len == 0 || event->enhanced.data[2] == '7') &&
	    parse_after(&rest, "blocked using "))
		event->rbl = (struct bytes){ rest.data, match_list(rest) };
	return event->class;
}

static const struct pattern *greylisted;

void
fields_greylisted(const struct pattern *pattern)
{
	greylisted = pattern;
}

/* Without the address in front, and the page that explains it. */
static struct bytes
reason_of_reject(const struct event *event)
{
	const struct bytes see = { ", see", 5 };
	struct bytes text = event->text;
	const char *end;

	if (event->rbl.len > 0)
		return event->rbl;
	if (text.len > 0 && *text.data == '<')
		parse_after(&text, ">: ");
	text.len = scan_until(text, ';');
	end = memmem(text.data, text.len, " http", 5); /* many blanks: faster */
	if (end == NULL)
		return text;
	text = parse_before(text, end);
	if (text.len >= see.len &&
	    memcmp(end - see.len, see.data, see.len) == 0)
		text.len -= see.len;
	return text;
}

/* cleanup(8) logs the enhanced code alone, as milters and tables give it. */
static bool
is_for_now(const struct event *event)
{
	return event->code == 450 || event->code == 451 ||
	    (event->code == 0 && event->enhanced.len > 0 &&
		*event->enhanced.data == '4');
}

static void
read_refusal(struct event *event)
{
	event->greylists = greylisted != NULL && is_for_now(event) &&
	    pattern_matches(greylisted, event->text);
	event->text = reason_of_reject(event);
}

enum event_class
fields_reject(struct event *event)
{
	enum event_class class = fields_reply(event);

	event->refuses_message = bytes_begin_with(event->stage,
				     bytes_of("END-OF-MESSAGE")) ||
	    bytes_equal(event->stage, bytes_of("DATA")) ||
	    bytes_equal(event->stage, bytes_of("BDAT"));
	read_refusal(event);
	/* What a filter before the queue says is not the policy server's. */
	event->greylists &= class != EVENT_SMTPD_PROXY_REJECT &&
	    event->code != 0;
	return class;
}

enum event_class
fields_warned(struct event *event)
{
	enum event_class class = fields_reply(event);

	event->text = reason_of_reject(event);
	return class;
}

enum event_class
fields_accept(struct event *event)
{
	enum event_class class = fields_reply(event);

	event->other_id = parse_queued_as(event->text);
	return class;
}

enum event_class
fields_milter(struct event *event)
{
	event->enhanced = parse_enhanced(&event->text);
	split_envelope(event);
	return event->class;
}

enum event_class
fields_milter_reject(struct event *event)
{
	fields_milter(event);
	if (event->stage.len == 0)
		event->stage = bytes_of("END-OF-MESSAGE");
	read_refusal(event);
	return event->class;
}

/* The content comes first, and may hold all that we look for: take the last. */
enum event_class
fields_content(struct event *event)
{
	const char *envelope = parse_find_last(event->text, "; from=<");
	const char *client;
	struct bytes rest;

	if (envelope == NULL ||
	    !read_envelope(bytes_from(event->text,
			       (size_t)(envelope + 2 - event->text.data)),
		event, &rest))
		return event->class;
	event->text = parse_before(event->text, envelope);
	client = parse_find_last(event->text, " from ");
	if (client != NULL) {
		struct bytes from = bytes_from(
		    event->text, (size_t)(client + 6 - event->text.data));

		match_client(&from, event);
		event->text = parse_before(event->text, client);
	}
	if (SKIP(&rest, ": ")) {
		event->enhanced = parse_enhanced(&rest);
		event->text = rest;
	}
	return event->class;
}

enum event_class
fields_content_reject(struct event *event)
{
	/* "header", "body", "content": where it was found. */
	const struct bytes stage = { event->text.data,
		scan_until(event->text, ' ') };
	const char *content = event->text.data;

	fields_content(event);
	event->stage = stage;
	/* Without a text of its own, what is left is the content. */
	if (event->text.data == content)
		event->text.len = 0;
	read_refusal(event);
	return event->class;
}
