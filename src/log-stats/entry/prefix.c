/* SPDX-License-Identifier: BSD-2-Clause */
#include "scan.h"
#include "prefix.h"
#include "protocol.h"
#include "wrapper.h"
#include "writer.h"

/* STAMP_NEAR: a stamp, and what may stand before it, is shorter. */
enum { DEPTH_MAX = 4, STAMP_NEAR = 64 };

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
static inline __attribute__((always_inline)) bool
read_pid(struct bytes *text, uint64_t *pid)
{
	size_t len = 1 + scan_number(bytes_from(*text, 1), pid);

	if (len >= text->len || text->data[len] != ']')
		return false;
	*text = bytes_from(*text, len + 1);
	return true;
}

/* "postfix/smtpd" before "[42]: " or ": "; a name may have colons within:
 * "postfix:25/smtpd". */
static size_t
span_program(struct bytes text)
{
	size_t first = span_until(text, '[', ':'), len = first;

	while (len + 1 < text.len && text.data[len] == ':' &&
	    text.data[len + 1] != ' ')
		len += 1 + span_until(bytes_from(text, len + 1), '[', ':');
	return len < text.len && text.data[len] == '[' ? len : first;
}

/*
 * `postfix/smtpd[42]: text`. A line without a program, such as "last message
 * repeated 2 times", is the host's own.
 */
static void
read_program(struct entry *entry, struct bytes host, struct bytes text)
{
	size_t len = span_program(text);
	struct bytes program = { text.data, len };
	struct bytes rest = bytes_from(text, len);

	entry->pid = 0;
	if (rest.len > 0 && *rest.data == '[' && !read_pid(&rest, &entry->pid))
		program.len = 0;
	if (program.len == 0 || rest.len == 0 || *rest.data != ':') {
		program.len = 0;
		entry->text = text;
	} else
		entry->text = wrapper_skip_blanks(bytes_from(rest, 1));
	entry->writer = writer_of(host, program);
	if (entry->text.len > 4 && memcmp(entry->text.data, "[ID ", 4) == 0)
		wrapper_strip_bracketed(&entry->text, '[', ']');
}

/*
 * Most lines are of few programs: whom "host program" stands for
 * is remembered, at a place that its first and last eight bytes and its length
 * determine.
 */
enum { KNOWN_BITS = 10, KNOWN_MIN = 8, KNOWN_MAX = 96 };

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

/* "mx1 postfix/smtpd" of "mx1 postfix/smtpd[42]: ", "mx1 dovecot" of "mx1
 * dovecot: "; empty: the text has another form. */
static inline __attribute__((always_inline)) struct bytes
find_writer(struct bytes text)
{
	struct bytes near = { text.data,
		text.len < KNOWN_MAX ? text.len : KNOWN_MAX };
	size_t len = scan_until_either(near, '[', ':');

	return (struct bytes){ text.data,
		len < KNOWN_MIN || len == near.len ? 0 : len };
}

/* "17:01:35", around the first colon. */
static bool
is_time_of_day(struct bytes text, const char *colon)
{
	return colon > text.data && text.data + text.len - colon > 3 &&
	    bytes_is_digit(colon[-1]) && bytes_is_digit(colon[1]) &&
	    bytes_is_digit(colon[2]) && colon[3] == ':';
}

/* May the text be a line of another syslog? That begins with a stamp, which is
 * a number or has the time of day in it, with a wrapper, or with Postfix. */
static bool
may_hold_line(struct bytes text)
{
	const struct bytes postfix = { "postfix", 7 };
	const char *at = text.data, *end;

	if (text.len == 0)
		return false;
	if (text.len > STAMP_NEAR)
		text.len = STAMP_NEAR;
	end = at + text.len;
	if (bytes_is_digit(*at) || *at == '<' || *at == '[' ||
	    bytes_begin_with(text, postfix) || wrapper_has_bar(text))
		return true;
	for (; (at = memchr(at, ':', (size_t)(end - at))) != NULL; at++)
		if (is_time_of_day(text, at))
			return true;
	return false;
}

/* The quick way for a writer that is remembered. False: the text must be read
 * at length. */
static inline __attribute__((always_inline)) bool
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
	entry->pid = 0;
	if ((*text.data == '[' && !read_pid(&text, &entry->pid)) ||
	    text.len < 3 || text.data[0] != ':' || text.data[1] != ' ')
		return false;
	entry->writer = place->writer;
	entry->text = wrapper_skip_blanks(bytes_from(text, 2));
	return entry->text.len > 0 && *entry->text.data != '[' &&
	    (entry->writer->daemon != DAEMON_FOREIGN ||
		!may_hold_line(entry->text));
}

/* front: what find_writer() found; it must end where the program does. */
static void
remember(const struct entry *entry, struct bytes front, const char *text)
{
	struct remembered *place;

	if (front.len == 0 || !entry->writer->is_kept ||
	    text + entry->writer->program_len != front.data + front.len)
		return;
	place = place_of(front);
	place->writer = entry->writer;
	place->len = front.len;
	memcpy(place->text, front.data, front.len);
}

static const struct bytes no_host = { "-", 1 };

static const struct bytes repeats[] = { { "last message repeated ", 22 },
	{ "--- last message repeated ", 26 },
	{ "- Last output repeated ", 23 } };

static bool
is_repeat(struct bytes text)
{
	for (size_t i = 0; i < sizeof(repeats) / sizeof(*repeats); i++)
		if (bytes_begin_with(text, repeats[i]))
			return true;
	return false;
}

/* "postfix/smtpd[42]: " stands where a host would. */
static bool
is_program(struct bytes text)
{
	struct entry entry;
	size_t len = span_until(text, ' ', ' ');

	if (len < 2 || text.data[len - 1] != ':')
		return is_repeat(text);
	read_program(&entry, no_host, text);
	return entry.writer->program_len > 0 &&
	    (text.data[len - 2] == ']' ||
		entry.writer->daemon != DAEMON_FOREIGN);
}

/* "[postfix/smtpd] text" of metalog, which has neither hosts nor pids. */
static bool
read_metalog(struct bytes text, struct entry *entry)
{
	size_t len = text.len > 0 && *text.data == '[' ?
	    span_until(bytes_from(text, 1), ']', ' ') :
	    0;

	if (len == 0 || len + 2 >= text.len || text.data[len + 1] != ']' ||
	    text.data[len + 2] != ' ')
		return false;
	entry->pid = 0;
	entry->text = wrapper_skip_blanks(bytes_from(text, len + 2));
	entry->writer = writer_of(
	    no_host, (struct bytes){ text.data + 1, len });
	return true;
}

/* What follows the stamp: a host, perhaps, and a program. */
static bool
read_after_stamp(struct entry *entry, struct bytes text)
{
	const struct bytes forwarded = { "Message forwarded from ", 23 };
	const struct bytes front = find_writer(text);
	struct bytes host = no_host;

	if (read_metalog(text, entry))
		return true;
	if (!wrapper_strip_facility(&text) && !is_program(text)) {
		host.data = text.data;
		host.len = span_until(text, ' ', ' ');
		if (host.len == 0 || host.len == text.len)
			return false;
		text = wrapper_skip_blanks(bytes_from(text, host.len));
		wrapper_strip_facility(&text);
	}
	if (bytes_begin_with(text, forwarded)) {
		text = bytes_from(text, forwarded.len);
		host = (struct bytes){ text.data, span_until(text, ':', ' ') };
		if (host.len == 0 || host.len + 2 > text.len)
			return false;
		text = wrapper_skip_blanks(bytes_from(text, host.len + 1));
	}
	read_program(entry, host, text);
	remember(entry, front, text.data);
	return true;
}

static enum prefix_result read_nested(
    struct stamp_clock *, struct bytes, struct entry *, int depth);

/* Docker's log may hold a whole line of another syslog. */
static void
unwrap(struct stamp_clock *clock, struct entry *entry, int depth)
{
	struct entry inner;

	if (entry->writer->daemon == DAEMON_FOREIGN &&
	    may_hold_line(entry->text) &&
	    read_nested(clock, entry->text, &inner, depth + 1) == PREFIX_OK &&
	    inner.writer->daemon != DAEMON_FOREIGN)
		*entry = inner;
}

/* "Feb 10 17:01:35: --- last message repeated 2 times ---" of macOS, which says
 * no host. */
static bool
read_without_host(
    struct stamp_clock *clock, struct bytes line, struct entry *entry)
{
	enum { STAMP = 15 };
	const struct bytes dashes = { ": ---", 5 };
	char stamp[STAMP + 3] = { 0 };

	if (line.len <= STAMP + dashes.len ||
	    !bytes_begin_with(bytes_from(line, STAMP), dashes))
		return false;
	memcpy(stamp, line.data, STAMP);
	memcpy(stamp + STAMP, " x", 2);
	if (stamp_read(
		clock, (struct bytes){ stamp, STAMP + 2 }, &entry->time) == 0)
		return false;
	read_program(entry, no_host, bytes_from(line, STAMP + 2));
	return true;
}

/* A line that has no stamp, or where it is not known. */
static enum prefix_result
read_without_stamp(
    struct stamp_clock *clock, struct bytes line, struct entry *entry)
{
	if (read_without_host(clock, line, entry))
		return PREFIX_OK;
	entry->time = ENTRY_NO_TIME;
	if (line.len == 0 || !is_program(line))
		return PREFIX_NONE;
	read_program(entry, no_host, line);
	return entry->writer->daemon == DAEMON_FOREIGN && !is_repeat(line) ?
	    PREFIX_NONE :
	    PREFIX_OK;
}

/* A stamp and perhaps another, of the container's log and of the line in it:
 * the first is the more precise, and has a year and a zone. */
static bool
read_within(struct stamp_clock *clock, struct bytes text, struct entry *entry,
    int depth)
{
	const int64_t time = entry->time;
	int64_t inner;
	bool in_stream = wrapper_strip_stream(&text);

	if (!in_stream && stamp_read(clock, text, &inner) == 0 &&
	    (text.len == 0 || *text.data != '<'))
		return false;
	if (read_nested(clock, text, entry, depth + 1) != PREFIX_OK) {
		entry->time = time;
		return false;
	}
	if (time != ENTRY_NO_TIME)
		entry->time = time;
	return true;
}

/* What follows a stamp, of a writer that was not seen before: rare, and out of
 * the way of the common line. */
static __attribute__((noinline, cold)) enum prefix_result
read_stamped(struct stamp_clock *clock, struct bytes text, struct entry *entry,
    int depth)
{
	struct bytes in_stream = text;

	if ((may_hold_line(text) || wrapper_strip_stream(&in_stream)) &&
	    read_within(clock, text, entry, depth))
		return PREFIX_OK;
	wrapper_strip_bracketed(&text, '<', '>');
	if (!read_after_stamp(entry, text))
		return PREFIX_NONE;
	unwrap(clock, entry, depth);
	return PREFIX_OK;
}

/* A line at length, with wrappers. */
static enum prefix_result
read_nested(struct stamp_clock *clock, struct bytes text, struct entry *entry,
    int depth)
{
	size_t stamp;

	if (depth > DEPTH_MAX)
		return PREFIX_NONE;
	wrapper_strip_front(&text);
	if (protocol_read(clock, text, entry))
		return PREFIX_OK;
	stamp = stamp_read(clock, text, &entry->time);
	if (stamp == 0)
		return read_without_stamp(clock, text, entry);
	text = bytes_from(text, stamp);
	return read_known(entry, text) ?
	    PREFIX_OK :
	    read_stamped(clock, text, entry, depth);
}

enum prefix_result
prefix_read(struct stamp_clock *clock, struct bytes line, struct entry *entry)
{
	const struct bytes remark = { "-- ", 3 };
	size_t stamp = 0;

	if (line.len > 0 && *line.data != '<')
		stamp = stamp_read(clock, line, &entry->time);
	if (stamp > 0) {
		line = bytes_from(line, stamp);
		return read_known(entry, line) ?
		    PREFIX_OK :
		    read_stamped(clock, line, entry, 0);
	}
	/* metalog's repeats are indented. */
	if (is_repeat(wrapper_skip_blanks(line)))
		return read_without_stamp(
		    clock, wrapper_skip_blanks(line), entry);
	if (wrapper_skip_blanks(line).len == 0 ||
	    bytes_begin_with(line, remark))
		return PREFIX_SKIP;
	return read_nested(clock, line, entry, 0);
}
