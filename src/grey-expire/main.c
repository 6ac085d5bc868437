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
#include "common/when.h"
#include "served/served.h"
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
	struct sweep sweeps[STORE_TABLES];
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

/* Then what keeps it from its work is said there, and not in the log. */
static bool
is_by_hand(void)
{
	return isatty(STDERR_FILENO) == 1;
}

/* To a terminal, or else to the log: cron does not mail about it. */
static void __attribute__((format(printf, 2, 3)))
say(const struct settings *settings, const char *format, ...)
{
	char text[MSG_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	msg(MSG_NOTICE, "%s", text);
	if (settings->verbose > 0 && !is_by_hand() &&
	    settings->log.sink != MSG_STDERR)
		fprintf(stderr, "grey-expire: %s\n", text);
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

/* A store that forgets by itself is none that has files. */
static bool
lacks_file(struct store *store, enum store_table table)
{
	return !store_forgets(store) && store_size(store, table) == 0;
}

static bool
only_looks(const struct run *run)
{
	return run->settings->dry_run || store_forgets(run->store);
}

static bool
expire(struct run *run)
{
	run->bytes_before = bytes_of_files(run->store);
	run->complete = true;
	for (int i = 0; i < STORE_TABLES; i++) {
		struct sweep *sweep = &run->sweeps[i];

		*sweep = (struct sweep){ .settings = run->settings,
			.store = run->store,
			.table = (enum store_table)i,
			.looks = only_looks(run),
			.stop = &stop,
			.complete = true };
		/* A store that is only read may lack a table. */
		if (only_looks(run) && lacks_file(run->store, sweep->table))
			continue;
		if (sweep_table(sweep) != STORE_OK)
			return false;
		run->complete &= sweep->complete;
	}
	if (only_looks(run) || !run->complete)
		return true;
	return compact(run) && store_checkpoint(run->store) == STORE_OK &&
	    store_tidy(run->store, run->settings->time) == STORE_OK;
}

static void
open_log(const struct settings *settings)
{
	msg_open_log(&settings->log, "grey-expire", LOG_MAIL, MSG_INFO);
}

/* The line that stands in the log for each run, whoever called it. */
static void
summarize(const struct run *run)
{
	const struct sweep *triplets = &run->sweeps[STORE_TRIPLETS];
	const struct sweep *clients = &run->sweeps[STORE_CLIENTS];

	open_log(run->settings);
	msg(MSG_INFO,
	    "%s%s: records=%lu, deleted=%lu, max-age=%lu, retry-window=%lu, "
	    "unreadable=%lu, awl=%lu, awl-deleted=%lu, bytes=%" PRId64
	    ", bytes-before=%" PRId64 ", seconds=%.1f, longest-slice=%.1fms",
	    only_looks(run) ? "dry run" : "expiry",
	    run->complete ? "" : " incomplete", triplets->records,
	    gone(triplets), triplets->gone[SWEEP_UNUSED],
	    triplets->gone[SWEEP_NEVER_PASSED],
	    triplets->gone[SWEEP_UNREADABLE], clients->records, gone(clients),
	    bytes_of_files(run->store), run->bytes_before,
	    (double)(monotonic_milliseconds() - run->begun) / 1000,
	    (double)store_longest_hold(run->store) / 1000000);
}

static void
print_report(const struct run *run)
{
	static const char *const titles[] = { "greylist", "auto-whitelist" };

	for (int i = 0; i < STORE_TABLES; i++) {
		const struct sweep *sweep = &run->sweeps[i];

		printf("%s: %lu records\n", titles[i], sweep->records);
		for (int reason = 1; reason < SWEEP_REASONS; reason++) {
			if (i != STORE_CLIENTS || reason != SWEEP_NEVER_PASSED)
				printf("%s: %lu %s\n", titles[i],
				    sweep->gone[reason],
				    sweep_reason_names[reason]);
		}
	}
	if (store_forgets(run->store))
		puts("nothing was deleted: this store's records go by "
		     "themselves");
	else
		printf("files: %" PRId64 " bytes, %" PRId64 " before\n",
		    bytes_of_files(run->store), run->bytes_before);
	if (!run->complete)
		puts("incomplete: ended by a signal");
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
run_on(struct run *run)
{
	const struct settings *settings = run->settings;
	bool claimed = true;

	if (store_become_owner(run->store) != STORE_OK)
		return fail(run);
	if (lacks_file(run->store, STORE_TRIPLETS) &&
	    lacks_file(run->store, STORE_CLIENTS)) {
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
	if (!expire(run))
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
		.cache = settings->cache,
		.measured = true,
		.background = true,
		.is_value = { record_is_triplet, record_is_client } };
	const struct sigaction action = { .sa_handler = end_soon };
	static struct run run;
	int status;

	run.settings = settings;
	run.store = store_new(settings->store, &options);
	if (run.store == NULL)
		return PROGRAM_USAGE;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	status = run_on(&run);
	store_close(run.store);
	return status;
}

/* Records that grey-check still counts on go only by order. */
static bool
is_allowed(const struct settings *settings, const struct conf *conf)
{
	const struct opt_entry *entry = served_expires_more(conf, settings);

	if (entry == NULL || settings->force || settings->dry_run)
		return true;
	msg(MSG_ERROR,
	    "--%s=%s: would delete records that grey-check still counts on, so "
	    "nothing was deleted; leave the option out, for the store knows "
	    "how it is served, or add --force",
	    entry->row->name, entry->text);
	return false;
}

int
main(int argc, char **argv)
{
	static struct settings settings;
	static struct conf conf;
	struct opt_problem problem;
	int status;
	bool good;

	msg_init();
	msg_open(MSG_STDERR, "grey-expire", LOG_MAIL, MSG_NOTICE);
	good = settings_read(&settings, &conf, argc, argv, &problem);
	if (!is_by_hand())
		open_log(&settings);
	if (!good)
		return program_refuse(USAGE, &problem);
	if (settings.all.help)
		return program_help(USAGE,
		    "Deletes what has expired from a greylist. Options:",
		    settings_table);
	if (settings.all.version)
		return program_version("grey-expire");
	status = served_begin(&conf, &settings, settings.store,
	    settings.all.show, SERVED_FOR_EXPIRY);
	if (status != -1)
		return status;
	if (!is_allowed(&settings, &conf))
		return PROGRAM_USAGE;
	settings.time = time(NULL);
	if (!when_option(
		"now", settings.now, settings.time, &settings.time, &problem))
		return program_refuse(USAGE, &problem);
	return run_expiry(&settings);
}
