/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "common/text.h"
#include "readable.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

struct readable {
	char text[4 * READABLE_WIDTH];
	size_t len;
	int width; /* in columns of a terminal */
};

static void
show_text(struct readable *readable, const char *text)
{
	struct bytes whole = { readable->text, 0 };

	whole.len = text_printable(
	    bytes_of(text), readable->text, sizeof(readable->text));
	readable->len = text_fit(whole, INT_MAX, &readable->width);
	if (readable->width <= READABLE_WIDTH)
		return;
	readable->len = text_fit(whole, READABLE_WIDTH - 3, &readable->width);
	memcpy(readable->text + readable->len, "...", 3);
	readable->len += 3;
	readable->width += 3;
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
show_seconds(struct readable *readable, double number)
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
	show_text(readable, text);
}

static void
make_readable(struct readable *readable, struct cell cell)
{
	char text[64];

	show_text(readable, "-");
	switch (cell.kind) {
	case CELL_NOTHING:
		break;
	case CELL_COUNT:
		snprintf(text, sizeof(text), "%'" PRIu64, cell.count);
		show_text(readable, text);
		break;
	case CELL_SHARE:
		snprintf(text, sizeof(text), "%.1f %%", 100 * cell.number);
		show_text(readable, text);
		break;
	case CELL_SECONDS:
		show_seconds(readable, cell.number);
		break;
	case CELL_TEXT:
		show_text(readable, cell.text);
		break;
	}
}

int
readable_width(struct cell cell)
{
	struct readable readable;

	make_readable(&readable, cell);
	return readable.width;
}

static void
put_blanks(FILE *out, int count)
{
	fprintf(out, "%*s", count > 0 ? count : 0, "");
}

void
readable_put_left(FILE *out, struct cell cell, int width)
{
	struct readable readable;

	make_readable(&readable, cell);
	fwrite(readable.text, 1, readable.len, out);
	put_blanks(out, width - readable.width);
}

void
readable_put_right(FILE *out, struct cell cell, int width)
{
	struct readable readable;

	make_readable(&readable, cell);
	put_blanks(out, width - readable.width);
	fwrite(readable.text, 1, readable.len, out);
}
