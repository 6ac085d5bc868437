/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "session_table.h"

enum { SESSIONS_LIMIT = 3 << 13 };

bool
session_in_service(const struct tally *tally, bool is_mx, bool is_submission)
{
	return tally->settings->service == SERVICE_SUBMISSION ? is_submission :
								is_mx;
}

bool
session_counts(const struct tally *tally, uint32_t flags)
{
	bool is_submission = (flags & SESSION_SUBMISSION) != 0;

	return session_in_service(tally,
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
process_hash(const struct tally *tally)
{
	return hash_mix(
		   tally->entry->pid, tally->entry->writer->instance_hash) |
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
	if (!session_counts(tally, flags))
		return;
	if (flags & SESSION_BEGAN_BEFORE)
		tally->smtpd.began_before += change;
	else
		tally->smtpd.connects += change;
}

static void
judge(struct tally *tally, uint32_t flags)
{
	if (!session_counts(tally, flags))
		return;
	if (flags & SESSION_HAS_MAIL) {
		tally->smtpd.accepted_sessions++;
		tally_row(tally, ROW_DELIVERED, UNIT_SESSION, 1);
	} else if (flags & SESSION_HAS_REJECT) {
		tally->smtpd.rejected_sessions++;
		tally_row(tally, ROW_SMTPD, UNIT_SESSION, 1);
	} else
		tally->smtpd.neither_sessions++;
}

/* Which of them goes is chance; that it goes is counted. */
static void
make_room(struct tally *tally, struct table *table)
{
	struct session *session;

	if (table->count < SESSIONS_LIMIT)
		return;
	session = table_next(table, &tally->smtpd.next_to_drop);
	if (session == NULL) {
		tally->smtpd.next_to_drop = 0;
		session = table_next(table, &tally->smtpd.next_to_drop);
	}
	tally->smtpd.sessions_dropped += session_counts(tally, session->flags);
	table_remove(table, session);
}

/* The session is over; it waits for its queue ids, if any are open. */
void
session_end(struct tally *tally, struct session *session)
{
	struct session ended = *session, *waiting;
	bool is_new;

	table_remove(&tally->smtpd.processes, session);
	if (ended.pending == 0) {
		judge(tally, ended.flags);
		return;
	}
	make_room(tally, &tally->smtpd.pending);
	ended.hash = serial_hash(ended.serial);
	waiting = table_add(
	    &tally->smtpd.pending, sizeof(*waiting), ended.hash, &is_new);
	*waiting = ended;
}

struct session *
session_begin(struct tally *tally, const struct event *event, uint32_t flags)
{
	struct session *session;
	bool is_new;

	make_room(tally, &tally->smtpd.processes);
	session = table_add(&tally->smtpd.processes, sizeof(*session),
	    process_hash(tally), &is_new);
	session->serial = ++tally->smtpd.last_serial;
	session->pending = 0;
	session->network = 0;
	session->flags = flags;
	if (tally->entry->writer->is_submission)
		session->flags |= SESSION_SUBMISSION;
	if (session_is_loopback(event->client_address))
		session->flags |= SESSION_LOOPBACK;
	count_connect(tally, session->flags, 1);
	return session;
}

struct session *
session_current(struct tally *tally)
{
	return table_find(&tally->smtpd.processes, process_hash(tally));
}

/* One whose connect is not in the log has begun before it. */
static struct session *
need(struct tally *tally, const struct event *event)
{
	struct session *session = session_current(tally);

	return session != NULL ?
	    session :
	    session_begin(tally, event, SESSION_BEGAN_BEFORE);
}

void
session_change_flags(
    struct tally *tally, struct session *session, uint32_t flags)
{
	if ((session->flags & flags) == flags)
		return;
	count_connect(tally, session->flags, (uint64_t)-1);
	session->flags |= flags;
	count_connect(tally, session->flags, 1);
}

static struct session *
find(struct tally *tally, struct session_link link)
{
	struct session *session;

	if (link.process == 0)
		return NULL;
	session = table_find(&tally->smtpd.processes, link.process);
	if (session != NULL && session->serial == link.serial)
		return session;
	return table_find(&tally->smtpd.pending, serial_hash(link.serial));
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
		session->flags |= SESSION_HAS_MAIL;
	else if (outcome == SESSION_REFUSED)
		session->flags |= SESSION_HAS_REJECT;
	session->pending--;
	if (session->pending > 0 ||
	    session->hash != serial_hash(session->serial))
		return;
	judge(tally, session->flags);
	table_remove(&tally->smtpd.pending, session);
}

bool
session_is_submission(struct tally *tally, struct session_link link)
{
	struct session *session = find(tally, link);

	return session != NULL && (session->flags & SESSION_SUBMISSION) != 0;
}

static uint64_t
count_open(const struct tally *tally, const struct table *table)
{
	const struct session *session;
	size_t at = 0;
	uint64_t count = 0;

	while ((session = table_next(table, &at)) != NULL)
		count += session_counts(tally, session->flags);
	return count;
}

uint64_t
session_open_count(const struct tally *tally)
{
	return count_open(tally, &tally->smtpd.processes) +
	    count_open(tally, &tally->smtpd.pending);
}
