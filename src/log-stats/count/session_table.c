/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "log-stats/tables/network.h"
#include "session_table.h"

enum { SESSIONS_LIMIT = 3 << 13, DROPPED_PART = 64 };

bool
session_counts(const struct sessions *all, uint32_t flags)
{
	bool is_submission = (flags & SESSION_SUBMISSION) != 0;

	return ledger_in_service(all->ledger,
	    !is_submission && !(flags & SESSION_LOOPBACK), is_submission);
}

bool
session_is_loopback(struct bytes address)
{
	return network_is_loopback(address);
}

static uint64_t
process_hash(const struct sessions *all)
{
	return hash_pair(
	    all->ledger->entry->pid, all->ledger->entry->writer->instance_hash);
}

static void
count_connect(struct sessions *all, uint32_t flags, uint64_t change)
{
	if (!session_counts(all, flags))
		return;
	if (flags & SESSION_BEGAN_BEFORE)
		all->began_before += change;
	else
		all->connects += change;
}

static void
judge(struct sessions *all, uint32_t flags)
{
	if (!session_counts(all, flags))
		return;
	if (flags & SESSION_HAS_MAIL) {
		all->accepted_sessions++;
		ledger_row(all->ledger, ROW_DELIVERED, UNIT_SESSION);
	} else if (flags & SESSION_HAS_REJECT) {
		all->rejected_sessions++;
		ledger_row(all->ledger, ROW_SMTPD, UNIT_SESSION);
	} else if (flags & SESSION_HAS_DISCARD)
		all->discarded_sessions++;
	else
		all->neither_sessions++;
}

struct drop {
	struct sessions *all;
	uint64_t up_to; /* the serial of the last that goes */
};

static bool
keep_later(const void *entry, void *argument)
{
	const struct session *session = entry;
	const struct drop *drop = argument;

	if (session->serial > drop->up_to)
		return true;
	drop->all->sessions_dropped += session_counts(
	    drop->all, session->flags);
	return false;
}

/* At the limit those that began first are dropped, and counted. */
static void
make_room(struct sessions *all, struct table *table)
{
	const struct session *session;
	struct drop drop = { all, all->last_serial };
	size_t at = 0;

	if (table->count < SESSIONS_LIMIT)
		return;
	while ((session = table_next(table, &at)) != NULL)
		if (session->serial < drop.up_to)
			drop.up_to = session->serial;
	drop.up_to += (all->last_serial - drop.up_to) / DROPPED_PART;
	table_filter(table, keep_later, &drop);
}

void
session_end(struct sessions *all, struct session *session)
{
	struct session ended = *session, *waiting;
	bool is_new;

	table_remove(&all->processes, session);
	if (ended.pending == 0) {
		judge(all, ended.flags);
		return;
	}
	make_room(all, &all->pending);
	ended.hash = hash_number(ended.serial);
	waiting = table_add(
	    &all->pending, sizeof(*waiting), ended.hash, &is_new);
	*waiting = ended;
}

struct session *
session_begin(struct sessions *all, const struct event *event, uint32_t flags)
{
	struct session *session;
	bool is_new;

	make_room(all, &all->processes);
	session = table_add(
	    &all->processes, sizeof(*session), process_hash(all), &is_new);
	session->serial = ++all->last_serial;
	session->pending = 0;
	session->network = 0;
	session->client = (struct address){ { 0 } };
	session->flags = flags;
	if (all->ledger->entry->writer->is_submission)
		session->flags |= SESSION_SUBMISSION;
	if (session_is_loopback(event->client_address))
		session->flags |= SESSION_LOOPBACK;
	count_connect(all, session->flags, 1);
	return session;
}

struct session *
session_current(struct sessions *all)
{
	return table_find(&all->processes, process_hash(all));
}

void
session_change_flags(
    struct sessions *all, struct session *session, uint32_t flags)
{
	if ((session->flags & flags) == flags)
		return;
	count_connect(all, session->flags, (uint64_t)-1);
	session->flags |= flags;
	count_connect(all, session->flags, 1);
}

static struct session *
find(struct sessions *all, struct session_link link)
{
	struct session *session;

	if (link.process == 0)
		return NULL;
	session = table_find(&all->processes, link.process);
	if (session != NULL && session->serial == link.serial)
		return session;
	return table_find(&all->pending, hash_number(link.serial));
}

struct session_link
session_begins_message(struct sessions *all)
{
	struct session *session = session_current(all);

	session->pending++;
	return (struct session_link){ session->hash, session->serial };
}

void
session_ends_message(struct sessions *all, struct session_link link,
    enum session_outcome outcome)
{
	struct session *session = find(all, link);

	if (session == NULL)
		return;
	if (outcome == SESSION_ACCEPTED)
		session->flags |= SESSION_HAS_MAIL;
	else if (outcome == SESSION_REFUSED)
		session->flags |= SESSION_HAS_REJECT;
	else if (outcome == SESSION_DISCARDED)
		session->flags |= SESSION_HAS_DISCARD;
	session->pending--;
	if (session->pending > 0 ||
	    session->hash != hash_number(session->serial))
		return;
	judge(all, session->flags);
	table_remove(&all->pending, session);
}

bool
session_is_submission(struct sessions *all, struct session_link link)
{
	struct session *session = find(all, link);

	return session != NULL && (session->flags & SESSION_SUBMISSION) != 0;
}

static uint64_t
count_open(const struct sessions *all, const struct table *table)
{
	const struct session *session;
	size_t at = 0;
	uint64_t count = 0;

	while ((session = table_next(table, &at)) != NULL)
		count += session_counts(all, session->flags);
	return count;
}

uint64_t
session_open_count(const struct sessions *all)
{
	return count_open(all, &all->processes) +
	    count_open(all, &all->pending);
}
