/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "postscreen_table.h"

enum { SESSIONS_LIMIT = 3 << 14, SWEEP_MIN = 1024 };

struct deadline {
	uint32_t now;
	uint32_t age;
	uint64_t dropped;
	uint64_t gone;	    /* of all that go: not handed off */
	bool of_handed_off; /* of sessions, these alone: the others may end */
	bool all;
};

bool
psc_is_old(uint32_t now, uint32_t then, uint32_t age)
{
	return now > then && now - then > age;
}

/* Also if it is later than now by as much: the clock has jumped. */
static bool
is_far(const struct deadline *deadline, uint32_t seconds)
{
	return psc_is_old(deadline->now, seconds, deadline->age) ||
	    psc_is_old(seconds, deadline->now, deadline->age);
}

static bool
keep_session(const void *entry, void *argument)
{
	const struct psc_session *session = entry;
	struct deadline *deadline = argument;

	if (!deadline->all && !is_far(deadline, session->seconds))
		return true;
	if (deadline->of_handed_off && !(session->flags & HANDED_OFF))
		return true;
	deadline->dropped++;
	deadline->gone += (session->flags & HANDED_OFF) == 0;
	return false;
}

static bool
keep_address(const void *entry, void *argument)
{
	const struct psc_address *address = entry;
	const struct deadline *deadline = argument;

	return !deadline->all && !is_far(deadline, address->seconds);
}

static void
forget_older(struct postscreen *psc, struct deadline *deadline)
{
	table_filter(&psc->sessions, keep_session, deadline);
	table_filter(&psc->addresses, keep_address, deadline);
}

/* Each time the sessions have doubled, those too old are dropped. At the limit
 * younger ones are, too, until half are left; or all, if they are of one time.
 */
void
psc_make_room(struct postscreen *psc, uint32_t now)
{
	struct deadline deadline = { now, PSC_SESSION_SECONDS, 0, 0, true,
		false };

	if (psc->sessions.count < psc->sweep_at &&
	    psc->addresses.count < 2 * SESSIONS_LIMIT)
		return;
	forget_older(psc, &deadline);
	deadline.dropped = 0;
	deadline.of_handed_off = false;
	while ((psc->sessions.count >= SESSIONS_LIMIT / 2 ||
		   psc->addresses.count >= SESSIONS_LIMIT) &&
	    !deadline.all) {
		deadline.all = deadline.age == 0;
		deadline.age /= 2;
		forget_older(psc, &deadline);
	}
	psc->sessions_dropped += deadline.dropped;
	psc->sessions_gone += deadline.gone;
	psc->sweep_at = psc->sessions.count * 2 + SWEEP_MIN;
	if (psc->sweep_at > SESSIONS_LIMIT)
		psc->sweep_at = SESSIONS_LIMIT;
}

uint64_t
psc_address_hash(const struct postscreen *psc)
{
	return hash_pair(
	    psc->ledger->client, psc->ledger->entry->writer->host_hash);
}

uint64_t
psc_session_hash(const struct postscreen *psc, const struct event *event)
{
	return hash_text(event->client_port,
	    psc->ledger->client ^ psc->ledger->entry->writer->instance_hash);
}

void
psc_unlink(struct postscreen *psc, struct psc_address *address,
    const struct psc_session *session)
{
	uint64_t *link = address == NULL ? NULL : &address->first;

	for (int i = 0; link != NULL && *link != 0 && i < PSC_CHAIN_MAX; i++) {
		struct psc_session *at;

		if (*link == session->hash) {
			*link = session->next;
			return;
		}
		at = table_find(&psc->sessions, *link);
		link = at == NULL ? NULL : &at->next;
	}
}

void
psc_forget_address(struct postscreen *psc, struct psc_address *address)
{
	if (address != NULL && address->first == 0 && address->passes == 0)
		table_remove(&psc->addresses, address);
}

/* Counted one by one, to check that the outcomes add up to the connects. */
uint64_t
psc_open_count(const struct postscreen *psc)
{
	const struct psc_session *session;
	uint64_t open = psc->sessions_gone;
	size_t at = 0;

	while ((session = table_next(&psc->sessions, &at)) != NULL)
		open += (session->flags & HANDED_OFF) == 0;
	return open;
}

void
psc_count_ignored(struct postscreen *psc, uint32_t flags, uint64_t change)
{
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1) {
		struct test_figures
		    *figures = &psc->tests[__builtin_ctz(marks)];

		figures->ignored += change;
		figures->marked += change;
	}
}

/* Marks of tests that the user says are set to ignore do not count. */
static bool
is_blocked(const struct postscreen *psc, uint32_t flags)
{
	const uint32_t denied = 1u << TEST_DENYLIST;
	uint32_t marks = flags & MARKS;

	if (flags & REJECTED)
		return true;
	if (flags & COME_BACK)
		marks &= flags & VETOED ? 0 : denied;
	for (; marks != 0; marks &= marks - 1)
		if (psc->ledger->settings->test_modes[__builtin_ctz(marks)] !=
		    MODE_IGNORE)
			return true;
	return false;
}

void
psc_judge(struct postscreen *psc, uint32_t flags, const struct event *event)
{
	const bool blocked = is_blocked(psc, flags);

	if (blocked) {
		psc->blocked++;
		psc->blocked_busy += (flags & BUSY) != 0;
		ledger_row(psc->ledger, ROW_POSTSCREEN, UNIT_SESSION);
		if (!(flags & COUNTED_RECIPIENT))
			ledger_row(psc->ledger, ROW_POSTSCREEN, UNIT_RECIPIENT);
		ledger_turn_away(psc->ledger, event);
	} else if (flags & COME_BACK)
		psc->come_back++;
	else
		psc->gave_up++;
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1) {
		struct test_figures
		    *figures = &psc->tests[__builtin_ctz(marks)];

		figures->marked++;
		figures->enforced += (flags & REJECTED) != 0;
		figures->dropped += blocked && !(flags & REJECTED);
	}
}

enum mode
psc_mode(const struct postscreen *psc, enum test test)
{
	const struct test_figures *figures = &psc->tests[test];

	if (psc->ledger->settings->test_modes[test] != MODE_OBSERVED)
		return psc->ledger->settings->test_modes[test];
	if (figures->ignored > 0)
		return MODE_IGNORE;
	if (figures->enforced > 0)
		return MODE_ENFORCE;
	return figures->dropped > 0 ? MODE_DROP : MODE_OBSERVED;
}
