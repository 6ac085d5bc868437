/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist/policy.h"
#include "unit.h"

enum { HOUR = 3600, DAY = 86400, WINDOW = 2 * DAY, AGE = 35 * DAY };

/* When most triplets of these tables were first seen. */
#define T INT64_C(1000000000)

static const struct policy usual = { 300, AGE, WINDOW, 5 };
static const struct policy no_delay = { 0, AGE, WINDOW, 5 };
static const struct policy no_awl = { 300, AGE, WINDOW, 0 };
static const struct policy short_age = { 300, 10 * DAY, 20 * DAY, 5 };
static const struct policy no_window = { 300, AGE, 0, 5 };

/* What is stored of a triplet; first -1: nothing. */
struct times {
	int64_t first;
	int64_t last;
};
#define NONE \
	{ \
		-1, -1 \
	}

struct triplet_row {
	const char *about;
	const struct policy *policy;
	int64_t now;
	struct times seen;
	bool pass;
	bool known;
	bool corrected;
	int64_t first; /* the next record's; its last is now */
};

static void
check_triplets(const struct triplet_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct triplet_row *row = &rows[i];
		struct triplet_record seen = { row->seen.first, row->seen.last,
			{ "9", 1 } };
		struct policy_triplet result;

		unit_about(row->about);
		result = policy_triplet(row->policy, row->now,
		    row->seen.first == -1 ? NULL : &seen, NULL);
		CHECK_NUMBER(result.pass, row->pass);
		CHECK_NUMBER(result.passed_before, row->known);
		CHECK_NUMBER(result.corrected, row->corrected);
		CHECK_NUMBER(result.next.first, row->first);
		CHECK_NUMBER(result.next.last, row->now);
		CHECK_NUMBER(result.next.host.len, 0);
		CHECK_NUMBER(result.since_first, row->now - row->first);
		CHECK_NUMBER(result.missing,
		    row->policy->delay - (row->now - row->first));
		CHECK_NUMBER(result.counted,
		    row->pass && !row->known &&
			row->policy->whitelist_count > 0);
	}
}

static void
delays(void)
{
	static const struct triplet_row rows[] = {
		{ "first time", &usual, T, NONE, false, false, false, T },
		{ "same second", &usual, T, { T, T }, false, false, false, T },
		{ "delay - 1", &usual, T + 299, { T, T }, false, false, false,
		    T },
		{ "delay", &usual, T + 300, { T, T }, true, false, false, T },
		{ "delay + 1", &usual, T + 301, { T, T + 1 }, true, false,
		    false, T },
		{ "at time 0", &usual, 0, NONE, false, false, false, 0 },
	};

	check_triplets(rows, ROWS(rows));
}

static void
passed_before(void)
{
	static const struct triplet_row rows[] = {
		{ "delay - 1", &usual, T + 400, { T, T + 299 }, true, false,
		    false, T },
		{ "delay", &usual, T + 400, { T, T + 300 }, true, true, false,
		    T },
		{ "delay + 1", &usual, T + 400, { T, T + 301 }, true, true,
		    false, T },
		{ "last before first", &usual, T + 400, { T, T - 1000 }, true,
		    false, false, T },
	};

	check_triplets(rows, ROWS(rows));
}

static void
retry_window(void)
{
	static const struct triplet_row rows[] = {
		{ "window", &usual, T + WINDOW, { T, T }, true, false, false,
		    T },
		{ "window + 1", &usual, T + WINDOW + 1, { T, T }, false, false,
		    false, T + WINDOW + 1 },
		{ "window, tried again", &usual, T + WINDOW, { T, T + 299 },
		    true, false, false, T },
		{ "window + 1, tried again", &usual, T + WINDOW + 1,
		    { T, T + 299 }, false, false, false, T + WINDOW + 1 },
		{ "window + 1, but passed before", &usual, T + WINDOW + 1,
		    { T, T + 300 }, true, true, false, T },
		{ "no window, same second", &no_window, T, { T, T }, false,
		    false, false, T },
		{ "no window, a second later", &no_window, T + 1, { T, T },
		    false, false, false, T + 1 },
	};

	check_triplets(rows, ROWS(rows));
}

static void
max_age(void)
{
	static const struct triplet_row rows[] = {
		{ "age", &usual, T + 300 + AGE, { T, T + 300 }, true, true,
		    false, T },
		{ "age + 1", &usual, T + 301 + AGE, { T, T + 300 }, false,
		    false, false, T + 301 + AGE },
		{ "never passed, age", &short_age, T + 10 * DAY, { T, T }, true,
		    false, false, T },
		{ "never passed, age + 1", &short_age, T + 10 * DAY + 1,
		    { T, T }, false, false, false, T + 10 * DAY + 1 },
		{ "an age beyond all, but used", &usual, T + 2 * AGE,
		    { T, T + 2 * AGE - 1 }, true, true, false, T },
	};

	check_triplets(rows, ROWS(rows));
}

static void
without_delay(void)
{
	static const struct triplet_row rows[] = {
		{ "first time", &no_delay, T, NONE, true, false, false, T },
		{ "same second", &no_delay, T, { T, T }, true, true, false, T },
		{ "beyond the window", &no_delay, T + WINDOW + 1, { T, T },
		    true, true, false, T },
		{ "beyond the age", &no_delay, T + AGE + 1, { T, T }, true,
		    false, false, T + AGE + 1 },
		{ "in the future", &no_delay, T, { T + 9, T + 9 }, true, true,
		    true, T },
	};

	check_triplets(rows, ROWS(rows));
}

static void
future(void)
{
	static const struct triplet_row rows[] = {
		{ "first is now", &usual, T, { T, T - 1 }, false, false, false,
		    T },
		{ "first is a second ahead", &usual, T, { T + 1, T + 1 }, false,
		    false, true, T },
		{ "first and last ahead, passed before", &usual, T,
		    { T + 1, T + 400 }, false, true, true, T },
		{ "last alone is ahead", &usual, T + 10, { T, T + 20 }, false,
		    false, false, T },
		{ "last alone is ahead, passed before", &usual, T + 300,
		    { T, T + 9999 }, true, true, false, T },
		{ "far ahead", &usual, T, { NUM_MAX, NUM_MAX }, false, false,
		    true, T },
	};

	check_triplets(rows, ROWS(rows));
}

struct client_row {
	const char *about;
	const struct policy *policy;
	int64_t now;
	struct client_record seen; /* count -1: none */
	bool counted;
	bool whitelisted;
	int64_t count;
};

/* A triplet of the client passes for the first time. */
static void
counting(void)
{
	static const struct client_row rows[] = {
		{ "no record", &usual, T, { -1, 0 }, true, false, 1 },
		{ "an hour - 1", &usual, T, { 1, T - HOUR + 1 }, false, false,
		    0 },
		{ "an hour", &usual, T, { 1, T - HOUR }, true, false, 2 },
		{ "an hour + 1", &usual, T, { 1, T - HOUR - 1 }, true, false,
		    2 },
		{ "last is now", &usual, T, { 1, T }, false, false, 0 },
		{ "last in the future", &usual, T, { 1, T + 1 }, false, false,
		    0 },
		{ "N - 2", &usual, T, { 3, T - DAY }, true, false, 4 },
		{ "N - 1", &usual, T, { 4, T - DAY }, true, true, 5 },
		{ "max age", &usual, T, { 4, T - AGE }, true, true, 5 },
		{ "max age + 1", &usual, T, { 4, T - AGE - 1 }, true, false,
		    1 },
		{ "N is 0", &no_awl, T, { -1, 0 }, false, false, 0 },
		{ "N is 0, a record", &no_awl, T, { 4, T - DAY }, false, false,
		    0 },
	};
	const struct triplet_record triplet = { T - 300, T - 300, { NULL, 0 } };

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct client_row *row = &rows[i];
		struct policy_triplet result;

		unit_about(row->about);
		result = policy_triplet(row->policy, row->now, &triplet,
		    row->seen.count == -1 ? NULL : &row->seen);
		CHECK(result.pass);
		CHECK_NUMBER(result.counted, row->counted);
		CHECK_NUMBER(result.whitelisted, row->whitelisted);
		if (!row->counted)
			continue;
		CHECK_NUMBER(result.next_client.count, row->count);
		CHECK_NUMBER(result.next_client.last, row->now);
	}
}

static void
counts_nothing(void)
{
	const struct client_record client = { 3, T - DAY };
	const struct triplet_record waiting = { T - 299, T - 299, { NULL, 0 } };
	const struct triplet_record known = { T - 400, T - 100, { NULL, 0 } };
	struct policy_triplet result;

	result = policy_triplet(&usual, T, NULL, &client);
	CHECK(!result.pass && !result.counted && !result.whitelisted);
	result = policy_triplet(&usual, T, &waiting, &client);
	CHECK(!result.pass && !result.counted && !result.whitelisted);
	result = policy_triplet(&usual, T, &known, &client);
	CHECK(result.pass && !result.counted && !result.whitelisted);
}

static void
whitelisting(void)
{
	static const struct client_row rows[] = {
		{ "no record", &usual, T, { -1, 0 }, false, false, 0 },
		{ "N - 1", &usual, T, { 4, T - DAY }, false, false, 0 },
		{ "N, an hour - 1", &usual, T, { 5, T - HOUR + 1 }, false, true,
		    0 },
		{ "N, an hour", &usual, T, { 5, T - HOUR }, true, true, 6 },
		{ "N, last is now", &usual, T, { 5, T }, false, true, 0 },
		{ "N, last in the future", &usual, T, { 5, T + 1 }, true, true,
		    6 },
		{ "N + 1", &usual, T, { 6, T - HOUR }, true, true, 7 },
		{ "N, max age", &usual, T, { 5, T - AGE }, true, true, 6 },
		{ "N, max age + 1", &usual, T, { 5, T - AGE - 1 }, false, false,
		    0 },
		{ "N is 0", &no_awl, T, { 5, T - DAY }, false, false, 0 },
		{ "N is 0, count too", &no_awl, T, { 0, T }, false, false, 0 },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct client_row *row = &rows[i];
		struct policy_client result;

		unit_about(row->about);
		result = policy_client(row->policy, row->now,
		    row->seen.count == -1 ? NULL : &row->seen);
		CHECK_NUMBER(result.whitelisted, row->whitelisted);
		CHECK_NUMBER(result.changed, row->counted);
		if (!row->counted)
			continue;
		CHECK_NUMBER(result.next.count, row->count);
		CHECK_NUMBER(result.next.last, row->now);
	}
}

static void
expiry(void)
{
	static const struct {
		const char *about;
		int64_t now;
		struct times seen;
		bool expired;
	} rows[] = {
		{ "passed, age", T + 300 + AGE, { T, T + 300 }, false },
		{ "passed, age + 1", T + 301 + AGE, { T, T + 300 }, true },
		{ "never passed, window", T + 299 + WINDOW, { T, T + 299 },
		    false },
		{ "never passed, window + 1", T + 300 + WINDOW, { T, T + 299 },
		    true },
		{ "just passed, window + 1", T + 301 + WINDOW, { T, T + 300 },
		    false },
		{ "last in the future", T, { T + 1, T + 1 }, false },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct triplet_record record = { rows[i].seen.first,
			rows[i].seen.last, { NULL, 0 } };

		unit_about(rows[i].about);
		CHECK_NUMBER(
		    policy_triplet_expired(&usual, rows[i].now, &record),
		    rows[i].expired);
	}
	unit_about("clients");
	CHECK(!policy_client_expired(
	    &usual, T + AGE, &(struct client_record){ 5, T }));
	CHECK(policy_client_expired(
	    &usual, T + AGE + 1, &(struct client_record){ 5, T }));
	CHECK(!policy_client_expired(
	    &usual, T, &(struct client_record){ 5, T + 1 }));
}

static void
living(void)
{
	const struct triplet_record waits = { T, T, { NULL, 0 } };
	const struct triplet_record passed = { T, T + 300, { NULL, 0 } };

	unit_about("waits");
	CHECK_NUMBER(policy_triplet_lives(&usual, T, &waits), WINDOW + 60);
	CHECK_NUMBER(policy_triplet_lives(&short_age, T, &waits),
	    short_age.retry_window + 60);
	unit_about("passed");
	CHECK_NUMBER(policy_triplet_lives(&usual, T + 300, &passed), AGE + 60);
	CHECK_NUMBER(policy_triplet_lives(&usual, T + 300 + DAY, &passed),
	    AGE - DAY + 60);
	unit_about("expired, or in the future");
	CHECK_NUMBER(
	    policy_triplet_lives(&usual, T + 9 * AGE, &passed), WINDOW + 60);
	CHECK_NUMBER(policy_triplet_lives(&usual, T - DAY, &passed), AGE + 60);
	unit_about("clients");
	CHECK_NUMBER(policy_client_lives(
			 &usual, T + DAY, &(struct client_record){ 5, T }),
	    AGE - DAY + 60);
}

/* The record after a check at T + at; without what is spare, if so wished. */
static bool
passes_at(const struct policy *policy, int64_t at, bool leaves_spare,
    struct triplet_record *record, bool *known)
{
	struct policy_triplet result = policy_triplet(
	    policy, T + at, *known ? record : NULL, NULL);

	if (!leaves_spare || !result.next_is_spare)
		*record = result.next;
	*known = true;
	return result.pass;
}

/* One that has passed waits anew when the clock was set back, and has to be
   told so: its next pass is a first one again. */
static void
spare_record_after_a_pass(void)
{
	static const struct triplet_record passed = { .first = T,
		.last = T + 300 };

	CHECK(!policy_triplet(&usual, T + 10, &passed, NULL).pass);
	CHECK(!policy_triplet(&usual, T + 10, &passed, NULL).next_is_spare);
}

static void
spare_records(void)
{
	static const int64_t at[] = { 0, 1, 299, 300, 301, DAY, WINDOW - 1,
		WINDOW, WINDOW + 1, WINDOW + 299, WINDOW + 300, 2 * WINDOW,
		2 * WINDOW + 1, 10 * DAY, 20 * DAY + 1, AGE, AGE + WINDOW + 1 };
	static const struct policy *const policies[] = { &usual, &short_age,
		&no_delay, &no_window };
	struct triplet_record whole, sparse;
	bool whole_known, sparse_known;

	for (size_t p = 0; p < ROWS(policies); p++) {
		for (unsigned set = 0; set < 1u << ROWS(at); set++) {
			whole_known = sparse_known = false;
			for (size_t i = 0; i < ROWS(at); i++) {
				if ((set >> i & 1) != 0)
					CHECK(
					    passes_at(policies[p], at[i], false,
						&whole, &whole_known) ==
					    passes_at(policies[p], at[i], true,
						&sparse, &sparse_known));
			}
		}
	}
}

const struct unit_test unit_policy[] = {
	{ "policy: a triplet waits until the delay is over, to the second",
	    delays },
	{ "policy: a triplet is known if it was seen a delay after its first",
	    passed_before },
	{ "policy: a first retry beyond the window is a new first",
	    retry_window },
	{ "policy: what was not seen for the maximum age is new", max_age },
	{ "policy: with a delay of 0 all passes", without_delay },
	{ "policy: a first time in the future becomes now", future },
	{ "policy: a client is counted once an hour", counting },
	{ "policy: only a triplet's first pass counts for its client",
	    counts_nothing },
	{ "policy: a client of N is whitelisted, and renewed once an hour",
	    whitelisting },
	{ "policy: expiry is by age, and by the window if never passed",
	    expiry },
	{ "policy: a record lives until it expires, and a retry window at "
	  "least",
	    living },
	{ "policy: verdicts are the same without what is spare",
	    spare_records },
	{ "policy: a record that has passed and waits anew is not spared",
	    spare_record_after_a_pass },
	{ NULL, NULL }
};
