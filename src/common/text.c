/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <wchar.h>

#include "text.h"

/*
 * What shows nothing by itself, or turns the order of what stands around it:
 * marks of direction, zero-width characters, separators of lines, tags.
 */
static bool
is_invisible(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = { { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f } };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	}
	return false;
}

size_t
text_character(struct bytes bytes, uint32_t *result)
{
	size_t len = text_decode(bytes, result);

	if (len < 2 || !is_invisible(*result))
		return len;
	*result = (unsigned char)bytes.data[0];
	return 0;
}

size_t
text_decode(struct bytes bytes, uint32_t *result)
{
	const unsigned char *text = (const unsigned char *)bytes.data;
	uint32_t code;
	size_t need;

	*result = text[0];
	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f;
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		need = 2;
	else if ((text[0] & 0xf0) == 0xe0)
		need = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (bytes.len < need)
		return 0;
	code = text[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3fu);
	}
	if (code < 0xa0 || (need == 3 && code < 0x800) ||
	    (need == 4 && (code < 0x10000 || code > 0x10ffff)) ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*result = code;
	return need;
}

size_t
text_columns(struct bytes text, int *columns)
{
	uint32_t code;
	size_t len = text_character(text, &code);

	*columns = len == 0 ? 1 : wcwidth((wchar_t)code);
	if (*columns < 0)
		*columns = 1;
	return len;
}

size_t
text_fit(struct bytes text, int room, int *columns)
{
	size_t fits = 0, len;
	int width;

	*columns = 0;
	while (fits < text.len) {
		len = text_columns(bytes_from(text, fits), &width);
		if (*columns + width > room)
			break;
		*columns += width;
		fits += len == 0 ? 1 : len;
	}
	return fits;
}

/* Eight bytes at once: are some of them not printable ASCII? */
static bool
has_others(uint64_t word)
{
	const uint64_t each = 0x0101010101010101;

	return ((word | (word - 0x20 * each) | (word + each)) & 0x80 * each) !=
	    0;
}

/* How many bytes at the front are printable ASCII; maybe not all of them. */
static size_t
plain(struct bytes text)
{
	uint64_t word;
	size_t len = 0;

	while (len + sizeof(word) <= text.len) {
		memcpy(&word, text.data + len, sizeof(word));
		if (has_others(word))
			break;
		len += sizeof(word);
	}
	return len;
}

size_t
text_printable(struct bytes text, char *out, size_t room)
{
	size_t used = 0, cut_at = 0, n;
	uint32_t code;

	for (size_t i = 0; i < text.len; i += n) {
		const char *shown = text.data + i;

		n = plain(bytes_from(text, i));
		if (n == 0 || used + n + 3 > room)
			n = text_character(bytes_from(text, i), &code);
		if (n == 0) {
			shown = "?";
			n = 1;
		}
		if (used + n > room) {
			memcpy(out + cut_at, "...", 3);
			return cut_at + 3;
		}
		memcpy(out + used, shown, n);
		used += n;
		if (used + 3 <= room)
			cut_at = used;
	}
	return used;
}

size_t
text_escape(struct bytes bytes, char *out)
{
	static const char digit[] = "0123456789abcdef";
	size_t used = 0, n;
	uint32_t code;

	for (size_t i = 0; i < bytes.len; i += n) {
		n = text_character(bytes_from(bytes, i), &code);
		if (n == 0 || code == '\\')
			out[used++] = '\\';
		if (n == 0) {
			out[used++] = 'x';
			out[used++] = digit[code >> 4];
			out[used++] = digit[code & 15];
			n = 1;
		} else {
			memcpy(out + used, bytes.data + i, n);
			used += n;
		}
	}
	return used;
}

int
text_hex_value(char c)
{
	c = bytes_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
text_unescape(struct bytes text, char *out, size_t *len)
{
	int high, low;

	*len = 0;
	for (size_t i = 0; i < text.len; i++) {
		struct bytes rest = bytes_from(text, i + 1);
		char c = text.data[i];

		if (c == '\\' && rest.len > 0 && rest.data[0] == '\\')
			i++;
		else if (c == '\\') {
			if (rest.len < 3 || rest.data[0] != 'x')
				return false;
			high = text_hex_value(rest.data[1]);
			low = text_hex_value(rest.data[2]);
			if (high == -1 || low == -1)
				return false;
			c = (char)(high << 4 | low);
			i += 3;
		}
		out[(*len)++] = c;
	}
	return true;
}
