/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-expire: old records go, from cron, while checks go on. */
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/msg.h"
#include "common/program.h"
#include "common/text.h"
#include "common/when.h"
#include "greylist/key.h"
#include "settings.h"
#include "sweep.h"

#define USAGE \
	"usage: grey-expire [-nqv] [--compact[=shrink]] [--store=store] " \
	"[--option=value ...]"

/* Shrinking a file takes this many milliseconds for a megabyte (measured). */
enum { SHRINK_PER_MEGABYTE = 7 };

static volatile sig_atomic_t stop;

struct run {
	const struct settings *settings;
	struct store *store;
	struct sweep triplets;
	struct sweep clients;
	int64_t bytes_before;
	int64_t begun; /* milliseconds */
	bool complete;
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

/* To syslog, and to a terminal if there is one; cron does not mail about it. */
static void __attribute__((format(printf, 2, 3)))
say(const struct settings *settings, const char *format, ...)
{
	char text[MSG_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	msg(MSG_NOTICE, "%s", text);
	if (settings->verbose > 0 || isatty(STDERR_FILENO) == 1)
		fprintf(stderr, "grey-expire: %s\n", text);
}

static void
print_key(enum sweep_reason reason, struct bytes key)
{
	char text[4 * KEY_MAX];
	bool cut = key.len > KEY_MAX;

	key.len = cut ? KEY_MAX : key.len;
	printf("%s\t%.*s%s\n", sweep_reason_names[reason],
	    (int)text_escape(key, text), text, cut ? "..." : "");
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

	*work = (struct sweep){ .store = run->store,
		.table = table,
		.policy = settings->policy,
		.now = now,
		.dry_run = settings->dry_run,
		.show = settings->verbose > 0 ? print_key : NULL,
		.stop = &stop,
		.quiet = settings->quiet > 0 };
	work->complete = true;
	/* A store that is only read may lack a table. */
	if (settings->dry_run && store_size(run->store, table) == 0)
		return true;
	return sweep(work) == STORE_OK;
}

/* Joins pages of both tables, which keeps nobody waiting; then may shrink. */
static bool
compact(struct run *run)
{
	struct store *store = run->store;
	enum compaction how = run->settings->compact;
	int64_t megabytes = bytes_of_files(store) / 1000000;

	if (how == COMPACT_NOT)
		return true;
	if (store_compact(store, STORE_TRIPLETS, go_on, NULL) != STORE_OK ||
	    store_compact(store, STORE_CLIENTS, go_on, NULL) != STORE_OK)
		return false;
	run->complete &= stop == 0;
	if (how != COMPACT_SHRINK || stop != 0)
		return true;
	say(run->settings,
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
	run->complete = run->triplets.complete && run->clients.complete;
	if (run->settings->dry_run || !run->complete)
		return true;
	return compact(run) && store_checkpoint(run->store) == STORE_OK;
}

/* The line that stands in syslog for each run. */
static void
summarize(const struct run *run)
{
	const struct sweep *triplets = &run->triplets;
	const struct sweep *clients = &run->clients;

	msg(MSG_INFO,
	    "%s%s: records=%lu, deleted=%lu, max-age=%lu, retry-window=%lu, "
	    "unreadable=%lu, awl=%lu, awl-deleted=%lu, bytes=%" PRId64
	    ", bytes-before=%" PRId64 ", seconds=%.1f, longest-slice=%.1fms",
	    run->settings->dry_run ? "dry run" : "expiry",
	    run->complete ? "" : " incomplete", triplets->records,
	    gone(triplets), triplets->gone[SWEEP_UNUSED],
	    triplets->gone[SWEEP_NEVER_PASSED],
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
	if (!run->complete)
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

static int
fail(const struct run *run)
{
	msg(MSG_ERROR, "%s", store_reason(run->store));
	return PROGRAM_FAILED;
}

/*
 * Only one at a time: cron may not mail about a second. A store that does not
 * exist is not made, least of all by root.
 */
static int
run_on(struct run *run, int64_t now)
{
	const struct settings *settings = run->settings;
	bool claimed = true;

	if (store_become_owner(run->store) != STORE_OK)
		return fail(run);
	if (bytes_of_files(run->store) == 0) {
		msg(MSG_ERROR, "%s: there is no greylist", settings->store);
		return PROGRAM_FAILED;
	}
	if (store_open(run->store) != STORE_OK ||
	    (!settings->dry_run &&
		store_claim(run->store, "grey-expire", &claimed) != STORE_OK))
		return fail(run);
	if (!claimed) {
		say(settings, "another grey-expire is at work on %s",
		    settings->store);
		return 0;
	}
	run->begun = monotonic_milliseconds();
	if (!expire(run, now))
		return fail(run);
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
		.is_value = { record_is_triplet, record_is_client } };
	static struct run run;
	struct opt_problem problem;
	int64_t now = time(NULL);
	int status;

	if (!when_option("now", settings->now, now, &now, &problem))
		return program_refuse(USAGE, &problem);
	run.settings = settings;
	run.store = store_new(settings->store, &options);
	if (run.store == NULL)
		return PROGRAM_USAGE;
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

	msg_init();
	msg_open(MSG_SYSLOG, "grey-expire", LOG_MAIL, MSG_INFO);
	if (!settings_read(&settings, argc, argv, &problem))
		return program_refuse(USAGE, &problem);
	if (settings.help)
		return program_help(USAGE,
		    "Deletes what has expired from a greylist. Options:",
		    settings_table);
	if (settings.version)
		return program_version("grey-expire");
	return run_expiry(&settings);
}
