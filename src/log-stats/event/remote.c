/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/entry/scan.h"
#include "parse.h"
#include "remote.h"

static const struct bytes none = { NULL, 0 };

/* "(host x[..] said: 550 5.1.1 ..", "(250 2.0.0 Ok: ..", "450 4.2.0 .." */
struct bytes
remote_code(const struct event *event)
{
	struct bytes text = event->text;

	if (event->class != EVENT_SMTP_TRY_FAILED &&
	    event_parts[event->class] != EVENT_OF_DELIVERY)
		return none;
	SKIP(&text, "(");
	if (!parse_after(&text, " said: "))
		parse_after(&text, " refused to talk to me: ");
	if (bytes_digits(text) != 3 || *text.data < '2' || *text.data > '5' ||
	    (text.len > 3 && text.data[3] != ' ' && text.data[3] != '-'))
		return none;
	text.len = 3;
	return text;
}

struct bytes
remote_name(const struct entry *entry, const struct event *event)
{
	static const char *const fronts[] = { "connect to ", "host ", " with ",
		"server " };
	size_t len;

	if (event->class != EVENT_SMTP_TRY_FAILED || entry == NULL)
		return event->relay;
	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		struct bytes text = entry->text;

		if (!parse_after(&text, fronts[i]))
			continue;
		len = scan_until(text, ' ');
		while (len > 0 && strchr(":,;", text.data[len - 1]) != NULL)
			len--;
		return (struct bytes){ text.data, len };
	}
	return none;
}
