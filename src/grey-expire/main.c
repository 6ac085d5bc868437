/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-expire: old records go, from cron, while checks go on. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>

#include "monotonic.h"
#include "msg.h"
#include "program.h"
#include "settings.h"
#include "sweep.h"
#include "when.h"

#define USAGE \
	"usage: grey-expire [-nqv] [--compact[=shrink]] [--store=store] " \
	"[--option=value ...]"

/* A file is shrunk at so many milliseconds for a megabyte (measured). */
enum { SHRINK_PER_MEGABYTE = 7 };

static volatile sig_atomic_t stop;

struct run {
	const struct settings *settings;
	struct store *store;
	struct sweep triplets;
	struct sweep clients;
	int64_t bytes_before;
	int64_t begun; /* milliseconds */
};

static void
end_soon(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

static bool
go_on(void *argument)
{
	(void)argument;
	return stop == 0;
}

static void
print_key(enum sweep_reason reason, struct bytes key)
{
	printf("%s\t", sweep_reason_names[reason]);
	fwrite(key.data, 1, key.len, stdout);
	putchar('\n');
}

static unsigned long
gone(const struct sweep *sweep)
{
	unsigned long sum = 0;

	for (int reason = 0; reason < SWEEP_REASONS; reason++)
		sum += sweep->gone[reason];
	return sum;
}

static int64_t
bytes_of_files(struct store *store)
{
	return store_size(store, STORE_TRIPLETS) +
	    store_size(store, STORE_CLIENTS);
}

static bool
sweep_table(
    struct run *run, struct sweep *work, enum store_table table, int64_t now)
{
	const struct settings *settings = run->settings;
	struct progress progress = { .shown = false };
	enum store_result result;

	*work = (struct sweep){ .store = run->store,
		.table = table,
		.policy = settings->policy,
		.now = now,
		.dry_run = settings->dry_run,
		.tell = settings->verbose > 0 ? print_key : NULL,
		.stop = &stop,
		.progress = &progress };
	work->complete = true;
	/* A store that is only read may lack a table. */
	if (settings->dry_run && store_size(run->store, table) == 0)
		return true;
	if (settings->quiet == 0)
		progress_begin(&progress, "grey-expire", NULL);
	result = sweep(work);
	progress_end(&progress);
	return result == STORE_OK;
}

/* Both tables: first what costs nobody a wait, then what was asked for. */
static bool
compact(struct run *run)
{
	struct store *store = run->store;
	enum compaction how = run->settings->compact;
	int64_t megabytes = bytes_of_files(store) / 1000000;

	if (how == COMPACT_NOT || stop != 0)
		return true;
	if (store_compact(store, STORE_TRIPLETS, go_on, NULL) != STORE_OK ||
	    store_compact(store, STORE_CLIENTS, go_on, NULL) != STORE_OK)
		return false;
	if (how != COMPACT_SHRINK || stop != 0)
		return true;
	msg(MSG_NOTICE,
	    "shrinking %" PRId64 " MB: holds the store for about %" PRId64
	    " ms, checks wait",
	    megabytes, megabytes * SHRINK_PER_MEGABYTE);
	return store_shrink(store, STORE_TRIPLETS) == STORE_OK &&
	    store_shrink(store, STORE_CLIENTS) == STORE_OK;
}

static bool
expire(struct run *run, int64_t now)
{
	run->bytes_before = bytes_of_files(run->store);
	if (!sweep_table(run, &run->triplets, STORE_TRIPLETS, now) ||
	    !sweep_table(run, &run->clients, STORE_CLIENTS, now))
		return false;
	if (run->settings->dry_run)
		return true;
	return compact(run) && store_checkpoint(run->store) == STORE_OK;
}

/* The line that stands in syslog for each run. */
static void
summarize(const struct run *run)
{
	const struct sweep *triplets = &run->triplets;
	const struct sweep *clients = &run->clients;
	bool complete = triplets->complete && clients->complete;

	msg(MSG_INFO,
	    "%s%s: records=%lu, deleted=%lu, max-age=%lu, retry-window=%lu, "
	    "unreadable=%lu, awl=%lu, awl-deleted=%lu, bytes=%" PRId64
	    ", bytes-before=%" PRId64 ", seconds=%.1f, longest-slice=%.1fms",
	    run->settings->dry_run ? "dry run" : "expiry",
	    complete ? "" : " incomplete", triplets->records, gone(triplets),
	    triplets->gone[SWEEP_UNUSED], triplets->gone[SWEEP_NEVER_PASSED],
	    triplets->gone[SWEEP_UNREADABLE], clients->records, gone(clients),
	    bytes_of_files(run->store), run->bytes_before,
	    (double)(monotonic_milliseconds() - run->begun) / 1000,
	    (double)store_longest_hold(run->store) / 1000000);
}

static void
print_counts(const char *title, const struct sweep *sweep)
{
	printf("%s: %lu records\n", title, sweep->records);
	for (int reason = 1; reason < SWEEP_REASONS; reason++) {
		if (sweep->table == STORE_CLIENTS &&
		    reason == SWEEP_NEVER_PASSED)
			continue;
		printf("%s: %lu %s\n", title, sweep->gone[reason],
		    sweep_reason_names[reason]);
	}
}

static void
print_report(const struct run *run)
{
	print_counts("greylist", &run->triplets);
	print_counts("auto-whitelist", &run->clients);
	printf("files: %" PRId64 " bytes, %" PRId64 " before\n",
	    bytes_of_files(run->store), run->bytes_before);
	if (stop != 0)
		puts("incomplete: ended by a signal");
}

static void
handle_signals(void)
{
	struct sigaction action = { .sa_handler = end_soon };

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static void
report(enum msg_level level, const char *text)
{
	msg(level, "%s", text);
}

/* Only one at a time: cron may not mail about a second. */
static bool
begin(struct run *run, bool *claimed)
{
	*claimed = false;
	return store_become_owner(run->store) == STORE_OK &&
	    store_open(run->store) == STORE_OK &&
	    store_claim(run->store, "grey-expire", claimed) == STORE_OK;
}

static int
run_on(struct run *run, int64_t now)
{
	const struct settings *settings = run->settings;
	bool claimed, done = begin(run, &claimed);

	if (done && !claimed) {
		msg(MSG_NOTICE, "another grey-expire is at work on %s",
		    settings->store);
		return 0;
	}
	run->begun = monotonic_milliseconds();
	done = done && expire(run, now);
	if (!done) {
		msg(MSG_ERROR, "%s", store_reason(run->store));
		return PROGRAM_FAILED;
	}
	summarize(run);
	if (settings->dry_run || settings->verbose > 0)
		print_report(run);
	return program_end_output();
}

static int
run_expiry(const struct settings *settings)
{
	const struct store_options options = { .read_only = settings->dry_run,
		.measured = true,
		.background = true,
		.report = report };
	static struct run run;
	const char *reason = NULL;
	int64_t now = time(NULL);
	int status;

	if (settings->now != NULL)
		reason = when_parse(settings->now, now, &now);
	if (reason != NULL) {
		msg(MSG_ERROR, "--now=%s: %s", settings->now, reason);
		return PROGRAM_USAGE;
	}
	run.settings = settings;
	run.store = store_new(settings->store, &options, &reason);
	if (run.store == NULL) {
		msg(MSG_ERROR, "--store=%s: %s", settings->store, reason);
		return PROGRAM_USAGE;
	}
	handle_signals();
	status = run_on(&run, now);
	store_close(run.store);
	return status;
}

int
main(int argc, char **argv)
{
	static struct settings settings;
	struct opt_problem problem;

	msg_init("grey-expire");
	if (!settings_read(&settings, argc, argv, &problem))
		return program_refuse(USAGE, &problem);
	if (settings.help)
		return program_help(USAGE,
		    "Deletes what has expired from a greylist. Options:",
		    settings_table);
	if (settings.version)
		return program_version("grey-expire");
	msg_open(MSG_SYSLOG, "grey-expire", LOG_MAIL, MSG_INFO);
	return run_expiry(&settings);
}
