/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "monotonic.h"
#include "progress.h"

enum { INTERVAL = 200 /* milliseconds */ };

void
progress_begin(struct progress *progress, const char *name,
    double (*fraction)(void *argument), void *argument)
{
	*progress = (struct progress){
		.name = name, .fraction = fraction, .argument = argument
	};
	progress->shown = isatty(STDERR_FILENO) == 1;
	progress->begun = monotonic_milliseconds();
	progress->next = progress->begun + INTERVAL;
}

/* "grey-load: 900 records, 300 a second [#####               ]  25 %, 9 s left"
 */
void
progress_show(struct progress *progress, unsigned long done)
{
	int64_t now, took;
	double fraction = -1;

	if (!progress->shown)
		return;
	now = monotonic_milliseconds();
	if (now < progress->next)
		return;
	progress->next = now + INTERVAL;
	took = now - progress->begun;
	if (progress->fraction != NULL)
		fraction = progress->fraction(progress->argument);
	fprintf(stderr, "\r%s: %lu records, %" PRId64 " a second",
	    progress->name, done, (int64_t)done * 1000 / took);
	if (fraction > 0 && fraction <= 1)
		fprintf(stderr, " [%-20.*s] %3d %%, %" PRId64 " s left",
		    (int)(fraction * 20), "####################",
		    (int)(fraction * 100),
		    (int64_t)((double)took * (1 - fraction) / fraction / 1000));
	fputs("\033[K", stderr);
}

void
progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
