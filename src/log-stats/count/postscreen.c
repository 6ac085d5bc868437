/* SPDX-License-Identifier: BSD-2-Clause */
#include "postscreen.h"
#include "postscreen_judge.h"

static void
hand_off(struct postscreen *psc, struct psc_session *session)
{
	struct psc_address *address;

	if (session->flags & HANDED_OFF)
		return;
	address = table_find(&psc->addresses, session->address);
	psc_unlink(psc, address, session);
	session->flags |= HANDED_OFF;
	psc->handed_off++;
	psc_count_ignored(psc, session->flags, 1);
	if (address != NULL && !(session->flags & CLAIMED))
		address->passes++;
}

/* It was not handed off after all: here is its DISCONNECT. */
static void
take_back(struct postscreen *psc, const struct psc_session *session,
    struct psc_address *address)
{
	psc->handed_off--;
	psc_count_ignored(psc, session->flags, (uint64_t)-1);
	if (address != NULL && address->passes > 0 &&
	    !(session->flags & CLAIMED))
		address->passes--;
}

/* No client can connect twice from one port in the same moment. */
static void
note_duplicate(struct postscreen *psc, uint64_t hash)
{
	if (hash == psc->last_connect &&
	    psc->ledger->entry->time == psc->last_connect_time)
		psc->duplicates++;
	psc->last_connect = hash;
	psc->last_connect_time = psc->ledger->entry->time;
}

/* Another session of the same client and port has begun. */
static void
end_without_word(
    struct postscreen *psc, struct psc_session *session, uint32_t now)
{
	if (!psc_is_old(now, session->seconds, PSC_SESSION_SECONDS)) {
		hand_off(psc, session);
		return;
	}
	psc_unlink(psc, table_find(&psc->addresses, session->address), session);
	psc->sessions_gone += (session->flags & HANDED_OFF) == 0;
}

static void
open_session(struct postscreen *psc, const struct event *event)
{
	uint32_t now = (uint32_t)psc->ledger->now;
	uint64_t hash = psc_session_hash(psc, event);
	uint64_t client = psc_address_hash(psc);
	struct psc_session *session;
	struct psc_address *address;
	bool is_new;

	table_prefetch(&psc->sessions, hash);
	table_prefetch(&psc->addresses, client);
	psc->connects++;
	note_duplicate(psc, hash);
	psc_make_room(psc, now);
	session = table_add(&psc->sessions, sizeof(*session), hash, &is_new);
	if (!is_new)
		end_without_word(psc, session, now);
	address = table_add(&psc->addresses, sizeof(*address), client, &is_new);
	session->flags = 0;
	session->address = address->hash;
	session->next = address->first;
	session->seconds = address->seconds = now;
	address->first = hash;
	ledger_see_client(psc->ledger, SEEN_BY_POSTSCREEN, &psc->clients);
}

static struct psc_session *
find_session(const struct postscreen *psc, const struct event *event)
{
	return table_find(&psc->sessions, psc_session_hash(psc, event));
}

static void
close_session(struct postscreen *psc, const struct event *event)
{
	struct psc_session *session = find_session(psc, event);
	struct psc_address *address;
	uint32_t flags;

	if (session == NULL ||
	    psc_is_old((uint32_t)psc->ledger->now, session->seconds,
		PSC_SESSION_SECONDS)) {
		psc->began_before++;
		return;
	}
	address = table_find(&psc->addresses, session->address);
	if (session->flags & HANDED_OFF)
		take_back(psc, session, address);
	else
		psc_unlink(psc, address, session);
	flags = session->flags;
	psc_forget_address(psc, address);
	table_remove(&psc->sessions, session);
	psc_judge(psc, flags, event);
}

static void
mark(struct postscreen *psc, const struct event *event, uint32_t flags)
{
	struct psc_session *session = find_session(psc, event);

	if (session == NULL)
		return;
	if (session->flags & HANDED_OFF)
		psc_count_ignored(psc, flags & ~session->flags & MARKS, 1);
	session->flags |= flags;
}

static void
fail_test(struct postscreen *psc, const struct event *event, enum test test)
{
	mark(psc, event, 1u << test);
	ledger_see_client(
	    psc->ledger, (unsigned)test, &psc->tests[test].clients);
}

static void
pass(struct postscreen *psc, const struct event *event)
{
	struct psc_session *session = find_session(psc, event);

	if (session != NULL)
		hand_off(psc, session);
}

static void
reject_recipient(struct postscreen *psc, const struct event *event)
{
	mark(psc, event,
	    event->asks_back ? COME_BACK : REJECTED | COUNTED_RECIPIENT);
	if (event->asks_back)
		return;
	ledger_row(psc->ledger, ROW_POSTSCREEN, UNIT_RECIPIENT);
	ledger_rank(psc->ledger, RANKING_PSC_REASONS,
	    event->rbl.len > 0 ? event->rbl : event->enhanced);
	if (event->rbl.len > 0)
		ledger_rank_lower(psc->ledger, RANKING_RBL_REJECTS, event->rbl);
}

/* The test that a line of this class reports as failed. */
static const struct {
	bool is_one;
	enum test test;
} failures[EVENT_CLASS_COUNT] = {
	[EVENT_PSC_DENY] = { true, TEST_DENYLIST },
	[EVENT_PSC_PREGREET] = { true, TEST_PREGREET },
	[EVENT_PSC_DNSBL] = { true, TEST_DNSBL },
	[EVENT_PSC_BARELF] = { true, TEST_BARE_NEWLINE },
	[EVENT_PSC_NONSMTP] = { true, TEST_NON_SMTP },
	[EVENT_PSC_PIPELINING] = { true, TEST_PIPELINING },
	[EVENT_PSC_CMD_TIME] = { true, TEST_COMMAND_TIME },
	[EVENT_PSC_CMD_COUNT] = { true, TEST_COMMAND_COUNT },
	[EVENT_PSC_CMD_LENGTH] = { true, TEST_COMMAND_LENGTH },
	[EVENT_PSC_NODATA] = { true, TEST_NO_RECIPIENT },
};

void
postscreen_event(struct postscreen *psc, const struct event *event)
{
	switch (event->class) {
	case EVENT_PSC_CONNECT:
		open_session(psc, event);
		break;
	case EVENT_PSC_DISCONNECT:
		close_session(psc, event);
		break;
	case EVENT_PSC_PASS_OLD:
		psc->pass_old++;
		pass(psc, event);
		break;
	case EVENT_PSC_PASS_NEW:
		psc->pass_new++;
		pass(psc, event);
		break;
	case EVENT_PSC_ALLOW:
		psc->allowlisted++;
		pass(psc, event);
		break;
	case EVENT_PSC_VETO:
		psc->vetoed++;
		mark(psc, event, VETOED);
		break;
	case EVENT_PSC_HANGUP:
		psc->hangups++;
		break;
	case EVENT_PSC_REJECT_RCPT:
		reject_recipient(psc, event);
		break;
	case EVENT_PSC_REJECT_CONN:
		mark(psc, event, REJECTED | BUSY);
		ledger_rank(psc->ledger, RANKING_PSC_REASONS, event->text);
		break;
	default:
		if (failures[event->class].is_one)
			fail_test(psc, event, failures[event->class].test);
		break;
	}
}

/* The oldest session of the address of which nothing is known yet. */
static struct psc_session *
find_silent(struct postscreen *psc, const struct psc_address *address)
{
	struct psc_session *oldest = NULL, *at;
	uint64_t next = address->first;

	for (int i = 0; next != 0 && i < PSC_CHAIN_MAX; i++, next = at->next) {
		at = table_find(&psc->sessions, next);
		if (at == NULL)
			break;
		if (!(at->flags & (REJECTED | COME_BACK)) &&
		    !psc_is_old((uint32_t)psc->ledger->now, at->seconds,
			PSC_SESSION_SECONDS))
			oldest = at;
	}
	return oldest;
}

void
postscreen_smtpd_connect(struct postscreen *psc)
{
	struct psc_address *address = table_find(
	    &psc->addresses, psc_address_hash(psc));
	struct psc_session *session;

	if (address == NULL)
		return;
	if (address->passes > 0) {
		address->passes--;
		return;
	}
	session = find_silent(psc, address);
	if (session == NULL)
		return;
	session->flags |= CLAIMED;
	hand_off(psc, session);
}
