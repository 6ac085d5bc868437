/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "log-stats/tables/network.h"
#include "session_table.h"

enum {
	SESSIONS_LIMIT = 3 << 13,
	DROPPED_PART = 64,
	VOID_SECONDS = 3600,
	SWEEP_SECONDS = 600
};

static struct session_figures *
figures_of(struct sessions *all, unsigned flags)
{
	return &all->sets[session_set_of(flags)];
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
count_connect(struct sessions *all, unsigned flags, uint64_t change)
{
	struct session_figures *figures = figures_of(all, flags);

	if (flags & SESSION_BEGAN_BEFORE)
		figures->began_before += change;
	else
		figures->connects += change;
}

static void
judge(struct sessions *all, unsigned flags)
{
	struct session_figures *figures = figures_of(all, flags);
	const bool in_service = session_set_in_service(
	    all->ledger, session_set_of(flags));

	if (flags & SESSION_HAS_MAIL) {
		figures->accepted_sessions++;
		if (in_service)
			ledger_row(all->ledger, ROW_DELIVERED, UNIT_SESSION);
	} else if (flags & SESSION_HAS_REJECT) {
		figures->rejected_sessions++;
		if (in_service)
			ledger_row(all->ledger, ROW_SMTPD, UNIT_SESSION);
	} else if (flags & SESSION_HAS_DISCARD)
		figures->discarded_sessions++;
	else
		figures->neither_sessions++;
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
	figures_of(drop->all, session->flags)->dropped++;
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

static bool
keep_waiting(const void *entry, void *argument)
{
	const struct session *session = entry;
	struct sessions *all = argument;

	if (!(session->flags & SESSION_NO_COUNTERS) ||
	    all->ledger->now - (int64_t)session->seconds <= VOID_SECONDS)
		return true;
	judge(all, session->flags);
	return false;
}

static void
sweep(struct sessions *all)
{
	all->swept = all->ledger->now;
	table_filter(&all->pending, keep_waiting, all);
}

/* A client of submission is another one than the same client of MX. */
static void
see_client(struct sessions *all, const struct session *session)
{
	const enum session_set set = session_set_of(session->flags);
	const uint64_t client = session->client_hash;

	if (set != SET_NEITHER && !(session->flags & SESSION_BEGAN_BEFORE))
		all->sets[set].clients += clients_see(&all->ledger->clients,
		    set == SET_MX ? client : hash_pair(client, set),
		    SEEN_BY_SMTPD);
}

static void
limit_pending(struct session *session, int messages)
{
	const unsigned left = messages > session->taken ?
	    (unsigned)messages - session->taken :
	    0;

	if (messages < 0)
		session->flags |= SESSION_NO_COUNTERS;
	else if (session->pending > left)
		session->pending = left;
}

void
session_end(struct sessions *all, struct session *session, int messages)
{
	struct session ended, *waiting;
	bool is_new;

	limit_pending(session, messages);
	see_client(all, session);
	ended = *session;
	table_remove(&all->processes, session);
	if (ended.pending == 0) {
		judge(all, ended.flags);
		return;
	}
	if (all->ledger->now - all->swept > SWEEP_SECONDS)
		sweep(all);
	make_room(all, &all->pending);
	ended.hash = hash_number(ended.serial);
	ended.seconds = (uint32_t)all->ledger->now;
	waiting = table_add(
	    &all->pending, sizeof(*waiting), ended.hash, &is_new);
	*waiting = ended;
}

struct session *
session_begin(struct sessions *all, const struct event *event, unsigned flags)
{
	struct session *session;
	uint64_t hash = process_hash(all);
	bool is_new;

	make_room(all, &all->processes);
	session = table_add(&all->processes, sizeof(*session), hash, &is_new);
	*session = (struct session){ .hash = hash,
		.serial = ++all->last_serial,
		.client_hash = event->client_address.len > 0 ||
			(flags & SESSION_BEGAN_BEFORE) == 0 ?
		    all->ledger->client :
		    0,
		.flags = (uint16_t)flags };
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
session_change_flags(struct sessions *all, struct session *session,
    const struct event *event, unsigned flags)
{
	const enum session_set before = session_set_of(session->flags);

	if ((session->flags & flags) == flags)
		return;
	count_connect(all, session->flags, (uint64_t)-1);
	session->flags |= (uint16_t)flags;
	count_connect(all, session->flags, 1);
	if (before == SET_MX && session_set_of(session->flags) != SET_MX)
		session_move(all, session, event);
}

bool
session_may_be_of_filter(struct sessions *all)
{
	const struct session *session = session_current(all);

	return session != NULL && (session->flags & SESSION_IN_LOOPBACK) != 0;
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
	if (outcome == SESSION_ACCEPTED && session->taken < UINT16_MAX)
		session->taken++;
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

void
session_count_of_message(struct sessions *all, struct session_link link,
    const struct event *event, enum session_line line)
{
	struct session *session = find(all, link);

	if (session != NULL)
		session_count(all, session, event, line);
}

void
session_settle(struct sessions *all)
{
	const struct session *session;
	size_t at = 0;

	sweep(all);
	while ((session = table_next(&all->processes, &at)) != NULL)
		see_client(all, session);
}

static uint64_t
count_open(const struct table *table, enum session_set set)
{
	const struct session *session;
	size_t at = 0;
	uint64_t count = 0;

	while ((session = table_next(table, &at)) != NULL)
		count += session_set_of(session->flags) == set;
	return count;
}

uint64_t
session_open_count(const struct sessions *all, enum session_set set)
{
	return count_open(&all->processes, set) +
	    count_open(&all->pending, set);
}
