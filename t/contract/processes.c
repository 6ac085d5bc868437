/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/wait.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "contract.h"

enum { PROCESSES = 4, TRIPLETS = 500 };

/*
 * Does the work on a store of its own, says what came of it, and keeps the
 * store open until `go` ends.
 */
static void
work_alone(long (*work)(struct store *), int out, int go)
{
	struct store *store = contract_open();
	long result = work(store);
	bool said = write(out, &result, sizeof(result)) == sizeof(result);
	char nothing;

	said = said && read(go, &nothing, sizeof(nothing)) == 0;
	store_close(store);
	_exit(!said);
}

/* The same in several processes at once; what came of it, added up. */
static long
work_together(long (*work)(struct store *))
{
	long sum = 0, result;
	int ends[2], go[2];

	if (pipe(ends) == -1 || pipe(go) == -1)
		return -1;
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		close(go[1]);
		work_alone(work, ends[1], go[0]);
	}
	close(ends[1]);
	for (int i = 0; i < PROCESSES; i++) {
		if (read(ends[0], &result, sizeof(result)) != sizeof(result))
			result = -1000000;
		sum += result;
	}
	close(ends[0]);
	close(go[0]);
	close(go[1]);
	while (wait(NULL) > 0)
		continue;
	return sum;
}

/* How many triplets were new to this process; each fails as -1000. */
static long
ask_for_all(struct store *store)
{
	struct contract_check check;
	char key[64];
	long fresh = 0;

	for (int i = 0; i < TRIPLETS; i++) {
		snprintf(key, sizeof(key), "192.0.2.0/%d@example.com/", i);
		contract_check(&check, "192.0.2.9", key, "10,10,9");
		if (store_check(store, &check.check) != STORE_OK)
			fresh -= 1000;
		fresh += check.triplet.data == NULL;
	}
	return fresh;
}

static void
once(void)
{
	store_close(contract_empty());
	CHECK_NUMBER(work_together(ask_for_all),
	    contract_is_kept() ? TRIPLETS : PROCESSES * TRIPLETS);
}

static long
claim(struct store *store)
{
	bool claimed = false;

	if (store_claim(store, "contract", &claimed) != STORE_OK)
		return -1000;
	return claimed;
}

static void
claims(void)
{
	if (contract_is_kept())
		CHECK_NUMBER(work_together(claim), 1);
}

static long
say(struct store *store)
{
	return store_say_once(store, 0x1234567890abcdef);
}

/* Where nobody knows, all of them say it. */
static void
says(void)
{
	long said = work_together(say);

	CHECK(said == 1 || said == 0 ||
	    (said == PROCESSES && !contract_is_kept()));
}

static void
uses(void)
{
	struct store_use uses[STORE_USES_MAX];
	struct store *store = contract_empty();
	struct contract_check check;
	size_t count;

	store_use_as(store, LITERAL("delay=777s learn=no"));
	contract_check(&check, NULL, "192.0.2.0/a@example.com/", "10,10,9");
	CHECK_DONE(store, store_check(store, &check.check));
	store_close(store);
	store = contract_open_read_only();
	count = store_uses(store, uses);
	if (!contract_is_kept())
		CHECK_NUMBER(count, 0);
	else if (CHECK(count > 0)) {
		CHECK_BYTES(((struct bytes){ uses[0].text, uses[0].len }),
		    LITERAL("delay=777s learn=no"));
		CHECK(uses[0].served > 0);
	}
	store_close(store);
}

/* Killed in the midst of its checks; the others go on, and nothing that was
 * answered is lost. */
static void
killed(void)
{
	struct contract_check check;
	struct store *store;
	char key[64];
	int ends[2], last = -1, next;
	pid_t pid;

	store_close(contract_empty());
	if (!contract_is_kept() || !CHECK(pipe(ends) == 0))
		return;
	pid = fork();
	if (pid == 0) {
		store = contract_open();
		for (int i = 0;; i++) {
			snprintf(key, sizeof(key), "192.0.2.0/%d@a/", i);
			contract_check(&check, NULL, key, "10,10,9");
			if (store_check(store, &check.check) != STORE_OK ||
			    write(ends[1], &i, sizeof(i)) != sizeof(i))
				_exit(1);
		}
	}
	close(ends[1]);
	while (last < TRIPLETS && read(ends[0], &next, sizeof(next)) > 0)
		last = next;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (read(ends[0], &next, sizeof(next)) > 0)
		last = next;
	close(ends[0]);
	CHECK(last >= TRIPLETS);
	store = contract_open();
	for (int i = 0; i <= last; i++) {
		snprintf(key, sizeof(key), "192.0.2.0/%d@a/", i);
		if (!CHECK_BYTES(
			contract_value(store, STORE_TRIPLETS, bytes_of(key)),
			LITERAL("10,10,9")))
			break;
	}
	store_close(store);
}

const struct unit_test contract_processes[] = {
	{ "of several processes that check the same triplet one finds it new",
	    once },
	{ "of several processes one gets a claim", claims },
	{ "of several processes one says what is to be said once", says },
	{ "how the store was used last is known to others", uses },
	{ "nothing that a killed process has answered is lost", killed },
	{ NULL, NULL }
};
