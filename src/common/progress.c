/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <inttypes.h>
#include <unistd.h>

#include "monotonic.h"
#include "progress.h"

enum { INTERVAL = 200 };

void
progress_begin(struct progress *progress, const char *name, FILE *in)
{
	struct stat status;

	*progress = (struct progress){ .name = name, .in = in };
	progress->shown = isatty(STDERR_FILENO) == 1;
	progress->begun = monotonic_milliseconds();
	progress->next = progress->begun + INTERVAL;
	if (in != NULL && fstat(fileno(in), &status) == 0 &&
	    S_ISREG(status.st_mode))
		progress->size = status.st_size;
}

/* Seconds that are left, or -1. */
static int64_t
time_left(const struct progress *progress, int64_t now)
{
	int64_t at = progress->size > 0 ? (int64_t)ftello(progress->in) : 0;

	if (at <= 0 || at > progress->size)
		return -1;
	return (now - progress->begun) * (progress->size - at) / at / 1000;
}

void
progress_show(struct progress *progress, unsigned long done)
{
	int64_t now, left, took;

	if (!progress->shown)
		return;
	now = monotonic_milliseconds();
	if (now < progress->next)
		return;
	progress->next = now + INTERVAL;
	took = now - progress->begun;
	left = time_left(progress, now);
	fprintf(stderr, "\r%s: %lu records, %" PRId64 " a second",
	    progress->name, done, (int64_t)done * 1000 / took);
	if (left >= 0)
		fprintf(stderr, ", %" PRId64 " s left", left);
	fputs("\033[K", stderr);
}

void
progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
