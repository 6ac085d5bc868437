/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "num.h"

static char reason[128];

bool
num_decimal(struct bytes text, int64_t *number)
{
	int64_t n = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		n = n * 10 + (text.data[i] - '0');
		if (n > NUM_MAX)
			return false;
	}
	*number = n;
	return true;
}

const char *
num_parse(const char *text, struct num_range range, int64_t *number)
{
	int64_t n;

	if (!num_decimal(bytes_of(text), &n) || n < range.min ||
	    n > range.max) {
		snprintf(reason, sizeof(reason),
		    "must be a number from %" PRId64 " to %" PRId64, range.min,
		    range.max);
		return reason;
	}
	*number = n;
	return NULL;
}

static int64_t
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 604800;
	default:
		return 0;
	}
}

const char *
num_duration(
    const char *text, int64_t unit, struct num_range range, int64_t *seconds)
{
	struct bytes digits = bytes_of(text);
	int64_t n;

	if (digits.len > 1 &&
	    unit_seconds(bytes_lower(text[digits.len - 1])) != 0)
		unit = unit_seconds(bytes_lower(text[--digits.len]));
	if (!num_decimal(digits, &n))
		return "must be a number, with s, m, h, d or w behind it for "
		       "seconds, minutes, hours, days or weeks";
	if (n > NUM_MAX / unit || n * unit < range.min ||
	    n * unit > range.max) {
		snprintf(reason, sizeof(reason),
		    "must be from %" PRId64 "s to %" PRId64 "s", range.min,
		    range.max);
		return reason;
	}
	*seconds = n * unit;
	return NULL;
}

size_t
num_format(int64_t number, char out[static NUM_TEXT_MAX])
{
	char reversed[NUM_TEXT_MAX];
	size_t len = 0;

	do {
		reversed[len++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0 && len < sizeof(reversed));
	for (size_t i = 0; i < len; i++)
		out[i] = reversed[len - 1 - i];
	return len;
}
