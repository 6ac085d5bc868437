/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "conf_file.h"
#include "conf_line.h"
#include "conf_names.h"
#include "mark.h"
#include "opt_near.h"
#include "opt_value.h"

/* Where in a file something is read. */
struct place {
	struct conf_file *file;
	const struct conf *last; /* has the values to go back to; or NULL */
	unsigned line;
	bool is_ours;	 /* lines here are for this program */
	bool is_general; /* ... as for all of the greylist */
};

static void __attribute__((format(printf, 3, 4))) complain(
    struct conf *conf, const struct conf_file *file, const char *format, ...)
{
	unsigned index = conf->problem_count++;
	va_list arguments;
	char *text;

	if (index >= CONF_PROBLEMS_MAX)
		return;
	text = conf->problems[index].problem.text;
	va_start(arguments, format);
	vsnprintf(text, sizeof(conf->problems[index].problem.text), format,
	    arguments);
	va_end(arguments);
	conf->problems[index].mark = mark_add(
	    file_version_mark(&file->version, file->path), bytes_of(text));
}

/* NULL: there is no room for so many bytes. */
static char *
take(struct conf *conf, size_t len)
{
	char *bytes = conf->bytes + conf->used;

	if (len > sizeof(conf->bytes) - conf->used)
		return NULL;
	conf->used += len;
	return bytes;
}

/* NULL: there is no room. */
const char *
conf_copy(struct conf *conf, struct bytes text)
{
	char *bytes = take(conf, text.len + 1);

	if (bytes == NULL)
		return NULL;
	memcpy(bytes, text.data, text.len);
	bytes[text.len] = '\0';
	return bytes;
}

const struct opt *
conf_row(const struct conf_program *program, const char *name)
{
	for (const struct opt *row = program->table; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* What `last` had from the file for the row, or for all rows if it is NULL. */
static void
keep(struct conf *conf, const struct conf *last, const struct conf_file *file,
    const struct opt *row)
{
	struct opt_problem dropped;

	if (last == NULL)
		return;
	for (size_t i = 0; i < last->list.count; i++) {
		struct opt_entry entry = last->list.entries[i];

		if (entry.layer != OPT_FROM_FILE ||
		    strcmp(entry.where, file->path) != 0 ||
		    (row != NULL && entry.row != row))
			continue;
		entry.text = conf_copy(conf, bytes_of(entry.text));
		if (entry.text != NULL)
			(void)opt_list_add(&conf->list, entry, &dropped);
	}
}

static void
refuse_name(struct conf *conf, const struct place *place, const char *name)
{
	const struct opt *near = opt_nearest(
	    conf->program->table, bytes_of(name));

	if (near != NULL && !near->once && near->kind != OPT_OBSOLETE)
		complain(conf, place->file,
		    "%s:%u: %s: there is no such option; did you mean %s?",
		    place->file->path, place->line, name, near->name);
	else
		complain(conf, place->file,
		    "%s:%u: %s: there is no such option; see grey.conf(5)",
		    place->file->path, place->line, name);
}

static void
set(struct conf *conf, const struct place *place, const struct conf_line *line)
{
	const struct conf_program *program = conf->program;
	const struct opt *row = conf_row(program, line->name);
	struct opt_problem problem;
	char reason[OPT_REASON_MAX];
	struct opt_entry entry = { row, line->value, OPT_FROM_FILE,
		place->file->path, place->line };

	if (place->is_general && (row == NULL || row->once) &&
	    conf_is_name(line->name))
		return;
	if (row == NULL)
		refuse_name(conf, place, line->name);
	else if (row->once || row->kind == OPT_OBSOLETE)
		complain(conf, place->file,
		    "%s:%u: %s: is for the command line, and no setting",
		    place->file->path, place->line, row->name);
	else if (program->check != NULL &&
	    !program->check(row, line->value, reason)) {
		complain(conf, place->file, "%s:%u: %s = %s: %s",
		    place->file->path, place->line, row->name, line->value,
		    reason);
		keep(conf, place->last, place->file, row);
	} else if (!opt_list_add(&conf->list, entry, &problem)) {
		complain(conf, place->file, "%s", problem.text);
		keep(conf, place->last, place->file, row);
	}
}

#define FOR_NOBODY ", so what stands after it counts for no program; they are "

/* What stands after a heading that nobody knows is for nobody. */
static void
begin_part(struct conf *conf, struct place *place, const struct conf_line *line)
{
	place->is_general = false;
	place->is_ours = line->name != NULL &&
	    strcmp(line->name, conf->program->name) == 0;
	if (line->name == NULL)
		complain(conf, place->file,
		    "%s:%u: %s" FOR_NOBODY CONF_PROGRAMS, place->file->path,
		    place->line, line->problem);
	else if (!conf_is_program(line->name))
		complain(conf, place->file,
		    "%s:%u: [%s] is no program" FOR_NOBODY CONF_PROGRAMS,
		    place->file->path, place->line, line->name);
}

static void
leave_out(
    struct conf *conf, const struct place *place, const struct conf_line *line)
{
	const struct opt *row = line->name == NULL ?
	    NULL :
	    conf_row(conf->program, line->name);

	complain(conf, place->file, "%s:%u: %s", place->file->path, place->line,
	    line->problem);
	if (row != NULL)
		keep(conf, place->last, place->file, row);
}

static void
read_line(struct conf *conf, struct place *place, char *text, size_t len)
{
	struct conf_line line = conf_line(text, len);

	place->line++;
	if (line.kind == CONF_HEADING)
		begin_part(conf, place, &line);
	else if (line.kind == CONF_SETTING && place->is_ours)
		set(conf, place, &line);
	else if (line.kind == CONF_BAD && place->is_ours)
		leave_out(conf, place, &line);
}

static void
read_lines(struct conf *conf, struct place *place, char *text, size_t len)
{
	char *end = text + len, *next;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	for (; text < end; text = next) {
		char *stop = memchr(text, '\n', (size_t)(end - text));

		next = stop == NULL ? end : stop + 1;
		stop = stop == NULL ? end : stop;
		*stop = '\0';
		read_line(conf, place, text, (size_t)(stop - text));
	}
}

/* -1: errno says why not; the bytes that are there are read else. */
static ssize_t
read_bytes(int fd, char *out, size_t room)
{
	size_t used = 0;
	ssize_t n = 1;

	while (used < room && n > 0) {
		n = read(fd, out + used, room - used);
		if (n > 0)
			used += (size_t)n;
		else if (n == -1 && errno == EINTR)
			n = 1;
	}
	return n == -1 ? -1 : (ssize_t)used;
}

/* 0 or an errno; FILE_IS_PIPE and so on, too. */
static int
read_text(struct conf *conf, struct place *place)
{
	size_t room = sizeof(conf->bytes) - conf->used;
	char *text = conf->bytes + conf->used;
	int fd, error;
	ssize_t len;

	if (place->file->version.error != 0)
		return place->file->version.error;
	fd = open(place->file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return errno;
	len = read_bytes(fd, text, room);
	error = errno;
	close(fd);
	if (len == -1)
		return error;
	if ((size_t)len == room)
		return EFBIG;
	conf->used += (size_t)len + 1;
	read_lines(conf, place, text, (size_t)len);
	return 0;
}

void
conf_file_read(
    struct conf *conf, struct conf_file *file, const struct conf *last)
{
	struct place place = { .file = file,
		.last = last,
		.is_ours = conf->program->is_greylist,
		.is_general = true };
	int error;

	file->version = file_version(file->path);
	file->seen_error = file->version.error;
	error = read_text(conf, &place);
	if (error == 0 || (error == ENOENT && file->optional))
		return;
	complain(conf, file, "%s: can't read this configuration: %s%s",
	    file->path, file_version_reason(error),
	    error != EACCES ? "" :
			      "; whoever runs this must be able to read it, "
			      "and to search the directories it is in");
	keep(conf, last, file, NULL);
}
