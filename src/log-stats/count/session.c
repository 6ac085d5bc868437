/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>

#include "log-stats/tables/hash.h"
#include "session.h"

/* After improper pipelining, a client that never said QUIT was thrown out. */
static void
disconnect(
    struct sessions *all, const struct event *event, struct session *session)
{
	if ((session->flags & SESSION_PIPELINED) && event->has_no_quit) {
		session_count(all, session, event, LINE_END);
		session->flags |= SESSION_HAS_REJECT;
	}
	session_end(all, session, event->messages_max);
}

/* A reject line of smtpd, a milter, or a filter before the queue; or blocked,
 * and no reply is logged. */
static void
refuse(struct sessions *all, const struct event *event, struct session *session,
    enum session_line line)
{
	session->flags |= SESSION_HAS_REJECT;
	session_count(all, session, event, line);
}

/* A filter before the queue gets its mail. */
static void
note_client(const struct event *event, struct session *session)
{
	if (!address_parse(event->client_address, &session->client))
		session->client = (struct address){ { 0 } };
}

/* The address of the client, if that was noted; else empty. */
static struct bytes
client_text(const struct session *session, char text[static INET6_ADDRSTRLEN])
{
	static const struct address none;
	const bool is_ipv4 = address_is_ipv4(&session->client);

	if (memcmp(&session->client, &none, sizeof(none)) == 0)
		return (struct bytes){ NULL, 0 };
	inet_ntop(is_ipv4 ? AF_INET : AF_INET6,
	    session->client.octets + (is_ipv4 ? 12 : 0), text,
	    INET6_ADDRSTRLEN);
	return bytes_of(text);
}

uint64_t
session_network(const struct sessions *all, const struct session *session)
{
	char text[INET6_ADDRSTRLEN];
	const struct bytes client = client_text(session, text);

	return client.len == 0 ? 0 : greylist_network(all->greylist, client);
}

/* The line does not name the client. */
static void
refuse_by_proxy(
    struct sessions *all, const struct event *event, struct session *session)
{
	struct event named = *event;
	char text[INET6_ADDRSTRLEN];
	const struct bytes client = client_text(session, text);

	if (client.len > 0) {
		named.client_address = client;
		all->ledger->client = hash_text(client, 0);
	}
	refuse(all, &named, session, LINE_PROXY_REJECT);
}

static void
begin_message(
    struct sessions *all, const struct event *event, struct session *session)
{
	if (event->other_id.len > 0 || event->original_client.len > 0)
		session_change_flags(all, session, event, SESSION_LOOPBACK);
	if (event->no_queue_id)
		note_client(event, session);
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
	[EVENT_SMTPD_DISCARD] = true,
	[EVENT_SMTPD_MILTER_DISCARD] = true,
	[EVENT_SMTPD_HOLD] = true,
	[EVENT_SMTPD_MILTER_HOLD] = true,
	[EVENT_SMTPD_REDIRECT] = true,
	[EVENT_SMTPD_FILTER] = true,
	[EVENT_SMTPD_BCC] = true,
	[EVENT_SMTPD_INFO] = true,
	[EVENT_SMTPD_WARN] = true,
	[EVENT_SMTPD_PERMIT] = true,
	[EVENT_SMTPD_SASL_FAIL] = true,
	[EVENT_SMTPD_BARELF_NOTE] = true,
	[EVENT_SMTPD_TLS] = true,
	[EVENT_SMTPD_TLS_ERROR] = true,
};

static void
follow(struct sessions *all, const struct event *event, struct session *session)
{
	switch (event->class) {
	case EVENT_SMTPD_DISCONNECT:
		disconnect(all, event, session);
		break;
	case EVENT_SMTPD_CLIENT:
		begin_message(all, event, session);
		break;
	case EVENT_SMTPD_REJECT:
		refuse(all, event, session, LINE_REJECT);
		break;
	case EVENT_SMTPD_MILTER_REJECT:
		refuse(all, event, session, LINE_MILTER_REJECT);
		break;
	case EVENT_SMTPD_PROXY_REJECT:
		refuse_by_proxy(all, event, session);
		break;
	case EVENT_SMTPD_LIMIT:
		refuse(all, event, session, LINE_LIMIT);
		break;
	case EVENT_SMTPD_NONSMTP:
		refuse(all, event, session, LINE_NON_SMTP);
		break;
	case EVENT_SMTPD_HANGUP:
		refuse(all, event, session, LINE_HANGUP);
		break;
	case EVENT_SMTPD_PROXY_ACCEPT:
		session->flags |= SESSION_HAS_MAIL;
		break;
	case EVENT_SMTPD_REJECT_WARNING:
		session_count(all, session, event, LINE_REJECT_WARNING);
		break;
	case EVENT_SMTPD_SASL_FAIL:
		session_count(all, session, event, LINE_SASL_FAILURE);
		break;
	case EVENT_SMTPD_PIPELINING:
		session->flags |= SESSION_PIPELINED;
		break;
	case EVENT_SMTPD_LOST:
	case EVENT_SMTPD_TIMEOUT:
	case EVENT_SMTPD_TOOMANY:
		session_count(all, session, event, LINE_LOST);
		break;
	case EVENT_WARNING:
		refuse(all, event, session, LINE_BAD_SYNTAX);
		break;
	default:
		break;
	}
}

/*
 * A line that names another client than the session has proves that its end,
 * and the beginning of another, are not in the log. But before Postfix 2.8,
 * what a filter brings back with XFORWARD is logged as of the client that it is
 * for, in a session of the filter; only a later line of loopback tells.
 */
static struct session *
after_other_client(
    struct sessions *all, const struct event *event, struct session *session)
{
	const bool is_loopback = session_is_loopback(event->client_address);
	const bool may_be_inside = (session->flags &
				       (SESSION_LOOPBACK |
					   SESSION_IN_LOOPBACK)) &&
	    event->class == EVENT_SMTPD_CLIENT && !is_loopback;
	const bool stays = (session->flags & SESSION_IN_LOOPBACK) &&
	    (may_be_inside || is_loopback);

	if (session->client_hash != 0 && !stays) {
		session_end(all, session, SESSION_ANY_MESSAGES);
		return session_begin(all, event,
		    SESSION_BEGAN_BEFORE |
			(may_be_inside ? SESSION_IN_LOOPBACK : 0U));
	}
	session->client_hash = all->ledger->client;
	if (stays && is_loopback) {
		session->flags &= (uint16_t)~SESSION_IN_LOOPBACK;
		session_change_flags(all, session, event, SESSION_LOOPBACK);
	}
	return session;
}

/* The session that the event is of. */
static struct session *
session_of(struct sessions *all, const struct event *event)
{
	struct session *session = session_current(all);

	if (session == NULL)
		return session_begin(all, event, SESSION_BEGAN_BEFORE);
	if (event->client_address.len > 0 &&
	    session->client_hash != all->ledger->client)
		return after_other_client(all, event, session);
	return session;
}

void
session_event(struct sessions *all, const struct event *event)
{
	struct session *session;

	if (event->class == EVENT_SMTPD_CONNECT) {
		/* Its disconnect is missing: smtpd was killed. */
		session = session_current(all);
		if (session != NULL)
			session_end(all, session, SESSION_ANY_MESSAGES);
		session_begin(all, event, 0);
		return;
	}
	if (!is_of_session[event->class])
		return;
	session = session_of(all, event);
	if (event->has_sasl)
		session_change_flags(all, session, event, SESSION_SUBMISSION);
	/* Only the very next line shows what came of it, see disconnect(). */
	if (event->class != EVENT_SMTPD_DISCONNECT)
		session->flags &= (uint16_t)~SESSION_PIPELINED;
	follow(all, event, session);
}
