/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/text.h"
#include "lines.h"
#include "log-stats/entry/journal.h"
#include "log-stats/entry/prefix.h"
#include "log-stats/entry/repeats.h"
#include "log-stats/event/event_print.h"
#include "log-stats/event/event_read.h"
#include "log-stats/tables/memory.h"

enum { SHOWN_MAX = 1000, REPEATS_MAX = 10000 };

struct lines {
	struct tally *tally;
	struct requests *requests; /* NULL: they are not wanted */
	const struct settings *settings;
	const volatile sig_atomic_t *stop;
	struct journal *journal;
	struct repeats *repeats;
	const char *name; /* of the input */
	uint64_t number;  /* of the line */
	struct foreign foreign;
	struct bytes line; /* the whole; empty for a journal's entry */
};

struct lines *
lines_new(struct tally *tally, struct requests *requests,
    const struct settings *settings, const volatile sig_atomic_t *stop)
{
	struct lines *lines = memory_new(1, sizeof(*lines));

	lines->tally = tally;
	lines->requests = requests;
	lines->settings = settings;
	lines->stop = stop;
	lines->journal = journal_new();
	lines->repeats = repeats_new();
	return lines;
}

void
lines_free(struct lines *lines)
{
	journal_free(lines->journal);
	repeats_free(lines->repeats);
	free(lines);
}

const struct foreign *
lines_foreign(const struct lines *lines)
{
	return &lines->foreign;
}

static void
show(const struct lines *lines, const char *class, struct bytes text)
{
	char shown[SHOWN_MAX];

	fprintf(stderr, "log-stats: %s:%" PRIu64 ": %s: %.*s\n", lines->name,
	    lines->number, class,
	    (int)text_printable(text, shown, sizeof(shown)), shown);
}

static void
show_unknown(const struct lines *lines, struct bytes text)
{
	if (lines->settings->unknown != NULL)
		show(lines, "unknown", text);
}

/* Of another program, or a remark of journalctl's. */
static void
show_foreign(const struct lines *lines, struct bytes text)
{
	if (lines->settings->unknown != NULL &&
	    *lines->settings->unknown != '\0')
		show(lines, "foreign", text);
}

static bool
is_wanted(const struct settings *settings, const struct entry *entry)
{
	/* Of a message that came in before --until, later lines tell more. */
	if ((entry->time < settings->since_time ||
		entry->time >= settings->until_time) &&
	    entry->time != ENTRY_NO_TIME && !settings->requests)
		return false;
	return settings->instance == NULL ||
	    entry->writer->daemon >= DAEMON_GREY ||
	    bytes_equal(entry->writer->instance, bytes_of(settings->instance));
}

static inline void
count_event(
    struct lines *lines, const struct entry *entry, const struct event *event)
{
	if (lines->settings->events)
		event_print(entry, event);
	if (lines->requests != NULL)
		requests_event(lines->requests, entry, event);
	else
		tally_event(lines->tally, entry, event);
}

/* What was repeated stands in the line itself, or is the host's last entry. */
static bool
find_repeated(struct lines *lines, const struct entry *entry,
    const struct event *repeat, struct entry *repeated)
{
	enum repeats_result result;

	*repeated = *entry;
	repeated->text = repeat->text;
	if (repeat->text.len > 0)
		return true;
	result = repeats_find(lines->repeats, entry->writer, repeated);
	if (result == REPEATS_LOST)
		lines->tally->coverage.repeats_dropped += repeat->repeats;
	return result == REPEATS_FOUND;
}

static void
count_repeated(
    struct lines *lines, const struct entry *entry, const struct event *repeat)
{
	struct entry repeated;
	struct event event;
	unsigned times = repeat->repeats < REPEATS_MAX ? repeat->repeats :
							 REPEATS_MAX;

	if (!find_repeated(lines, entry, repeat, &repeated))
		return;
	event_read(&repeated, &event);
	if (event.class == EVENT_META_REPEAT)
		return;
	if (lines->requests == NULL && !lines->settings->events)
		tally_repeated(lines->tally, &repeated, &event, times);
	else
		for (unsigned i = 0; i < times; i++)
			count_event(lines, &repeated, &event);
	lines->tally->coverage.repeated += times;
	lines->tally->coverage.repeats_dropped += repeat->repeats - times;
}

static void
note_foreign(
    struct lines *lines, const struct entry *entry, enum event_class class)
{
	struct bytes line = lines->line.len > 0 ? lines->line : entry->text;

	foreign_note(&lines->foreign, entry, line);
	if (class == EVENT_UNKNOWN)
		show_unknown(lines, entry->text);
	else
		show_foreign(lines, line);
}

static void
pass_over(struct lines *lines, const struct entry *entry)
{
	const enum daemon daemon = entry->writer->daemon;

	lines->tally->coverage.skipped++;
	lines->tally->coverage.skipped_of_postfix += daemon != DAEMON_FOREIGN &&
	    daemon != DAEMON_FILTER;
	repeats_forget(lines->repeats, entry->writer);
}

static inline void
count_entry(struct lines *lines, const struct entry *entry)
{
	struct event event;

	if (!is_wanted(lines->settings, entry)) {
		pass_over(lines, entry);
		return;
	}
	event_read(entry, &event);
	tally_line(lines->tally, entry, &event);
	if (lines->settings->unit == UNIT_LINE)
		tally_grep(lines->tally, entry, lines->line);
	count_event(lines, entry, &event);
	if (event.class == EVENT_META_REPEAT)
		count_repeated(lines, entry, &event);
	else
		repeats_remember(lines->repeats, entry);
	if (event.class == EVENT_UNKNOWN || event.class == EVENT_FOREIGN)
		note_foreign(lines, entry, event.class);
}

static void
count_unreadable(struct lines *lines, struct bytes line, bool is_too_long)
{
	tally_unreadable(lines->tally, is_too_long);
	if (lines->settings->events)
		event_print(NULL,
		    &(struct event){ .class = EVENT_UNKNOWN, .text = line });
	foreign_note(&lines->foreign, NULL, line);
	show_unknown(lines, line);
}

static void
count_journal(struct lines *lines, enum journal_result result,
    const struct entry *entry, struct bytes line)
{
	lines->line.len = 0;
	if (result == JOURNAL_ENTRY) {
		count_entry(lines, entry);
		/* The next entry is read into the same memory. */
		repeats_keep(lines->repeats);
	} else if (result == JOURNAL_NONE)
		count_unreadable(lines, line, false);
	else if (result == JOURNAL_BROKEN)
		count_unreadable(lines, (struct bytes){ "", 0 }, false);
}

/* For an entry of a journal that ends without the blank line after it. */
static void
end_journal(struct lines *lines)
{
	struct entry entry;
	enum journal_result result = journal_end_export(lines->journal, &entry);

	count_journal(lines, result, &entry, (struct bytes){ "", 0 });
}

/* False: the line is not part of a journal. */
static bool
read_journal(struct lines *lines, struct source *source, struct bytes line)
{
	struct journal *journal = lines->journal;
	struct entry entry = { 0 };
	enum journal_result result = JOURNAL_NOT;

	if (journal_is_within(journal) || journal_is_export(line)) {
		result = journal_read_export(journal, source, line, &entry);
		if (result == JOURNAL_NOT)
			end_journal(lines);
	}
	if (result == JOURNAL_NOT && journal_is_json(line))
		result = journal_read_json(journal, line, &entry) ?
		    JOURNAL_ENTRY :
		    JOURNAL_NONE;
	count_journal(lines, result, &entry, line);
	return result != JOURNAL_NOT;
}

/*
 * Most lines can't be of a journal, as their first byte shows. One that only
 * looks like it is read as a line of syslog after all.
 */
static bool
may_be_journal(const struct lines *lines, struct bytes line)
{
	char first = line.len > 0 ? *line.data : '\0';

	return first == '_' || first == '{' || first == 'd' || first == 0x1e ||
	    journal_is_within(lines->journal);
}

static void
read_line(struct lines *lines, struct source *source, struct stamp_clock *clock,
    struct bytes line)
{
	struct entry entry;

	/* Some logs have been on a system where lines end with CR LF. */
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	if (may_be_journal(lines, line) && read_journal(lines, source, line))
		return;
	lines->line = line;
	switch (prefix_read(clock, line, &entry)) {
	case PREFIX_OK:
		count_entry(lines, &entry);
		break;
	case PREFIX_SKIP:
		tally_no_entry(lines->tally);
		if (bytes_trim(line).len > 0)
			show_foreign(lines, line);
		break;
	case PREFIX_NONE:
		count_unreadable(lines, line, false);
		break;
	}
}

static void
keep_repeats(void *lines)
{
	repeats_keep(((struct lines *)lines)->repeats);
}

bool
lines_read(struct lines *lines, struct source *source,
    struct stamp_clock *clock, const char *name)
{
	enum source_result result = SOURCE_END;
	struct bytes line;
	bool cut;

	lines->name = name;
	lines->number = 0;
	source_on_forget(source, keep_repeats, lines);
	while (!*lines->stop &&
	    (result = source_line(source, &line, &cut)) <= SOURCE_LONG) {
		lines->number++;
		if (result == SOURCE_LONG)
			count_unreadable(lines, line, true);
		else
			read_line(lines, source, clock, line);
	}
	if (journal_is_within(lines->journal))
		end_journal(lines);
	keep_repeats(lines);
	return result != SOURCE_FAILED;
}
