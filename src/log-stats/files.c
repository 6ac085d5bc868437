/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "files.h"
#include "log-stats/entry/entry.h"
#include "log-stats/entry/journal.h"
#include "log-stats/entry/prefix.h"
#include "log-stats/tables/memory.h"
#include "log-stats/input/source.h"

enum {
	DAY = 86400,
	SAMPLES = 512, /* places of a file at which its stamps are read */
	SAMPLE_BYTES = 8192,
	LINES_TRIED = 1000 /* for the first stamp */
};

struct sampling {
	int64_t limit;
	int64_t last; /* stamp_in_year(); -1: none yet */
	int new_years;
	int last_year;
};

static void
sample_line(struct sampling *sampling, struct bytes line)
{
	int64_t in_year = stamp_in_year(line);

	if (in_year < 0)
		return;
	if (sampling->last >= 0 && stamp_new_year(sampling->last, in_year))
		sampling->new_years++;
	else if (sampling->last >= 0 && stamp_old_year(sampling->last, in_year))
		sampling->new_years--;
	sampling->last = in_year;
	sampling->last_year = stamp_latest_year(sampling->limit, line);
}

/* Looks at the first whole line of a block, and at the end of a file at all. */
static void
sample(
    struct sampling *sampling, struct bytes block, bool is_begin, bool is_end)
{
	const char *line = block.data, *newline;

	if (!is_begin) {
		line = memchr(block.data, '\n', block.len);
		if (line == NULL)
			return;
		line++;
	}
	do {
		size_t left = (size_t)(block.data + block.len - line);

		sample_line(sampling, (struct bytes){ line, left });
		newline = memchr(line, '\n', left);
		line = newline == NULL ? NULL : newline + 1;
	} while (is_end && line != NULL && line < block.data + block.len);
}

/* The year of the first stamp; 0: the stamps of this file have a year. */
static int
year_of_first(const char *name, int64_t changed)
{
	char block[SAMPLE_BYTES];
	struct sampling sampling = { changed + DAY, -1, 0, 0 };
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	off_t size = fd == -1 ? 0 : lseek(fd, 0, SEEK_END);
	off_t step = size / SAMPLES > 0 ? size / SAMPLES : 1;
	off_t tail = size > SAMPLE_BYTES ? size - SAMPLE_BYTES : 0;

	for (off_t at = 0; at < tail; at += step) {
		ssize_t got = pread(fd, block, SAMPLE_BYTES / 8, at);

		if (got > 0)
			sample(&sampling, (struct bytes){ block, (size_t)got },
			    at == 0, false);
	}
	if (fd != -1) {
		ssize_t got = pread(fd, block, sizeof(block), tail);

		if (got > 0)
			sample(&sampling, (struct bytes){ block, (size_t)got },
			    tail == 0, true);
		close(fd);
	}
	return sampling.last < 0 ? 0 : sampling.last_year - sampling.new_years;
}

static bool
time_of_line(struct stamp_clock *clock, struct journal *journal,
    struct source *source, struct bytes line, int64_t *time)
{
	struct entry entry = { .time = ENTRY_NO_TIME };

	if (journal_is_json(line))
		journal_read_json(journal, line, &entry);
	else if (journal_is_within(journal) || journal_is_export(line))
		journal_read_export(journal, source, line, &entry);
	else
		prefix_read(clock, line, &entry);
	*time = entry.time;
	return entry.time != ENTRY_NO_TIME;
}

static int64_t
find_first_time(struct source *source, struct stamp_clock clock)
{
	struct journal *journal = journal_new();
	int64_t time = ENTRY_NO_TIME;
	struct bytes line;
	bool cut;

	for (int i = 0; i < LINES_TRIED &&
	     source_line(source, &line, &cut) <= SOURCE_LONG &&
	     !time_of_line(&clock, journal, source, line, &time);
	     i++)
		;
	journal_free(journal);
	return time == ENTRY_NO_TIME ? INT64_MAX : time;
}

/* It may be a file: then it is opened once more, so that its offset stays. */
static void
look_into_standard_input(struct input_file *file)
{
	struct stat status;

	if (fstat(STDIN_FILENO, &status) == -1 || !S_ISREG(status.st_mode))
		return;
	file->clock.limit = status.st_mtime + DAY;
	file->clock.year = year_of_first("/dev/stdin", status.st_mtime);
}

/* A file that can't be opened is reported when its turn comes. */
static void
look_into(struct input_file *file, bool for_order)
{
	const char *why;
	struct source *source;
	struct stat status;

	if (strcmp(file->name, "-") == 0) {
		look_into_standard_input(file);
		return;
	}
	/* A pipe could not be read twice. */
	if (stat(file->name, &status) == -1 || !S_ISREG(status.st_mode) ||
	    (source = source_open(file->name, NULL, NULL, &why)) == NULL)
		return;
	file->clock.limit = source_changed(source) + DAY;
	if (source_is_plain_file(source))
		file->clock.year = year_of_first(
		    file->name, source_changed(source));
	if (for_order)
		file->first_time = find_first_time(source, file->clock);
	source_close(source);
}

/* Files of the same time, and those without one, stay in the order of the
 * command line. */
static void
sort(struct input_file *files, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct input_file file = files[i];
		size_t at = i;

		for (; at > 0 && files[at - 1].first_time > file.first_time;
		     at--)
			files[at] = files[at - 1];
		files[at] = file;
	}
}

struct input_file *
files_in_order(char *const *names, size_t count)
{
	struct input_file *files = memory_new(count, sizeof(*files));

	for (size_t i = 0; i < count; i++) {
		files[i].name = names[i];
		files[i].first_time = INT64_MAX;
		look_into(&files[i], count > 1);
	}
	sort(files, count);
	return files;
}
