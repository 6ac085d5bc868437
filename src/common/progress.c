/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/ioctl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "monotonic.h"
#include "progress.h"

enum {
	INTERVAL = 200,	       /* milliseconds */
	ESTIMATE_AFTER = 3000, /* milliseconds */
	WIDTH_IF_UNKNOWN = 80,
	BAR = 20,
	BAR_MIN = 5
};

static const double estimate_from = 0.02, follows = 0.2;

void
progress_begin(struct progress *progress, const char *name,
    double (*fraction)(void *argument), void *argument)
{
	*progress = (struct progress){ .name = name,
		.fraction = fraction,
		.argument = argument,
		.left = -1 };
	progress->shown = isatty(STDERR_FILENO) == 1;
	progress->begun = monotonic_milliseconds();
	progress->next = progress->begun + INTERVAL;
}

void
progress_estimate(struct progress *progress, int64_t now, double fraction)
{
	double took = (double)(now - progress->begun), by_pace;
	double last = progress->left - (double)(now - progress->estimated);

	if (took < ESTIMATE_AFTER || fraction < estimate_from || fraction > 1)
		return;
	by_pace = took * (1 - fraction) / fraction;
	if (progress->left < 0)
		progress->left = by_pace;
	else
		progress->left = last + (by_pace - last) * follows;
	if (progress->left < 0)
		progress->left = 0;
	progress->estimated = now;
}

/* ", 9 s left", ", 12 min left"; nothing where there is no estimate. */
static void
write_left(double milliseconds, char *out, size_t room)
{
	int64_t seconds = (int64_t)(milliseconds / 1000 + 0.5);

	if (milliseconds < 0)
		*out = '\0';
	else if (seconds < 100)
		snprintf(out, room, ", %" PRId64 " s left", seconds);
	else if (seconds < 100 * 60)
		snprintf(
		    out, room, ", %" PRId64 " min left", (seconds + 30) / 60);
	else
		snprintf(
		    out, room, ", %" PRId64 " h left", (seconds + 1800) / 3600);
}

/* " [#####               ]", in at most so many columns. */
static void
write_bar(double fraction, int columns, char *out, size_t room)
{
	int bar = columns - 3 < BAR ? columns - 3 : BAR;

	if (bar < BAR_MIN)
		*out = '\0';
	else
		snprintf(out, room, " [%-*.*s]", bar, (int)(fraction * bar),
		    "####################");
}

/* "grey-load: 900 records, 300 a second [#####               ]  25 %, 9 s left"
 */
size_t
progress_text(const struct progress *progress, unsigned long done, int64_t took,
    double fraction, int width, char out[static PROGRESS_TEXT_MAX])
{
	char rate[48], bar[48] = "", percent[16] = "", left[48] = "";
	bool known = fraction > 0 && fraction <= 1;
	int room = width < PROGRESS_TEXT_MAX ? width - 1 :
					       PROGRESS_TEXT_MAX - 1;
	int fixed = (int)strlen(progress->name) +
	    snprintf(NULL, 0, ": %lu records", done);
	int len;

	snprintf(rate, sizeof(rate), ", %" PRId64 " a second",
	    (int64_t)done * 1000 / took);
	if (known) {
		snprintf(
		    percent, sizeof(percent), " %3d %%", (int)(fraction * 100));
		write_left(progress->left, left, sizeof(left));
	}
	fixed += (int)(strlen(percent) + strlen(left));
	if (fixed + (int)strlen(rate) > room)
		*rate = '\0';
	else if (known)
		write_bar(fraction, room - fixed - (int)strlen(rate), bar,
		    sizeof(bar));
	len = snprintf(out, PROGRESS_TEXT_MAX, "%s: %lu records%s%s%s%s",
	    progress->name, done, rate, bar, percent, left);
	if (len > room)
		len = room > 0 ? room : 0;
	return (size_t)len;
}

static int
terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return WIDTH_IF_UNKNOWN;
}

void
progress_show(struct progress *progress, unsigned long done)
{
	char text[PROGRESS_TEXT_MAX];
	double fraction = -1;
	int64_t now;
	size_t len;

	if (!progress->shown)
		return;
	now = monotonic_milliseconds();
	if (now < progress->next)
		return;
	progress->next = now + INTERVAL;
	if (progress->fraction != NULL)
		fraction = progress->fraction(progress->argument);
	progress_estimate(progress, now, fraction);
	len = progress_text(progress, done, now - progress->begun, fraction,
	    terminal_width(), text);
	fprintf(stderr, "\r%.*s\033[K", (int)len, text);
}

void
progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
