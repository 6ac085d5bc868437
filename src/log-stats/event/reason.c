/* SPDX-License-Identifier: BSD-2-Clause */
#include "match.h"
#include "parse.h"
#include "reason.h"

enum { DIGITS_MIN = 4 }; /* fewer may be the code of a reply */

static struct bytes
without_host(struct bytes text)
{
	if (text.len > 1 && *text.data == '(') {
		text = bytes_from(text, 1);
		if (text.data[text.len - 1] == ')')
			text.len--;
	}
	if (bytes_begin_with(text, bytes_of("host ")))
		parse_after(&text, " said: ");
	return text;
}

/* The length of a word with an @ in it, which a blank, colon or ")" ends; 0:
 * the text does not begin with one. */
static size_t
mailbox(struct bytes text)
{
	size_t len = 0;
	bool has_at = false;

	for (; len < text.len && text.data[len] != ' ' &&
	     text.data[len] != ':' && text.data[len] != ')';
	     len++)
		has_at |= text.data[len] == '@';
	return has_at ? len : 0;
}

/* How much of the front of the text is replaced, and by what; 0: nothing. */
static size_t
variable_part(struct bytes text, char before, const char **instead)
{
	static const char opens[] = "<[\"", closes[] = ">]\"";
	static const char *const empties[] = { "<>", "[]", "\"\"" };
	const char *open = *text.data == '\0' ? NULL :
						strchr(opens, *text.data);
	const char *end;
	size_t len;

	if (open != NULL) {
		end = memchr(text.data + 1, closes[open - opens], text.len - 1);
		*instead = empties[open - opens];
		return end == NULL ? 0 : (size_t)(end + 1 - text.data);
	}
	len = before == ' ' ? mailbox(text) : 0;
	if (len > 0) {
		*instead = "@";
		return len;
	}
	*instead = "#";
	len = bytes_digits(text);
	if (len >= DIGITS_MIN)
		return len;
	if (before == ' ' || before == '\0' || before == '/') {
		len = match_queue_id(text);
		if (len > 0 && (len == text.len || text.data[len] == ':'))
			return len;
	}
	return 0;
}

struct bytes
reason_in_short(struct bytes text, char out[static REASON_MAX])
{
	size_t len = 0;
	char before = '\0';

	text = without_host(text);
	while (text.len > 0 && len + 3 < REASON_MAX) {
		const char *instead;
		size_t skipped = variable_part(text, before, &instead);

		before = *text.data;
		if (skipped == 0) {
			out[len++] = *text.data;
			text = bytes_from(text, 1);
			continue;
		}
		memcpy(out + len, instead, strlen(instead));
		len += strlen(instead);
		text = bytes_from(text, skipped);
	}
	return (struct bytes){ out, len };
}
