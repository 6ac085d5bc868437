/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "log-stats/entry/writer.h"
#include "log-stats/event/event_read.h"
#include "log-stats/event/match.h"
#include "log-stats/entry/scan.h"
#include "log-stats/event/wording.h"
#include "unit.h"

static void
patterns_are_known(void)
{
	for (size_t row = 0; row < wording_count; row++) {
		const char *pattern = wordings[row].pattern;

		size_t directives = 0;

		unit_about(pattern);
		CHECK(strlen(pattern) < 256);
		for (; (pattern = strchr(pattern, '%')) != NULL; pattern += 2) {
			directives++;
			CHECK(pattern[1] != '\0' &&
			    strchr("aceqslnw*$", pattern[1]) != NULL);
		}
		CHECK(directives < MATCH_PARTS);
	}
	unit_about(NULL);
}

/* A row behind one that is its beginning would never be reached. */
static void
rows_are_reachable(void)
{
	for (size_t late = 0; late < wording_count; late++)
		for (size_t early = 0; early < late; early++) {
			const struct wording *first = &wordings[early];
			const struct wording *then = &wordings[late];

			if ((first->daemons & then->daemons) != then->daemons ||
			    first->lead != then->lead ||
			    *first->pattern == '\0')
				continue;
			unit_about(then->pattern);
			CHECK(!bytes_begin_with(
			    bytes_of(then->pattern), bytes_of(first->pattern)));
		}
	unit_about(NULL);
}

/* What the event has is of the text until the next call. */
static struct event
read_text(const char *program, const char *text)
{
	static char copy[512];
	const struct entry entry = { .time = ENTRY_NO_TIME,
		.writer = writer_of(bytes_of("mx1"), bytes_of(program)),
		.text = { copy, strlen(text) } };
	struct event event;

	snprintf(copy, sizeof(copy), "%s", text);
	event_prepare(NULL);
	event_read(&entry, &event);
	return event;
}

static void
reads_hostile_addresses(void)
{
	struct event event = read_text("postfix/smtpd",
	    "NOQUEUE: reject: RCPT from x[192.0.2.1]: 550 5.1.1 "
	    "<\"; from=<a@b> to=<c@d>: \"@e>: Recipient address rejected: "
	    "User unknown; from=<\"x> to=<y\"@z> to=<\"; from=<a@b> to=<c@d>: "
	    "\"@e> proto=ESMTP helo=<h>");

	CHECK_NUMBER(event.class, EVENT_SMTPD_REJECT);
	CHECK_BYTES(event.sender, LITERAL("\"x> to=<y\"@z"));
	CHECK_BYTES(event.recipient, LITERAL("\"; from=<a@b> to=<c@d>: \"@e"));
	CHECK_NUMBER(event.code, 550);
	CHECK_BYTES(event.enhanced, LITERAL("5.1.1"));
}

static void
reads_cut_lines(void)
{
	static const char line[] =
	    "4104E3D: to=<r@d>, orig_to=<o@d>, relay=x[192.0.2.1]:25, "
	    "delay=1.2, delays=0.1/0.2/0.3/0.6, dsn=2.0.0, status=sent (ok)";
	struct event event = read_text("postfix/smtp", line);

	CHECK_NUMBER(event.class, EVENT_DELIVER_SENT);
	CHECK_NUMBER(event.delays[DELAY_TRANSMISSION], 600000);
	for (size_t len = strlen("4104E3D: to="); len < sizeof(line) - 1;
	     len++) {
		char cut[sizeof(line)];

		memcpy(cut, line, len);
		cut[len] = '\0';
		unit_about(cut);
		event = read_text("postfix/smtp", cut);
		CHECK(event.class == EVENT_META_TRUNCATED ||
		    len > sizeof(line) - 6);
	}
	unit_about(NULL);
}

const struct unit_test unit_wording[] = {
	{ "the table has no directives that nobody knows, and not too many",
	    patterns_are_known },
	{ "each row can be reached", rows_are_reachable },
	{ "addresses may hold what ends them", reads_hostile_addresses },
	{ "a delivery that is cut anywhere is truncated, and nothing else",
	    reads_cut_lines },
	{ NULL, NULL },
};
