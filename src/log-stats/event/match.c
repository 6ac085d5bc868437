/* SPDX-License-Identifier: BSD-2-Clause */
#include "match.h"
#include "log-stats/entry/scan.h"

enum { SHORT_ID_MIN = 6, LONG_ID_MIN = 11, ID_MAX = 30 };

enum { IN_SHORT_ID = 1, IN_LONG_ID = 2, IN_STAGE = 4 };

/*
 * Postfix: short ids are hexadecimal, long ones (enable_long_queue_ids) of
 * digits and consonants with a "z" before the inode.
 */
static const unsigned char kinds[256] = {
	['0' ... '9'] = IN_SHORT_ID | IN_LONG_ID,
	['A'] = IN_SHORT_ID | IN_STAGE,
	['B' ... 'D'] = IN_SHORT_ID | IN_LONG_ID | IN_STAGE,
	['E'] = IN_SHORT_ID | IN_STAGE,
	['F'] = IN_SHORT_ID | IN_LONG_ID | IN_STAGE,
	['G' ... 'H'] = IN_LONG_ID | IN_STAGE,
	['I'] = IN_STAGE,
	['J' ... 'N'] = IN_LONG_ID | IN_STAGE,
	['O'] = IN_STAGE,
	['P' ... 'T'] = IN_LONG_ID | IN_STAGE,
	['U'] = IN_STAGE,
	['V' ... 'Z'] = IN_LONG_ID | IN_STAGE,
	['b' ... 'd'] = IN_LONG_ID,
	['f' ... 'h'] = IN_LONG_ID,
	['j' ... 'n'] = IN_LONG_ID,
	['p' ... 't'] = IN_LONG_ID,
	['v' ... 'z'] = IN_LONG_ID,
	['-'] = IN_STAGE,
};

/* How many of the kind are at the front, up to one more than an id has. */
static inline size_t
span_id(struct bytes text, unsigned char kind)
{
	size_t max = text.len < ID_MAX + 1 ? text.len : ID_MAX + 1, len = 0;

	while (len < max && (kinds[(unsigned char)text.data[len]] & kind) != 0)
		len++;
	return len;
}

size_t
match_queue_id(struct bytes text)
{
	size_t len = span_id(text, IN_SHORT_ID);

	if (len == text.len ||
	    (kinds[(unsigned char)text.data[len]] & IN_LONG_ID) == 0)
		return len >= SHORT_ID_MIN && len <= ID_MAX ? len : 0;
	len = span_id(text, IN_LONG_ID);
	return len >= LONG_ID_MIN && len <= ID_MAX &&
		memchr(text.data, 'z', len) != NULL ?
	    len :
	    0;
}

/* Where a pattern is in the text. */
struct cursor {
	const char *at;
	const char *end;
};

static inline struct bytes
rest_of(const struct cursor *cursor)
{
	return (struct bytes){ cursor->at, (size_t)(cursor->end - cursor->at) };
}

/* A directive that fails because the text ends there leaves nothing of it. */
static inline bool
bracketed(struct cursor *cursor, struct bytes *inside)
{
	const char *begin = cursor->at;
	size_t len;

	if (begin == cursor->end || *begin != '[')
		return false;
	len = scan_until(rest_of(cursor), ']');
	cursor->at += len;
	if (cursor->at == cursor->end)
		return false;
	cursor->at++;
	*inside = (struct bytes){ begin + 1, len - 1 };
	return true;
}

/* ":4001", if it is there. */
static inline void
read_port(struct cursor *cursor, struct bytes *port)
{
	size_t len, left = (size_t)(cursor->end - cursor->at);

	if (left < 2 || *cursor->at != ':')
		return;
	len = bytes_digits((struct bytes){ cursor->at + 1, left - 1 });
	if (len == 0)
		return;
	*port = (struct bytes){ cursor->at + 1, len };
	cursor->at += 1 + len;
}

static inline bool
client(struct cursor *cursor, struct event *event)
{
	size_t len = scan_until_either(rest_of(cursor), '[', ' ');

	cursor->at += len;
	if (len == 0 || !bracketed(cursor, &event->client_address))
		return false;
	read_port(cursor, &event->client_port);
	return true;
}

bool
match_client(struct bytes *text, struct event *event)
{
	struct cursor cursor = { text->data, text->data + text->len };
	bool is_there = client(&cursor, event);

	*text = rest_of(&cursor);
	return is_there;
}

static inline bool
endpoint(struct cursor *cursor, struct event *event)
{
	if (!bracketed(cursor, &event->client_address))
		return false;
	read_port(cursor, &event->client_port);
	return event->client_port.len > 0;
}

/* Takes this length into *to; false if it is 0. */
static inline bool
take(struct cursor *cursor, size_t len, struct bytes *to)
{
	*to = (struct bytes){ cursor->at, len };
	cursor->at += len;
	return len > 0;
}

size_t
match_list(struct bytes text)
{
	size_t len = scan_until_either(text, ' ', ';');

	return scan_until((struct bytes){ text.data, len }, ',');
}

static size_t
span_stage(struct bytes text)
{
	size_t len = 0;

	while (
	    len < text.len && (kinds[(unsigned char)text.data[len]] & IN_STAGE))
		len++;
	return len;
}

static bool
anything(struct cursor *cursor, const struct match_part *part)
{
	struct bytes text = rest_of(cursor);
	const char *found = memmem(
	    text.data, text.len, part->literal, part->len);

	if (found != NULL)
		cursor->at = found;
	return found != NULL;
}

static inline bool
follow(
    const struct match_part *part, struct cursor *cursor, struct event *event)
{
	const struct bytes text = rest_of(cursor);
	struct bytes skipped;

	switch (part->directive) {
	case '\0':
		return true;
	case 'a':
		return take(
		    cursor, scan_until(text, ' '), &event->client_address);
	case 'c':
		return client(cursor, event);
	case 'e':
		return endpoint(cursor, event);
	case 'q':
		return take(cursor, match_queue_id(text), &event->other_id);
	case 's':
		return take(cursor, span_stage(text), &event->stage);
	case 'l':
		return take(cursor, match_list(text), &event->rbl);
	case 'n':
		return take(cursor, bytes_digits(text), &skipped);
	case 'w':
		return take(cursor, scan_until(text, ' '), &skipped);
	case '*':
		return anything(cursor, part);
	default: /* '$' */
		return text.len == 0;
	}
}

/* The text ends within the literal. */
static bool
is_cut(const struct match_part *part, struct bytes text)
{
	return text.len < part->len &&
	    (text.len == 0 || memcmp(text.data, part->literal, text.len) == 0);
}

static inline bool
has_literal(const struct match_part *part, const struct cursor *cursor)
{
	const struct bytes text = rest_of(cursor);
	const size_t len = part->len;

	if (text.len < len ||
	    (scan_front(text) & part->front_mask) != part->front)
		return false;
	return len <= sizeof(part->front) ||
	    scan_equal(cursor->at, part->literal, len);
}

static void
compile_literal(struct match_part *part, const char *literal, size_t len)
{
	char front[sizeof(part->front)] = { 0 }, mask[sizeof(front)] = { 0 };
	size_t in_front = len < sizeof(front) ? len : sizeof(front);

	memcpy(front, literal, in_front);
	memset(mask, 0xff, in_front);
	part->literal = literal;
	part->len = (unsigned char)len;
	part->front = scan_word(front);
	part->front_mask = scan_word(mask);
}

void
match_compile(struct match_program *program, const char *pattern)
{
	*program = (struct match_program){ 0 };
	do {
		struct match_part *part = &program->parts[program->count++];
		bool is_directive = *pattern == '%';

		part->directive = is_directive ? pattern[1] : '\0';
		pattern += is_directive ? 2 : 0;
		compile_literal(part, pattern, strcspn(pattern, "%"));
		pattern += part->len;
	} while (*pattern != '\0');
	if (program->parts[0].directive == '\0') {
		program->front = program->parts[0].front;
		program->front_mask = program->parts[0].front_mask;
	}
}

enum match_result
match(const struct match_program *program, struct bytes *text,
    struct event *event)
{
	struct cursor cursor = { text->data, text->data + text->len };
	bool begun = false; /* some literal text was there */

	for (unsigned i = 0; i < program->count; i++) {
		const struct match_part *part = &program->parts[i];

		if (!follow(part, &cursor, event))
			return begun && cursor.at == cursor.end ? MATCH_CUT :
								  MATCH_NOT;
		if (!has_literal(part, &cursor))
			return begun && is_cut(part, rest_of(&cursor)) ?
			    MATCH_CUT :
			    MATCH_NOT;
		cursor.at += part->len;
		begun |= part->len > 0;
	}
	*text = rest_of(&cursor);
	return MATCH;
}
