/* SPDX-License-Identifier: BSD-2-Clause */
#include "protocol.h"
#include "scan.h"
#include "wrapper.h"
#include "writer.h"

/* A word and the blank after it; false: there is none. */
static bool
take_word(struct bytes *text, struct bytes *word)
{
	*word = (struct bytes){ text->data, scan_until(*text, ' ') };
	if (word->len == 0 || word->len == text->len)
		return false;
	*text = bytes_from(*text, word->len + 1);
	return true;
}

/* The length of one "[id name="value" ...]"; a "]" in a value is escaped. */
static size_t
element(struct bytes text)
{
	bool quoted = false;

	for (size_t at = 1; at < text.len; at++)
		if (text.data[at] == '\\')
			at++;
		else if (text.data[at] == '"')
			quoted = !quoted;
		else if (text.data[at] == ']' && !quoted)
			return at + 1;
	return 0;
}

static bool
skip_data(struct bytes *text)
{
	size_t len;

	if (text->len > 0 && *text->data == '-') {
		*text = bytes_from(*text, 1);
		return true;
	}
	if (text->len == 0 || *text->data != '[')
		return false;
	while (text->len > 0 && *text->data == '[') {
		len = element(*text);
		if (len == 0)
			return false;
		*text = bytes_from(*text, len);
	}
	return true;
}

static bool
read_stamp(struct stamp_clock *clock, struct bytes *text, int64_t *time)
{
	size_t len;

	*time = ENTRY_NO_TIME;
	len = bytes_begin_with(*text, bytes_of("- ")) ?
	    2 :
	    stamp_read(clock, *text, time);
	*text = bytes_from(*text, len);
	return len > 0;
}

bool
protocol_read(struct stamp_clock *clock, struct bytes line, struct entry *entry)
{
	const struct bytes mark = { "\xef\xbb\xbf", 3 };
	struct bytes host, program, pid, id;
	uint64_t number;

	if (!bytes_begin_with(line, bytes_of("1 ")))
		return false;
	line = bytes_from(line, 2);
	if (!read_stamp(clock, &line, &entry->time) ||
	    !take_word(&line, &host) || !take_word(&line, &program) ||
	    !take_word(&line, &pid) || !take_word(&line, &id) ||
	    !skip_data(&line))
		return false;
	entry->pid = scan_number(pid, &number) == pid.len ? number : 0;
	if (bytes_equal(program, bytes_of("-")))
		program.len = 0;
	line = wrapper_skip_blanks(line);
	entry->text = bytes_begin_with(line, mark) ? bytes_from(line, 3) : line;
	entry->writer = writer_of(host, program);
	return true;
}
