/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/entry/scan.h"
#include "parse.h"
#include "reason.h"
#include "reason_word.h"

enum { PLACEHOLDER_MAX = 3 };

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

/* <LF>, <CR>: names of bytes, which no client chose. */
static bool
names_a_byte(struct bytes inside)
{
	return bytes_equal(inside, bytes_of("LF")) ||
	    bytes_equal(inside, bytes_of("CR")) ||
	    bytes_equal(inside, bytes_of("CRLF"));
}

/* What is in brackets or quotes, which end within the text; before: the byte
 * in front of it. The length; 0: nothing. */
static size_t
enclosed(struct bytes text, char before, const char **instead)
{
	static const char opens[] = "<[\"'", closes[] = ">]\"'";
	static const char *const placeholders[] = { "<>", "[]", "*", "*" };
	const char *open = *text.data == '\0' ? NULL :
						strchr(opens, *text.data);
	const char *end;
	size_t len;

	/* "can't" has no quotation in it. */
	if (open == NULL ||
	    (*open == '\'' && reason_is_of_word((unsigned char)before)))
		return 0;
	end = memchr(text.data + 1, closes[open - opens], text.len - 1);
	if (end == NULL)
		return 0;
	len = (size_t)(end + 1 - text.data);
	if (*open == '<' &&
	    names_a_byte((struct bytes){ text.data + 1, len - 2 }))
		return 0;
	*instead = placeholders[open - opens];
	return len;
}

struct bytes
reason_in_short(struct bytes text, char out[static REASON_MAX])
{
	size_t len = 0;

	text = without_host(text);
	while (text.len > 0 && len + PLACEHOLDER_MAX < REASON_MAX) {
		const struct bytes before = { out, len };
		const char *instead = NULL;
		size_t taken, kept;

		if (reason_is_of_word((unsigned char)*text.data))
			taken = reason_word(text, before, &instead);
		else
			taken = enclosed(
			    text, len > 0 ? out[len - 1] : ' ', &instead);
		if (taken == 0)
			taken = 1;
		kept = instead == NULL ? taken : strlen(instead);
		if (kept > REASON_MAX - len)
			kept = REASON_MAX - len;
		memcpy(out + len, instead == NULL ? text.data : instead, kept);
		len += kept;
		text = bytes_from(text, taken);
	}
	return (struct bytes){ out, len };
}
