/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "common/text.h"
#include "list_character.h"
#include "list_doubt_common.h"

/* Of a name in the DNS, in its text form: RFC 1035, 2.3.4. */
enum { NAME_MAX_LENGTH = 253, LABEL_MAX_LENGTH = 63 };

const char *
list_doubt_say(char *problem, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem, LIST_PROBLEM_MAX, format, arguments);
	va_end(arguments);
	return problem;
}

const char *
list_doubt_rewrite(
    char *problem, const char *why, struct bytes text, const char *meaning)
{
	char shown[LIST_SHOWN_MAX];

	return list_doubt_say(problem, "it never matches: %s; write \"%s\"%s",
	    why, list_show(text, shown), meaning);
}

bool
list_doubt_has(struct bytes text, char c)
{
	return memchr(text.data, c, text.len) != NULL;
}

bool
list_doubt_is_number(struct bytes text)
{
	return text.len > 0 && bytes_digits(text) == text.len;
}

bool
list_doubt_has_only(struct bytes text, const char *characters)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\0' ||
		    strchr(characters, text.data[i]) == NULL)
			return false;
	}
	return true;
}

const char *
list_doubt_of_half_regexp(struct bytes text, char *problem)
{
	struct bytes flags = bytes_after_last(text, '/');

	if (flags.len + 1 < text.len && flags.len <= 4)
		return list_doubt_say(problem,
		    "it never matches: a regular expression ends with its "
		    "second /; there are no flags, and case does not matter");
	return list_doubt_say(problem,
	    "it never matches: it begins like a regular expression, but has "
	    "no / at its end");
}

/* What a link, a table of Postfix or an SPF record has before a colon. */
static size_t
scheme_length(struct bytes text)
{
	static const char *const schemes[] = { "mailto:", "http:", "https:",
		"ftp:", "smtp:", "ip4:", "ip6:", "a:", "mx:", "include:",
		"client:", "sender:", "recipient:", "from:", "to:", "domain:",
		"host:", "hash:", "regexp:", "pcre:", "cidr:" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (text.len <= len ||
		    strncasecmp(text.data, schemes[i], len) != 0)
			continue;
		while (len < text.len && text.data[len] == '/')
			len++;
		return len;
	}
	return 0;
}

const char *
list_doubt_of_dress(struct bytes text, char *problem)
{
	char first = text.data[0], last = text.data[text.len - 1];
	size_t scheme = scheme_length(text);

	if (text.len > 2 && first == last &&
	    (first == '"' || first == '\'' || first == '`'))
		return list_doubt_rewrite(problem,
		    "entries are written without quotation marks",
		    (struct bytes){ text.data + 1, text.len - 2 }, "");
	if (text.len > 1 && (last == ',' || last == ';'))
		return list_doubt_rewrite(problem,
		    "each entry is on a line of its own, without commas",
		    (struct bytes){ text.data, text.len - 1 }, "");
	if (scheme == 0)
		return NULL;
	text = bytes_from(text, scheme);
	while (text.len > 1 && text.data[text.len - 1] == '/')
		text.len--;
	if (text.len > 0)
		return list_doubt_rewrite(
		    problem, "entries are bare names and addresses", text, "");
	return NULL;
}

/* What comes here is UTF-8. */
static const char *
doubt_of_letter(struct bytes text, char *problem)
{
	uint32_t code;
	size_t len = text_decode(text, &code);

	return list_doubt_say(problem,
	    "it never matches: host names are ASCII, and this one has \"%.*s\" "
	    "(U+%04X); write it in its form with xn--",
	    (int)len, text.data, code);
}

/*
 * Names of clients that Postfix's valid_hostname() does not accept are
 * "unknown". The domain of an address may hold UTF-8, too.
 */
const char *
list_doubt_of_bad_character(
    struct bytes domain, bool utf8_is_good, char *problem)
{
	char shown[LIST_SHOWN_MAX];

	for (size_t i = 0; i < domain.len; i++) {
		char c = bytes_lower(domain.data[i]);

		if ((c >= 'a' && c <= 'z') || bytes_is_digit(c) || c == '-' ||
		    c == '_' || c == '.' ||
		    (utf8_is_good && (unsigned char)c >= 0x80))
			continue;
		if ((unsigned char)c >= 0x80)
			return doubt_of_letter(bytes_from(domain, i), problem);
		return list_doubt_say(problem,
		    "it never matches: host names do not have the character "
		    "\"%s\"",
		    list_show((struct bytes){ &c, 1 }, shown));
	}
	return NULL;
}

static const char *
doubt_of_dots(struct bytes domain, char *problem)
{
	struct bytes text = domain;

	while (text.len > 0 && text.data[0] == '.')
		text = bytes_from(text, 1);
	while (text.len > 0 && text.data[text.len - 1] == '.')
		text.len--;
	if (text.len == 0 || text.len == domain.len)
		return list_doubt_say(problem,
		    "it never matches: a domain has no two dots in a row");
	return list_doubt_rewrite(problem,
	    "a domain neither begins nor ends with a dot", text,
	    ", which stands for all below it, too");
}

const char *
list_doubt_of_domain(struct bytes domain, char *problem)
{
	size_t label = 0, longest = 0;

	for (size_t i = 0; i < domain.len; i++) {
		label = domain.data[i] == '.' ? 0 : label + 1;
		longest = label > longest ? label : longest;
		if (label == 0 &&
		    (i == 0 || i + 1 == domain.len ||
			domain.data[i + 1] == '.'))
			return doubt_of_dots(domain, problem);
	}
	if (longest > LABEL_MAX_LENGTH || domain.len > NAME_MAX_LENGTH)
		return list_doubt_say(problem,
		    "it never matches: it is longer than a domain can be");
	return NULL;
}
