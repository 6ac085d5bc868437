/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-usage: runs a command and writes what it took to a file, one line of
 * figures between tabs: microseconds from fork to end, microseconds of user
 * and system time, and the largest resident set in KiB. Its exit code is the
 * command's.
 */

#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

static int
wait_for(pid_t child, struct rusage *usage)
{
	int status;

	if (wait4(child, &status, 0, usage) == -1)
		err(1, "wait4");
	if (!WIFEXITED(status))
		errx(1, "ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

static uint64_t
microseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static void
write_figures(const char *path, uint64_t wall, const struct rusage *usage)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		err(1, "%s", path);
	fprintf(file, "%" PRIu64 "\t%" PRIu64 "\t%ld\n",
	    wall / CLOCK_MICROSECOND,
	    microseconds(usage->ru_utime) + microseconds(usage->ru_stime),
	    usage->ru_maxrss);
	if (ferror(file) || fclose(file) == EOF)
		err(1, "%s", path);
}

int
main(int argc, char **argv)
{
	struct rusage usage;
	uint64_t begun;
	pid_t child;
	int result;

	if (argc < 3) {
		fprintf(stderr,
		    "usage: bench-usage FIGURES-FILE COMMAND [ARGUMENT ...]\n");
		return 2;
	}
	begun = clock_now();
	child = fork();
	if (child == -1)
		err(1, "fork");
	if (child == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	result = wait_for(child, &usage);
	write_figures(argv[1], clock_now() - begun, &usage);
	return result;
}
