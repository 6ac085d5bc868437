/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>

#include "log-stats/tables/hash.h"
#include "refusal.h"
#include "session.h"

/* After improper pipelining, a client that never said QUIT was thrown out. */
static void
disconnect(
    struct sessions *all, const struct event *event, struct session *session)
{
	if ((session->flags & SESSION_PIPELINED) && event->has_no_quit) {
		if (session_counts(all, session->flags))
			ledger_row(all->ledger, ROW_SMTPD, UNIT_RECIPIENT);
		session->flags |= SESSION_HAS_REJECT;
	}
	session_end(all, session);
}

/* A reject line of smtpd, a milter, or a filter before the queue. */
static void
reject(struct sessions *all, const struct event *event, struct session *session,
    uint64_t *figure)
{
	if (event->has_sasl)
		session_change_flags(all, session, SESSION_SUBMISSION);
	session->flags |= SESSION_HAS_REJECT;
	if (!session_counts(all, session->flags))
		return;
	++*figure;
	refusal_count(all->greylist, event);
}

/* A filter before the queue gets its mail. */
static void
note_client(
    struct sessions *all, const struct event *event, struct session *session)
{
	session->network = greylist_network(
	    all->greylist, event->client_address);
	if (!address_parse(event->client_address, &session->client))
		session->client = (struct address){ { 0 } };
}

/* The line does not name the client. */
static void
reject_by_proxy(
    struct sessions *all, const struct event *event, struct session *session)
{
	static const struct address none;
	struct event named = *event;
	char text[INET6_ADDRSTRLEN];
	const bool is_ipv4 = address_is_ipv4(&session->client);

	if (memcmp(&session->client, &none, sizeof(none)) != 0) {
		inet_ntop(is_ipv4 ? AF_INET : AF_INET6,
		    session->client.octets + (is_ipv4 ? 12 : 0), text,
		    sizeof(text));
		named.client_address = bytes_of(text);
		all->ledger->client = hash_text(named.client_address, 0);
	}
	reject(all, &named, session, &all->proxy_rejects);
}

/* Blocked, and no reply is logged. True: it counts. */
static bool
block(struct sessions *all, const struct event *event, struct session *session)
{
	session->flags |= SESSION_HAS_REJECT;
	if (!session_counts(all, session->flags))
		return false;
	ledger_row(all->ledger, ROW_SMTPD, UNIT_RECIPIENT);
	ledger_turn_away(all->ledger, event);
	return true;
}

/* Lines of a session, even if it began before the log. */
static const bool is_of_session[EVENT_CLASS_COUNT] = {
	[EVENT_SMTPD_DISCONNECT] = true,
	[EVENT_SMTPD_CLIENT] = true,
	[EVENT_SMTPD_REJECT] = true,
	[EVENT_SMTPD_MILTER_REJECT] = true,
	[EVENT_SMTPD_PROXY_REJECT] = true,
	[EVENT_SMTPD_PROXY_ACCEPT] = true,
	[EVENT_SMTPD_REJECT_WARNING] = true,
	[EVENT_SMTPD_LIMIT] = true,
	[EVENT_SMTPD_NONSMTP] = true,
	[EVENT_SMTPD_HANGUP] = true,
	[EVENT_SMTPD_PIPELINING] = true,
	[EVENT_SMTPD_LOST] = true,
	[EVENT_SMTPD_TIMEOUT] = true,
	[EVENT_SMTPD_TOOMANY] = true,
	[EVENT_WARNING] = true, /* that refuses a command */
};

static void
follow(struct sessions *all, const struct event *event, struct session *session)
{
	switch (event->class) {
	case EVENT_SMTPD_DISCONNECT:
		disconnect(all, event, session);
		break;
	case EVENT_SMTPD_CLIENT:
		if (event->has_sasl)
			session_change_flags(all, session, SESSION_SUBMISSION);
		if (event->other_id.len > 0 || event->original_client.len > 0)
			session_change_flags(all, session, SESSION_LOOPBACK);
		if (event->no_queue_id)
			note_client(all, event, session);
		break;
	case EVENT_SMTPD_REJECT:
		reject(all, event, session, &all->rejects);
		break;
	case EVENT_SMTPD_MILTER_REJECT:
		reject(all, event, session, &all->milter_rejects);
		break;
	case EVENT_SMTPD_PROXY_REJECT:
		reject_by_proxy(all, event, session);
		break;
	case EVENT_SMTPD_PROXY_ACCEPT:
		session->flags |= SESSION_HAS_MAIL;
		break;
	case EVENT_SMTPD_REJECT_WARNING:
		if (!session_counts(all, session->flags))
			break;
		all->reject_warnings++;
		refusal_rank_reason(all->ledger, RANKING_WARNED, event);
		break;
	case EVENT_SMTPD_LIMIT:
		all->limits += block(all, event, session);
		break;
	case EVENT_SMTPD_PIPELINING:
		session->flags |= SESSION_PIPELINED;
		break;
	case EVENT_SMTPD_LOST:
	case EVENT_SMTPD_TIMEOUT:
	case EVENT_SMTPD_TOOMANY:
		if (!session_counts(all, session->flags))
			break;
		ledger_rank_named(all->ledger, RANKING_LOST,
		    event->class == EVENT_SMTPD_LOST ?
			"lost connection after " :
			event->class == EVENT_SMTPD_TIMEOUT ?
			"timeout after " :
			"too many errors after ",
		    event->stage);
		break;
	case EVENT_SMTPD_NONSMTP:
		all->non_smtp += block(all, event, session);
		break;
	case EVENT_WARNING:
		all->bad_syntax += block(all, event, session);
		break;
	default: /* hangups */
		block(all, event, session);
		break;
	}
}

void
session_event(struct sessions *all, const struct event *event)
{
	struct session *session = session_current(all);

	/* Only the very next line shows what came of it, see disconnect(). */
	if (session != NULL && event->class != EVENT_SMTPD_DISCONNECT)
		session->flags &= ~(uint32_t)SESSION_PIPELINED;
	if (event->class == EVENT_SMTPD_CONNECT) {
		/* Its disconnect is missing: smtpd was killed. */
		if (session != NULL)
			session_end(all, session);
		session = session_begin(all, event, 0);
		if (session_counts(all, session->flags))
			ledger_see_client(
			    all->ledger, SEEN_BY_SMTPD, &all->clients);
	} else if (is_of_session[event->class])
		follow(all, event,
		    session != NULL ?
			session :
			session_begin(all, event, SESSION_BEGAN_BEFORE));
}
