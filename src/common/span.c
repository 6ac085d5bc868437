/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "span.h"

enum { MINUTE = SPAN_MINUTE, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
enum { YEAR = 365 * DAY };

size_t
span_format(int64_t span, int64_t seconds, bool rounded_up,
    char out[static SPAN_TEXT_MAX])
{
	static const struct {
		int64_t below;
		int64_t seconds;
		const char *name;
	} units[] = { { 0, 1, "s" }, { 99 * MINUTE, MINUTE, "min" },
		{ 2 * DAY, HOUR, "h" }, { 1000 * (int64_t)DAY, DAY, "d" },
		{ INT64_MAX, YEAR, "y" } };
	size_t i = 0;

	span = span < 0 ? 0 : span;
	if (span >= seconds)
		for (i = 1; span >= units[i].below; i++)
			;
	if (rounded_up)
		span += units[i].seconds - 1;
	return (size_t)snprintf(out, SPAN_TEXT_MAX, "%lld %s",
	    (long long)(span / units[i].seconds), units[i].name);
}
