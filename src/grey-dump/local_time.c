/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "local_time.h"

enum {
	QUARTER = 15 * 60, /* of an hour, in seconds */
	QUARTERS = 4096	   /* that are remembered: 42 days */
};

/* "2026-11-22 07:15:00", of which the last five characters get replaced. */
struct quarter {
	int64_t begins;
	int second; /* of its hour; -1: the clocks change in it */
	size_t len; /* 0: nothing is known yet */
	char text[WHEN_TEXT_MAX];
};

/* The second of the hour in "2026-11-22 07:15:00"; -1: another kind of text. */
static int
second_of(const char *text)
{
	size_t len = strlen(text);
	int minute, second;

	if (len < 19 || sscanf(text + len - 5, "%d:%d", &minute, &second) != 2)
		return -1;
	return minute * 60 + second;
}

static void
look_at_quarter(struct quarter *quarter, int64_t begins)
{
	char *text = quarter->text, last[WHEN_TEXT_MAX];

	when_format(begins, text);
	when_format(begins + QUARTER - 1, last);
	quarter->begins = begins;
	quarter->len = strlen(text);
	quarter->second = second_of(text);
	if (quarter->len != strlen(last) ||
	    second_of(last) != quarter->second + QUARTER - 1 ||
	    memcmp(text, last, quarter->len - 5) != 0)
		quarter->second = -1;
}

/* Asks the C library only for the first and last second of each quarter of an
 * hour. */
void
local_time_format(int64_t time, char out[static WHEN_TEXT_MAX])
{
	static struct quarter quarters[QUARTERS];
	struct quarter *quarter = &quarters[time / QUARTER % QUARTERS];
	int second = (int)(time % QUARTER);
	char *end;

	if (quarter->len == 0 || quarter->begins != time - second)
		look_at_quarter(quarter, time - second);
	if (quarter->second == -1) {
		when_format(time, out);
		return;
	}
	memcpy(out, quarter->text, quarter->len + 1);
	end = out + quarter->len;
	second += quarter->second;
	end[-5] = (char)('0' + second / 600);
	end[-4] = (char)('0' + second / 60 % 10);
	end[-2] = (char)('0' + second % 60 / 10);
	end[-1] = (char)('0' + second % 10);
}
