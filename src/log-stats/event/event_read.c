/* SPDX-License-Identifier: BSD-2-Clause */
#include "debug.h"
#include "event_read.h"
#include "filters.h"
#include "log-stats/entry/scan.h"
#include "match.h"
#include "parse.h"
#include "repeat.h"
#include "unnamed.h"
#include "wording.h"

enum { CHAINS = 256, NO_ROW = UINT16_MAX };

/*
 * What is cold here is out of the way of the common line, whose code then takes
 * fewer lines of the processor's cache.
 *
 * The rows that may fit, chained by daemon, whether the line is a warning, and
 * the first two bytes. Each chain goes on with the rows that have none, because
 * they begin with a directive or are empty.
 */
static uint16_t heads[DAEMON_COUNT][2][CHAINS];
static uint16_t frontless[DAEMON_COUNT][2];
static uint16_t nexts[DAEMON_COUNT][WORDINGS_MAX];

/* A row as it is used. */
static struct row {
	unsigned leads; /* a bit each: of the lines that it may fit */
	enum event_class class;
	fields_reader *read;
	struct match_program program;
} rows[WORDINGS_MAX];

static unsigned
chain_of(const char *text)
{
	return ((unsigned char)text[0] * 7u + (unsigned char)text[1] * 31u) %
	    CHAINS;
}

static bool
is_frontless(const char *pattern)
{
	return strcspn(pattern, "%") < 2;
}

static void
prepare_row(uint16_t row)
{
	const struct wording *wording = &wordings[row];
	const bool is_warning = wording->lead == LEAD_WARNING;

	rows[row].leads = wording->lead == LEAD_ANY || is_warning ?
	    1u << LEAD_PLAIN | 1u << LEAD_ID | 1u << LEAD_NOQUEUE :
	    1u << wording->lead;
	rows[row].class = wording->class;
	rows[row].read = wording->read;
	match_compile(&rows[row].program, wording->pattern);
	for (int daemon = 0; daemon < DAEMON_COUNT; daemon++)
		if (wording->daemons >> daemon & 1) {
			uint16_t *head = is_frontless(wording->pattern) ?
			    &frontless[daemon][is_warning] :
			    &heads[daemon][is_warning]
				  [chain_of(wording->pattern)];

			nexts[daemon][row] = *head;
			*head = row;
		}
}

/* Backwards, so that the chains are in the order of the table. */
static void
prepare_rows(bool frontless_ones)
{
	for (size_t row = wording_count; row-- > 0;)
		if (is_frontless(wordings[row].pattern) == frontless_ones)
			prepare_row((uint16_t)row);
}

void
event_prepare(const struct pattern *greylisted)
{
	_Static_assert(DAEMON_COUNT <= 8 * sizeof(wordings->daemons), "bits");
	fields_greylisted(greylisted);
	memset(frontless, 0xff, sizeof(frontless)); /* NO_ROW */
	prepare_rows(true);
	for (int daemon = 0; daemon < DAEMON_COUNT; daemon++)
		for (int severe = 0; severe < 2; severe++)
			for (int chain = 0; chain < CHAINS; chain++)
				heads[daemon][severe]
				     [chain] = frontless[daemon][severe];
	prepare_rows(false);
}

/* What a line may be, by its first byte: a repeat, or one that states a
 * severity. Most are neither. */
enum { MAY_REPEAT = 1, MAY_BE_SEVERE };
static const unsigned char fronts[256] = {
	['m'] = MAY_REPEAT,
	['l'] = MAY_REPEAT,
	['L'] = MAY_REPEAT,
	['-'] = MAY_REPEAT,
	['w'] = MAY_BE_SEVERE,
	['e'] = MAY_BE_SEVERE,
	['f'] = MAY_BE_SEVERE,
	['p'] = MAY_BE_SEVERE,
};

/* The class that the severity gives; EVENT_UNKNOWN: the line states none. */
static __attribute__((noinline, cold)) enum event_class
read_severity(struct bytes *text)
{
	return SKIP(text, "warning: ") ? EVENT_WARNING :
	    SKIP(text, "error: ")      ? EVENT_ERROR :
	    SKIP(text, "fatal: ")      ? EVENT_FATAL :
	    SKIP(text, "panic: ")      ? EVENT_PANIC :
					 EVENT_UNKNOWN;
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

static void
forget_captures(struct event *event)
{
	event->client_address.len = 0;
	event->client_port.len = 0;
	event->other_id.len = 0;
	event->stage.len = 0;
	event->rbl.len = 0;
}

/* EVENT_UNKNOWN: no row of the chain fits; *cut: one would if the text did not
 * end there. A function of its own: match() is then within it, once. */
static __attribute__((noinline)) enum event_class
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
			event->class = rows[row].class;
			event->text = rest;
			return rows[row].read == NULL ? event->class :
							rows[row].read(event);
		}
		forget_captures(event);
		*cut |= result == MATCH_CUT;
	}
	return EVENT_UNKNOWN;
}

static inline __attribute__((always_inline)) enum event_class
read_wording(enum daemon daemon, struct event *event, bool is_severe)
{
	enum event_class class;
	bool cut = false;

	if (event->text.len == 0)
		return EVENT_UNKNOWN;
	class = try_chain(event->text.len == 1 ?
		frontless[daemon][is_severe] :
		heads[daemon][is_severe][chain_of(event->text.data)],
	    daemon, event, &cut);
	return class == EVENT_UNKNOWN && cut ? EVENT_META_TRUNCATED : class;
}

/* The daemon that alone would write this, with the event as it then is;
 * DAEMON_UNKNOWN: it may be any, and the event is as before. */
static __attribute__((noinline, cold)) enum daemon
find_unnamed(const struct entry *entry, struct event *event, bool is_severe,
    enum event_class *class)
{
	const struct event before = *event;

	for (const enum daemon *daemon = unnamed_daemons;
	     *daemon != DAEMON_UNKNOWN; daemon++) {
		*class = read_wording(*daemon, event, is_severe);
		if (*class != EVENT_UNKNOWN &&
		    unnamed_is_of(*daemon, *class, entry, event))
			return *daemon;
		*event = before;
	}
	*class = EVENT_UNKNOWN;
	return DAEMON_UNKNOWN;
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
		    event->greylists = event->refuses_command =
			event->refuses_message = event->is_early_retry =
			    event->is_double_bounce = false;
	event->queue_id.len = 0;
	event->original_client.len = 0;
	event->sender.len = 0;
	event->recipient.len = 0;
	event->original_recipient.len = 0;
	event->relay.len = 0;
	event->reply.len = 0;
	event->enhanced.len = 0;
	forget_captures(event);
	event->text = text;
	event->code = event->repeats = event->nrcpt = 0;
}

/*
 * What more than the wording decides. said: the text after the severity and the
 * queue id.
 */
static enum event_class
adjust(const struct entry *entry, struct event *event, enum daemon daemon,
    enum event_class class, struct bytes said)
{
	switch (class) {
	case EVENT_DELIVER_SENT:
		/* Mail that discard(8) has "sent" is gone. */
		return daemon == DAEMON_DISCARD || daemon == DAEMON_QMGR ?
		    EVENT_DELIVER_DISCARDED :
		    class;
	case EVENT_UNKNOWN:
		if (daemon == DAEMON_SPF)
			return EVENT_FOREIGN;
		return debug_is(entry->text) ? EVENT_DEBUG : class;
	case EVENT_SPF_RESULT:
		fields_spf(event, entry->text);
		return class;
	case EVENT_WARNING:
		if (event->refuses_command)
			event->text = said;
		else if (event->queue_id.len > 0)
			fields_warning(event);
		return class;
	case EVENT_MASTER:
		event->text = said;
		return class;
	default:
		/* Recognized by its end, and not by a word at its front. */
		if (daemon == DAEMON_GREY && event->text.len == 0)
			event->text = said;
		return class;
	}
}

void
event_read(const struct entry *entry, struct event *event)
{
	enum daemon daemon = entry->writer->daemon;
	enum event_class severity, class;
	struct bytes said;
	const unsigned char front = entry->text.len == 0 ?
	    0 :
	    fronts[(unsigned char)*entry->text.data];

	begin_event(event, entry->text);
	if (front == MAY_REPEAT && repeat_read(entry, event)) {
		event->class = EVENT_META_REPEAT;
		return;
	}
	if (daemon == DAEMON_FOREIGN || daemon == DAEMON_FILTER) {
		event->class = EVENT_FOREIGN;
		if (daemon == DAEMON_FILTER) {
			fields_requeue(event);
			event->text = filters_outcome(
			    entry->writer->program, entry->text);
		}
		return;
	}
	severity = front == MAY_BE_SEVERE ? read_severity(&event->text) :
					    EVENT_UNKNOWN;
	read_queue_id(event);
	said = event->text;
	/* What is written decides; if that is not known, its severity. */
	if (daemon == DAEMON_UNKNOWN)
		daemon = find_unnamed(
		    entry, event, severity != EVENT_UNKNOWN, &class);
	else
		class = read_wording(daemon, event, severity != EVENT_UNKNOWN);
	if (class == EVENT_UNKNOWN)
		class = severity;
	event->class = adjust(entry, event, daemon, class, said);
}
