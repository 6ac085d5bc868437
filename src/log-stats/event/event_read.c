/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_read.h"
#include "log-stats/entry/scan.h"
#include "match.h"
#include "parse.h"
#include "wording.h"

enum { CHAINS = 256, NO_ROW = UINT16_MAX };

/*
 * The rows that may fit, chained by daemon, whether the line is a warning, and
 * the first two bytes; the last chain is of those that have none, because they
 * begin with a directive or are empty.
 */
static uint16_t heads[DAEMON_COUNT][2][CHAINS + 1];
static uint16_t nexts[DAEMON_COUNT][WORDINGS_MAX];

/* A row as it is used. */
static struct row {
	unsigned leads; /* a bit each: of the lines that it may fit */
	struct match_program program;
} rows[WORDINGS_MAX];

static unsigned
chain_of(const char *text)
{
	return ((unsigned char)text[0] * 7u + (unsigned char)text[1] * 31u) %
	    CHAINS;
}

static void
prepare_row(uint16_t row)
{
	const struct wording *wording = &wordings[row];
	const bool is_warning = wording->lead == LEAD_WARNING;
	const unsigned chain = strcspn(wording->pattern, "%") < 2 ?
	    CHAINS :
	    chain_of(wording->pattern);

	rows[row].leads = wording->lead == LEAD_ANY || is_warning ?
	    1u << LEAD_PLAIN | 1u << LEAD_ID | 1u << LEAD_NOQUEUE :
	    1u << wording->lead;
	match_compile(&rows[row].program, wording->pattern);
	for (int daemon = 0; daemon < DAEMON_COUNT; daemon++)
		if (wording->daemons >> daemon & 1) {
			uint16_t *head = &heads[daemon][is_warning][chain];

			nexts[daemon][row] = *head;
			*head = row;
		}
}

void
event_prepare(const struct pattern *greylisted)
{
	_Static_assert(DAEMON_COUNT <= 8 * sizeof(wordings->daemons), "bits");
	fields_greylisted(greylisted);
	memset(heads, 0xff, sizeof(heads)); /* NO_ROW */
	/* Backwards, so that the chains are in the order of the table. */
	for (size_t row = wording_count; row-- > 0;)
		prepare_row((uint16_t)row);
}

/* The class that the severity gives; EVENT_UNKNOWN: the line states none. */
static enum event_class
read_severity(struct bytes *text)
{
	switch (text->len > 0 ? *text->data : '\0') {
	case 'w':
		return SKIP(text, "warning: ") ? EVENT_WARNING : EVENT_UNKNOWN;
	case 'e':
		return SKIP(text, "error: ") ? EVENT_ERROR : EVENT_UNKNOWN;
	case 'f':
		return SKIP(text, "fatal: ") ? EVENT_FATAL : EVENT_UNKNOWN;
	case 'p':
		return SKIP(text, "panic: ") ? EVENT_PANIC : EVENT_UNKNOWN;
	default:
		return EVENT_UNKNOWN;
	}
}

static void
read_queue_id(struct event *event)
{
	size_t len;

	if (SKIP(&event->text, "NOQUEUE: ")) {
		event->no_queue_id = true;
		return;
	}
	len = match_queue_id(event->text);
	if (len == 0 || event->text.len < len + 2 ||
	    event->text.data[len] != ':' || event->text.data[len + 1] != ' ')
		return;
	event->queue_id = (struct bytes){ event->text.data, len };
	event->text = bytes_from(event->text, len + 2);
}

static const struct bytes nothing = { NULL, 0 };

static void
forget_captures(struct event *event)
{
	event->client_address = nothing;
	event->client_port = nothing;
	event->other_id = nothing;
	event->stage = nothing;
	event->rbl = nothing;
}

/* EVENT_UNKNOWN: no row of the chain fits; *cut: one would if the text did not
 * end there. */
static enum event_class
try_chain(uint16_t row, enum daemon daemon, struct event *event, bool *cut)
{
	const unsigned lead = 1u << (event->queue_id.len > 0 ? LEAD_ID :
				      event->no_queue_id     ? LEAD_NOQUEUE :
							       LEAD_PLAIN);
	const uint64_t front = scan_front(event->text);

	for (; row != NO_ROW; row = nexts[daemon][row]) {
		struct bytes rest = event->text;
		enum match_result result;

		if ((rows[row].leads & lead) == 0 ||
		    !match_may_begin(&rows[row].program, front))
			continue;
		result = match(&rows[row].program, &rest, event);
		if (result == MATCH) {
			event->class = wordings[row].class;
			event->text = rest;
			return wordings[row].read == NULL ?
			    event->class :
			    wordings[row].read(event);
		}
		forget_captures(event);
		*cut |= result == MATCH_CUT;
	}
	return EVENT_UNKNOWN;
}

static enum event_class
read_wording(enum daemon daemon, struct event *event, bool is_severe)
{
	const uint16_t *chains = heads[daemon][is_severe];
	enum event_class class = EVENT_UNKNOWN;
	bool cut = false;

	if (event->text.len >= 2)
		class = try_chain(
		    chains[chain_of(event->text.data)], daemon, event, &cut);
	if (class == EVENT_UNKNOWN && event->text.len > 0)
		class = try_chain(chains[CHAINS], daemon, event, &cut);
	return class == EVENT_UNKNOWN && cut ? EVENT_META_TRUNCATED : class;
}

/* "message repeated 3 times: [ text]", "last message repeated 2 times" */
static bool
read_repeat(const struct entry *entry, struct event *event)
{
	struct bytes text = entry->text;
	const bool of_line = SKIP(&text, "message repeated ");
	unsigned count = 0;

	if (!of_line &&
	    (entry->writer->program.len > 0 ||
		!SKIP(&text, "last message repeated ")))
		return false;
	for (; text.len > 0 && bytes_is_digit(*text.data);
	     text = bytes_from(text, 1))
		if (count < 1000000)
			count = count * 10 + (unsigned)(*text.data - '0');
	if (!SKIP(&text, " times"))
		return false;
	if (!of_line)
		text.len = 0;
	else if (!SKIP(&text, ": [ ") || text.len == 0 ||
	    text.data[text.len - 1] != ']')
		return false;
	else
		text.len--;
	event->text = text;
	event->repeats = count;
	return true;
}

/* Member by member, for one memset() or a chain of assignments is slower: the
 * first is a loop, the second waits for its own writes. */
static void
begin_event(struct event *event, struct bytes text)
{
	event->class = EVENT_UNKNOWN;
	event->no_queue_id = event->has_sender = event->has_sasl =
	    event->has_delay = event->is_requeued = event->is_resent =
		event->is_cut = event->has_no_quit = event->asks_back =
		    event->greylists = event->refuses_message =
			event->is_early_retry = event->is_double_bounce = false;
	event->queue_id = nothing;
	event->original_client = nothing;
	event->sender = nothing;
	event->recipient = nothing;
	event->original_recipient = nothing;
	event->reply = nothing;
	event->enhanced = nothing;
	forget_captures(event);
	event->text = text;
	event->code = event->repeats = 0;
}

void
event_read(const struct entry *entry, struct event *event)
{
	enum daemon daemon = entry->writer->daemon;
	enum event_class severity, class;
	struct bytes said;

	begin_event(event, entry->text);
	if (read_repeat(entry, event)) {
		event->class = EVENT_META_REPEAT;
		return;
	}
	if (daemon == DAEMON_FOREIGN) {
		event->class = EVENT_FOREIGN;
		return;
	}
	severity = read_severity(&event->text);
	read_queue_id(event);
	said = event->text;
	/* What is written decides; if that is not known, its severity. */
	class = read_wording(daemon, event, severity != EVENT_UNKNOWN);
	if (class == EVENT_UNKNOWN)
		class = severity;
	/* Mail that discard(8) has "sent" is gone. */
	if (class == EVENT_DELIVER_SENT &&
	    (daemon == DAEMON_DISCARD || daemon == DAEMON_QMGR))
		class = EVENT_DELIVER_DISCARDED;
	else if (class == EVENT_UNKNOWN && daemon == DAEMON_SPF)
		class = EVENT_FOREIGN;
	else if (class == EVENT_SPF_RESULT)
		fields_spf(event, entry->text);
	else if (class == EVENT_WARNING && event->queue_id.len > 0)
		fields_warning(event);
	/* Recognized by its end, and not by a word at its front. */
	else if (daemon == DAEMON_GREY && event->text.len == 0)
		event->text = said;
	event->class = class;
}
