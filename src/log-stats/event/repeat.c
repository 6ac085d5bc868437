/* SPDX-License-Identifier: BSD-2-Clause */
#include "parse.h"
#include "repeat.h"

/* "3 times" or "1 time", as often; 0: it says something else. */
static unsigned
read_times(struct bytes *text)
{
	enum { MANY = 1000000 };
	unsigned count = 0;

	if (SKIP(text, "twice"))
		return 2;
	for (; text->len > 0 && bytes_is_digit(*text->data);
	     *text = bytes_from(*text, 1))
		if (count < MANY)
			count = count * 10 + (unsigned)(*text->data - '0');
	return SKIP(text, " times") || SKIP(text, " time") ? count : 0;
}

/* rsyslog's "message repeated 3 times: [ text]" */
static bool
read_repeat_of_line(struct bytes text, struct event *event)
{
	event->repeats = read_times(&text);
	if (event->repeats == 0 || !SKIP(&text, ": [ ") || text.len == 0 ||
	    text.data[text.len - 1] != ']')
		return false;
	event->text = (struct bytes){ text.data, text.len - 1 };
	return true;
}

/* syslog-ng's "Last message 'its first words' repeated 3 times, suppressed by
 * syslog-ng on mx1": a line of the program that wrote the last. */
static bool
read_suppressed(struct bytes text, struct event *event)
{
	const char *end = parse_find_last(
	    text, " times, suppressed by syslog-ng on ");

	if (end == NULL || !parse_after(&text, "' repeated "))
		return false;
	event->repeats = read_times(&text);
	event->text.len = 0;
	return event->repeats > 0;
}

bool
repeat_read(const struct entry *entry, struct event *event)
{
	struct bytes text = entry->text;

	if (SKIP(&text, "message repeated "))
		return read_repeat_of_line(text, event);
	if (SKIP(&text, "Last message '"))
		return read_suppressed(text, event);
	if (entry->writer->program.len > 0 ||
	    (!SKIP(&text, "last message repeated ") &&
		!SKIP(&text, "--- last message repeated ") &&
		!SKIP(&text, "- Last output repeated ")))
		return false;
	event->repeats = read_times(&text);
	event->text.len = 0;
	return event->repeats > 0;
}
