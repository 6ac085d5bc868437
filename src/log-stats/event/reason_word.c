/* SPDX-License-Identifier: BSD-2-Clause */
#include "match.h"
#include "parse.h"
#include "reason_word.h"

/* What a byte is in a word; 0: it ends there. */
enum {
	LETTER = 1, /* none of the next two */
	HEX = 2,    /* a to f */
	DIGIT = 4,
	DOT = 8,
	AT = 16,
	INNER = 32 /* - _ + */
};

#define L LETTER
#define H HEX
#define D DIGIT
static const unsigned char kinds[256] = { ['+'] = INNER,
	['-'] = INNER,
	['_'] = INNER,
	['.'] = DOT,
	['@'] = AT,
	['0'] = D,
	D,
	D,
	D,
	D,
	D,
	D,
	D,
	D,
	D,
	['A'] = H,
	H,
	H,
	H,
	H,
	H,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	['a'] = H,
	H,
	H,
	H,
	H,
	H,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	L,
	[0x80 ... 0xff] = L };

enum {
	HEX_MIN = 6,   /* "facade1" is longer, "5.1.1" is a code */
	SHORT_MAX = 5, /* "300s", "2nd" */
	ID_MIN = 8,    /* with so many digits it is an id: */
	ID_DIGITS = 3
};

struct word {
	struct bytes text;
	struct bytes after;
	unsigned kinds;
	unsigned digits;
};

bool
reason_is_of_word(unsigned char c)
{
	return (kinds[c] & (LETTER | HEX | DIGIT)) != 0;
}

static struct word
take_word(struct bytes text)
{
	struct word word = { .text = { text.data, 0 } };
	unsigned all = 0;
	size_t end = 0; /* after the last letter or digit */

	for (size_t at = 0; at < text.len; at++) {
		const unsigned kind = kinds[(unsigned char)text.data[at]];

		if (kind == 0)
			break;
		all |= kind;
		word.digits += (kind & DIGIT) != 0;
		if (kind & (LETTER | HEX | DIGIT)) {
			end = at + 1;
			word.kinds = all;
		}
	}
	word.text.len = end;
	word.after = bytes_from(text, end);
	return word;
}

static char
next_of(const struct word *word)
{
	return word->after.len > 0 ? *word->after.data : '\0';
}

static bool
ends_with(struct bytes text, const char *end)
{
	const size_t len = strlen(end);

	return text.len >= len &&
	    memcmp(text.data + text.len - len, end, len) == 0;
}

/* The words after which a DNS list is named. */
static bool
names_list(struct bytes before)
{
	static const char *const fronts[] = { " using ", "listed by ",
		"listed in ", "listed at ", "listed on " };

	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++)
		if (ends_with(before, fronts[i]))
			return true;
	return false;
}

/* Labels, the last of at least two letters: "main.cf" and "virtual.db" are
 * files. */
static bool
is_host(struct bytes text)
{
	const struct bytes last = bytes_after_last(text, '.');
	static const char *const files[] = { "cf", "db", "conf", "pem", "so",
		"lmdb", "cdb", "sock", "pid", "html" };

	if (last.len == text.len || last.len < 2)
		return false;
	for (size_t i = 0; i < last.len; i++)
		if ((kinds[(unsigned char)last.data[i]] & (LETTER | HEX)) == 0)
			return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (bytes_equal(last, bytes_of(files[i])))
			return false;
	return true;
}

/* How many parts of digits with dots between the text has; 0: it has others. */
static unsigned
numbers(struct bytes text)
{
	unsigned count = 0;

	for (;;) {
		const size_t len = bytes_digits(text);

		if (len == 0)
			return 0;
		count++;
		text = bytes_from(text, len);
		if (text.len == 0)
			return count;
		if (*text.data != '.')
			return 0;
		text = bytes_from(text, 1);
	}
}

/* "5.7.1" */
static bool
is_enhanced(struct bytes text)
{
	return text.len >= 5 && text.len <= 9 && text.data[1] == '.' &&
	    strchr("245", *text.data) != NULL && numbers(text) == 3;
}

/* The length of "450" or "550-" that a reply begins with; 0: it does not. */
static size_t
code(const struct word *word, struct bytes before)
{
	const struct bytes text = word->text;
	const bool is_first = before.len == 0 || ends_with(before, ": ") ||
	    ends_with(before, "(");

	if (text.len < 3 || *text.data < '2' || *text.data > '5' ||
	    bytes_digits((struct bytes){ text.data, 3 }) < 3)
		return 0;
	if (text.len == 3)
		return is_first && next_of(word) == ' ' ? 3 : 0;
	if (text.data[3] != '-')
		return 0;
	return !bytes_is_digit(text.data[4]) ||
		is_enhanced(bytes_from(text, 4)) ?
	    4 :
	    0;
}

/* How many bytes of these kinds, or colons, follow. */
static size_t
span(struct bytes text, unsigned wanted, unsigned *colons)
{
	size_t len = 0;

	*colons = 0;
	for (; len < text.len; len++)
		if (text.data[len] == ':')
			++*colons;
		else if ((kinds[(unsigned char)text.data[len]] & wanted) == 0)
			break;
	return len;
}

/* "2001:db8::1", "00:05:00": the length, and what it is; 0: neither. */
static size_t
with_colons(struct bytes text, const char **instead)
{
	unsigned colons;
	size_t len = span(text, DIGIT, &colons);

	while (len > 0 && text.data[len - 1] == ':')
		len--;
	if (colons > 0 && len > 2 && memchr(text.data, ':', len) != NULL &&
	    memmem(text.data, len, "::", 2) == NULL &&
	    (len == text.len || kinds[(unsigned char)text.data[len]] == 0)) {
		*instead = "#";
		return len;
	}
	len = span(text, DIGIT | HEX | DOT, &colons);
	if (colons < 2)
		return 0;
	while (len > 0 && kinds[(unsigned char)text.data[len - 1]] == DOT)
		len--;
	*instead = "[]";
	return len;
}

/* What a word with digits in it is; NULL: it stays. in_path: it is no host. */
static const char *
judge_digits(const struct word *word, bool in_path)
{
	const struct bytes text = word->text;
	const unsigned all = word->kinds;

	if (is_enhanced(text))
		return NULL;
	if ((all & ~(unsigned)(DIGIT | DOT)) == 0)
		return numbers(text) == 4 ? "[]" : "#";
	if ((all & (LETTER | HEX)) == 0 ||
	    ((all & ~(unsigned)(DIGIT | HEX)) == 0 && text.len >= HEX_MIN) ||
	    (bytes_is_digit(*text.data) && text.len <= SHORT_MAX))
		return "#";
	if (!in_path && (all & DOT) != 0 && is_host(text))
		return "*";
	return (text.len >= ID_MIN && word->digits >= ID_DIGITS) ||
		match_queue_id(text) == text.len ?
	    "#" :
	    NULL;
}

/* The length of the rest of a URL, or of a path: up to what ends it. */
static size_t
to_end(struct bytes text)
{
	size_t len = 0;

	while (len < text.len && !bytes_is_blank(text.data[len]) &&
	    strchr("\"'<>();,", text.data[len]) == NULL)
		len++;
	return len;
}

/* A name, which the byte after it or the words before it show. NULL: none. */
static const char *
judge_place(const struct word *word, struct bytes before)
{
	if (ends_with(before, "/") || names_list(before))
		return NULL;
	if (next_of(word) == '[')
		return "*";
	if ((word->kinds & AT) != 0)
		return "<>";
	return (word->kinds & DOT) != 0 && is_host(word->text) ? "*" : NULL;
}

size_t
reason_word(struct bytes text, struct bytes before, const char **instead)
{
	const struct word word = take_word(text);
	const size_t len = word.text.len;
	size_t taken;

	if (next_of(&word) == ':') {
		if (bytes_begin_with(word.after, bytes_of("://"))) {
			*instead = "*";
			return to_end(text);
		}
		if ((word.kinds & ~(unsigned)(DIGIT | HEX)) == 0 &&
		    (taken = with_colons(text, instead)) > 0)
			return taken;
	}
	if ((word.kinds & DIGIT) != 0) {
		taken = code(&word, before);
		if (taken > 0)
			return taken;
	}
	/* A resolver's "for name=example.com". */
	if (ends_with(before, "name="))
		*instead = "*";
	else
		*instead = judge_place(&word, before);
	if (*instead == NULL && (word.kinds & DIGIT) != 0 &&
	    !names_list(before))
		*instead = judge_digits(&word, ends_with(before, "/"));
	/* A page of a host. */
	if (*instead != NULL && **instead == '*' && next_of(&word) == '/')
		return to_end(text);
	return len;
}
