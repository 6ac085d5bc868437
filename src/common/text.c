/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "text.h"

size_t
text_character(struct bytes bytes)
{
	const unsigned char *text = (const unsigned char *)bytes.data;
	uint32_t code;
	size_t need;

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
	return need;
}

size_t
text_printable(struct bytes text, char *out, size_t room)
{
	size_t used = 0, cut_at = 0, n;

	for (size_t i = 0; i < text.len; i += n) {
		n = text_character(bytes_from(text, i));
		if (used + (n == 0 ? 1 : n) > room) {
			memcpy(out + cut_at, "...", 3);
			return cut_at + 3;
		}
		if (n > 0)
			memcpy(out + used, text.data + i, n);
		else {
			out[used] = '?';
			n = 1;
		}
		used += n;
		if (used + 3 <= room)
			cut_at = used;
	}
	return used;
}
