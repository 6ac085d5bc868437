/* SPDX-License-Identifier: BSD-2-Clause */
#include "event.h"

#define EVENT_NAME(name, text, part) text,
const char *const event_class_names[EVENT_CLASS_COUNT] = { EVENT_CLASSES(
    EVENT_NAME) };
#define EVENT_PART(name, text, part) EVENT_OF_##part,
const enum event_part event_parts[EVENT_CLASS_COUNT] = { EVENT_CLASSES(
    EVENT_PART) };

static bool
holds(struct bytes line, const char *text)
{
	return memmem(line.data, line.len, text, strlen(text)) != NULL;
}

static bool
is_line_of(const struct entry *entry, struct bytes line, const char *program,
    const char *text)
{
	const char *found;

	if (line.len == 0)
		return bytes_equal(entry->writer->program, bytes_of(program)) &&
		    holds(entry->text, text);
	found = memmem(line.data, line.len, program, strlen(program));
	return found != NULL &&
	    holds(bytes_from(line, (size_t)(found - line.data)), text);
}

struct event_grep
event_grep(const struct entry *entry, struct bytes line)
{
	return (struct event_grep){
		.is_postscreen = is_line_of(
		    entry, line, "postscreen", "NOQUEUE: reject"),
		.is_smtpd = is_line_of(
		    entry, line, "smtpd", "NOQUEUE: reject:"),
		.is_delivered = holds(
		    line.len > 0 ? line : entry->text, "status=sent"),
	};
}
