/* SPDX-License-Identifier: BSD-2-Clause */
#include "delivery.h"
#include "log-stats/tables/hash.h"
#include "message.h"
#include "message_fate.h"
#include "postscreen.h"
#include "session.h"
#include "tally.h"

void
tally_begin(struct tally *tally, const struct settings *settings)
{
	struct ledger *ledger = &tally->ledger;

	*tally = (struct tally){
		.ledger = { .settings = settings,
		    .now = INT64_MIN,
		    .first_time = INT64_MAX,
		    .last_time = INT64_MIN },
		.postscreen.ledger = ledger,
		.greylist.ledger = ledger,
		.sessions = { .ledger = ledger, .greylist = &tally->greylist },
		.messages = { .ledger = ledger,
		    .sessions = &tally->sessions,
		    .greylist = &tally->greylist },
	};
	for (int i = 0; i < RANKINGS; i++)
		ledger->rankings[i].shared = &ledger->ranked;
	messages_begin(&tally->messages);
}

/* Another session, of the filter, brings the mail in. */
static void
proxy_accept(struct tally *tally, const struct event *event)
{
	const struct session *session = session_current(&tally->sessions);

	message_accepted_by_proxy(&tally->messages, event->other_id,
	    session_network(&tally->sessions, session),
	    (session->flags & (SESSION_SUBMISSION | SESSION_LOOPBACK)) != 0);
}

static void
smtpd_event(struct tally *tally, const struct event *event)
{
	session_event(&tally->sessions, event);
	switch (event->class) {
	case EVENT_SMTPD_CONNECT:
		message_fate_session_ends(&tally->messages);
		if (!tally->ledger.entry->writer->is_submission)
			postscreen_smtpd_connect(&tally->postscreen);
		break;
	case EVENT_SMTPD_DISCONNECT:
		message_fate_session_ends(&tally->messages);
		break;
	case EVENT_SMTPD_HOLD:
	case EVENT_SMTPD_MILTER_HOLD:
	case EVENT_SMTPD_DISCARD:
	case EVENT_SMTPD_MILTER_DISCARD:
		if (event->queue_id.len == 0)
			message_fate_ahead(&tally->messages, event);
		break;
	case EVENT_SMTPD_PROXY_ACCEPT:
		proxy_accept(tally, event);
		break;
	default:
		break;
	}
}

static void
note_client(struct ledger *ledger, const struct event *event)
{
	ledger->client = hash_text(event->client_address, 0);
	table_prefetch(&ledger->clients.table, ledger->client);
}

void
tally_event(
    struct tally *tally, const struct entry *entry, const struct event *event)
{
	const enum event_part part = event_parts[event->class];
	struct ledger *ledger = &tally->ledger;

	ledger->entry = entry;
	tally->classes[event->class]++;
	switch (part) {
	case EVENT_OF_POSTSCREEN:
		note_client(ledger, event);
		/* Submission does not go through it. */
		if (ledger->settings->service != SERVICE_SUBMISSION)
			postscreen_event(&tally->postscreen, event);
		return;
	case EVENT_OF_SMTPD:
		note_client(ledger, event);
		smtpd_event(tally, event);
		break;
	case EVENT_OF_GREYLIST:
		greylist_event(&tally->greylist, event);
		return;
	case EVENT_OF_DELIVERY:
		delivery_event(&tally->messages, event);
		return;
	case EVENT_OF_OTHER:
		if (event->class == EVENT_WARNING && event->refuses_command) {
			ledger->client = hash_text(event->client_address, 0);
			session_event(&tally->sessions, event);
		}
		break;
	case EVENT_OF_MESSAGE:
		break;
	}
	if (others_list[event->class])
		others_event(&tally->others, ledger, event);
	if (event->queue_id.len > 0)
		message_event(&tally->messages, event);
}

/* The last line is gone: what is counted now is of the first host. */
void
tally_settle(struct tally *tally)
{
	const struct writer nobody = { .host = bytes_of(
					   tally->ledger.hosts[0].name) };
	const struct entry entry = { .time = ENTRY_NO_TIME, .writer = &nobody };

	tally->ledger.entry = &entry;
	session_settle(&tally->sessions);
	tally->ledger.entry = NULL;
}

void
tally_grep(struct tally *tally, const struct entry *entry, struct bytes line)
{
	struct event_grep found = event_grep(entry, line);
	struct ledger *ledger = &tally->ledger;

	ledger->entry = entry;
	if (found.is_postscreen &&
	    ledger->settings->service != SERVICE_SUBMISSION)
		ledger_row(ledger, ROW_POSTSCREEN, UNIT_LINE);
	if (found.is_smtpd)
		ledger_row(ledger, ROW_SMTPD, UNIT_LINE);
	if (found.is_delivered)
		ledger_row(ledger, ROW_DELIVERED, UNIT_LINE);
}

void
tally_line(
    struct tally *tally, const struct entry *entry, const struct event *event)
{
	struct coverage *coverage = &tally->coverage;

	ledger_note_time(&tally->ledger, entry->time);
	coverage->lines++;
	if (event->class == EVENT_FOREIGN) {
		coverage->foreign++;
		coverage->filters += entry->writer->daemon == DAEMON_FILTER;
		return;
	}
	if (event->class == EVENT_UNKNOWN) {
		coverage->unknown++;
		return;
	}
	if (!ledger_has_host(&tally->ledger, entry->writer->host_hash))
		ledger_note_host(&tally->ledger, entry->writer);
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
