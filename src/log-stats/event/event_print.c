/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "common/text.h"
#include "event_print.h"
#include "remote.h"

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
