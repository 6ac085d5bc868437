/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "greylist.h"
#include "hash.h"
#include "message.h"
#include "postscreen.h"
#include "session.h"

enum { SESSIONS_LIMIT = 1 << 15 };

enum {
	SUBMISSION = 1, /* by service or by SASL login */
	LOOPBACK = 2,	/* or from a content filter */
	REJECTED = 4,
	ACCEPTED = 8,
	BEGAN_BEFORE = 16,
	PIPELINED = 32 /* its last line says so */
};

struct session {
	uint64_t hash;
	uint64_t serial;
	uint32_t flags;
	uint32_t pending; /* queue ids that are not decided */
	uint64_t network; /* of the client; see greylist_network() */
};

bool
session_in_service(const struct tally *tally, bool is_mx, bool is_submission)
{
	return tally->settings->service == SERVICE_SUBMISSION ? is_submission :
								is_mx;
}

static bool
counts(const struct tally *tally, uint32_t flags)
{
	bool is_submission = (flags & SUBMISSION) != 0;

	return session_in_service(
	    tally, !is_submission && !(flags & LOOPBACK), is_submission);
}

bool
session_is_loopback(struct bytes address)
{
	const struct bytes ipv4 = { "127.", 4 };
	const struct bytes mapped = { "::ffff:127.", 11 };

	if (address.len == 0 || (*address.data != '1' && *address.data != ':'))
		return false;
	return bytes_begin_with(address, ipv4) ||
	    bytes_begin_with(address, mapped) ||
	    bytes_equal(address, bytes_of("::1"));
}

static uint64_t
process_hash(const struct tally *tally)
{
	return hash_mix(
		   tally->entry->pid, tally->entry->origin->instance_hash) |
	    1;
}

static uint64_t
serial_hash(uint64_t serial)
{
	return hash_mix(serial, 3) | 1;
}

static void
count_connect(struct tally *tally, uint32_t flags, uint64_t change)
{
	if (!counts(tally, flags))
		return;
	if (flags & BEGAN_BEFORE)
		tally->smtpd.began_before += change;
	else
		tally->smtpd.connects += change;
}

static void
judge(struct tally *tally, uint32_t flags)
{
	if (!counts(tally, flags))
		return;
	if (flags & ACCEPTED) {
		tally->smtpd.accepted_sessions++;
		tally_row(tally, ROW_DELIVERED, UNIT_SESSION, 1);
	} else if (flags & REJECTED) {
		tally->smtpd.rejected_sessions++;
		tally_row(tally, ROW_SMTPD, UNIT_SESSION, 1);
	} else
		tally->smtpd.neither_sessions++;
}

/* Which of them goes is chance; that it goes is counted. */
static void
make_room(struct tally *tally, struct hashes *table)
{
	struct session *session;

	if (table->count < SESSIONS_LIMIT)
		return;
	session = hashes_next(table, &tally->smtpd.next_to_drop);
	if (session == NULL) {
		tally->smtpd.next_to_drop = 0;
		session = hashes_next(table, &tally->smtpd.next_to_drop);
	}
	tally->smtpd.sessions_dropped += counts(tally, session->flags);
	hashes_remove(table, session);
}

/* The session is over; it waits for its queue ids, if any are open. */
static void
end(struct tally *tally, struct session *session)
{
	struct session ended = *session, *waiting;
	bool is_new;

	hashes_remove(&tally->smtpd.processes, session);
	if (ended.pending == 0) {
		judge(tally, ended.flags);
		return;
	}
	make_room(tally, &tally->smtpd.pending);
	ended.hash = serial_hash(ended.serial);
	waiting = hashes_add(
	    &tally->smtpd.pending, sizeof(*waiting), ended.hash, &is_new);
	*waiting = ended;
}

static struct session *
begin(struct tally *tally, const struct event *event, uint32_t flags)
{
	struct session *session;
	bool is_new;

	make_room(tally, &tally->smtpd.processes);
	session = hashes_add(&tally->smtpd.processes, sizeof(*session),
	    process_hash(tally), &is_new);
	session->serial = ++tally->smtpd.last_serial;
	session->pending = 0;
	session->network = 0;
	session->flags = flags;
	if (tally->entry->origin->is_submission)
		session->flags |= SUBMISSION;
	if (session_is_loopback(event->client_address))
		session->flags |= LOOPBACK;
	count_connect(tally, session->flags, 1);
	return session;
}

static struct session *
current(struct tally *tally)
{
	return hashes_find(&tally->smtpd.processes, process_hash(tally));
}

/* One whose connect is not in the log has begun before it. */
static struct session *
need(struct tally *tally, const struct event *event)
{
	struct session *session = current(tally);

	return session != NULL ? session : begin(tally, event, BEGAN_BEFORE);
}

static void
connect(struct tally *tally, const struct event *event)
{
	struct session *session = current(tally);

	/* Its disconnect is missing: smtpd was killed. */
	if (session != NULL)
		end(tally, session);
	begin(tally, event, 0);
	if (counts(tally, current(tally)->flags))
		tally_seen(tally, TESTS + 1, event->client_address,
		    &tally->smtpd.clients);
	if (!tally->entry->origin->is_submission)
		postscreen_smtpd_connect(tally, event->client_address);
}

static void
change_flags(struct tally *tally, struct session *session, uint32_t flags)
{
	if ((session->flags & flags) == flags)
		return;
	count_connect(tally, session->flags, (uint64_t)-1);
	session->flags |= flags;
	count_connect(tally, session->flags, 1);
}

/*
 * Postfix 3.9 and later end a session after improper pipelining, without a line
 * that says so: the client had no chance to say QUIT.
 */
static void
disconnect(struct tally *tally, const struct event *event)
{
	struct session *session = need(tally, event);
	const char quit[] = " quit=";

	if ((session->flags & PIPELINED) &&
	    memmem(event->text.data, event->text.len, quit, sizeof(quit) - 1) ==
		NULL) {
		if (counts(tally, session->flags))
			tally_row(tally, ROW_SMTPD, UNIT_RECIPIENT, 1);
		session->flags |= REJECTED;
	}
	end(tally, session);
}

static void
note_sasl(
    struct tally *tally, struct session *session, const struct event *event)
{
	if (event->has_sasl)
		change_flags(tally, session, SUBMISSION);
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
		counts_add_lower(
		    &tally->lists[LIST_RBL_REJECTS], event->list, 1);
	tally_turned_away(tally, event->client_address);
}

/* A reject line, by which part of smtpd ever. */
static void
reject(struct tally *tally, const struct event *event, uint64_t *figure)
{
	struct session *session = need(tally, event);

	note_sasl(tally, session, event);
	session->flags |= REJECTED;
	if (!counts(tally, session->flags))
		return;
	++*figure;
	tally_row(tally, ROW_SMTPD, UNIT_RECIPIENT, 1);
	count_by_kind(tally, event);
}

/* Blocked without a reply that is logged. True: it counts. */
static bool
block(struct tally *tally, const struct event *event)
{
	struct session *session = need(tally, event);

	session->flags |= REJECTED;
	if (!counts(tally, session->flags))
		return false;
	tally_row(tally, ROW_SMTPD, UNIT_RECIPIENT, 1);
	tally_turned_away(tally, event->client_address);
	return true;
}

static void
begin_transaction(struct tally *tally, const struct event *event)
{
	struct session *session = need(tally, event);

	note_sasl(tally, session, event);
	if (event->other_id.len > 0 || event->original_client.len > 0)
		change_flags(tally, session, LOOPBACK);
	if (event->no_queue_id)
		session->network = greylist_network(
		    tally, event->client_address);
}

static void
warn(struct tally *tally, const struct event *event)
{
	struct session *session = need(tally, event);

	if (counts(tally, session->flags))
		tally->smtpd.reject_warnings++;
}

static void
count_lost(struct tally *tally, const struct event *event)
{
	const struct session *session = need(tally, event);
	char what[64];
	int len = snprintf(what, sizeof(what), "%s after %.*s",
	    event->class == EVENT_SMTPD_LOST	    ? "lost connection" :
		event->class == EVENT_SMTPD_TIMEOUT ? "timeout" :
						      "too many errors",
	    event->stage.len > 24 ? 24 : (int)event->stage.len,
	    event->stage.data);

	if (counts(tally, session->flags))

		counts_add(&tally->lists[LIST_LOST],
		    (struct bytes){ what, (size_t)len }, 1);
}

/* A filter before the queue took the mail: another session brings it in. */
static void
accept_by_proxy(struct tally *tally, const struct event *event)
{
	struct session *session = need(tally, event);

	session->flags |= ACCEPTED;
	message_accepted_by_proxy(tally, event->other_id, session->network,
	    (session->flags & SUBMISSION) != 0);
}

void
session_event(struct tally *tally, const struct event *event)
{
	struct session *session = current(tally);
	bool was_pipelined = session != NULL &&
	    (session->flags & PIPELINED) != 0;

	/* Only the line right behind it tells, see disconnect(). */
	if (was_pipelined && event->class != EVENT_SMTPD_DISCONNECT)
		session->flags &= ~(uint32_t)PIPELINED;
	switch (event->class) {
	case EVENT_SMTPD_CONNECT:
		connect(tally, event);
		break;
	case EVENT_SMTPD_DISCONNECT:
		disconnect(tally, event);
		break;
	case EVENT_SMTPD_CLIENT:
		begin_transaction(tally, event);
		break;
	case EVENT_SMTPD_REJECT:
		reject(tally, event, &tally->smtpd.rejects);
		break;
	case EVENT_SMTPD_MILTER_REJECT:
		reject(tally, event, &tally->smtpd.milter_rejects);
		break;
	case EVENT_SMTPD_PROXY_REJECT:
		reject(tally, event, &tally->smtpd.proxy_rejects);
		break;
	case EVENT_SMTPD_PROXY_ACCEPT:
		accept_by_proxy(tally, event);
		break;
	case EVENT_SMTPD_REJECT_WARNING:
		warn(tally, event);
		break;
	case EVENT_SMTPD_LIMIT:
		tally->smtpd.limits += block(tally, event);
		break;
	case EVENT_SMTPD_NONSMTP:
	case EVENT_SMTPD_HANGUP:
		block(tally, event);
		break;
	case EVENT_SMTPD_PIPELINING:
		need(tally, event)->flags |= PIPELINED;
		break;
	case EVENT_SMTPD_LOST:
	case EVENT_SMTPD_TIMEOUT:
	case EVENT_SMTPD_TOOMANY:
		count_lost(tally, event);
		break;
	default:
		break;
	}
}

static struct session *
find(struct tally *tally, struct session_link link)
{
	struct session *session;

	if (link.process == 0)
		return NULL;
	session = hashes_find(&tally->smtpd.processes, link.process);
	if (session != NULL && session->serial == link.serial)
		return session;
	return hashes_find(&tally->smtpd.pending, serial_hash(link.serial));
}

struct session_link
session_begins_message(struct tally *tally, const struct event *event)
{
	struct session *session = need(tally, event);

	session->pending++;
	return (struct session_link){ session->hash, session->serial };
}

void
session_ends_message(
    struct tally *tally, struct session_link link, enum session_outcome outcome)
{
	struct session *session = find(tally, link);

	if (session == NULL)
		return;
	if (outcome == SESSION_ACCEPTED)
		session->flags |= ACCEPTED;
	else if (outcome == SESSION_REFUSED)
		session->flags |= REJECTED;
	session->pending--;
	if (session->pending > 0 ||
	    session->hash != serial_hash(session->serial))
		return;
	judge(tally, session->flags);
	hashes_remove(&tally->smtpd.pending, session);
}

bool
session_is_submission(struct tally *tally, struct session_link link)
{
	struct session *session = find(tally, link);

	return session != NULL && (session->flags & SUBMISSION) != 0;
}

static uint64_t
count_open(const struct tally *tally, const struct hashes *table)
{
	const struct session *session;
	size_t at = 0;
	uint64_t count = 0;

	while ((session = hashes_next(table, &at)) != NULL)
		count += counts(tally, session->flags);
	return count;
}

uint64_t
session_open_count(const struct tally *tally)
{
	return count_open(tally, &tally->smtpd.processes) +
	    count_open(tally, &tally->smtpd.pending);
}
