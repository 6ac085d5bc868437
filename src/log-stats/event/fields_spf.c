/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"
#include "log-stats/entry/scan.h"
#include "match.h"
#include "parse.h"

/* RFC 7372: 7.23 is a fail, 7.24 an error, for now or for good. */
static struct bytes
result_of_code(struct bytes text)
{
	const char *begin = text.data;

	if (SKIP(&text, "550 5.7.23 "))
		return bytes_of("Fail");
	if (SKIP(&text, "550 5.7.24 "))
		return bytes_of("Permerror");
	if (SKIP(&text, "451 4.7.24 ") || SKIP(&text, "450 4.7.24 "))
		return bytes_of("Temperror");
	return (struct bytes){ begin, 0 };
}

/* The result that the text begins with, as policyd-spf writes it in its header
 * lines: with a capital. Empty: none. */
static struct bytes
result_with_capital(struct bytes text)
{
	static const char *const results[] = { "Fail", "Softfail", "Neutral",
		"None", "Pass", "Temperror", "Permerror" };

	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++)
		if (text.len > 1 &&
		    bytes_begin_with(
			bytes_from(text, 1), bytes_of(results[i] + 1)) &&
		    bytes_lower(*text.data) == bytes_lower(*results[i]))
			return bytes_of(results[i]);
	return (struct bytes){ NULL, 0 };
}

/* policyd-spf's reply to Postfix: "Message rejected due to: SPF fail - not
 * authorized". */
static struct bytes
result_of_reply(struct bytes text)
{
	struct bytes rest = text, result = { NULL, 0 };

	if (parse_after(&rest, "due to: SPF "))
		result = result_with_capital(rest);
	return result.len > 0 ? result : result_of_code(text);
}

/* "client-ip=203.0.113.8;", and "ip=203.0.113.8;" in a URL. */
static struct bytes
client_of(struct bytes text)
{
	size_t len;

	if (!parse_after(&text, "client-ip=") && !parse_after(&text, ";ip=") &&
	    !parse_after(&text, "&ip=") && !parse_after(&text, "IP Address: "))
		return (struct bytes){ NULL, 0 };
	len = scan_until_either(text, ';', ' ');
	while (len > 0 && strchr(",&)", text.data[len - 1]) != NULL)
		len--;
	return (struct bytes){ text.data, len };
}

void
fields_spf(struct event *event, struct bytes text)
{
	event->client_address = client_of(text);
	if (text.len > 0 && bytes_is_digit(*text.data)) {
		event->text = result_of_reply(text);
		return;
	}
	if (SKIP(&text, ": SPF ") || SKIP(&text, "SPF ") ||
	    parse_after(&text, "; spf=")) {
		event->text = result_with_capital(text);
		return;
	}
	if (!parse_after(&text, "Received-SPF: "))
		parse_after(&text, "Policy action=");
	event->text = (struct bytes){ text.data, match_list(text) };
}
