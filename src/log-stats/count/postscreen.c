/* SPDX-License-Identifier: BSD-2-Clause */
#include "postscreen.h"
#include "postscreen_judge.h"
#include "postscreen_table.h"

static void
hand_off(struct tally *tally, struct psc_session *session)
{
	struct psc_address *address;

	if (session->flags & HANDED_OFF)
		return;
	address = psc_find_address(tally, session->address);
	psc_unlink(tally, address, session);
	session->flags |= HANDED_OFF;
	tally->postscreen.handed_off++;
	psc_count_ignored(tally, session->flags, 1);
	if (address != NULL && !(session->flags & CLAIMED))
		address->passes++;
}

/* It only looked so: a DISCONNECT has come. */
static void
take_back(struct tally *tally, const struct psc_session *session,
    struct psc_address *address)
{
	tally->postscreen.handed_off--;
	psc_count_ignored(tally, session->flags, (uint64_t)-1);
	if (address != NULL && address->passes > 0 &&
	    !(session->flags & CLAIMED))
		address->passes--;
}

/* No client can connect twice from one port in the same moment. */
static void
note_duplicate(struct tally *tally, uint64_t hash)
{
	struct postscreen_tally *figures = &tally->postscreen;

	if (hash == figures->last_connect &&
	    tally->entry->time == figures->last_connect_time)
		figures->duplicates++;
	figures->last_connect = hash;
	figures->last_connect_time = tally->entry->time;
}

/* Another session of the same client and port has begun. */
static void
end_without_word(struct tally *tally, struct psc_session *session, uint32_t now)
{
	if (!psc_is_old(now, session->seconds, PSC_SESSION_SECONDS)) {
		hand_off(tally, session);
		return;
	}
	psc_unlink(tally, psc_find_address(tally, session->address), session);
	tally->postscreen.sessions_gone += (session->flags & HANDED_OFF) == 0;
}

static void
open_session(struct tally *tally, const struct event *event)
{
	uint32_t now = (uint32_t)tally_now(tally);
	uint64_t hash = psc_session_hash(tally, event);
	uint64_t client = psc_address_hash(tally);
	struct psc_session *session;
	struct psc_address *address;
	bool is_new;

	table_prefetch(&tally->postscreen.sessions, hash);
	table_prefetch(&tally->postscreen.addresses, client);
	tally->postscreen.connects++;
	note_duplicate(tally, hash);
	psc_make_room(tally, now);
	session = table_add(
	    &tally->postscreen.sessions, sizeof(*session), hash, &is_new);
	if (!is_new)
		end_without_word(tally, session, now);
	address = table_add(
	    &tally->postscreen.addresses, sizeof(*address), client, &is_new);
	session->flags = 0;
	session->address = address->hash;
	session->next = address->first;
	session->seconds = address->seconds = now;
	address->first = hash;
	tally_seen(tally, TESTS, &tally->postscreen.clients);
}

static void
close_session(struct tally *tally, const struct event *event)
{
	struct psc_session *session = psc_find(
	    tally, psc_session_hash(tally, event));
	struct psc_address *address;
	uint32_t flags;

	if (session == NULL ||
	    psc_is_old((uint32_t)tally_now(tally), session->seconds,
		PSC_SESSION_SECONDS)) {
		tally->postscreen.began_before++;
		return;
	}
	address = psc_find_address(tally, session->address);
	if (session->flags & HANDED_OFF)
		take_back(tally, session, address);
	else
		psc_unlink(tally, address, session);
	flags = session->flags;
	psc_forget_address(tally, address);
	table_remove(&tally->postscreen.sessions, session);
	psc_judge(tally, flags, event);
}

static void
mark(struct tally *tally, const struct event *event, uint32_t flags)
{
	struct psc_session *session = psc_find(
	    tally, psc_session_hash(tally, event));

	if (session == NULL)
		return;
	if (session->flags & HANDED_OFF)
		psc_count_ignored(tally, flags & ~session->flags & MARKS, 1);
	session->flags |= flags;
}

static void
fail_test(struct tally *tally, const struct event *event, enum test test)
{
	mark(tally, event, 1u << test);
	tally_seen(
	    tally, (unsigned)test, &tally->postscreen.tests[test].clients);
}

static void
pass(struct tally *tally, const struct event *event)
{
	struct psc_session *session = psc_find(
	    tally, psc_session_hash(tally, event));

	if (session != NULL)
		hand_off(tally, session);
}

static void
reject_recipient(struct tally *tally, const struct event *event)
{
	bool comes_back = event->code == 450 &&
	    bytes_equal(event->enhanced, bytes_of("4.3.2"));

	mark(tally, event,
	    comes_back ? COME_BACK : REJECTED | COUNTED_RECIPIENT);
	if (comes_back)
		return;
	tally_row(tally, ROW_POSTSCREEN, UNIT_RECIPIENT, 1);
	counts_add(&tally->lists[LIST_PSC_REASONS],
	    event->list.len > 0 ? event->list : event->enhanced, 1);
	if (event->list.len > 0)
		counts_add_lower(&tally->lists[LIST_RBL_REJECTS], event->list);
}

static void
reject_connection(struct tally *tally, const struct event *event)
{
	mark(tally, event, REJECTED | BUSY);
	counts_add(&tally->lists[LIST_PSC_REASONS], event->text, 1);
}

/* The test that a line of this class says to have failed; TESTS: none. */
static enum test test_of(enum event_class class)
{
	switch (class) {
	case EVENT_PSC_DENY:
		return TEST_DENYLIST;
	case EVENT_PSC_PREGREET:
		return TEST_PREGREET;
	case EVENT_PSC_DNSBL:
		return TEST_DNSBL;
	case EVENT_PSC_BARELF:
		return TEST_BARE_NEWLINE;
	case EVENT_PSC_NONSMTP:
		return TEST_NON_SMTP;
	case EVENT_PSC_PIPELINING:
		return TEST_PIPELINING;
	case EVENT_PSC_CMD_TIME:
		return TEST_COMMAND_TIME;
	case EVENT_PSC_CMD_COUNT:
		return TEST_COMMAND_COUNT;
	case EVENT_PSC_CMD_LENGTH:
		return TEST_COMMAND_LENGTH;
	case EVENT_PSC_NODATA:
		return TEST_NO_RECIPIENT;
	default:
		return TESTS;
	}
}

void
postscreen_event(struct tally *tally, const struct event *event)
{
	struct postscreen_tally *figures = &tally->postscreen;

	switch (event->class) {
	case EVENT_PSC_CONNECT:
		open_session(tally, event);
		break;
	case EVENT_PSC_DISCONNECT:
		close_session(tally, event);
		break;
	case EVENT_PSC_PASS_OLD:
		figures->pass_old++;
		pass(tally, event);
		break;
	case EVENT_PSC_PASS_NEW:
		figures->pass_new++;
		pass(tally, event);
		break;
	case EVENT_PSC_ALLOW:
		figures->allowlisted++;
		pass(tally, event);
		break;
	case EVENT_PSC_VETO:
		figures->vetoed++;
		mark(tally, event, VETOED);
		break;
	case EVENT_PSC_HANGUP:
		figures->hangups++;
		break;
	case EVENT_PSC_REJECT_RCPT:
		reject_recipient(tally, event);
		break;
	case EVENT_PSC_REJECT_CONN:
		reject_connection(tally, event);
		break;
	default:
		if (test_of(event->class) != TESTS)
			fail_test(tally, event, test_of(event->class));
		break;
	}
}

/* The oldest session of that address that nothing is known of. */
static struct psc_session *
find_silent(struct tally *tally, const struct psc_address *address)
{
	struct psc_session *oldest = NULL, *at;
	uint64_t next = address->first;

	for (int i = 0; next != 0 && i < PSC_CHAIN_MAX; i++, next = at->next) {
		at = psc_find(tally, next);
		if (at == NULL)
			break;
		if (!(at->flags & (REJECTED | COME_BACK)) &&
		    !psc_is_old((uint32_t)tally_now(tally), at->seconds,
			PSC_SESSION_SECONDS))
			oldest = at;
	}
	return oldest;
}

void
postscreen_smtpd_connect(struct tally *tally)
{
	struct psc_address *address = psc_find_address(
	    tally, psc_address_hash(tally));
	struct psc_session *session;

	if (address == NULL)
		return;
	if (address->passes > 0) {
		address->passes--;
		return;
	}
	session = find_silent(tally, address);
	if (session == NULL)
		return;
	session->flags |= CLAIMED;
	hand_off(tally, session);
}
