/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist.h"
#include "message.h"
#include "postscreen.h"
#include "session_table.h"

static void
connect(struct tally *tally, const struct event *event, struct session *session)
{
	/* Its disconnect is missing: smtpd was killed. */
	if (session != NULL)
		session_end(tally, session);
	session = session_begin(tally, event, 0);
	if (session_counts(tally, session->flags))
		tally_seen(tally, TESTS + 1, &tally->smtpd.clients);
	if (!tally->entry->writer->is_submission)
		postscreen_smtpd_connect(tally);
}

/*
 * Postfix 3.9 and later end a session after improper pipelining, without a line
 * that says so: the client had no chance to say QUIT. Those without counters
 * are older.
 */
static void
disconnect(
    struct tally *tally, const struct event *event, struct session *session)
{
	const char quit[] = " quit=", counters[] = " commands=";

	if ((session->flags & SESSION_PIPELINED) &&
	    memmem(event->text.data, event->text.len, counters,
		sizeof(counters) - 1) != NULL &&
	    memmem(event->text.data, event->text.len, quit, sizeof(quit) - 1) ==
		NULL) {
		if (session_counts(tally, session->flags))
			tally_row(tally, ROW_SMTPD, UNIT_RECIPIENT, 1);
		session->flags |= SESSION_HAS_REJECT;
	}
	session_end(tally, session);
}

static void
note_sasl(
    struct tally *tally, struct session *session, const struct event *event)
{
	if (event->has_sasl)
		session_change_flags(tally, session, SESSION_SUBMISSION);
}

/* Without the address in front, and the pages that explain it. */
static struct bytes
reason_of(const struct event *event)
{
	static const char *const ends[] = { ";", ", see http", " http" };
	struct bytes text = event->text;
	const char *end;

	if (event->list.len > 0)
		return event->list;
	if (text.len > 0 && *text.data == '<') {
		end = memmem(text.data, text.len, ">: ", 3);
		if (end != NULL)
			text = bytes_from(text, (size_t)(end + 3 - text.data));
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		end = memmem(text.data, text.len, ends[i], strlen(ends[i]));
		if (end != NULL)
			text.len = (size_t)(end - text.data);
	}
	return text;
}

static void
count_by_kind(struct tally *tally, const struct event *event)
{
	counts_add(&tally->lists[LIST_REJECTS_BY_STAGE], event->stage, 1);
	counts_add(&tally->lists[LIST_REJECTS_BY_CODE], event->reply, 1);
	counts_add(&tally->lists[LIST_REJECTS_BY_REASON], reason_of(event), 1);
	if (event->list.len > 0)
		counts_add_lower(&tally->lists[LIST_RBL_REJECTS], event->list);
	tally_turned_away(tally, event);
}

/* A reject line, by which part of smtpd ever. */
static void
reject(struct tally *tally, const struct event *event, struct session *session,
    uint64_t *figure)
{
	note_sasl(tally, session, event);
	session->flags |= SESSION_HAS_REJECT;
	if (!session_counts(tally, session->flags))
		return;
	++*figure;
	tally_row(tally, ROW_SMTPD, UNIT_RECIPIENT, 1);
	count_by_kind(tally, event);
	if (event->class != EVENT_SMTPD_PROXY_REJECT &&
	    greylist_is(tally, event))
		greylist_reject(tally, event);
}

/* Blocked without a reply that is logged. True: it counts. */
static bool
block(struct tally *tally, const struct event *event, struct session *session)
{
	session->flags |= SESSION_HAS_REJECT;
	if (!session_counts(tally, session->flags))
		return false;
	tally_row(tally, ROW_SMTPD, UNIT_RECIPIENT, 1);
	tally_turned_away(tally, event);
	return true;
}

static void
begin_transaction(
    struct tally *tally, const struct event *event, struct session *session)
{
	note_sasl(tally, session, event);
	if (event->other_id.len > 0 || event->original_client.len > 0)
		session_change_flags(tally, session, SESSION_LOOPBACK);
	if (event->no_queue_id)
		session->network = greylist_network(
		    tally, event->client_address);
}

static void
warn(struct tally *tally, const struct session *session)
{
	if (session_counts(tally, session->flags))
		tally->smtpd.reject_warnings++;
}

static void
count_lost(struct tally *tally, const struct event *event,
    const struct session *session)
{
	if (session_counts(tally, session->flags))
		counts_add_named(&tally->lists[LIST_LOST],
		    event->class == EVENT_SMTPD_LOST ?
			"lost connection after " :
			event->class == EVENT_SMTPD_TIMEOUT ?
			"timeout after " :
			"too many errors after ",
		    event->stage);
}

/* A filter before the queue took the mail: another session brings it in. */
static void
accept_by_proxy(
    struct tally *tally, const struct event *event, struct session *session)
{
	session->flags |= SESSION_HAS_MAIL;
	message_accepted_by_proxy(tally, event->other_id, session->network,
	    (session->flags & SESSION_SUBMISSION) != 0);
}

/* It is part of a session, which has begun before. */
static bool is_of_session(enum event_class class)
{
	switch (class) {
	case EVENT_SMTPD_DISCONNECT:
	case EVENT_SMTPD_CLIENT:
	case EVENT_SMTPD_REJECT:
	case EVENT_SMTPD_MILTER_REJECT:
	case EVENT_SMTPD_PROXY_REJECT:
	case EVENT_SMTPD_PROXY_ACCEPT:
	case EVENT_SMTPD_REJECT_WARNING:
	case EVENT_SMTPD_LIMIT:
	case EVENT_SMTPD_NONSMTP:
	case EVENT_SMTPD_HANGUP:
	case EVENT_SMTPD_PIPELINING:
	case EVENT_SMTPD_LOST:
	case EVENT_SMTPD_TIMEOUT:
	case EVENT_SMTPD_TOOMANY:
		return true;
	default:
		return false;
	}
}

static void
follow(struct tally *tally, const struct event *event, struct session *session)
{
	switch (event->class) {
	case EVENT_SMTPD_DISCONNECT:
		disconnect(tally, event, session);
		break;
	case EVENT_SMTPD_CLIENT:
		begin_transaction(tally, event, session);
		break;
	case EVENT_SMTPD_REJECT:
		reject(tally, event, session, &tally->smtpd.rejects);
		break;
	case EVENT_SMTPD_MILTER_REJECT:
		reject(tally, event, session, &tally->smtpd.milter_rejects);
		break;
	case EVENT_SMTPD_PROXY_REJECT:
		reject(tally, event, session, &tally->smtpd.proxy_rejects);
		break;
	case EVENT_SMTPD_PROXY_ACCEPT:
		accept_by_proxy(tally, event, session);
		break;
	case EVENT_SMTPD_REJECT_WARNING:
		warn(tally, session);
		break;
	case EVENT_SMTPD_LIMIT:
		tally->smtpd.limits += block(tally, event, session);
		break;
	case EVENT_SMTPD_PIPELINING:
		session->flags |= SESSION_PIPELINED;
		break;
	case EVENT_SMTPD_LOST:
	case EVENT_SMTPD_TIMEOUT:
	case EVENT_SMTPD_TOOMANY:
		count_lost(tally, event, session);
		break;
	default: /* non-SMTP commands, hangups */
		block(tally, event, session);
		break;
	}
}

void
session_event(struct tally *tally, const struct event *event)
{
	struct session *session = session_current(tally);
	bool was_pipelined = session != NULL &&
	    (session->flags & SESSION_PIPELINED) != 0;

	/* Only the line right behind it tells, see disconnect(). */
	if (was_pipelined && event->class != EVENT_SMTPD_DISCONNECT)
		session->flags &= ~(uint32_t)SESSION_PIPELINED;
	if (event->class == EVENT_SMTPD_CONNECT)
		connect(tally, event, session);
	else if (is_of_session(event->class))
		follow(tally, event,
		    session != NULL ?
			session :
			session_begin(tally, event, SESSION_BEGAN_BEFORE));
}
