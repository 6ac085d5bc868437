/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "num.h"

bool
num_decimal(struct bytes text, int64_t *number)
{
	int64_t n = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';

		if (digit > 9 || n > NUM_MAX / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}

bool
num_parse(const char *text, struct num_range range, int64_t *number,
    char reason[static NUM_REASON_MAX])
{
	int64_t n;

	if (!num_decimal(bytes_of(text), &n) || n < range.min ||
	    n > range.max) {
		snprintf(reason, NUM_REASON_MAX,
		    "must be a number from %" PRId64 " to %" PRId64, range.min,
		    range.max);
		return false;
	}
	*number = n;
	return true;
}

/* 0: it is not a unit. */
static int64_t
unit_seconds(char unit)
{
	static const char units[] = "smhdw";
	static const int64_t seconds[] = { 1, 60, 3600, 86400, 604800 };
	const char *at = unit == '\0' ? NULL : strchr(units, bytes_lower(unit));

	return at == NULL ? 0 : seconds[at - units];
}

bool
num_duration(const char *text, int64_t unit, struct num_range range,
    int64_t *seconds, char reason[static NUM_REASON_MAX])
{
	struct bytes digits = bytes_of(text);
	int64_t n;

	if (digits.len > 1 && unit_seconds(text[digits.len - 1]) != 0)
		unit = unit_seconds(text[--digits.len]);
	if (!num_decimal(digits, &n)) {
		snprintf(reason, NUM_REASON_MAX,
		    "must be a number, followed by s, m, h, d or w for "
		    "seconds, minutes, hours, days or weeks");
		return false;
	}
	if (n > NUM_MAX / unit || n * unit < range.min ||
	    n * unit > range.max) {
		snprintf(reason, NUM_REASON_MAX,
		    "must be from %" PRId64 "s to %" PRId64 "s", range.min,
		    range.max);
		return false;
	}
	*seconds = n * unit;
	return true;
}

bool
num_size(const char *text, struct num_range range, int64_t *bytes,
    char reason[static NUM_REASON_MAX])
{
	static const char units[] = "kmgt";
	struct bytes digits = bytes_of(text);
	const char *at = digits.len < 2 ?
	    NULL :
	    strchr(units, bytes_lower(text[digits.len - 1]));
	int64_t unit = at == NULL ? 1 : INT64_C(1024) << 10 * (at - units);
	int64_t n;

	digits.len -= at != NULL;
	if (!num_decimal(digits, &n)) {
		snprintf(reason, NUM_REASON_MAX,
		    "must be a number of bytes, followed by K, M, G or T for "
		    "so many of 1024");
		return false;
	}
	if (n > NUM_MAX / unit || n * unit < range.min ||
	    n * unit > range.max) {
		snprintf(reason, NUM_REASON_MAX,
		    "must be from %" PRId64 "M to %" PRId64 "M",
		    range.min >> 20, range.max >> 20);
		return false;
	}
	*bytes = n * unit;
	return true;
}

size_t
num_format(int64_t number, char out[static NUM_TEXT_MAX])
{
	uint64_t rest = (uint64_t)number;
	size_t len = 1;

	for (uint64_t limit = 10; rest >= limit && len < NUM_TEXT_MAX; len++)
		limit *= 10;
	for (size_t at = len; at-- > 0; rest /= 10)
		out[at] = (char)('0' + rest % 10);
	return len;
}
