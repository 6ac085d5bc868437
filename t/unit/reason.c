/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/event/reason.h"
#include "unit.h"

/* Of each pair, what is written and what is counted; doc/maillog.md G8. */
static const struct {
	const char *text, *reason;
} rows[] = {
	{ "", "" },
	{ "(host mx.example.org[192.0.2.1] said: 550 5.1.1 <u@example.org>: "
	  "User unknown (in reply to RCPT TO command))",
	    "550 5.1.1 <>: User unknown (in reply to RCPT TO command)" },
	{ "Greylisted for 287 seconds", "Greylisted for # seconds" },
	{ "Greylisting in action, please try again in 00:04:59",
	    "Greylisting in action, please try again in #" },
	{ "Greylisted (381C4E5DFA31DF9E90F)", "Greylisted (#)" },
	{ "try again in 4m59s, or at 17:01", "try again in #, or at #" },
	{ "Client host rejected: cannot find your hostname, [203.0.113.8]",
	    "Client host rejected: cannot find your hostname, []" },
	{ "Host or domain name not found. Name service error for "
	  "name=mx-1.example.org type=MX: Host not found",
	    "Host or domain name not found. Name service error for name=* "
	    "type=MX: Host not found" },
	{ "Name service error for name=localhost type=A",
	    "Name service error for name=* type=A" },
	{ "Illegal address syntax from mail.example.net[203.0.113.8] in MAIL "
	  "command: <a@b@c>",
	    "Illegal address syntax from *[] in MAIL command: <>" },
	{ "Illegal address syntax from unknown[2001:db8::1] in MAIL command: "
	  "<\"x\"@example.net>",
	    "Illegal address syntax from *[] in MAIL command: <>" },
	{ "Blocked, see http://example.org/help/x?ip=203.0.113.8 for more",
	    "Blocked, see * for more" },
	{ "Blocked, see https://example.org/help)", "Blocked, see *)" },
	{ "Service unavailable; Client host [203.0.113.8] blocked using "
	  "zen2.example.org",
	    "Service unavailable; Client host [] blocked using "
	    "zen2.example.org" },
	{ "550-5.7.1 Our system 550-5.7.1 has found 203.0.113.8, 2001:db8::1",
	    "550-5.7.1 Our system 550-5.7.1 has found [], []" },
	{ "451 4.7.1 wait 451 seconds", "451 4.7.1 wait # seconds" },
	{ "it can't be 'that': \"this\"", "it can't be *: *" },
	{ "database /etc/postfix/virtual.db is older than main.cf",
	    "database /etc/postfix/virtual.db is older than main.cf" },
	{ "mail2.example.org and mail3.example.org/x differ",
	    "* and * differ" },
	{ "user u@example.org of example.org", "user <> of *" },
	{ "bare <LF> received", "bare <LF> received" },
	{ "TLSv1.3, 8BITMIME, IPv6, e.g. facade",
	    "TLSv1.3, 8BITMIME, IPv6, e.g. facade" },
	{ "4104E42: queue file 3Pt2mN2VXxznjll", "#: queue file #" },
	{ "[ < \" unfinished", "[ < \" unfinished" },
};

static void
reasons_are_short(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char out[REASON_MAX];

		unit_about(rows[i].text);
		CHECK_BYTES(reason_in_short(bytes_of(rows[i].text), out),
		    bytes_of(rows[i].reason));
	}
	unit_about(NULL);
}

/* Every cut of every text, up to its last byte and no further. */
static void
cut_reasons_fit(void)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		for (size_t len = 0; len <= strlen(rows[i].text); len++) {
			char out[REASON_MAX];
			struct bytes text = { rows[i].text, len };

			CHECK(reason_in_short(text, out).len <= REASON_MAX);
		}
}

const struct unit_test unit_reason[] = {
	{ "a reason is without what differs from line to line",
	    reasons_are_short },
	{ "a reason that is cut anywhere fits", cut_reasons_fit },
	{ NULL, NULL },
};
