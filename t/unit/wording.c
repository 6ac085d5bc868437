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

static const struct {
	const char *program, *text, *left;
	enum event_class class;
	bool is_set; /* one of those that only some classes have */
} counted[] = {
	{ "postfix/smtpd",
	    "disconnect from x[192.0.2.1] ehlo=1 quit=1 commands=2", NULL,
	    EVENT_SMTPD_DISCONNECT, false },
	{ "postfix/smtpd", "disconnect from x[192.0.2.1] ehlo=1 commands=1",
	    NULL, EVENT_SMTPD_DISCONNECT, true },
	{ "postfix/smtpd", "disconnect from x[192.0.2.1]", NULL,
	    EVENT_SMTPD_DISCONNECT, false },
	{ "postfix/smtpd",
	    "4104E3D: reject: END-OF-MESSAGE from x[192.0.2.1]: 554 "
	    "5.7.1 <x[192.0.2.1]>: no; see http://b; from=<a@b>",
	    "no", EVENT_SMTPD_REJECT, true },
	{ "postfix/smtpd",
	    "NOQUEUE: reject: RCPT from x[192.0.2.1]: 450 4.2.0 <c@d>: "
	    "Recipient address rejected: Greylisted, see "
	    "http://p/d.html; "
	    "from=<a@b> to=<c@d>",
	    "Recipient address rejected: Greylisted", EVENT_SMTPD_REJECT,
	    false },
	{ "postfix/smtpd", "warning: 4104E3D: queue file size limit exceeded",
	    NULL, EVENT_WARNING, true },
	{ "postfix/smtpd", "warning: 4104E3D: odd", NULL, EVENT_WARNING,
	    false },
	{ "postfix/postscreen",
	    "NOQUEUE: reject: RCPT from [192.0.2.1]:4000: 450 4.3.2 "
	    "Service currently unavailable; from=<a@b>, to=<c@d>",
	    NULL, EVENT_PSC_REJECT_RCPT, true },
	{ "postfix/qmgr",
	    "4104E3D: from=<double-bounce@x>, size=1, nrcpt=1 (queue "
	    "active)",
	    NULL, EVENT_QMGR_ACTIVE, true },
	{ "postfix/qmgr", "4104E3D: from=<>, status=expired, returned", NULL,
	    EVENT_QMGR_EXPIRED, false },
	{ "postfix/smtp",
	    "Trusted TLS connection established to x[192.0.2.1]:25: "
	    "TLSv1.3 with cipher y",
	    "TLSv1.3", EVENT_SMTP_TLS, false },
	{ "policyd-spf", "prepend Received-SPF: Pass (mailfrom)", "Pass",
	    EVENT_SPF_RESULT, false },
	{ "policyd-spf", "Policy action=PREPEND Received-SPF: none (x)", "none",
	    EVENT_SPF_RESULT, false },
	{ "grey-check",
	    "action=greylist, reason=early-retry (20s missing), "
	    "client_name=x, client_address=192.0.2.1, sender=a, "
	    "recipient=b",
	    "early-retry", EVENT_GREY_GREYLIST, true },
	{ "postfix/discard",
	    "4104E3D: to=<r@d>, relay=none, delay=1, dsn=2.0.0, "
	    "status=sent (x)",
	    "(x)", EVENT_DELIVER_DISCARDED, false },
};

/* The classes of which something else than their fields is read. */
static void
reads_what_is_counted(void)
{
	for (size_t i = 0; i < sizeof(counted) / sizeof(*counted); i++) {
		struct event event = read_text(
		    counted[i].program, counted[i].text);

		unit_about(counted[i].text);
		CHECK_NUMBER(event.class, counted[i].class);
		CHECK(counted[i].is_set ==
		    (event.has_no_quit || event.refuses_message ||
			event.asks_back || event.is_double_bounce ||
			event.is_early_retry));
		if (counted[i].left != NULL)
			CHECK_BYTES(event.text, bytes_of(counted[i].left));
	}
	unit_about(NULL);
}

/* Each class is for one part, and that is the one that its name begins with. */
static void
classes_name_their_parts(void)
{
	static const struct {
		const char *front;
		enum event_part part;
	} fronts[] = { { "psc.", EVENT_OF_POSTSCREEN },
		{ "smtpd.", EVENT_OF_SMTPD }, { "grey.", EVENT_OF_GREYLIST },
		{ "deliver.", EVENT_OF_DELIVERY },
		{ "qmgr.", EVENT_OF_MESSAGE }, { "cleanup.", EVENT_OF_MESSAGE },
		{ "bounce.", EVENT_OF_MESSAGE },
		{ "pickup.", EVENT_OF_MESSAGE },
		{ "postsuper.", EVENT_OF_MESSAGE } };

	for (int class = 0; class < EVENT_CLASS_COUNT; class ++) {
		enum event_part part = EVENT_OF_OTHER;

		for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++)
			if (bytes_begin_with(bytes_of(event_class_names[class]),
				bytes_of(fronts[i].front)))
				part = fronts[i].part;
		unit_about(event_class_names[class]);
		CHECK_NUMBER(event_parts[class], part);
	}
	unit_about(NULL);
}

static void
greps_lines(void)
{
	const struct entry entry = { .time = ENTRY_NO_TIME,
		.writer = writer_of(bytes_of("mx1"), bytes_of("postfix/smtpd")),
		.text = bytes_of("NOQUEUE: reject: x") };
	struct event_grep of_line = event_grep(&entry,
	    bytes_of("h postfix/smtp[1]: to=<smtpd NOQUEUE: reject:> "
		     "status=sent"));
	struct event_grep of_entry = event_grep(&entry, bytes_of(""));

	CHECK(
	    !of_line.is_postscreen && of_line.is_smtpd && of_line.is_delivered);
	CHECK(!of_entry.is_postscreen && of_entry.is_smtpd &&
	    !of_entry.is_delivered);
}

const struct unit_test unit_wording[] = {
	{ "the table has no directives that nobody knows, and not too many",
	    patterns_are_known },
	{ "each row can be reached", rows_are_reachable },
	{ "addresses may hold what ends them", reads_hostile_addresses },
	{ "a delivery that is cut anywhere is truncated, and nothing else",
	    reads_cut_lines },
	{ "what is counted of a line is in its event", reads_what_is_counted },
	{ "a class is for the part that its name says",
	    classes_name_their_parts },
	{ "grep finds a word in a line wherever it stands, and in a journal's "
	  "entry by its writer",
	    greps_lines },
	{ NULL, NULL },
};
