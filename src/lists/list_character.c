/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/text.h"
#include "list_character.h"

#define DELETE "delete it"
#define WRITE(what) "write " what " in its place"
#define BLANK WRITE("a plain blank") ", or delete it"

/* The code points of Unicode that are complained of, in order. */
static const struct kind {
	uint32_t first, last;
	const char *name;
	const char *cure;
} kinds[] = {
	{ 0xa0, 0xa0, "a no-break space", BLANK },
	{ 0xad, 0xad, "a soft hyphen", DELETE },
	{ 0x34f, 0x34f, "a grapheme joiner", DELETE },
	{ 0x61c, 0x61c, "a mark of direction", DELETE },
	{ 0x1680, 0x1680, "a space that is not the plain one", BLANK },
	{ 0x180e, 0x180e, "a vowel separator", DELETE },
	{ 0x2000, 0x200a, "a space that is not the plain one", BLANK },
	{ 0x200b, 0x200d, "a zero-width character", DELETE },
	{ 0x200e, 0x200f, "a mark of direction", DELETE },
	{ 0x2010, 0x2015, "a dash that is not the plain one", WRITE("-") },
	{ 0x2018, 0x201f, "a typographic quotation mark", DELETE },
	{ 0x2024, 0x2026, "dots that are not the plain ones", WRITE(".") },
	{ 0x2028, 0x2029, "a line separator", WRITE("a new line") },
	{ 0x202a, 0x202e, "a mark of direction", DELETE },
	{ 0x202f, 0x202f, "a narrow no-break space", BLANK },
	{ 0x205f, 0x205f, "a space that is not the plain one", BLANK },
	{ 0x2060, 0x2064, "a zero-width character", DELETE },
	{ 0x2066, 0x206f, "a mark of direction", DELETE },
	{ 0x2212, 0x2212, "a minus that is not the plain -", WRITE("-") },
	{ 0x3000, 0x3000, "an ideographic space", BLANK },
	{ 0x3002, 0x3002, "an ideographic full stop", WRITE(".") },
	{ 0xfe00, 0xfe0f, "a variation selector", DELETE },
	{ 0xfeff, 0xfeff, "a byte-order mark", DELETE },
	{ 0xff01, 0xff5e, "a full-width character", WRITE("the plain one") },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds), LATIN_1_SPACE = 0xa0 };

static const struct kind *
kind_of(uint32_t code)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (code >= kinds[i].first && code <= kinds[i].last)
			return &kinds[i];
	}
	return NULL;
}

const char *
list_show(struct bytes text, char out[static LIST_SHOWN_MAX])
{
	enum { ROOM = LIST_SHOWN_MAX - sizeof("...") };
	size_t used = 0, n;
	char shown[16];
	uint32_t code;

	for (size_t i = 0; i < text.len; i += n) {
		struct bytes rest = bytes_from(text, i);
		int len;

		n = text_decode(rest, &code);
		if (n == 0)
			len = snprintf(shown, sizeof(shown), "\\x%02x", code);
		else if (kind_of(code) != NULL)
			len = snprintf(shown, sizeof(shown), "<U+%04X>", code);
		else
			len = snprintf(
			    shown, sizeof(shown), "%.*s", (int)n, rest.data);
		n = n == 0 ? 1 : n;
		if (used + (size_t)len > ROOM) {
			memcpy(out + used, "...", sizeof("..."));
			return out;
		}
		memcpy(out + used, shown, (size_t)len);
		used += (size_t)len;
	}
	out[used] = '\0';
	return out;
}

/* What has no name: control characters, and bytes that are not UTF-8. */
static const char *
doubt_of_byte(unsigned char byte, char *out, size_t size)
{
	if (byte == LATIN_1_SPACE)
		snprintf(out, size,
		    "it never matches: it has the byte 0xA0, a no-break space "
		    "in Latin-1; " BLANK);
	else if (byte < 0x80)
		snprintf(out, size,
		    "it never matches: it has a control character "
		    "(0x%02X); " DELETE,
		    byte);
	else
		snprintf(out, size,
		    "it never matches: it has the byte 0x%02X, which is not "
		    "UTF-8; save the file as UTF-8",
		    byte);
	return out;
}

const char *
list_character_doubt(struct bytes text, bool is_regexp, char *out, size_t size)
{
	const struct kind *kind;
	uint32_t code;
	size_t n;

	for (size_t i = 0; i < text.len; i += n == 0 ? 1 : n) {
		n = text_decode(bytes_from(text, i), &code);
		if (n == 0 && (!is_regexp || code == LATIN_1_SPACE))
			return doubt_of_byte((unsigned char)code, out, size);
		kind = n == 0 ? NULL : kind_of(code);
		if (kind == NULL)
			continue;
		snprintf(out, size, "it never matches: it has %s (U+%04X); %s",
		    kind->name, code, kind->cure);
		return out;
	}
	return NULL;
}
