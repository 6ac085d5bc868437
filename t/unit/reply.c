/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/defaults.h"
#include "grey-check/reply.h"
#include "unit.h"

static struct request request;
static char out[REPLY_LOG_MAX > REPLY_MAX ? REPLY_LOG_MAX : REPLY_MAX];

static struct settings
settings(void)
{
	return (struct settings){ .action = "DEFER_IF_PERMIT",
		.text = "Greylisted, see %r",
		.header = "X: %t %v %h %d",
		.hostname = "mx.example.org" };
}

static void
add(const char *line)
{
	request_add(&request, bytes_of(line), false);
}

static void
usual_request(void)
{
	request_clear(&request);
	add("client_name=mail.example.net");
	add("client_address=192.0.2.1");
	add("sender=a@example.net");
	add("recipient=b@example.org");
}

static struct bytes
answer(const struct settings *with, enum verdict_reason reason, bool header)
{
	const struct verdict verdict = { .reason = reason,
		.missing = 300,
		.since_first = 2254,
		.first_of_message = header };

	return (struct bytes){ out,
		reply_answer(with, &request, &verdict, 1234254582, out) };
}

struct template_row {
	const char *template;
	const char *text;
};

static void
greylist_templates(void)
{
	static const struct template_row rows[] = {
		{ "plain", "plain" },
		{ "%s", "300" },
		{ "%r", "example.org" },
		{ "wait %ss, see %r.html", "wait 300s, see example.org.html" },
		{ "%r %s", "example.org 300" },
		{ "%s %s %s", "300 %s %s" },
		{ "%r %r", "example.org %r" },
		{ "%%s %%", "%300 %%" },
		{ "%t %v %h %d %n", "%t %v %h %d %n" },
		{ "100%", "100%" },
		{ "%S %R", "%S %R" },
		{ "%\xff%s",
		    "%\xff"
		    "300" },
	};
	char want[200];

	usual_request();
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings with = settings();

		unit_about(rows[i].template);
		with.text = rows[i].template;
		snprintf(want, sizeof(want), "action=DEFER_IF_PERMIT %s\n\n",
		    rows[i].text);
		CHECK_BYTES(answer(&with, VERDICT_NEW, false), bytes_of(want));
		CHECK_BYTES(
		    answer(&with, VERDICT_EARLY_RETRY, false), bytes_of(want));
	}
}

static void
header_templates(void)
{
	static const struct template_row rows[] = {
		{ "X-Greylist: plain", "X-Greylist: plain" },
		{ "%t", "2254" },
		{ "%v", GREY_VERSION },
		{ "%h", "mx.example.org" },
		{ "%d", "Tue, 10 Feb 2009 08:29:42 UTC" },
		{ "%h %t", "mx.example.org 2254" },
		{ "%t %t %h %h", "2254 %t mx.example.org %h" },
		{ "%v%v", GREY_VERSION "%v" },
		{ "%d%d", "Tue, 10 Feb 2009 08:29:42 UTC%d" },
		{ "%s %r %x %", "%s %r %x %" },
		{ "%%t", "%2254" },
	};
	char want[200];

	setenv("TZ", "UTC", 1);
	tzset();
	usual_request();
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings with = settings();

		unit_about(rows[i].template);
		with.header = rows[i].template;
		snprintf(
		    want, sizeof(want), "action=PREPEND %s\n\n", rows[i].text);
		CHECK_BYTES(
		    answer(&with, VERDICT_TRIPLET_FOUND, true), bytes_of(want));
	}
}

static void
local_dates(void)
{
	struct settings with = settings();

	with.header = "%d";
	usual_request();
	setenv("TZ", "AHEAD-9:30", 1);
	tzset();
	CHECK_BYTES(answer(&with, VERDICT_TRIPLET_FOUND, true),
	    bytes_of("action=PREPEND Tue, 10 Feb 2009 17:59:42 AHEAD\n\n"));
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
values_are_no_templates(void)
{
	struct settings with = settings();

	with.text = "%r %s";
	request_clear(&request);
	add("recipient=a@%s.%r");
	CHECK_BYTES(answer(&with, VERDICT_NEW, false),
	    bytes_of("action=DEFER_IF_PERMIT %s.%r 300\n\n"));
	with.header = "%h %t";
	with.hostname = "%t%d";
	CHECK_BYTES(answer(&with, VERDICT_TRIPLET_FOUND, true),
	    bytes_of("action=PREPEND %t%d 2254\n\n"));
}

static void
domains(void)
{
	static const struct {
		const char *line;
		const char *domain;
	} rows[] = {
		{ "recipient=b@example.org", "example.org" },
		{ "recipient=a@b@Example.ORG", "Example.ORG" },
		{ "recipient=postmaster", "postmaster" },
		{ "recipient=b@", "" },
		{ "recipient=", "" },
		{ "recipient=@example.org", "example.org" },
	};
	char want[200];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings with = settings();

		unit_about(rows[i].line);
		with.text = "<%r>";
		request_clear(&request);
		add(rows[i].line);
		snprintf(want, sizeof(want), "action=DEFER_IF_PERMIT <%s>\n\n",
		    rows[i].domain);
		CHECK_BYTES(answer(&with, VERDICT_NEW, false), bytes_of(want));
	}
}

static void
no_recipient(void)
{
	static const struct template_row rows[] = {
		{ DEFAULT_TEXT, "Greylisted" },
		{ "Greylisted for %s s; see https://x/%r",
		    "Greylisted for 300 s" },
		{ "Wait. Why: https://x/%r.html, please", "Wait. Why" },
		{ "Greylisted (see http://x/?d=%r)", "Greylisted" },
		{ "4.7.1 Greylisted http://x/%r", "4.7.1 Greylisted" },
		{ "4.7.1, see http://x/%r", "4.7.1" },
		{ "http://x/%r", "Greylisted" },
		{ "(http://x/%r)", "Greylisted" },
		{ "Greylisted, see http://x/ for %r",
		    "Greylisted, see http://x/ for " },
		{ "Greylisted, see http://x/", "Greylisted, see http://x/" },
		{ "%r: see http://x/%r", ": see http://x/%r" },
		{ "wait %ss at %r", "wait 300s at " },
	};
	char want[200];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings with = settings();

		unit_about(rows[i].template);
		with.text = rows[i].template;
		request_clear(&request);
		add("recipient=");
		snprintf(want, sizeof(want), "action=DEFER_IF_PERMIT %s\n\n",
		    rows[i].text);
		CHECK_BYTES(answer(&with, VERDICT_NEW, false), bytes_of(want));
	}
	unit_about(NULL);
}

static void
etrn(void)
{
	static const struct template_row rows[] = {
		{ "text", "4.2.0 text" },
		{ "%s text", "4.2.0 300 text" },
		{ " 4", "4.2.0  4" },
		{ "4.7.1 text", "4.7.1 text" },
		{ "0", "0" },
		{ "9", "9" },
		{ ":", "4.2.0 :" },
		{ "/", "4.2.0 /" },
	};
	char want[200];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings with = settings();

		unit_about(rows[i].template);
		with.text = rows[i].template;
		with.action = "450";
		snprintf(want, sizeof(want), "action=450 %s\n\n", rows[i].text);
		usual_request();
		add("etrn_domain=");
		CHECK_BYTES(answer(&with, VERDICT_NEW, false), bytes_of(want));
		add("etrn_domain=x");
		CHECK_BYTES(answer(&with, VERDICT_NEW, false), bytes_of(want));
	}
}

static void
dunno(void)
{
	static const enum verdict_reason reasons[] = { VERDICT_TRIPLET_FOUND,
		VERDICT_CLIENT_WHITELIST, VERDICT_RECIPIENT_WHITELIST,
		VERDICT_SENDER_WHITELIST, VERDICT_NOT_GREYLISTED,
		VERDICT_CLIENT_AWL, VERDICT_SASL, VERDICT_UNUSABLE,
		VERDICT_UNAVAILABLE };
	struct settings with = settings();

	usual_request();
	add("etrn_domain=");
	for (size_t i = 0; i < ROWS(reasons); i++)
		CHECK_BYTES(answer(&with, reasons[i], false),
		    bytes_of("action=DUNNO\n\n"));
	with.on_error = ON_ERROR_DEFER;
	CHECK_BYTES(answer(&with, VERDICT_UNAVAILABLE, false),
	    bytes_of("action=DEFER_IF_PERMIT 4.3.0 The greylist is not "
		     "available, please try again later\n\n"));
	CHECK_BYTES(answer(&with, VERDICT_UNUSABLE, false),
	    bytes_of("action=DUNNO\n\n"));
}

static void
longest_answer(void)
{
	static char text[SETTINGS_TEXT_MAX + 1], line[LINE_MAX_LENGTH];
	struct settings with = settings();

	memset(text, 'x', SETTINGS_TEXT_MAX);
	memcpy(text, "%r%s", 4);
	with.text = with.action = text;
	memset(line, 'y', sizeof(line));
	memcpy(line, "recipient=", 10);
	request_clear(&request);
	add("etrn_domain=");
	request_add(&request, (struct bytes){ line, sizeof(line) }, false);
	CHECK_NUMBER(answer(&with, VERDICT_NEW, false).len,
	    7 + 1000 + 1 + 6 + 1000 - 4 + (LINE_MAX_LENGTH - 10) + 3 + 2);
	CHECK(answer(&with, VERDICT_NEW, false).len <= REPLY_MAX);
}

static struct bytes
log_line(struct verdict verdict, bool header)
{
	const struct settings with = settings();

	verdict.first_of_message = header;
	return (struct bytes){ out, reply_log(&with, &request, &verdict, out) };
}

#define WHO \
	", client_name=mail.example.net, client_address=192.0.2.1, " \
	"sender=a@example.net, recipient=b@example.org"

static void
log_reasons(void)
{
	static const struct {
		struct verdict verdict;
		bool header;
		const char *line;
	} rows[] = {
		{ { .reason = VERDICT_NEW, .missing = 300 }, false,
		    "action=greylist, reason=new" WHO },
		{ { .reason = VERDICT_EARLY_RETRY, .missing = 42 }, false,
		    "action=greylist, reason=early-retry (42s missing)" WHO },
		{ { .reason = VERDICT_TRIPLET_FOUND, .since_first = 2254 },
		    true, "action=pass, reason=triplet found, delay=2254" WHO },
		{ { .reason = VERDICT_TRIPLET_FOUND, .since_first = 0 }, true,
		    "action=pass, reason=triplet found, delay=0" WHO },
		{ { .reason = VERDICT_TRIPLET_FOUND, .since_first = 2254 },
		    false, "action=pass, reason=triplet found" WHO },
		{ { .reason = VERDICT_CLIENT_WHITELIST }, false,
		    "action=pass, reason=client whitelist" WHO },
		{ { .reason = VERDICT_RECIPIENT_WHITELIST }, false,
		    "action=pass, reason=recipient whitelist" WHO },
		{ { .reason = VERDICT_SENDER_WHITELIST }, false,
		    "action=pass, reason=sender whitelist" WHO },
		{ { .reason = VERDICT_NOT_GREYLISTED }, false,
		    "action=pass, reason=recipient not greylisted" WHO },
		{ { .reason = VERDICT_CLIENT_AWL }, false,
		    "action=pass, reason=client AWL" WHO },
		{ { .reason = VERDICT_SASL }, false,
		    "action=pass, reason=sasl username" WHO },
		{ { .reason = VERDICT_UNUSABLE }, false,
		    "action=pass, reason=unusable request" WHO },
		{ { .reason = VERDICT_UNAVAILABLE }, false,
		    "action=error, reason=unavailable" WHO },
	};

	usual_request();
	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].line);
		CHECK_BYTES(log_line(rows[i].verdict, rows[i].header),
		    bytes_of(rows[i].line));
	}
}

/* What is not greylisted is as ever. */
static void
learning(void)
{
	static const struct {
		struct verdict verdict;
		bool header;
		const char *answer;
		const char *line;
	} rows[] = {
		{ { .reason = VERDICT_NEW, .missing = 300 }, false,
		    "action=DUNNO\n\n", "action=learn, reason=new" WHO },
		{ { .reason = VERDICT_EARLY_RETRY, .missing = 42 }, false,
		    "action=DUNNO\n\n",
		    "action=learn, reason=early-retry (42s missing)" WHO },
		{ { .reason = VERDICT_TRIPLET_FOUND, .since_first = 9 }, true,
		    "action=PREPEND X: 9\n\n",
		    "action=pass, reason=triplet found, delay=9" WHO },
		{ { .reason = VERDICT_TRIPLET_FOUND, .since_first = 9 }, false,
		    "action=DUNNO\n\n",
		    "action=pass, reason=triplet found" WHO },
		{ { .reason = VERDICT_CLIENT_AWL }, false, "action=DUNNO\n\n",
		    "action=pass, reason=client AWL" WHO },
		{ { .reason = VERDICT_UNAVAILABLE }, false,
		    "action=DEFER_IF_PERMIT 4.3.0 The greylist is not "
		    "available, please try again later\n\n",
		    "action=error, reason=unavailable" WHO },
	};
	struct settings with = settings();
	size_t len;

	with.learn = true;
	with.header = "X: %t";
	with.on_error = ON_ERROR_DEFER;
	usual_request();
	add("etrn_domain=");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct verdict verdict = rows[i].verdict;

		unit_about(rows[i].line);
		verdict.first_of_message = rows[i].header;
		len = reply_answer(&with, &request, &verdict, 1234254582, out);
		CHECK_BYTES(
		    ((struct bytes){ out, len }), bytes_of(rows[i].answer));
		len = reply_log(&with, &request, &verdict, out);
		CHECK_BYTES(
		    ((struct bytes){ out, len }), bytes_of(rows[i].line));
	}
}

static void
words(void)
{
	static const struct {
		enum verdict_reason reason;
		const char *action;
		const char *learning;
		const char *text;
	} rows[] = {
		{ VERDICT_NEW, "greylist", "learn", "new" },
		{ VERDICT_EARLY_RETRY, "greylist", "learn", "early-retry" },
		{ VERDICT_TRIPLET_FOUND, "pass", "pass", "triplet found" },
		{ VERDICT_SENDER_WHITELIST, "pass", "pass",
		    "sender whitelist" },
		{ VERDICT_NOT_GREYLISTED, "pass", "pass",
		    "recipient not greylisted" },
		{ VERDICT_UNAVAILABLE, "error", "error", "unavailable" },
	};
	struct settings with = settings();

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct verdict verdict = { .reason = rows[i].reason };

		unit_about(rows[i].text);
		with.learn = false;
		CHECK_TEXT(reply_action(&with, &verdict), rows[i].action);
		with.learn = true;
		CHECK_TEXT(reply_action(&with, &verdict), rows[i].learning);
		CHECK_TEXT(reply_reason(&verdict), rows[i].text);
	}
}

static void
log_attributes(void)
{
	const struct verdict verdict = { .reason = VERDICT_NEW };

	usual_request();
	add("queue_id=4323D19802D");
	CHECK_BYTES(log_line(verdict, false),
	    bytes_of("4323D19802D: action=greylist, reason=new" WHO));
	add("queue_id=");
	CHECK_BYTES(log_line(verdict, false),
	    bytes_of("action=greylist, reason=new" WHO));
	add("sender=");
	CHECK_BYTES(log_line(verdict, false),
	    bytes_of("action=greylist, reason=new, "
		     "client_name=mail.example.net, client_address=192.0.2.1, "
		     "recipient=b@example.org"));
	add("client_name=");
	add("client_address=");
	add("recipient=%s%n");
	CHECK_BYTES(log_line(verdict, false),
	    bytes_of("action=greylist, reason=new, recipient=%s%n"));
	request_clear(&request);
	CHECK_BYTES(
	    log_line(verdict, false), bytes_of("action=greylist, reason=new"));
}

#define SUM_NAME "a0e0f4d72ea064ab701888b8875ca03b307c8f6c"
#define SUM_ADDRESS "e7ac7ecd794e71914a63e2cbdca798fceb5afd12"
#define SUM_IPV6 "821934e4301e6492b70eed2696bf556495cfdcc2"
#define SUM_SENDER "c703d7c51906efee319fe98797e60c0ec8702e67"
#define SUM_RECIPIENT "a44e4d580a632e073c8f4bef7cd55913f6d2daf1"
#define SUM_OF_TWO "b585f66710fc1add21d247b14387bf5ef7cb1234"

static struct bytes
hidden_line(void)
{
	const struct verdict verdict = { .reason = VERDICT_NEW };
	struct settings with = settings();

	with.log_privacy = true;
	return (struct bytes){ out, reply_log(&with, &request, &verdict, out) };
}

static void
log_hidden(void)
{
	usual_request();
	add("queue_id=4323D19802D");
	add("client_name=Mail.example.NET");
	add("sender=A@Example.net");
	CHECK_BYTES(hidden_line(),
	    bytes_of("4323D19802D: action=greylist, reason=new, "
		     "client_name=" SUM_NAME ", client_address=" SUM_ADDRESS
		     ", sender=" SUM_SENDER ", recipient=" SUM_RECIPIENT));
	request_clear(&request);
	add("client_name=");
	add("client_address=2001:db8::a");
	add("sender=a, recipient=x");
	CHECK_BYTES(hidden_line(),
	    bytes_of("action=greylist, reason=new, client_address=" SUM_IPV6
		     ", sender=" SUM_OF_TWO));
}

static void
log_whitelisted(void)
{
	static const struct {
		const char *name, *address, *line, *hidden;
	} rows[] = {
		{ "client_name=mail.example.net", "client_address=192.0.2.1",
		    "whitelisted: mail.example.net[192.0.2.1]",
		    "whitelisted: " SUM_NAME "[" SUM_ADDRESS "]" },
		{ "client_name=Mail.Example.net", "client_address=2001:db8::a",
		    "whitelisted: Mail.Example.net[2001:DB8:0:0:0:0:0:A]",
		    "whitelisted: " SUM_NAME "[" SUM_IPV6 "]" },
		{ "client_name=", "client_address=2001:DB8:0::A",
		    "whitelisted: 2001:DB8:0:0:0:0:0:A",
		    "whitelisted: " SUM_IPV6 },
	};
	struct settings with = settings();
	size_t len;

	usual_request();
	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].line);
		add(rows[i].name);
		add(rows[i].address);
		with.log_privacy = false;
		len = reply_log_whitelisted(&with, &request, out);
		CHECK_BYTES(
		    ((struct bytes){ out, len }), bytes_of(rows[i].line));
		with.log_privacy = true;
		len = reply_log_whitelisted(&with, &request, out);
		CHECK_BYTES(
		    ((struct bytes){ out, len }), bytes_of(rows[i].hidden));
	}
}

const struct unit_test unit_reply[] = {
	{ "reply: %s and %r are replaced once each, nothing else is",
	    greylist_templates },
	{ "reply: %t, %v, %h and %d are replaced once each, nothing else is",
	    header_templates },
	{ "reply: the date of a header is local, with its zone", local_dates },
	{ "reply: what is put into a template is not one itself",
	    values_are_no_templates },
	{ "reply: %r is what follows the last @ of the recipient", domains },
	{ "reply: without a recipient there is no link that needs one",
	    no_recipient },
	{ "reply: etrn_domain brings 4.2.0 unless the text begins with a digit",
	    etrn },
	{ "reply: all else is DUNNO, but for a failed store with defer",
	    dunno },
	{ "reply: the longest answer fits", longest_answer },
	{ "reply: each reason has postgrey's log line", log_reasons },
	{ "reply: while learning, what would wait is logged and let through",
	    learning },
	{ "reply: each verdict has an action and a reason in words", words },
	{ "reply: empty attributes are left out of the log, queue_id leads it",
	    log_attributes },
	{ "reply: with --log-privacy each value is its sum, in lower case",
	    log_hidden },
	{ "reply: a whitelisted client is logged as name[address], or address",
	    log_whitelisted },
	{ NULL, NULL }
};
