/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"
#include "postscreen.h"

enum {
	SESSION_SECONDS = 7200, /* 6 s and 20 commands of 300 s, and some */
	SESSIONS_LIMIT = 1 << 16,
	SWEEP_MIN = 1024,
	CHAIN_MAX = 256 /* more sessions of one address are not looked at */
};

/* Behind the bits of the tests. */
enum {
	MARKS = (1 << TESTS) - 1,
	REJECTED = 1 << TESTS, /* other than "come back later" */
	COME_BACK = REJECTED << 1,
	VETOED = REJECTED << 2,
	BUSY = REJECTED << 3,
	COUNTED_RECIPIENT = REJECTED << 4,
	HANDED_OFF = REJECTED << 5,
	CLAIMED = REJECTED << 6 /* by a connection of smtpd */
};

struct psc_session {
	uint64_t hash;
	uint64_t address; /* hash of host and address */
	uint64_t next;	  /* session of that address that is not handed off */
	uint32_t seconds; /* of its CONNECT */
	uint32_t flags;
};

struct psc_address {
	uint64_t hash;
	uint64_t first;	  /* session that is not handed off */
	uint32_t passes;  /* handed off, and smtpd has not said so yet */
	uint32_t seconds; /* of the last session */
};

struct deadline {
	uint32_t now;
	uint32_t age;
	uint64_t dropped;
	bool all;
};

static bool
is_old(uint32_t now, uint32_t then, uint32_t age)
{
	return now > then && now - then > age;
}

/* Also what is later than now by as much: the clock has jumped. */
static bool
is_far(const struct deadline *deadline, uint32_t seconds)
{
	return is_old(deadline->now, seconds, deadline->age) ||
	    is_old(seconds, deadline->now, deadline->age);
}

static bool
keep_session(const void *entry, void *argument)
{
	const struct psc_session *session = entry;
	struct deadline *deadline = argument;

	if (!deadline->all && !is_far(deadline, session->seconds))
		return true;
	deadline->dropped++;
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
forget_older(struct tally *tally, struct deadline *deadline)
{
	hashes_filter(&tally->postscreen.sessions, keep_session, deadline);
	hashes_filter(&tally->postscreen.addresses, keep_address, deadline);
}

/*
 * Whenever there are twice as many as after the last time, what is too old
 * goes; at the limit also what is younger, until it is half of them, and all if
 * their times do not tell them apart.
 */
static void
make_room(struct tally *tally, uint32_t now)
{
	struct postscreen_tally *figures = &tally->postscreen;
	struct deadline deadline = { now, SESSION_SECONDS, 0, false };

	if (figures->sessions.count < figures->sweep_at)
		return;
	forget_older(tally, &deadline);
	deadline.dropped = 0;
	while (figures->sessions.count >= SESSIONS_LIMIT / 2 && !deadline.all) {
		deadline.all = deadline.age == 0;
		deadline.age /= 2;
		forget_older(tally, &deadline);
	}
	figures->sessions_dropped += deadline.dropped;
	figures->sweep_at = figures->sessions.count * 2 + SWEEP_MIN;
	if (figures->sweep_at > SESSIONS_LIMIT)
		figures->sweep_at = SESSIONS_LIMIT;
}

static uint64_t
address_hash(const struct tally *tally, struct bytes address)
{
	return hash_bytes(address, tally->entry->origin->host_hash);
}

/* "203.0.113.7]:4001", as it stands in the line. */
static uint64_t
session_hash(const struct tally *tally, const struct event *event)
{
	const char *begin = event->client_address.data;
	const char *end = event->client_port.data + event->client_port.len;

	return hash_bytes((struct bytes){ begin, (size_t)(end - begin) },
	    tally->entry->origin->instance_hash);
}

static struct psc_session *
find(struct tally *tally, uint64_t hash)
{
	return hashes_find(&tally->postscreen.sessions, hash);
}

static struct psc_address *
find_address(struct tally *tally, uint64_t hash)
{
	return hashes_find(&tally->postscreen.addresses, hash);
}

/* Out of the chain of its address' sessions that are not handed off. */
static void
unlink_session(struct tally *tally, const struct psc_session *session)
{
	struct psc_address *address = find_address(tally, session->address);
	uint64_t *link = address == NULL ? NULL : &address->first;

	for (int i = 0; link != NULL && *link != 0 && i < CHAIN_MAX; i++) {
		struct psc_session *at;

		if (*link == session->hash) {
			*link = session->next;
			return;
		}
		at = find(tally, *link);
		link = at == NULL ? NULL : &at->next;
	}
}

static void
count_ignored(struct tally *tally, uint32_t flags, uint64_t change)
{
	for (int test = 0; test < TESTS; test++)
		if (flags & (1u << test)) {
			tally->postscreen.tests[test].ignored += change;
			tally->postscreen.tests[test].marked += change;
		}
}

static void
hand_off(struct tally *tally, struct psc_session *session)
{
	struct psc_address *address;

	if (session->flags & HANDED_OFF)
		return;
	unlink_session(tally, session);
	session->flags |= HANDED_OFF;
	tally->postscreen.handed_off++;
	count_ignored(tally, session->flags, 1);
	address = find_address(tally, session->address);
	if (address != NULL && !(session->flags & CLAIMED))
		address->passes++;
}

/* It only looked so: a DISCONNECT has come. */
static void
take_back(struct tally *tally, struct psc_session *session)
{
	struct psc_address *address = find_address(tally, session->address);

	tally->postscreen.handed_off--;
	count_ignored(tally, session->flags, (uint64_t)-1);
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

static void
open_session(struct tally *tally, const struct event *event)
{
	uint32_t now = (uint32_t)tally_now(tally);
	uint64_t hash = session_hash(tally, event);
	uint64_t client = address_hash(tally, event->client_address);
	struct psc_session *session;
	struct psc_address *address;
	bool is_new;

	hashes_prefetch(&tally->postscreen.sessions, hash);
	hashes_prefetch(&tally->postscreen.addresses, client);
	tally_seen(
	    tally, TESTS, event->client_address, &tally->postscreen.clients);
	session = find(tally, hash);

	tally->postscreen.connects++;
	note_duplicate(tally, hash);
	if (session != NULL) {
		if (is_old(now, session->seconds, SESSION_SECONDS))
			unlink_session(tally, session);
		else
			hand_off(tally, session);
		hashes_remove(&tally->postscreen.sessions, session);
	}
	make_room(tally, now);
	address = hashes_add(
	    &tally->postscreen.addresses, sizeof(*address), client, &is_new);
	session = hashes_add(
	    &tally->postscreen.sessions, sizeof(*session), hash, &is_new);
	session->flags = 0;
	session->address = address->hash;
	session->next = address->first;
	session->seconds = address->seconds = now;
	address->first = hash;
}

/* The marks of tests that, as the user says, are ignored do not count. */
static bool
has_mark(const struct tally *tally, uint32_t flags)
{
	for (int test = 0; test < TESTS; test++)
		if ((flags & (1u << test)) &&
		    tally->settings->test_modes[test] != MODE_IGNORE)
			return true;
	return false;
}

static void
count_tests(struct tally *tally, uint32_t flags, bool is_blocked)
{
	for (int test = 0; test < TESTS; test++) {
		struct test_tally *figures = &tally->postscreen.tests[test];

		if (!(flags & (1u << test)))
			continue;
		figures->marked++;
		if (flags & REJECTED)
			figures->enforced++;
		else if (is_blocked)
			figures->dropped++;
	}
}

static void
count_blocked(struct tally *tally, uint32_t flags, const struct event *event)
{
	tally->postscreen.blocked++;
	tally->postscreen.blocked_busy += (flags & BUSY) != 0;
	tally_row(tally, ROW_POSTSCREEN, UNIT_SESSION, 1);
	if (!(flags & COUNTED_RECIPIENT))
		tally_row(tally, ROW_POSTSCREEN, UNIT_RECIPIENT, 1);
	tally_turned_away(tally, event->client_address);
}

static void
judge(struct tally *tally, uint32_t flags, const struct event *event)
{
	bool is_denied = (flags & (1u << TEST_DENYLIST)) != 0 &&
	    !(flags & VETOED);
	bool is_blocked = (flags & REJECTED) != 0 ||
	    ((flags & COME_BACK) ? is_denied : has_mark(tally, flags));

	if (is_blocked)
		count_blocked(tally, flags, event);
	else if (flags & COME_BACK)
		tally->postscreen.come_back++;
	else
		tally->postscreen.gave_up++;
	count_tests(tally, flags, is_blocked);
}

static void
close_session(struct tally *tally, const struct event *event)
{
	struct psc_session *session = find(tally, session_hash(tally, event));
	uint32_t flags;

	if (session == NULL ||
	    is_old((uint32_t)tally_now(tally), session->seconds,
		SESSION_SECONDS)) {
		tally->postscreen.began_before++;
		return;
	}
	if (session->flags & HANDED_OFF)
		take_back(tally, session);
	else
		unlink_session(tally, session);
	flags = session->flags;
	hashes_remove(&tally->postscreen.sessions, session);
	judge(tally, flags, event);
}

static void
mark(struct tally *tally, const struct event *event, uint32_t flags)
{
	struct psc_session *session = find(tally, session_hash(tally, event));

	if (session != NULL)
		session->flags |= flags;
}

static void
fail_test(struct tally *tally, const struct event *event, enum test test)
{
	mark(tally, event, 1u << test);
	tally_seen(tally, (unsigned)test, event->client_address,
	    &tally->postscreen.tests[test].clients);
}

static void
pass(struct tally *tally, const struct event *event)
{
	struct psc_session *session = find(tally, session_hash(tally, event));

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
		counts_add_lower(
		    &tally->lists[LIST_RBL_REJECTS], event->list, 1);
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

	for (int i = 0; next != 0 && i < CHAIN_MAX; i++, next = at->next) {
		at = find(tally, next);
		if (at == NULL)
			break;
		if (!(at->flags & (REJECTED | COME_BACK)) &&
		    !is_old((uint32_t)tally_now(tally), at->seconds,
			SESSION_SECONDS))
			oldest = at;
	}
	return oldest;
}

void
postscreen_smtpd_connect(struct tally *tally, struct bytes client)
{
	struct psc_address *address = find_address(
	    tally, address_hash(tally, client));
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

enum mode
postscreen_mode(const struct tally *tally, enum test test)
{
	const struct test_tally *figures = &tally->postscreen.tests[test];

	if (tally->settings->test_modes[test] != MODE_OBSERVED)
		return tally->settings->test_modes[test];
	if (figures->ignored > 0)
		return MODE_IGNORE;
	if (figures->enforced > 0)
		return MODE_ENFORCE;
	return figures->dropped > 0 ? MODE_DROP : MODE_OBSERVED;
}
