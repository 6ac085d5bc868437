/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "common/text.h"
#include "shown.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

struct shown {
	char text[4 * SHOWN_WIDTH];
	size_t len;
	int width; /* in columns of a terminal */
};

/* The text is made printable, so that no character is of length 0. */
static void
show_text(struct shown *shown, const char *text)
{
	size_t fits = 0, n;
	int fits_width = 0, width;

	shown->len = text_printable(
	    bytes_of(text), shown->text, sizeof(shown->text));
	shown->width = 0;
	for (size_t i = 0; i < shown->len; i += n) {
		n = text_columns(
		    (struct bytes){ shown->text + i, shown->len - i }, &width);
		shown->width += width;
		if (shown->width <= SHOWN_WIDTH - 3) {
			fits = i + n;
			fits_width = shown->width;
		}
	}
	if (shown->width <= SHOWN_WIDTH)
		return;
	memcpy(shown->text + fits, "...", 3);
	shown->len = fits + 3;
	shown->width = fits_width + 3;
}

/* "1 h 2 min"; the second part is left out if it is 0. */
static void
parts(char *out, size_t room, int64_t count, int64_t unit, const char *name,
    int64_t small_unit, const char *small_name)
{
	int64_t rest = count % unit / small_unit;
	int len = snprintf(out, room, "%" PRId64 " %s", count / unit, name);

	if (rest > 0)
		snprintf(out + len, room - (size_t)len, " %" PRId64 " %s", rest,
		    small_name);
}

static void
show_seconds(struct shown *shown, double number)
{
	char text[64] = "-", *out = number < 0 ? text + 1 : text;
	double seconds = number < 0 ? -number : number;
	size_t room = sizeof(text) - 1;
	int64_t whole = (int64_t)(seconds + 0.5);

	if (seconds < 0.0005)
		snprintf(text, room, "0 s");
	else if (seconds < 0.0095)
		snprintf(out, room, "%.3f s", seconds);
	else if (seconds < 0.995)
		snprintf(out, room, "%.2f s", seconds);
	else if (seconds < 99.95)
		snprintf(out, room, "%.1f s", seconds);
	else if (whole < HOUR)
		parts(out, room, whole, MINUTE, "min", 1, "s");
	else if (whole < DAY - MINUTE / 2)
		parts(out, room, whole + MINUTE / 2, HOUR, "h", MINUTE, "min");
	else
		parts(out, room, whole + HOUR / 2, DAY, "d", HOUR, "h");
	show_text(shown, text);
}

static void
make_shown(struct shown *shown, struct cell cell)
{
	char text[64];

	switch (cell.kind) {
	case CELL_NOTHING:
		show_text(shown, "-");
		break;
	case CELL_COUNT:
		snprintf(text, sizeof(text), "%'" PRIu64, cell.count);
		show_text(shown, text);
		break;
	case CELL_SHARE:
		snprintf(text, sizeof(text), "%.1f %%", 100 * cell.number);
		show_text(shown, text);
		break;
	case CELL_SECONDS:
		show_seconds(shown, cell.number);
		break;
	case CELL_TEXT:
		show_text(shown, cell.text);
		break;
	}
}

int
shown_width(struct cell cell)
{
	struct shown shown;

	make_shown(&shown, cell);
	return shown.width;
}

static void
put_blanks(FILE *out, int count)
{
	fprintf(out, "%*s", count > 0 ? count : 0, "");
}

void
shown_put_left(FILE *out, struct cell cell, int width)
{
	struct shown shown;

	make_shown(&shown, cell);
	fwrite(shown.text, 1, shown.len, out);
	put_blanks(out, width - shown.width);
}

void
shown_put_right(FILE *out, struct cell cell, int width)
{
	struct shown shown;

	make_shown(&shown, cell);
	put_blanks(out, width - shown.width);
	fwrite(shown.text, 1, shown.len, out);
}
