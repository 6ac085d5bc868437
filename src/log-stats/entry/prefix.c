/* SPDX-License-Identifier: BSD-2-Clause */
#include "scan.h"
#include "writer.h"
#include "prefix.h"

enum { WRAPPER_MAX = 80, DEPTH_MAX = 3 };

/* Takes what stands between these characters off the front, and a blank after
 * it. */
static void
strip_bracketed(struct bytes *text, char front, char back)
{
	const char *end;

	if (text->len == 0 || *text->data != front)
		return;
	end = memchr(text->data, back, text->len);
	if (end == NULL)
		return;
	*text = bytes_from(*text, (size_t)(end + 1 - text->data));
	if (text->len > 0 && *text->data == ' ')
		*text = bytes_from(*text, 1);
}

static struct bytes
skip_blanks(struct bytes text)
{
	while (text.len > 0 && *text.data == ' ')
		text = bytes_from(text, 1);
	return text;
}

/* The length up to the first of these characters or a blank; all, if there is
 * none. */
static size_t
span_until(struct bytes text, char a, char b)
{
	size_t len = 0;

	while (len < text.len && text.data[len] != a && text.data[len] != b &&
	    text.data[len] != ' ')
		len++;
	return len;
}

/* "[42]"; false: there is no pid. */
static bool
read_pid(struct bytes *text, uint64_t *pid)
{
	size_t len = 1 + scan_number(bytes_from(*text, 1), pid);

	if (len >= text->len || text->data[len] != ']')
		return false;
	*text = bytes_from(*text, len + 1);
	return true;
}

/*
 * `postfix/smtpd[42]: text`. A line without a program, such as "last message
 * repeated 2 times", is the host's own.
 */
static void
read_program(struct entry *entry, struct bytes host, struct bytes text)
{
	size_t len = span_until(text, '[', ':');
	struct bytes program = { text.data, len };
	struct bytes rest = bytes_from(text, len);

	entry->pid = 0;
	if (rest.len > 0 && *rest.data == '[' && !read_pid(&rest, &entry->pid))
		program.len = 0;
	if (program.len == 0 || rest.len == 0 || *rest.data != ':') {
		program.len = 0;
		entry->text = text;
	} else
		entry->text = skip_blanks(bytes_from(rest, 1));
	entry->writer = writer_of(host, program);
	if (entry->text.len > 4 && memcmp(entry->text.data, "[ID ", 4) == 0)
		strip_bracketed(&entry->text, '[', ']');
}

/*
 * Most lines are of few programs: whom "host program" up to the "[" stands for
 * is remembered, at a place that its first and last eight bytes and its length
 * determine.
 */
enum { KNOWN_BITS = 8, KNOWN_MIN = 8, KNOWN_MAX = 96 };

static struct remembered {
	const struct writer *writer;
	size_t len; /* 0: nobody yet */
	char text[KNOWN_MAX];
} remembered[1 << KNOWN_BITS];

static struct remembered *
place_of(struct bytes writer)
{
	uint64_t mixed = (scan_word(writer.data) ^ writer.len ^
			     scan_word(writer.data + writer.len - 8) << 1) *
	    UINT64_C(0x9e3779b97f4a7c15);

	return &remembered[mixed >> (64 - KNOWN_BITS)];
}

/* "mx1 postfix/smtpd" of "mx1 postfix/smtpd[42]: "; empty: the text has another
 * form. */
static struct bytes
find_writer(struct bytes text)
{
	struct bytes near = { text.data,
		text.len < KNOWN_MAX ? text.len : KNOWN_MAX };
	size_t len = scan_until(near, '[');

	return (struct bytes){ text.data,
		len < KNOWN_MIN || len == near.len ? 0 : len };
}

/* May the text be a line of another syslog? That begins with a stamp, which is
 * a number or has the time of day in it, or with a wrapper. */
static bool
may_hold_line(struct bytes text)
{
	const char *at = text.data, *end = at + text.len;

	if (bytes_is_digit(*at) || *at == '<' ||
	    memchr(at, '|', text.len) != NULL)
		return true;
	while ((at = memchr(at, ':', (size_t)(end - at))) != NULL) {
		if (end - at > 3 && at[3] == ':' && bytes_is_digit(at[1]))
			return true;
		at++;
	}
	return false;
}

/* The quick way for a writer that is remembered. False: the text must be read
 * at length. */
static bool
read_known(struct entry *entry, struct bytes text)
{
	struct bytes writer = find_writer(text);
	const struct remembered *place;

	if (writer.len == 0)
		return false;
	place = place_of(writer);
	if (place->len != writer.len ||
	    !scan_equal(place->text, writer.data, writer.len))
		return false;
	text = bytes_from(text, writer.len);
	if (!read_pid(&text, &entry->pid) || text.len < 3 ||
	    text.data[0] != ':' || text.data[1] != ' ')
		return false;
	entry->writer = place->writer;
	entry->text = skip_blanks(bytes_from(text, 2));
	return entry->text.len > 0 && *entry->text.data != '[' &&
	    (entry->writer->daemon != DAEMON_FOREIGN ||
		!may_hold_line(entry->text));
}

static void
remember(const struct entry *entry, struct bytes writer)
{
	struct remembered *place;

	if (writer.len == 0 || !entry->writer->is_kept ||
	    writer.len !=
		entry->writer->host.len + 1 + entry->writer->program_len)
		return;
	place = place_of(writer);
	place->writer = entry->writer;
	place->len = writer.len;
	memcpy(place->text, writer.data, writer.len);
}

static enum prefix_result read_nested(
    struct stamp_clock *, struct bytes, struct entry *, int depth);

/* `mail-1  | Feb 10 17:01:35 ...` */
static enum prefix_result
read_wrapped(struct stamp_clock *clock, struct bytes line, struct entry *entry,
    int depth)
{
	size_t near = line.len < WRAPPER_MAX ? line.len : WRAPPER_MAX;
	const char *bar = memchr(line.data, '|', near);

	if (bar == NULL)
		return PREFIX_NONE;
	line = skip_blanks(bytes_from(line, (size_t)(bar + 1 - line.data)));
	return read_nested(clock, line, entry, depth + 1);
}

/* Docker's log may hold a whole line of another syslog. */
static void
unwrap(struct stamp_clock *clock, struct entry *entry, int depth)
{
	struct entry inner;

	if (entry->writer->daemon == DAEMON_FOREIGN && entry->text.len > 0 &&
	    read_nested(clock, entry->text, &inner, depth + 1) == PREFIX_OK &&
	    inner.writer->daemon != DAEMON_FOREIGN)
		*entry = inner;
}

/* A line at length: with wrappers, or of a writer that was not seen before. */
static enum prefix_result
read_nested(struct stamp_clock *clock, struct bytes text, struct entry *entry,
    int depth)
{
	const struct bytes stream = { "stdout F ", 9 };
	struct bytes host, writer;
	size_t stamp;

	if (depth > DEPTH_MAX)
		return PREFIX_NONE;
	strip_bracketed(&text, '<', '>');
	stamp = stamp_read(clock, text, &entry->time);
	if (stamp == 0)
		return read_wrapped(clock, text, entry, depth);
	text = bytes_from(text, stamp);
	if (bytes_begin_with(text, stream) && depth < DEPTH_MAX)
		return read_nested(
		    clock, bytes_from(text, stream.len), entry, depth + 1);
	strip_bracketed(&text, '<', '>');
	writer = find_writer(text);
	host = (struct bytes){ text.data, span_until(text, ' ', ' ') };
	if (host.len == 0 || host.len == text.len)
		return PREFIX_NONE;
	read_program(entry, host, skip_blanks(bytes_from(text, host.len)));
	remember(entry, writer);
	unwrap(clock, entry, depth);
	return PREFIX_OK;
}

enum prefix_result
prefix_read(struct stamp_clock *clock, struct bytes line, struct entry *entry)
{
	const struct bytes remark = { "-- ", 3 };
	size_t stamp = 0;

	if (line.len > 0 && *line.data != '<')
		stamp = stamp_read(clock, line, &entry->time);
	if (stamp > 0 && read_known(entry, bytes_from(line, stamp)))
		return PREFIX_OK;
	if (skip_blanks(line).len == 0 || bytes_begin_with(line, remark))
		return PREFIX_SKIP;
	return read_nested(clock, line, entry, 0);
}
