/* SPDX-License-Identifier: BSD-2-Clause */
#include "match.h"

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

static size_t
span(struct bytes text, unsigned char kind)
{
	size_t len = 0;

	while (len < text.len && (kinds[(unsigned char)text.data[len]] & kind))
		len++;
	return len;
}

size_t
match_queue_id(struct bytes text)
{
	unsigned char kind = IN_SHORT_ID | IN_LONG_ID;
	size_t len = 0;
	bool has_z = false;

	for (; len < text.len && len <= ID_MAX; len++) {
		unsigned char byte = (unsigned char)text.data[len];

		if ((kinds[byte] & kind) == 0)
			break;
		kind &= kinds[byte];
		has_z |= byte == 'z';
	}
	if (len > ID_MAX)
		return 0;
	if (kind & IN_SHORT_ID)
		return len >= SHORT_ID_MIN ? len : 0;
	return has_z && len >= LONG_ID_MIN ? len : 0;
}

static bool
bracketed(struct bytes *text, struct bytes *inside)
{
	const char *end;

	if (text->len == 0 || *text->data != '[')
		return false;
	end = memchr(text->data, ']', text->len);
	if (end == NULL) {
		*text = bytes_from(*text, text->len);
		return false;
	}
	*inside = (struct bytes){ text->data + 1,
		(size_t)(end - text->data - 1) };
	*text = bytes_from(*text, (size_t)(end + 1 - text->data));
	return true;
}

/* ":4001", if it is there. */
static void
read_port(struct bytes *text, struct bytes *port)
{
	size_t len;

	if (text->len < 2 || *text->data != ':' ||
	    !bytes_is_digit(text->data[1]))
		return;
	len = bytes_digits(bytes_from(*text, 1));
	*port = (struct bytes){ text->data + 1, len };
	*text = bytes_from(*text, 1 + len);
}

bool
match_client(struct bytes *text, struct event *event)
{
	size_t len = 0;

	while (
	    len < text->len && text->data[len] != '[' && text->data[len] != ' ')
		len++;
	*text = bytes_from(*text, len);
	if (len == 0 || !bracketed(text, &event->client_address))
		return false;
	read_port(text, &event->client_port);
	return true;
}

static bool
match_endpoint(struct bytes *text, struct event *event)
{
	if (!bracketed(text, &event->client_address))
		return false;
	read_port(text, &event->client_port);
	return event->client_port.len > 0;
}

/* Takes what is so long into *to; 0 is none. */
static bool
take(struct bytes *text, size_t len, struct bytes *to)
{
	*to = (struct bytes){ text->data, len };
	*text = bytes_from(*text, len);
	return len > 0;
}

static size_t
span_word(struct bytes text)
{
	const char *end = memchr(text.data, ' ', text.len);

	return end == NULL ? text.len : (size_t)(end - text.data);
}

static size_t
span_list(struct bytes text)
{
	size_t len = 0;

	while (len < text.len && text.data[len] != ' ' &&
	    text.data[len] != ';' && text.data[len] != ',')
		len++;
	return len;
}

static bool
match_anything(struct bytes *text, const char *behind)
{
	size_t len = strcspn(behind, "%");
	const char *found = memmem(text->data, text->len, behind, len);

	if (found == NULL)
		return false;
	*text = bytes_from(*text, (size_t)(found - text->data));
	return true;
}

static bool
match_part(const char *directive, struct bytes *text, struct event *event)
{
	struct bytes skipped;

	switch (*directive) {
	case 'a':
		return take(text, span_word(*text), &event->client_address);
	case 'c':
		return match_client(text, event);
	case 'e':
		return match_endpoint(text, event);
	case 'q':
		return take(text, match_queue_id(*text), &event->other_id);
	case 's':
		return take(text, span(*text, IN_STAGE), &event->stage);
	case 'l':
		return take(text, span_list(*text), &event->list);
	case 'n':
		return take(text, bytes_digits(*text), &skipped);
	case 'w':
		return take(text, span_word(*text), &skipped);
	case '*':
		return match_anything(text, directive + 1);
	default: /* '$' */
		return text->len == 0;
	}
}

/* Literal text up to the next directive; the length, or -1: it differs. */
static ptrdiff_t
match_literal(const char **pattern, struct bytes text)
{
	const char *at = *pattern;
	size_t len = 0;

	while (*at != '\0' && *at != '%') {
		if (len == text.len || text.data[len] != *at)
			return len == text.len ? (ptrdiff_t)len : -1;
		len++;
		at++;
	}
	*pattern = at;
	return (ptrdiff_t)len;
}

enum match_result
match(
    const char *pattern, size_t equal, struct bytes *text, struct event *event)
{
	struct bytes rest = bytes_from(*text, equal);
	bool begun = equal > 0 && pattern[equal] == '%';

	pattern += equal;

	while (*pattern != '\0') {
		const char *before = pattern;
		ptrdiff_t len;

		if (*pattern == '%') {
			if (!match_part(pattern + 1, &rest, event))
				return begun && rest.len == 0 ? MATCH_CUT :
								MATCH_NOT;
			pattern += 2;
			continue;
		}
		len = match_literal(&pattern, rest);
		if (len < 0)
			return MATCH_NOT;
		if (pattern == before)
			return begun ? MATCH_CUT : MATCH_NOT;
		rest = bytes_from(rest, (size_t)len);
		begun = true;
	}
	*text = rest;
	return MATCH;
}
