/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/progress.h"
#include "unit.h"

static const char *
text_of(double fraction, double left, int width)
{
	static char text[PROGRESS_TEXT_MAX + 1];
	struct progress progress = { .name = "grey-load", .left = left };

	text[progress_text(
	    &progress, 1234567, 4000, fraction, width, text)] = '\0';
	return text;
}

static void
lines(void)
{
	static const struct {
		double fraction;
		double left;
		int width;
		const char *text;
	} rows[] = {
		{ 0.25, 9000, 80,
		    "grey-load: 1234567 records, 308641 a second "
		    "[####             ]  25 %, 9 s left" },
		{ 0.25, 9000, 100,
		    "grey-load: 1234567 records, 308641 a second "
		    "[#####               ]  25 %, 9 s left" },
		{ 1, 0, 100,
		    "grey-load: 1234567 records, 308641 a second "
		    "[####################] 100 %, 0 s left" },
		{ 0.25, -1, 100,
		    "grey-load: 1234567 records, 308641 a second "
		    "[#####               ]  25 %" },
		{ -1, 9000, 100,
		    "grey-load: 1234567 records, 308641 a second" },
		{ 0, 9000, 100, "grey-load: 1234567 records, 308641 a second" },
		{ 0.25, 9000, 60,
		    "grey-load: 1234567 records, 308641 a second  25 %, "
		    "9 s left" },
		{ 0.25, 9000, 50,
		    "grey-load: 1234567 records  25 %, 9 s left" },
		{ 0.25, 99000, 50,
		    "grey-load: 1234567 records  25 %, 99 s left" },
		{ 0.25, 100000, 50,
		    "grey-load: 1234567 records  25 %, 2 min left" },
		{ 0.25, 3345000, 50,
		    "grey-load: 1234567 records  25 %, 56 min left" },
		{ 0.25, 7200000, 50,
		    "grey-load: 1234567 records  25 %, 2 h left" },
		{ 0.25, 9000, 20, "grey-load: 1234567 " },
		{ 0.25, 9000, 1, "" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		CHECK_TEXT(
		    text_of(rows[i].fraction, rows[i].left, rows[i].width),
		    rows[i].text);
	}
}

static void
widths(void)
{
	char about[32];

	for (int width = 1; width < 300; width++) {
		snprintf(about, sizeof(about), "%d columns", width);
		unit_about(about);
		CHECK(strlen(text_of(0.5, 3600000, width)) < (size_t)width);
	}
}

/* Beginning at 0; the estimate of the last of these, or below 0. */
static double
estimate(const double *fractions, size_t count, int64_t step)
{
	struct progress progress = { .left = -1 };

	for (size_t i = 0; i < count; i++)
		progress_estimate(
		    &progress, ((int64_t)i + 1) * step, fractions[i]);
	return progress.left;
}

static void
too_early(void)
{
	static const double first[] = { 0.0003, 0.2, 0.4 },
			    slow[] = { 0.001, 0.002, 0.019 },
			    unknown[] = { -1, -1, -1, -1 };

	CHECK(estimate(first, 3, 900) < 0);
	CHECK(estimate(slow, 3, 60000) < 0);
	CHECK(estimate(unknown, 4, 60000) < 0);
	CHECK(estimate(first, 3, 1000) >= 0);
}

static void
even_pace(void)
{
	double fractions[100], left;

	for (size_t i = 0; i < ROWS(fractions); i++)
		fractions[i] = (double)(i + 1) / 200;
	left = estimate(fractions, ROWS(fractions), 200);
	CHECK(left > 19900 && left < 20100);
}

/* Half a second of a jump that says a hundred times as much moves it little. */
static void
jump(void)
{
	double fractions[103], left;

	for (size_t i = 0; i < 100; i++)
		fractions[i] = (double)(i + 1) / 200;
	fractions[100] = fractions[101] = 0.02;
	fractions[102] = 0.52;
	left = estimate(fractions, 102, 200);
	CHECK(left < 20000 + 0.4 * 1000000);
	CHECK(estimate(fractions, 103, 200) < left);
}

const struct unit_test unit_progress[] = {
	{ "the line of a progress says how far, how fast and how long still, "
	  "in units that fit",
	    lines },
	{ "the line of a progress is narrower than any terminal", widths },
	{ "there is no estimate until there is something to make it of",
	    too_early },
	{ "at an even pace the estimate is right", even_pace },
	{ "a jump moves the estimate only in part", jump },
	{ NULL, NULL },
};
