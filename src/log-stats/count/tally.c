/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "greylist.h"
#include "log-stats/event/reason.h"
#include "log-stats/tables/hash.h"
#include "message.h"
#include "postscreen.h"
#include "session.h"

_Static_assert(TESTS + 2 <= CLIENTS_PLACES, "a place for each test");

void
tally_begin(struct tally *tally, const struct settings *settings)
{
	*tally = (struct tally){ .settings = settings,
		.now = INT64_MIN,
		.first_time = INT64_MAX,
		.last_time = INT64_MIN };
}

static const enum bucket_column bucket_of[ROWS] = {
	[ROW_POSTSCREEN] = BUCKET_POSTSCREEN,
	[ROW_SMTPD] = BUCKET_SMTPD,
	[ROW_DELIVERED] = BUCKET_DELIVERED,
};

void
tally_row_at(struct tally *tally, int64_t seconds, enum row row, enum unit unit,
    int64_t change)
{
	tally->rows[row][unit] += (uint64_t)change;
	if ((int)unit == tally->settings->unit)
		buckets_add(&tally->buckets, tally->settings->by, seconds,
		    tally->entry->writer->host, bucket_of[row], change);
}

void
tally_row(struct tally *tally, enum row row, enum unit unit, int64_t change)
{
	tally_row_at(tally, tally_now(tally), row, unit, change);
}

void
tally_seen(struct tally *tally, unsigned where, uint64_t *clients)
{
	*clients += clients_see(&tally->clients, tally->client, where);
}

void
tally_turned_away(struct tally *tally, const struct event *event)
{
	if (event->client_address.len > 0)
		clients_turn_away(
		    &tally->clients, tally->client, event->client_address);
}

/* "TLSv1.3" of "... from x[..]: TLSv1.3 with cipher ..." */
static void
count_tls(struct tally *tally, const struct event *event, const char *who)
{
	const char *found = memmem(event->text.data, event->text.len, ": ", 2);
	struct bytes protocol;

	if (found == NULL)
		return;
	protocol = bytes_from(
	    event->text, (size_t)(found + 2 - event->text.data));
	protocol.len = scan_until(protocol, ' ');
	counts_add_named(&tally->lists[LIST_TLS], who, protocol);
}

/* Warnings and worse that differ only in their details are one. */
static void
count_problem(struct tally *tally, const struct event *event)
{
	char reason[REASON_MAX], text[REASON_MAX + 64];
	struct bytes why = reason_of(event->text, reason);
	struct bytes program = tally->entry->writer->program;
	int len = snprintf(text, sizeof(text), "%s: %.*s: %.*s",
	    event_class_names[event->class],
	    program.len > 30 ? 30 : (int)program.len, program.data,
	    (int)why.len, why.data);

	counts_add(&tally->lists[LIST_PROBLEMS],
	    (struct bytes){ text, (size_t)len }, 1);
}

/* "Pass" of "prepend Received-SPF: Pass (..)", of "Policy action=Pass", or of
 * "Pass; identity=helo; ..". */
static void
count_spf(struct tally *tally)
{
	static const char *const fronts[] = { "Received-SPF: ",
		"Policy action=" };
	struct bytes text = tally->entry->text;
	size_t len = 0;

	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		const char *found = memmem(
		    text.data, text.len, fronts[i], strlen(fronts[i]));

		if (found == NULL)
			continue;
		text = bytes_from(
		    text, (size_t)(found - text.data) + strlen(fronts[i]));
		break;
	}
	while (len < text.len && strchr(" ;,", text.data[len]) == NULL)
		len++;
	counts_add(
	    &tally->lists[LIST_SPF], (struct bytes){ text.data, len }, 1);
}

static void
smtpd_event(struct tally *tally, const struct event *event)
{
	session_event(tally, event);
	if (event->queue_id.len > 0)
		message_event(tally, event);
	if (event->class == EVENT_SMTPD_TLS)
		count_tls(tally, event, "smtpd: ");
	else if (event->class == EVENT_SMTPD_SASL_FAIL)
		counts_add(&tally->lists[LIST_SASL_FAILURES],
		    event->client_address, 1);
}

static void
other_event(struct tally *tally, const struct event *event)
{
	switch (event->class) {
	case EVENT_DNSBLOG_LISTED:
		counts_add_lower(&tally->lists[LIST_RBL_LISTINGS], event->list);
		break;
	case EVENT_SMTP_TLS:
		count_tls(tally, event, "smtp: ");
		break;
	case EVENT_SPF_RESULT:
		count_spf(tally);
		break;
	case EVENT_WARNING:
	case EVENT_ERROR:
	case EVENT_FATAL:
	case EVENT_PANIC:
		count_problem(tally, event);
		break;
	default:
		break;
	}
	if (event->queue_id.len > 0)
		message_event(tally, event);
}

static void
note_client(struct tally *tally, const struct event *event)
{
	tally->client = hash_text(event->client_address, 0);
	table_prefetch(&tally->clients.table, tally->client);
}

void
tally_event(
    struct tally *tally, const struct entry *entry, const struct event *event)
{
	tally->entry = entry;
	tally->classes[event->class]++;
	if (event->class <= EVENT_SMTPD_TLS_ERROR)
		note_client(tally, event);
	if (event->class <= EVENT_PSC_STRESS) {
		/* What comes in by submission does not pass it. */
		if (tally->settings->service != SERVICE_SUBMISSION)
			postscreen_event(tally, event);
	} else if (event->class <= EVENT_SMTPD_TLS_ERROR)
		smtpd_event(tally, event);
	else if (event->class <= EVENT_GREY_MAINTENANCE)
		greylist_event(tally, event);
	else
		other_event(tally, event);
}

static bool
holds(struct bytes line, const char *first, const char *then)
{
	const char *found = memmem(line.data, line.len, first, strlen(first));

	if (found == NULL)
		return false;
	line = bytes_from(line, (size_t)(found - line.data));
	return memmem(line.data, line.len, then, strlen(then)) != NULL;
}

/* A journal has no lines: there, who wrote it says as much. */
static bool
is_line_of(const struct entry *entry, struct bytes line, const char *program,
    const char *text)
{
	if (line.len > 0)
		return holds(line, program, text);
	return bytes_equal(entry->writer->program, bytes_of(program)) &&
	    holds(entry->text, text, "");
}

void
tally_grep(struct tally *tally, const struct entry *entry, struct bytes line)
{
	tally->entry = entry;
	if (tally->settings->service != SERVICE_SUBMISSION &&
	    is_line_of(entry, line, "postscreen", "NOQUEUE: reject"))
		tally_row(tally, ROW_POSTSCREEN, UNIT_LINE, 1);
	if (is_line_of(entry, line, "smtpd", "NOQUEUE: reject:"))
		tally_row(tally, ROW_SMTPD, UNIT_LINE, 1);
	if (holds(line.len > 0 ? line : entry->text, "status=sent", ""))
		tally_row(tally, ROW_DELIVERED, UNIT_LINE, 1);
}

static void
note_time(struct tally *tally, int64_t time)
{
	if (time == ENTRY_NO_TIME) {
		tally->now = tally->last_time;
		return;
	}
	tally->now = time / MICROSECONDS;
	if (tally->now < tally->first_time)
		tally->first_time = tally->now;
	if (tally->now > tally->last_time)
		tally->last_time = tally->now;
}

void
tally_line(
    struct tally *tally, const struct entry *entry, const struct event *event)
{
	struct coverage *coverage = &tally->coverage;

	note_time(tally, entry->time);
	coverage->lines++;
	coverage->foreign += event->class == EVENT_FOREIGN;
	coverage->unknown += event->class == EVENT_UNKNOWN;
	coverage->truncated += event->is_cut ||
	    event->class == EVENT_META_TRUNCATED;
}

void
tally_unreadable(struct tally *tally, bool is_too_long)
{
	tally->coverage.lines++;
	tally->coverage.unknown++;
	tally->coverage.no_prefix += !is_too_long;
	tally->coverage.too_long += is_too_long;
	tally->classes[EVENT_UNKNOWN]++;
}

void
tally_no_entry(struct tally *tally)
{
	tally->coverage.lines++;
	tally->coverage.foreign++;
	tally->classes[EVENT_FOREIGN]++;
}
