/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "source_made.h"

enum { PIPE_SIZE = 1024 * 1024 };

struct source *
source_of(struct bytes content, enum made made)
{
	int fds[2] = { -1, -1 };
	struct source *source;
	const char *why;
	char name[64];

	if (made == MADE_FILE)
		fds[0] = fds[1] = memfd_create("source", 0);
	else if (pipe(fds) == 0)
		fcntl(fds[1], F_SETPIPE_SZ, PIPE_SIZE);
	CHECK_NUMBER(write(fds[1], content.data, content.len), content.len);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	source = source_open(name, NULL, NULL, &why);
	close(fds[0]);
	if (fds[1] != fds[0])
		close(fds[1]);
	if (!CHECK(source != NULL))
		abort();
	return source;
}

static void
keep(struct lines *lines, struct bytes line, bool newline)
{
	lines->text = realloc(lines->text, lines->len + line.len + 1);
	if (lines->text == NULL)
		abort();
	memcpy(lines->text + lines->len, line.data, line.len);
	lines->len += line.len;
	if (newline)
		lines->text[lines->len++] = '\n';
}

struct lines
lines_of(struct source *source)
{
	struct lines lines = { .text = NULL };
	struct bytes line;
	bool cut;

	for (;;) {
		lines.result = source_line(source, &line, &cut);
		if (lines.result == SOURCE_END || lines.result == SOURCE_FAILED)
			break;
		CHECK(!lines.cut);
		CHECK(memchr(line.data, '\n', line.len) == NULL);
		lines.count++;
		lines.long_count += lines.result == SOURCE_LONG;
		lines.cut = cut;
		keep(&lines, line, !cut);
	}
	CHECK_NUMBER(source_line(source, &line, &cut), lines.result);
	snprintf(lines.error, sizeof(lines.error), "%s", source_error(source));
	source_close(source);
	return lines;
}
