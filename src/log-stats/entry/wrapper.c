/* SPDX-License-Identifier: BSD-2-Clause */
#include "wrapper.h"

enum { BAR_MAX = 80, FACILITY_MAX = 20 };

void
wrapper_strip_bracketed(struct bytes *text, char front, char back)
{
	const char *end;

	if (text->len == 0 || *text->data != front)
		return;
	end = memchr(text->data, back, text->len);
	if (end == NULL)
		return;
	*text = bytes_from(*text, (size_t)(end + 1 - text->data));
	if (text->len > 0 && *text->data == ' ')
		*text = bytes_from(*text, 1);
}

/* "\033[36m" */
static void
strip_colour(struct bytes *text)
{
	size_t len = 2;

	while (
	    text->len > 2 && text->data[0] == '\033' && text->data[1] == '[') {
		for (len = 2; len < text->len &&
		     (bytes_is_digit(text->data[len]) ||
			 text->data[len] == ';');
		     len++)
			;
		if (len == text->len || text->data[len] != 'm')
			return;
		*text = bytes_from(*text, len + 1);
	}
}

static bool
is_among(struct bytes word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (bytes_equal(word, bytes_of(*words)))
			return true;
	return false;
}

/* "mail.info" or "mail:info": its length; 0: the text has another front. */
static size_t
facility(struct bytes text)
{
	static const char *const facilities[] = { "mail", "daemon", "user",
		"local0", "local1", "local2", "local3", "local4", "local5",
		"local6", "local7", "syslog", "auth", "authpriv", "cron",
		"kern", NULL };
	static const char *const priorities[] = { "info", "notice", "warn",
		"warning", "err", "error", "crit", "debug", "alert", "emerg",
		"panic", NULL };
	size_t first = 0, len;

	while (first < text.len && first < FACILITY_MAX &&
	    text.data[first] != '.' && text.data[first] != ':' &&
	    text.data[first] != ' ')
		first++;
	if (first + 1 >= text.len || text.data[first] == ' ' ||
	    text.data[first + 1] == ' ' ||
	    !is_among((struct bytes){ text.data, first }, facilities))
		return 0;
	for (len = first + 1; len < text.len && len < FACILITY_MAX &&
	     text.data[len] != ':' && text.data[len] != ' ';
	     len++)
		;
	return is_among(
		   (struct bytes){ text.data + first + 1, len - first - 1 },
		   priorities) ?
	    len :
	    0;
}

bool
wrapper_strip_facility(struct bytes *text)
{
	size_t len = facility(*text);

	if (len == 0 || len == text->len || text->data[len] != ' ')
		return false;
	*text = wrapper_skip_blanks(bytes_from(*text, len));
	return true;
}

static void
strip_socklog(struct bytes *text)
{
	size_t len = facility(*text);

	if (len > 0 && len < text->len && text->data[len] == ':')
		*text = wrapper_skip_blanks(bytes_from(*text, len + 1));
}

static void
strip_pod(struct bytes *text)
{
	if (bytes_begin_with(*text, bytes_of("[pod/")))
		wrapper_strip_bracketed(text, '[', ']');
}

static const char *
find_bar(struct bytes text)
{
	return text.len == 0 ?
	    NULL :
	    memchr(text.data, '|', text.len < BAR_MAX ? text.len : BAR_MAX);
}

bool
wrapper_has_bar(struct bytes text)
{
	return find_bar(text) != NULL;
}

/* A name and blanks; what is a stamp has a colon. */
static void
strip_bar(struct bytes *text)
{
	const char *bar = find_bar(*text);

	if (bar == NULL ||
	    memchr(text->data, ':', (size_t)(bar - text->data)) != NULL)
		return;
	*text = wrapper_skip_blanks(
	    bytes_from(*text, (size_t)(bar + 1 - text->data)));
}

void
wrapper_strip_front(struct bytes *text)
{
	strip_colour(text);
	strip_bar(text);
	strip_colour(text);
	*text = wrapper_skip_blanks(*text);
	strip_pod(text);
	wrapper_strip_bracketed(text, '<', '>');
	strip_socklog(text);
}

bool
wrapper_strip_stream(struct bytes *text)
{
	static const char *const streams[] = { "stdout F ", "stderr F ",
		"stdout P ", "stderr P ", NULL };

	if (!bytes_begin_with(*text, (struct bytes){ "std", 3 }))
		return false;
	for (const char *const *stream = streams; *stream != NULL; stream++)
		if (bytes_begin_with(*text, bytes_of(*stream))) {
			*text = bytes_from(*text, strlen(*stream));
			return true;
		}
	return false;
}
