/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "grey-dump/put.h"
#include "say.h"

void
say(const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	put_text(text);
}

struct say_time
say_time(int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char name;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	struct say_time time;
	size_t i = 0;

	while (seconds == 0 ? units[i].seconds > 1 :
			      seconds % units[i].seconds != 0)
		i++;
	snprintf(time.text, sizeof(time.text), "%" PRId64 "%c",
	    seconds / units[i].seconds, units[i].name);
	return time;
}

const char *
say_s(int64_t count)
{
	return count == 1 ? "" : "s";
}

double
say_share(int64_t part, int64_t all)
{
	return all == 0 ? 0 : 100.0 * (double)part / (double)all;
}

const char *
say_comma(size_t index)
{
	return index == 0 ? "" : ",";
}
