/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "match.h"

#define MICROSECONDS INT64_C(1000000)

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
skip(struct bytes *text, const char *literal, size_t len)
{
	if (text->len < len || memcmp(text->data, literal, len) != 0)
		return false;
	*text = bytes_from(*text, len);
	return true;
}
/* The length of a literal is known when it is compiled: that makes it fast. */
#define SKIP(text, literal) skip(text, literal, sizeof(literal) - 1)

static struct bytes
before(struct bytes text, const char *at)
{
	return (struct bytes){ text.data, (size_t)(at - text.data) };
}

static const char *
find(struct bytes text, const char *literal)
{
	return memmem(text.data, text.len, literal, strlen(literal));
}

static const char *
find_last(struct bytes text, const char *literal)
{
	const char *last = NULL, *found;
	struct bytes rest = text;

	while ((found = find(rest, literal)) != NULL) {
		last = found;
		rest = bytes_from(rest, (size_t)(found + 1 - rest.data));
	}
	return last;
}

/* The length of the quoted string at the front, or 0. */
static size_t
quoted(struct bytes text)
{
	if (text.len == 0 || *text.data != '"')
		return 0;
	for (size_t at = 1; at < text.len; at++) {
		if (text.data[at] == '\\')
			at++;
		else if (text.data[at] == '"')
			return at + 1;
	}
	return 0;
}

static bool
ends_mailbox(char c)
{
	return c == ' ' || c == ',' || c == ':' || c == ';' || c == ')';
}

/*
 * The mailbox up to the ">" that ends it; an old Postfix may log others within.
 * It is behind its "<"; *text: what follows the ">".
 */
static bool
mailbox(struct bytes *text, struct bytes *address)
{
	size_t at = quoted(*text);

	for (; at < text->len; at++) {
		const char *end = memchr(text->data + at, '>', text->len - at);

		if (end == NULL)
			return false;
		at = (size_t)(end - text->data);
		if (at + 1 == text->len || ends_mailbox(end[1])) {
			*address = before(*text, end);
			*text = bytes_from(*text, at + 1);
			return true;
		}
	}
	return false;
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
		if (!mailbox(&text, &event->sender))
			return false;
		event->has_sender = true;
		skip_separator(&text);
	}
	if (SKIP(&text, "to=<")) {
		if (!mailbox(&text, &event->recipient))
			return false;
		skip_separator(&text);
	}
	if (SKIP(&text, "proto=")) {
		while (text.len > 0 && *text.data != ' ' && *text.data != ',' &&
		    *text.data != ':')
			text = bytes_from(text, 1);
		skip_separator(&text);
	}
	if (SKIP(&text, "helo=<") && !mailbox(&text, &ignored))
		return false;
	event->has_sasl |= find(text, " sasl_username=") != NULL;
	*rest = text;
	return true;
}

/* "5.7.1" */
static void
read_enhanced(struct bytes *text, struct event *event)
{
	size_t len = 0;

	while (len < text->len &&
	    (is_digit(text->data[len]) || text->data[len] == '.'))
		len++;
	if (len < 5 || text->data[1] != '.')
		return;
	event->enhanced = (struct bytes){ text->data, len };
	*text = bytes_from(*text, len);
	SKIP(text, " ");
}

static void
read_code(struct bytes *text, struct event *event)
{
	if (text->len < 4 || !is_digit(text->data[0]) ||
	    !is_digit(text->data[1]) || !is_digit(text->data[2]) ||
	    text->data[3] != ' ')
		return;
	event->code = (unsigned)(text->data[0] - '0') * 100 +
	    (unsigned)(text->data[1] - '0') * 10 +
	    (unsigned)(text->data[2] - '0');
	event->reply = (struct bytes){ text->data, 3 };
	*text = bytes_from(*text, 4);
	read_enhanced(text, event);
	if (event->enhanced.len > 0)
		event->reply.len += 1 + event->enhanced.len;
}

static void
read_list(struct event *event)
{
	const char *name;
	struct bytes rest;
	size_t len = 0;

	/* As rbl_reply_maps and default_rbl_reply have it: 554 5.7.1. */
	if (event->enhanced.len > 0 && event->enhanced.data[2] != '7')
		return;
	name = find(event->text, "blocked using ");
	if (name == NULL)
		return;
	rest = bytes_from(event->text,
	    (size_t)(name - event->text.data) + strlen("blocked using "));
	while (len < rest.len && strchr(" ;,", rest.data[len]) == NULL)
		len++;
	event->list = (struct bytes){ rest.data, len };
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
		mailbox(&text, &address);
	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		const char *found = find(text, fronts[i]);

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
	event->text = before(text, envelope);
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

/* What is behind the last "queued as "; empty: nothing. */
static struct bytes
queued_as(struct bytes text)
{
	const char *found = find_last(text, "queued as ");
	struct bytes id;

	if (found == NULL)
		return (struct bytes){ NULL, 0 };
	id = bytes_from(
	    text, (size_t)(found - text.data) + strlen("queued as "));
	return (struct bytes){ id.data, match_queue_id(id) };
}

bool
fields_accept(struct event *event)
{
	if (!fields_reject(event))
		return false;
	event->other_id = queued_as(event->text);
	return true;
}

bool
fields_milter(struct event *event)
{
	read_enhanced(&event->text, event);
	split_envelope(event);
	return true;
}

/* The content comes first, and may hold all that we look for: take the last. */
bool
fields_content(struct event *event)
{
	const char *envelope = find_last(event->text, "; from=<");
	const char *client;
	struct bytes content, rest;

	if (envelope == NULL)
		return true;
	content = before(event->text, envelope);
	if (!read_envelope(bytes_from(event->text,
			       (size_t)(envelope + 2 - event->text.data)),
		event, &rest))
		return true;
	client = find_last(content, " from ");
	if (client != NULL) {
		struct bytes from = bytes_from(
		    content, (size_t)(client + 6 - content.data));

		if (!match_client(&from, event))
			event->client_name = (struct bytes){ NULL, 0 };
		content = before(content, client);
	}
	event->text = content;
	if (SKIP(&rest, ": ")) {
		read_enhanced(&rest, event);
		event->text = rest;
	}
	return true;
}

bool
fields_client(struct event *event)
{
	struct bytes client = { NULL, 0 };
	struct event original = { .client_name = client };

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
	if (!mailbox(&event->text, &event->sender))
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
	const char *from = find(event->text, " from=<");
	struct bytes rest;

	if (from == NULL)
		return false;
	rest = bytes_from(event->text, (size_t)(from + 7 - event->text.data));
	if (!mailbox(&rest, &event->sender))
		return false;
	event->has_sender = true;
	if (SKIP(&rest, " orig_id=")) {
		event->is_requeued = true;
		event->other_id = (struct bytes){ rest.data,
			match_queue_id(rest) };
	}
	return true;
}

/* "0.43", "12": microseconds. */
static int64_t
read_seconds(struct bytes *text)
{
	int64_t value = 0, unit = MICROSECONDS;
	const char *at = text->data, *end = at + text->len;

	for (; at < end && is_digit(*at); at++)
		if (value < MICROSECONDS * 100000)
			value = value * 10 + (*at - '0');
	value *= MICROSECONDS;
	if (at < end && *at == '.')
		for (at++; at < end && is_digit(*at); at++) {
			unit /= 10;
			value += (*at - '0') * unit;
		}
	*text = bytes_from(*text, (size_t)(at - text->data));
	return value;
}

static void
read_delays(struct bytes *text, struct event *event)
{
	for (int stage = DELAY_BEFORE_QUEUE; stage <= DELAY_TRANSMISSION;
	     stage++) {
		event->delays[stage] = read_seconds(text);
		if (!SKIP(text, "/"))
			break;
	}
}

static bool
read_status(struct event *event)
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
		if (skip(&event->text, statuses[i].word,
			strlen(statuses[i].word))) {
			event->class = statuses[i].class;
			break;
		}
	return event->class != EVENT_UNKNOWN;
}

/* The id of what the message became: "(forwarded as Q)", "queued as Q)". */
static void
read_successor(struct event *event)
{
	struct bytes text = event->text;

	if (!SKIP(&text, "(forwarded as ")) {
		event->other_id = queued_as(text);
		return;
	}
	event->other_id = (struct bytes){ text.data, match_queue_id(text) };
	if (event->other_id.len > 0)
		event->class = EVENT_DELIVER_FORWARDED;
}

/* Up to what is behind the next ", ". False: there is none. */
static bool
skip_field(struct bytes *text)
{
	const char *comma;

	while ((comma = memchr(text->data, ',', text->len)) != NULL) {
		*text = bytes_from(*text, (size_t)(comma - text->data));
		if (SKIP(text, ", "))
			return true;
		*text = bytes_from(*text, 1);
	}
	text->len = 0;
	return false;
}

/* One of the named fields between to= and status=. False: it is the last. */
static bool
read_field(struct bytes *text, struct event *event)
{
	const char *from;

	if (SKIP(text, "relay=")) {
		from = memchr(text->data, ',', text->len);
		event->relay = (struct bytes){ text->data,
			from == NULL ? text->len :
				       (size_t)(from - text->data) };
		*text = bytes_from(*text, event->relay.len);
	} else if (SKIP(text, "delays=")) {
		read_delays(text, event);
	} else if (SKIP(text, "delay=")) {
		event->has_delay = true;
		event->delays[DELAY_TOTAL] = read_seconds(text);
	} else if (SKIP(text, "orig_to=<")) {
		if (!mailbox(text, &event->original_recipient))
			return false;
	} else if (SKIP(text, "dsn="))
		read_enhanced(text, event);
	if (SKIP(text, "status="))
		return false;
	return skip_field(text);
}

static bool
read_recipient(struct bytes *text, struct event *event)
{
	const char *end;

	if (SKIP(text, "<"))
		return mailbox(text, &event->recipient);
	end = find(*text, ", ");
	if (end == NULL)
		return false;
	event->recipient = before(*text, end);
	*text = bytes_from(*text, event->recipient.len);
	return true;
}

bool
fields_delivery(struct event *event)
{
	struct bytes *text = &event->text;

	event->class = EVENT_UNKNOWN;
	if (!read_recipient(text, event) || !SKIP(text, ", "))
		return false;
	while (read_field(text, event))
		;
	if (!read_status(event))
		return false;
	if (event->class == EVENT_DELIVER_SENT)
		read_successor(event);
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
		const char *found = find(value, *names);

		if (found != NULL) {
			value = before(value, found);
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
	struct bytes delay = { NULL, 0 };
	struct bytes *const values[] = { &delay, &event->client_name,
		&event->client_address, &event->sender, &event->recipient };
	struct bytes text = event->text;

	event->text = take_value(&text, names);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (skip(&text, names[i], strlen(names[i])))
			*values[i] = take_value(&text, names + i + 1);
	event->has_sender = true;
	if (delay.len > 0) {
		event->has_delay = true;
		event->delays[DELAY_TOTAL] = read_seconds(&delay);
	}
	return event->client_address.len > 0;
}
