/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "common/text.h"
#include "event.h"
#include "remote.h"

#define EVENT_NAME(name, text, part) text,
const char *const event_class_names[EVENT_CLASS_COUNT] = { EVENT_CLASSES(
    EVENT_NAME) };
#define EVENT_PART(name, text, part) EVENT_OF_##part,
const enum event_part event_parts[EVENT_CLASS_COUNT] = { EVENT_CLASSES(
    EVENT_PART) };

/* A tab and the text, in pieces: a line may be long. */
static void
put_field(struct bytes text)
{
	enum { PIECE = 512 };
	char escaped[4 * PIECE] = { 0 };

	putchar('\t');
	while (text.len > 0) {
		struct bytes piece = { text.data,
			text.len < PIECE ? text.len : PIECE };

		/* No UTF-8 character is split. */
		while (piece.len < text.len && piece.len > PIECE - 4 &&
		    ((unsigned char)text.data[piece.len] & 0xc0) == 0x80)
			piece.len--;
		fwrite(escaped, 1, text_escape(piece, escaped), stdout);
		text = bytes_from(text, piece.len);
	}
}

static void
put_entry(const struct entry *entry)
{
	const struct writer *writer = entry->writer;

	if (entry->time != ENTRY_NO_TIME) {
		printf("%" PRId64, entry->time / MICROSECONDS);
		if (entry->time % MICROSECONDS != 0)
			printf(".%06" PRId64, entry->time % MICROSECONDS);
	}
	put_field(writer->host);
	put_field(writer->instance);
	put_field(writer->service);
	put_field(writer->program);
	putchar('\t');
	if (entry->pid != 0)
		printf("%" PRIu64, entry->pid);
}

void
event_print(const struct entry *entry, const struct event *event)
{
	if (entry != NULL)
		put_entry(entry);
	else
		fputs("\t\t\t\t\t", stdout);
	printf("\t%s", event_class_names[event->class]);
	put_field(event->no_queue_id ? bytes_of("NOQUEUE") : event->queue_id);
	put_field(event->client_address);
	put_field(event->sender);
	put_field(event->recipient);
	putchar('\t');
	if (event->code != 0)
		printf("%u", event->code);
	put_field(event->enhanced);
	put_field(entry != NULL ? entry->text : event->text);
	put_field(remote_code(event));
	put_field(remote_name(entry, event));
	putchar('\n');
}

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
