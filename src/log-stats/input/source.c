/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "source.h"
#include "source_input.h"

struct source {
	struct source_input input;
	size_t start;
	size_t end;
	source_forget *forget;
	void *argument;
	char buffer[SOURCE_LINE_MAX + SOURCE_READ_SIZE];
};

/*
 * Moves what has not been taken, SOURCE_LINE_MAX bytes at most, to the front,
 * and reads once after it. Not SOURCE_OK: no more comes.
 */
static enum source_result
fill(struct source *source)
{
	size_t kept = source->end - source->start, n;
	enum source_result result;

	if (source->input.finished != SOURCE_OK)
		return source->input.finished;
	if (source->forget != NULL)
		source->forget(source->argument);
	if (source->start > 0)
		memmove(source->buffer, source->buffer + source->start, kept);
	source->start = 0;
	result = source_input_read(&source->input, source->buffer + kept, &n);
	source->end = kept + n;
	return result;
}

struct source *
source_open(
    const char *name, source_wait *wait, void *argument, const char **why)
{
	struct source *source = malloc(sizeof(*source));

	*why = "out of memory";
	if (source == NULL)
		return NULL;
	source->start = 0;
	source->end = 0;
	source->forget = NULL;
	*why = source_input_open(&source->input, name, wait, argument);
	if (*why != NULL) {
		free(source);
		return NULL;
	}
	/* So that it is known what it is; anything else might block here. */
	if (source->input.regular)
		(void)fill(source);
	return source;
}

void
source_on_forget(struct source *source, source_forget *forget, void *argument)
{
	source->forget = forget;
	source->argument = argument;
}

static enum source_result
take_line(struct source *source, const char *newline, struct bytes *line)
{
	line->data = source->buffer + source->start;
	line->len = (size_t)(newline - line->data);
	source->start += line->len + 1;
	if (line->len <= SOURCE_LINE_MAX)
		return SOURCE_OK;
	line->len = SOURCE_LINE_MAX;
	return SOURCE_LONG;
}

/* The beginning of a line that is too long lies in the buffer. */
static enum source_result
skip_line(struct source *source, struct bytes *line, bool *cut)
{
	const char *after, *newline;

	do {
		source->end = source->start + SOURCE_LINE_MAX;
		*cut = fill(source) != SOURCE_OK;
		after = source->buffer + source->start + SOURCE_LINE_MAX;
		newline = memchr(after, '\n',
		    (size_t)(source->buffer + source->end - after));
	} while (newline == NULL && !*cut);
	*line = (struct bytes){ after - SOURCE_LINE_MAX, SOURCE_LINE_MAX };
	source->start = *cut ? source->end :
			       (size_t)(newline + 1 - source->buffer);
	return SOURCE_LONG;
}

/* What stands in front of the end, or of a failure. */
static enum source_result
take_last(struct source *source, struct bytes *line, bool *cut)
{
	size_t len = source->end - source->start;

	if (len == 0)
		return source->input.finished;
	*line = (struct bytes){ source->buffer + source->start, len };
	*cut = true;
	source->start = source->end;
	return SOURCE_OK;
}

/* A line at length: rare, and out of the way of the others. */
static __attribute__((noinline, cold)) enum source_result
read_line(struct source *source, struct bytes *line, bool *cut)
{
	size_t searched = 0;
	const char *newline;

	for (;;) {
		newline = memchr(source->buffer + source->start + searched,
		    '\n', source->end - source->start - searched);
		if (newline != NULL)
			return take_line(source, newline, line);
		searched = source->end - source->start;
		if (searched > SOURCE_LINE_MAX)
			return skip_line(source, line, cut);
		if (fill(source) != SOURCE_OK)
			return take_last(source, line, cut);
	}
}

enum source_result
source_line(struct source *source, struct bytes *line, bool *cut)
{
	const char *begin = source->buffer + source->start;
	const char *newline = memchr(begin, '\n', source->end - source->start);

	*cut = false;
	if (newline == NULL || newline - begin > SOURCE_LINE_MAX)
		return read_line(source, line, cut);
	line->data = begin;
	line->len = (size_t)(newline - begin);
	source->start += line->len + 1;
	return SOURCE_OK;
}

/* The first SOURCE_LINE_MAX bytes, which are kept, lie in the buffer. */
static enum source_result
skip_bytes(struct source *source, uint64_t count, struct bytes *bytes)
{
	enum source_result result = SOURCE_LONG;
	size_t have = source->end - source->start;

	bytes->len = SOURCE_LINE_MAX;
	while (count > have && result == SOURCE_LONG) {
		count -= have - SOURCE_LINE_MAX;
		source->end = source->start + SOURCE_LINE_MAX;
		if (fill(source) != SOURCE_OK)
			result = source->input.finished;
		have = source->end - source->start;
	}
	bytes->data = source->buffer + source->start;
	source->start += count < have ? (size_t)count : have;
	return result;
}

enum source_result
source_bytes(struct source *source, uint64_t count, struct bytes *bytes)
{
	size_t want = count < SOURCE_LINE_MAX ? (size_t)count : SOURCE_LINE_MAX;
	enum source_result result = SOURCE_OK;

	while (source->end - source->start < want && result == SOURCE_OK)
		result = fill(source);
	if (count > SOURCE_LINE_MAX && result == SOURCE_OK)
		return skip_bytes(source, count, bytes);
	if (source->end - source->start < want)
		want = source->end - source->start;
	*bytes = (struct bytes){ source->buffer + source->start, want };
	source->start += want;
	return result;
}

const char *
source_error(const struct source *source)
{
	return source->input.error;
}

bool
source_is_plain_file(const struct source *source)
{
	return source->input.regular && !source->input.compressed;
}

int64_t
source_changed(const struct source *source)
{
	return source->input.changed;
}

void
source_close(struct source *source)
{
	source_input_close(&source->input);
	free(source);
}
