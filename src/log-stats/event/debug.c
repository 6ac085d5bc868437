/* SPDX-License-Identifier: BSD-2-Clause */
#include "debug.h"
#include "parse.h"

/* Postfix: what msg_info() says if msg_verbose is set, and tls_*.c with
 * TLS_LOG_DEBUG and above. */
static const char *const fronts[] = { "> ", "< ", ">>> ", "<<< ", "+++ ",
	"send attr ", "input attribute ", "connect to subsystem ",
	"process generation: ", "SSL_accept:", "SSL_connect:", "SSL3 alert ",
	"read from ", "write to ", "looking up session ",
	"looking for session ", "save session ", "saving session ",
	"remove session ", "removing session ", "Issuing session ticket",
	"abort all milters", "starting new SMTP session",

	"trying... ", "private/", "public/", "rewrite stream ",
	"resolve stream ", "proxymap stream ",
	"global TLS level: ", "effective TLS level: ", NULL };

static const char *const parts[] = { ": TLS cipher list ",
	": Issuing session ticket",
	": certificate verification depth=", ": depth=", " TLS handshake ",
	": wanted attribute: ", ": save session ", ": looking up session ",
	": removing session ",
	" SSL_accept:", ": SNI hostname: ", " issuer_CN=", " issuer=", NULL };

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || bytes_is_digit(c) || c == '_';
}

/* "smtpd_check_addr: ", "milter8_connect: ", "dict_eval[1]: ": a function of
 * Postfix' own. */
static bool
begins_with_function(struct bytes text)
{
	size_t len = 0;
	bool has_bar = false;

	for (; len < text.len && is_name(text.data[len]); len++)
		has_bar |= text.data[len] == '_' || bytes_is_digit(*text.data);
	return has_bar && len > 3 && len + 1 < text.len &&
	    (text.data[len] == ':' || text.data[len] == '[' ||
		text.data[len] == '(');
}

/* "0000 16 03 01 ...": a dump of what was sent. */
static bool
is_dump(struct bytes text)
{
	return text.len > 7 && bytes_digits(text) >= 1 && text.data[4] == ' ' &&
	    text.data[7] == ' ';
}

bool
debug_is(struct bytes text)
{
	if (begins_with_function(text) || is_dump(text))
		return true;
	for (const char *const *front = fronts; *front != NULL; front++)
		if (bytes_begin_with(text, bytes_of(*front)))
			return true;
	for (const char *const *part = parts; *part != NULL; part++)
		if (parse_find(text, *part) != NULL)
			return true;
	return false;
}
