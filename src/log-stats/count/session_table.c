/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "session_table.h"

enum { SESSIONS_LIMIT = 3 << 13 };

bool
session_counts(const struct sessions *sessions, uint32_t flags)
{
	bool is_submission = (flags & SESSION_SUBMISSION) != 0;

	return ledger_in_service(sessions->ledger,
	    !is_submission && !(flags & SESSION_LOOPBACK), is_submission);
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
process_hash(const struct sessions *sessions)
{
	return hash_pair(sessions->ledger->entry->pid,
	    sessions->ledger->entry->writer->instance_hash);
}

static uint64_t
serial_hash(uint64_t serial)
{
	return hash_pair(serial, 3);
}

static void
count_connect(struct sessions *sessions, uint32_t flags, uint64_t change)
{
	if (!session_counts(sessions, flags))
		return;
	if (flags & SESSION_BEGAN_BEFORE)
		sessions->began_before += change;
	else
		sessions->connects += change;
}

static void
judge(struct sessions *sessions, uint32_t flags)
{
	if (!session_counts(sessions, flags))
		return;
	if (flags & SESSION_HAS_MAIL) {
		sessions->accepted_sessions++;
		ledger_row(sessions->ledger, ROW_DELIVERED, UNIT_SESSION);
	} else if (flags & SESSION_HAS_REJECT) {
		sessions->rejected_sessions++;
		ledger_row(sessions->ledger, ROW_SMTPD, UNIT_SESSION);
	} else
		sessions->neither_sessions++;
}

/* Which of them goes is chance; that it goes is counted. */
static void
make_room(struct sessions *sessions, struct table *table)
{
	struct session *session;

	if (table->count < SESSIONS_LIMIT)
		return;
	session = table_next(table, &sessions->next_to_drop);
	if (session == NULL) {
		sessions->next_to_drop = 0;
		session = table_next(table, &sessions->next_to_drop);
	}
	sessions->sessions_dropped += session_counts(sessions, session->flags);
	table_remove(table, session);
}

/* The session is over; it waits for its queue ids, if any are open. */
void
session_end(struct sessions *sessions, struct session *session)
{
	struct session ended = *session, *waiting;
	bool is_new;

	table_remove(&sessions->processes, session);
	if (ended.pending == 0) {
		judge(sessions, ended.flags);
		return;
	}
	make_room(sessions, &sessions->pending);
	ended.hash = serial_hash(ended.serial);
	waiting = table_add(
	    &sessions->pending, sizeof(*waiting), ended.hash, &is_new);
	*waiting = ended;
}

struct session *
session_begin(
    struct sessions *sessions, const struct event *event, uint32_t flags)
{
	struct session *session;
	bool is_new;

	make_room(sessions, &sessions->processes);
	session = table_add(&sessions->processes, sizeof(*session),
	    process_hash(sessions), &is_new);
	session->serial = ++sessions->last_serial;
	session->pending = 0;
	session->network = 0;
	session->flags = flags;
	if (sessions->ledger->entry->writer->is_submission)
		session->flags |= SESSION_SUBMISSION;
	if (session_is_loopback(event->client_address))
		session->flags |= SESSION_LOOPBACK;
	count_connect(sessions, session->flags, 1);
	return session;
}

struct session *
session_current(struct sessions *sessions)
{
	return table_find(&sessions->processes, process_hash(sessions));
}

/* One whose connect is not in the log has begun before it. */
static struct session *
need(struct sessions *sessions, const struct event *event)
{
	struct session *session = session_current(sessions);

	return session != NULL ?
	    session :
	    session_begin(sessions, event, SESSION_BEGAN_BEFORE);
}

void
session_change_flags(
    struct sessions *sessions, struct session *session, uint32_t flags)
{
	if ((session->flags & flags) == flags)
		return;
	count_connect(sessions, session->flags, (uint64_t)-1);
	session->flags |= flags;
	count_connect(sessions, session->flags, 1);
}

static struct session *
find(struct sessions *sessions, struct session_link link)
{
	struct session *session;

	if (link.process == 0)
		return NULL;
	session = table_find(&sessions->processes, link.process);
	if (session != NULL && session->serial == link.serial)
		return session;
	return table_find(&sessions->pending, serial_hash(link.serial));
}

struct session_link
session_begins_message(struct sessions *sessions, const struct event *event)
{
	struct session *session = need(sessions, event);

	session->pending++;
	return (struct session_link){ session->hash, session->serial };
}

void
session_ends_message(struct sessions *sessions, struct session_link link,
    enum session_outcome outcome)
{
	struct session *session = find(sessions, link);

	if (session == NULL)
		return;
	if (outcome == SESSION_ACCEPTED)
		session->flags |= SESSION_HAS_MAIL;
	else if (outcome == SESSION_REFUSED)
		session->flags |= SESSION_HAS_REJECT;
	session->pending--;
	if (session->pending > 0 ||
	    session->hash != serial_hash(session->serial))
		return;
	judge(sessions, session->flags);
	table_remove(&sessions->pending, session);
}

bool
session_is_submission(struct sessions *sessions, struct session_link link)
{
	struct session *session = find(sessions, link);

	return session != NULL && (session->flags & SESSION_SUBMISSION) != 0;
}

static uint64_t
count_open(const struct sessions *sessions, const struct table *table)
{
	const struct session *session;
	size_t at = 0;
	uint64_t count = 0;

	while ((session = table_next(table, &at)) != NULL)
		count += session_counts(sessions, session->flags);
	return count;
}

uint64_t
session_open_count(const struct sessions *sessions)
{
	return count_open(sessions, &sessions->processes) +
	    count_open(sessions, &sessions->pending);
}
