/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-load: drives a policy server of Postfix, one request outstanding on
 * each connection, and reports requests per second and answer times.
 *
 * One triplet is asked for with each request, and the answer must be one line
 * that begins with action= (and what -x demands). Options: see usage(), and
 * drive.h for what is measured.
 *
 * -m prints one line of figures between tabs: requests per second, the answer
 * time's p50, p99, p99.9 and maximum, the first answers' median and minimum,
 * and with -R the number of connections that the other side closed. -P adds
 * a line: the children's memory in all, and the mean.
 *
 * Times are printed in microseconds, memory in KiB. A run ends at the latest
 * 2 s (answers still out) + 2 s (children still there) after its time limit.
 * Exit code: 0 done, 1 failed or a wrong answer, 2 usage.
 */

#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "children.h"
#include "clock.h"
#include "drive.h"
#include "figures.h"

#define EXIT_USAGE 2
#define CONNECTIONS_LIMIT 10000
#define SECONDS_LIMIT 86400
#define REQUESTS_LIMIT (UINT64_C(1) << 40)
#define RATE_LIMIT 10000000
#define CHILDREN_GRACE (2 * CLOCK_SECOND)

struct options {
	struct drive_settings drive;
	bool machine;
	bool memory;
};

static void
usage(void)
{
	fprintf(stderr,
	    "usage: bench-load [-mPR] [-c connections] [-e stderr-file] [-n "
	    "requests]\n"
	    "                  [-o answers-file] [-r rate-per-second] [-s "
	    "seed]\n"
	    "                  [-t seconds-limit] [-w new|repeat] [-x "
	    "expected-action]\n"
	    "                  unix:PATH | inet:HOST:PORT | -- COMMAND "
	    "[ARGUMENT ...]\n");
	exit(EXIT_USAGE);
}

static uint64_t
whole_number(int option, uint64_t minimum, uint64_t maximum)
{
	char *end;
	unsigned long long value = strtoull(optarg, &end, 10);

	if (*optarg < '0' || *optarg > '9' || *end != '\0' || value < minimum ||
	    value > maximum)
		errx(EXIT_USAGE,
		    "-%c wants a number from %" PRIu64 " to %" PRIu64 ": %s",
		    option, minimum, maximum, optarg);
	return value;
}

static double
positive_number(int option, double maximum)
{
	char *end;
	double value = strtod(optarg, &end);

	if (end == optarg || *end != '\0' || !(value > 0 && value <= maximum))
		errx(EXIT_USAGE, "-%c wants a number above 0, up to %.0f: %s",
		    option, maximum, optarg);
	return value;
}

static enum workload
workload(void)
{
	if (strcmp(optarg, "repeat") == 0)
		return WORKLOAD_REPEAT;
	if (strcmp(optarg, "new") != 0)
		errx(EXIT_USAGE, "-w wants new or repeat: %s", optarg);
	return WORKLOAD_NEW;
}

static FILE *
answers_file(void)
{
	FILE *file = fopen(optarg, "ae");

	if (file == NULL)
		err(1, "%s", optarg);
	return file;
}

/* Two runs one after the other have different seeds, so "new" is new. */
static uint64_t
default_seed(void)
{
	return (clock_now() / CLOCK_MICROSECOND ^ (uint64_t)getpid() << 16) %
	    REQUEST_SEED_LIMIT;
}

static void
set_drive_option(struct drive_settings *drive, int option)
{
	switch (option) {
	case 'c':
		drive->connections = whole_number(option, 1, CONNECTIONS_LIMIT);
		break;
	case 'e':
		drive->target.log_path = optarg;
		break;
	case 'n':
		drive->requests = whole_number(option, 0, REQUESTS_LIMIT);
		break;
	case 'o':
		drive->answers = answers_file();
		break;
	case 'r':
		drive->rate = positive_number(option, RATE_LIMIT);
		break;
	case 's':
		drive->seed = whole_number(option, 0, REQUEST_SEED_LIMIT - 1);
		break;
	case 't':
		drive->time_limit = (uint64_t)(positive_number(
						   option, SECONDS_LIMIT) *
		    (double)CLOCK_SECOND);
		break;
	case 'w':
		drive->workload = workload();
		break;
	case 'x':
		drive->expected = optarg;
		break;
	default:
		usage();
	}
}

static void
set_option(struct options *options, int option)
{
	switch (option) {
	case 'm':
		options->machine = true;
		break;
	case 'P':
		options->memory = true;
		break;
	case 'R':
		options->drive.restart = true;
		break;
	default:
		set_drive_option(&options->drive, option);
	}
}

static void
set_target(struct options *options, int count, char **arguments)
{
	struct target *target = &options->drive.target;
	const char *fault;

	if (count == 0)
		usage();
	if (strcmp(arguments[-1], "--") == 0) {
		target->command = arguments;
		return;
	}
	if (count != 1)
		usage();
	fault = target_parse(target, arguments[0]);
	if (fault != NULL)
		errx(EXIT_USAGE, "%s: %s", arguments[0], fault);
	if (target->log_path != NULL || options->memory)
		errx(EXIT_USAGE, "-e and -P are for commands only");
}

static double
microseconds(uint64_t nanoseconds)
{
	return (double)nanoseconds / (double)CLOCK_MICROSECOND;
}

static double
requests_per_second(const struct drive_result *result)
{
	if (result->window == 0)
		return 0;
	return (double)result->answer_times.count * (double)CLOCK_SECOND /
	    (double)result->window;
}

static void
report_for_machines(
    const struct options *options, const struct drive_result *result)
{
	const struct figures *times = &result->answer_times;
	const struct figures *first = &result->first_times;

	printf("%.0f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f",
	    requests_per_second(result),
	    microseconds(figures_quantile(times, 500)),
	    microseconds(figures_quantile(times, 990)),
	    microseconds(figures_quantile(times, 999)),
	    microseconds(figures_quantile(times, 1000)),
	    microseconds(figures_quantile(first, 500)),
	    microseconds(figures_minimum(first)));
	if (options->drive.restart)
		printf("\t%" PRIu64, result->died);
	printf("\n");
}

static void
report_for_people(
    const struct options *options, const struct drive_result *result)
{
	const struct figures *times = &result->answer_times;
	const struct figures *first = &result->first_times;

	printf("requests      %zu answered in %.3f s, %.0f a second\n",
	    times->count, (double)result->window / (double)CLOCK_SECOND,
	    requests_per_second(result));
	printf("answer time   p50 %.1f us, p99 %.1f us, p99.9 %.1f us, max "
	       "%.1f us\n",
	    microseconds(figures_quantile(times, 500)),
	    microseconds(figures_quantile(times, 990)),
	    microseconds(figures_quantile(times, 999)),
	    microseconds(figures_quantile(times, 1000)));
	printf(
	    "first answer  median %.1f us, min %.1f us, max %.1f us, of %zu\n",
	    microseconds(figures_quantile(first, 500)),
	    microseconds(figures_minimum(first)),
	    microseconds(figures_quantile(first, 1000)), first->count);
	if (options->drive.restart)
		printf("died          %" PRIu64 "\n", result->died);
}

static void
report_memory(const struct options *options)
{
	uint64_t sum;
	double mean;

	if (!children_memory(&sum))
		err(1, "can't read the memory of a child");
	mean = (double)sum / (double)children_count();
	if (options->machine)
		printf("%" PRIu64 "\t%.1f\n", sum, mean);
	else
		printf("memory        %" PRIu64
		       " KiB in all, %.1f KiB a process"
		       " (Pss without __db.*)\n",
		    sum, mean);
}

static void
close_answers(FILE *answers)
{
	if (answers == NULL)
		return;
	if (ferror(answers) || fclose(answers) == EOF)
		err(1, "can't write the answers file");
}

static void
end_children(void)
{
	size_t killed = children_end(CHILDREN_GRACE);

	if (killed > 0)
		warnx("%zu processes did not end by themselves and were killed",
		    killed);
}

static void
measure(const struct options *options)
{
	struct drive_result result = { 0 };
	struct drive *drive = drive_run(&options->drive, &result);

	if (drive == NULL) {
		close_answers(options->drive.answers);
		end_children();
		exit(1);
	}
	figures_sort(&result.answer_times);
	figures_sort(&result.first_times);
	if (options->machine)
		report_for_machines(options, &result);
	else
		report_for_people(options, &result);
	if (options->memory)
		report_memory(options);
	drive_close(drive);
	close_answers(options->drive.answers);
	end_children();
	figures_free(&result.answer_times);
	figures_free(&result.first_times);
}

int
main(int argc, char **argv)
{
	struct options options = { .drive = { .connections = 1,
				       .requests = 100000,
				       .time_limit = 60 * CLOCK_SECOND,
				       .workload = WORKLOAD_NEW,
				       .seed = default_seed(),
				       .expected = "" } };
	int option;

	while ((option = getopt(argc, argv, "+c:e:mn:o:PRr:s:t:w:x:")) != -1)
		set_option(&options, option);
	set_target(&options, argc - optind, argv + optind);
	measure(&options);
	if (fflush(stdout) == EOF || ferror(stdout))
		err(1, "standard output");
	return 0;
}
