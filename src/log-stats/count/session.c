/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

static void
connect(struct sessions *sessions, const struct event *event,
    struct session *session)
{
	/* Its disconnect is missing: smtpd was killed. */
	if (session != NULL)
		session_end(sessions, session);
	session = session_begin(sessions, event, 0);
	if (session_counts(sessions, session->flags))
		ledger_see_client(
		    sessions->ledger, SEEN_BY_SMTPD, &sessions->clients);
}

/* Refused by being thrown out, see EVENT_SMTPD_PIPELINING. */
static void
disconnect(struct sessions *sessions, const struct event *event,
    struct session *session)
{
	if ((session->flags & SESSION_PIPELINED) && event->has_no_quit) {
		if (session_counts(sessions, session->flags))
			ledger_row(sessions->ledger, ROW_SMTPD, UNIT_RECIPIENT);
		session->flags |= SESSION_HAS_REJECT;
	}
	session_end(sessions, session);
}

static void
note_sasl(struct sessions *sessions, struct session *session,
    const struct event *event)
{
	if (event->has_sasl)
		session_change_flags(sessions, session, SESSION_SUBMISSION);
}

static void
count_by_kind(struct sessions *sessions, const struct event *event)
{
	ledger_rank(sessions->ledger, RANKING_REJECTS_BY_STAGE, event->stage);
	ledger_rank(sessions->ledger, RANKING_REJECTS_BY_CODE, event->reply);
	ledger_rank(sessions->ledger, RANKING_REJECTS_BY_REASON, event->text);
	if (event->rbl.len > 0)
		counts_add_lower(
		    &sessions->ledger->rankings[RANKING_RBL_REJECTS],
		    event->rbl);
	ledger_turn_away(sessions->ledger, event);
}

/* A reject line, by which part of smtpd ever. */
static void
reject(struct sessions *sessions, const struct event *event,
    struct session *session, uint64_t *figure)
{
	note_sasl(sessions, session, event);
	session->flags |= SESSION_HAS_REJECT;
	if (!session_counts(sessions, session->flags))
		return;
	++*figure;
	ledger_row(sessions->ledger, ROW_SMTPD, UNIT_RECIPIENT);
	count_by_kind(sessions, event);
	if (event->greylists)
		greylist_reject(sessions->greylist, event);
}

/* Blocked without a reply that is logged. True: it counts. */
static bool
block(struct sessions *sessions, const struct event *event,
    struct session *session)
{
	session->flags |= SESSION_HAS_REJECT;
	if (!session_counts(sessions, session->flags))
		return false;
	ledger_row(sessions->ledger, ROW_SMTPD, UNIT_RECIPIENT);
	ledger_turn_away(sessions->ledger, event);
	return true;
}

static void
begin_transaction(struct sessions *sessions, const struct event *event,
    struct session *session)
{
	note_sasl(sessions, session, event);
	if (event->other_id.len > 0 || event->original_client.len > 0)
		session_change_flags(sessions, session, SESSION_LOOPBACK);
	if (event->no_queue_id)
		session->network = greylist_network(
		    sessions->greylist, event->client_address);
}

static void
warn(struct sessions *sessions, const struct session *session)
{
	if (session_counts(sessions, session->flags))
		sessions->reject_warnings++;
}

static void
count_lost(struct sessions *sessions, const struct event *event,
    const struct session *session)
{
	if (session_counts(sessions, session->flags))
		counts_add_named(&sessions->ledger->rankings[RANKING_LOST],
		    event->class == EVENT_SMTPD_LOST ?
			"lost connection after " :
			event->class == EVENT_SMTPD_TIMEOUT ?
			"timeout after " :
			"too many errors after ",
		    event->stage);
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
follow(struct sessions *sessions, const struct event *event,
    struct session *session)
{
	switch (event->class) {
	case EVENT_SMTPD_DISCONNECT:
		disconnect(sessions, event, session);
		break;
	case EVENT_SMTPD_CLIENT:
		begin_transaction(sessions, event, session);
		break;
	case EVENT_SMTPD_REJECT:
		reject(sessions, event, session, &sessions->rejects);
		break;
	case EVENT_SMTPD_MILTER_REJECT:
		reject(sessions, event, session, &sessions->milter_rejects);
		break;
	case EVENT_SMTPD_PROXY_REJECT:
		reject(sessions, event, session, &sessions->proxy_rejects);
		break;
	case EVENT_SMTPD_PROXY_ACCEPT:
		session->flags |= SESSION_HAS_MAIL;
		break;
	case EVENT_SMTPD_REJECT_WARNING:
		warn(sessions, session);
		break;
	case EVENT_SMTPD_LIMIT:
		sessions->limits += block(sessions, event, session);
		break;
	case EVENT_SMTPD_PIPELINING:
		session->flags |= SESSION_PIPELINED;
		break;
	case EVENT_SMTPD_LOST:
	case EVENT_SMTPD_TIMEOUT:
	case EVENT_SMTPD_TOOMANY:
		count_lost(sessions, event, session);
		break;
	default: /* non-SMTP commands, hangups */
		block(sessions, event, session);
		break;
	}
}

void
session_event(struct sessions *sessions, const struct event *event)
{
	struct session *session = session_current(sessions);
	bool was_pipelined = session != NULL &&
	    (session->flags & SESSION_PIPELINED) != 0;

	/* Only the line right behind it tells, see disconnect(). */
	if (was_pipelined && event->class != EVENT_SMTPD_DISCONNECT)
		session->flags &= ~(uint32_t)SESSION_PIPELINED;
	if (event->class == EVENT_SMTPD_CONNECT)
		connect(sessions, event, session);
	else if (is_of_session(event->class))
		follow(sessions, event,
		    session != NULL ?
			session :
			session_begin(sessions, event, SESSION_BEGAN_BEFORE));
}
