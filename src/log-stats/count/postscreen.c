/* SPDX-License-Identifier: BSD-2-Clause */
#include "postscreen.h"

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
	/* No client can connect twice from one port in the same moment. */
	psc->duplicates += hash == psc->last_connect &&
	    psc->ledger->entry->time == psc->last_connect_time;
	psc->last_connect = hash;
	psc->last_connect_time = psc->ledger->entry->time;
	psc_make_room(psc, now);
	session = table_add(&psc->sessions, sizeof(*session), hash, &is_new);
	if (!is_new && psc_is_old(now, session->seconds, PSC_SESSION_SECONDS)) {
		psc_unlink(psc, table_find(&psc->addresses, session->address),
		    session);
		psc->sessions_gone += (session->flags & HANDED_OFF) == 0;
	} else if (!is_new)
		hand_off(psc, session);
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

	/* One that smtpd got so long ago is another one. */
	if (session == NULL ||
	    ((session->flags & HANDED_OFF) &&
		psc_is_old((uint32_t)psc->ledger->now, session->seconds,
		    PSC_SESSION_SECONDS))) {
		psc->began_before++;
		return;
	}
	address = table_find(&psc->addresses, session->address);
	flags = session->flags;
	if (flags & HANDED_OFF) { /* it was not, after all */
		psc->handed_off--;
		psc_count_ignored(psc, flags, (uint64_t)-1);
		if (address != NULL && address->passes > 0 &&
		    !(flags & CLAIMED))
			address->passes--;
	} else
		psc_unlink(psc, address, session);
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

/* The mark of the test that a line of this class reports as failed; 0: none. */
static const uint32_t failures[EVENT_CLASS_COUNT] = {
	[EVENT_PSC_DENY] = 1 << TEST_DENYLIST,
	[EVENT_PSC_PREGREET] = 1 << TEST_PREGREET,
	[EVENT_PSC_DNSBL] = 1 << TEST_DNSBL,
	[EVENT_PSC_BARELF] = 1 << TEST_BARE_NEWLINE,
	[EVENT_PSC_NONSMTP] = 1 << TEST_NON_SMTP,
	[EVENT_PSC_PIPELINING] = 1 << TEST_PIPELINING,
	[EVENT_PSC_CMD_TIME] = 1 << TEST_COMMAND_TIME,
	[EVENT_PSC_CMD_COUNT] = 1 << TEST_COMMAND_COUNT,
	[EVENT_PSC_CMD_LENGTH] = 1 << TEST_COMMAND_LENGTH,
	[EVENT_PSC_NODATA] = 1 << TEST_NO_RECIPIENT,
};

void
postscreen_event(struct postscreen *psc, const struct event *event)
{
	struct psc_session *session;
	unsigned test;

	switch (event->class) {
	case EVENT_PSC_CONNECT:
		open_session(psc, event);
		break;
	case EVENT_PSC_DISCONNECT:
		close_session(psc, event);
		break;
	case EVENT_PSC_PASS_OLD:
	case EVENT_PSC_PASS_NEW:
	case EVENT_PSC_ALLOW:
		psc->pass_old += event->class == EVENT_PSC_PASS_OLD;
		psc->pass_new += event->class == EVENT_PSC_PASS_NEW;
		psc->allowlisted += event->class == EVENT_PSC_ALLOW;
		session = find_session(psc, event);
		if (session != NULL)
			hand_off(psc, session);
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
		ledger_rank_reason(
		    psc->ledger, RANKING_PSC_REASONS, event->text);
		break;
	default:
		if (failures[event->class] == 0)
			break;
		mark(psc, event, failures[event->class]);
		test = (unsigned)__builtin_ctz(failures[event->class]);
		ledger_see_client(psc->ledger, test, &psc->tests[test].clients);
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
