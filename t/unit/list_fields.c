/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "list_made.h"

#define UNITS \
	"must be a number, followed by s, m, h, d or w for seconds, minutes, " \
	"hours, days or weeks"

static void
delays(void)
{
	static const struct {
		const char *fields;
		int64_t delay;
	} rows[] = {
		{ "", LIST_PASSES },
		{ " delay=90", 90 },
		{ " delay=90s", 90 },
		{ " delay=5m", 300 },
		{ " delay=2h", 7200 },
		{ " delay=2H", 7200 },
		{ " delay=1d", 86400 },
		{ " delay=1w", 604800 },
		{ " delay=0", 0 },
		{ " delay=0s", 0 },
		{ " delay=36525d", INT64_C(3155760000) },
		{ " delay=0000000000000000000000000000090", 90 },
		{ "\tdelay=90s", 90 },
		{ " \t  delay=90s \t ", 90 },
		{ " delay=90s\r", 90 },
		{ " delay=90s # why", 90 },
		{ " delay=90s# why", 90 },
		{ " # delay=90s", LIST_PASSES },
	};
	static struct complaints complaints;
	char text[200];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *list;
		struct list_match match;

		unit_about(rows[i].fields);
		snprintf(text, sizeof(text),
		    "#\nexample.net%s\n192.0.2%s\n/regexp/%s\n", rows[i].fields,
		    rows[i].fields, rows[i].fields);
		list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
		CHECK_TEXT(complaints.ignored, "");
		match = found_client(list, "mail.example.net", OTHER);
		CHECK_TEXT(match.file, complaints.file);
		CHECK_NUMBER(match.line, 2);
		CHECK_NUMBER(match.delay, rows[i].delay);
		match = found_client(list, "x", "192.0.2.9");
		CHECK_NUMBER(match.line, 3);
		CHECK_NUMBER(match.delay, rows[i].delay);
		match = found_client(list, "a-regexp", OTHER);
		CHECK_NUMBER(match.line, 4);
		CHECK_NUMBER(match.delay, rows[i].delay);
		list_free(list);
	}
}

static void
never(void)
{
	static const struct {
		const char *words;
		int64_t delay;
		bool never;
	} rows[] = {
		{ "", LIST_PASSES, false },
		{ "never", LIST_WAITS, true },
		{ "Never # why", LIST_WAITS, true },
		{ "never delay=90", 90, true },
		{ "delay=90\tnever", 90, true },
		{ "never delay=0", 0, true },
		{ "delay=90", 90, false },
		{ "# never", LIST_PASSES, false },
	};
	static const enum list_kind kinds[] = { LIST_CLIENTS, LIST_RECIPIENTS };
	static struct complaints complaints;
	char text[200];

	for (size_t i = 0; i < 2 * ROWS(rows); i++) {
		struct list *list;
		struct list_match match;

		unit_about(rows[i / 2].words);
		snprintf(
		    text, sizeof(text), "example.net %s\n", rows[i / 2].words);
		list = list_of(kinds[i % 2], bytes_of(text), &complaints);
		CHECK_TEXT(complaints.ignored, "");
		CHECK_TEXT(complaints.doubtful, "");
		match = kinds[i % 2] == LIST_CLIENTS ?
		    found_client(list, "a.example.net", OTHER) :
		    found_recipient(list, "a@example.net");
		CHECK_NUMBER(match.line, 1);
		CHECK_NUMBER(match.delay, rows[i / 2].delay);
		CHECK_NUMBER(match.never, rows[i / 2].never);
		list_free(list);
	}
	unit_about(NULL);
}

static void
recipient_delays(void)
{
	static const struct {
		const char *recipient;
		unsigned line;
		int64_t delay;
	} rows[] = {
		{ "a@example.org", 1, 600 },
		{ "b@example.org", 2, LIST_PASSES },
		{ "b+x@sub.example.org", 1, 600 },
		{ "abuse+x@example.net", 3, 0 },
		{ "list-a@example.net", 4, 5 },
		{ "a@example.net", 0, LIST_PASSES },
	};
	static struct complaints complaints;
	struct list *list = list_of(LIST_RECIPIENTS,
	    bytes_of("example.org delay=10m\nb@example.org\n"
		     "abuse@ delay=0\n/^list-/ delay=5"),
	    &complaints);

	CHECK_TEXT(complaints.ignored, "");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list_match match = found_recipient(
		    list, rows[i].recipient);

		unit_about(rows[i].recipient);
		CHECK_NUMBER(match.line, rows[i].line);
		CHECK_NUMBER(match.delay, rows[i].delay);
	}
	list_free(list);
}

static const struct {
	const char *fields;
	const char *problem;
} bad_field[] = {
	{ "delay=", "the delay \"\" " UNITS },
	{ "delay=x", "the delay \"x\" " UNITS },
	{ "delay=s", "the delay \"s\" " UNITS },
	{ "delay=5x", "the delay \"5x\" " UNITS },
	{ "delay=5ms", "the delay \"5ms\" " UNITS },
	{ "delay=-5", "the delay \"-5\" " UNITS },
	{ "delay=1.5h", "the delay \"1.5h\" " UNITS },
	{ "delay=5,x", "the delay \"5,x\" " UNITS },
	{ "delay==5", "the delay \"=5\" " UNITS },
	{ "delay=36526d",
	    "the delay \"36526d\" must be from 0s to "
	    "3155760000s" },
	{ "delay=9999999999999", "the delay \"9999999999999\" " UNITS },
	{ "delay=00000000000000000000000000000090",
	    "the delay \"00000000000000000000000000000090\" is too "
	    "long" },
	{ "delay=5 delay=6", "there is more than one delay" },
	{ "delay=5 delay=5", "there is more than one delay" },
	{ "delay=5 5", "there is a blank inside; write one entry per line" },
	{ "delay = 5", "there is a blank inside; write one entry per line" },
	{ "delay= 5", "the delay \"\" " UNITS },
	{ "delay 5", "there is a blank inside; write one entry per line" },
	{ "delay", "there is a blank inside; write one entry per line" },
	{ "wait=5", "there is a blank inside; write one entry per line" },
	{ "other.example",
	    "there is a blank inside; write one entry per line" },
	{ "other.example delay=5",
	    "there is a blank inside; write one entry per line" },
	{ "delay=5 other.example",
	    "there is a blank inside; write one entry per line" },
};

static void
bad_fields(void)
{
	static const enum list_kind kinds[] = { LIST_CLIENTS, LIST_RECIPIENTS };
	static struct complaints complaints;
	char text[200], want[300];

	for (size_t i = 0; i < 2 * ROWS(bad_field); i++) {
		struct list *list;
		size_t row = i / 2;

		unit_about(bad_field[row].fields);
		snprintf(text, sizeof(text),
		    "#\nexample.net %s\ngood.example delay=9\n",
		    bad_field[row].fields);
		snprintf(want, sizeof(want), "2: \"example.net %s\": %s\n",
		    bad_field[row].fields, bad_field[row].problem);
		list = list_of(kinds[i % 2], bytes_of(text), &complaints);
		CHECK_TEXT(complaints.ignored, want);
		CHECK_TEXT(complaints.doubtful, "");
		CHECK(!has_client(list, "example.net", OTHER));
		CHECK(!has_recipient(list, "a@example.net"));
		CHECK(!has_client(list, "other.example", OTHER));
		CHECK(kinds[i % 2] == LIST_CLIENTS ?
			found_client(list, "good.example", OTHER).delay == 9 :
			found_recipient(list, "a@good.example").delay == 9);
		list_free(list);
	}
}

static void
bad_never(void)
{
	static const struct {
		const char *fields;
		const char *problem;
	} rows[] = {
		{ "never never", "the word \"never\" is there more than once" },
		{ "never delay=5 delay=6", "there is more than one delay" },
		{ "never other.example",
		    "there is a blank inside; write one entry per line" },
		{ "nevermore",
		    "there is a blank inside; write one entry per line" },
		{ "never=1",
		    "there is a blank inside; write one entry per line" },
	};
	static struct complaints complaints;
	char text[200], want[300];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *list;

		unit_about(rows[i].fields);
		snprintf(
		    text, sizeof(text), "example.net %s\n", rows[i].fields);
		snprintf(want, sizeof(want), "1: \"example.net %s\": %s\n",
		    rows[i].fields, rows[i].problem);
		list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
		CHECK_TEXT(complaints.ignored, want);
		CHECK(!has_client(list, "example.net", OTHER));
		list_free(list);
	}
	unit_about(NULL);
}

/* The start of a long value is shown. */
static void
long_values(void)
{
	static struct complaints complaints;
	static char text[1000], want[400], nines[93];
	struct list *list;

	strcpy(text, "example.net delay=");
	memset(text + strlen(text), '9', 900);
	list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
	memset(nines, '9', 92);
	snprintf(want, sizeof(want),
	    "1: \"example.net delay=%.74s...\": the delay \"%s...\" is too "
	    "long\n",
	    nines, nines);
	CHECK_TEXT(complaints.ignored, want);
	CHECK(!has_client(list, "example.net", OTHER));
	list_free(list);
}

struct specific_row {
	const char *text;
	const char *subject;
	const char *address;
	unsigned line;
};

static void
specific_clients(void)
{
	static const struct specific_row rows[] = {
		{ "net\nexample.net\na.example.net\n", "b.a.example.net", OTHER,
		    3 },
		{ "a.example.net\nexample.net\nnet\n", "b.a.example.net", OTHER,
		    1 },
		{ "net\nexample.net\na.example.net\n", "b.example.net", OTHER,
		    2 },
		{ "net\nexample.net\na.example.net\n", "x.net", OTHER, 1 },
		{ "192.0.2.1\nnet\n", "x.net", "192.0.2.1", 2 },
		{ "/./\nnet\n", "x.net", OTHER, 2 },
		{ "/./\n0.0.0.0/0\n", "x.net", OTHER, 2 },
		{ "::/0\n0.0.0.0/0\n192.0.0.0/8\n192.0\n192.0.2\n192.0.2.128/"
		  "25\n"
		  "192.0.2.129\n",
		    "x", "192.0.2.129", 7 },
		{ "::/0\n0.0.0.0/0\n192.0.0.0/8\n192.0\n192.0.2\n192.0.2.128/"
		  "25\n"
		  "192.0.2.129\n",
		    "x", "192.0.2.130", 6 },
		{ "192.0.2.129\n192.0.2.128/25\n192.0.2\n192.0\n0.0.0.0/0\n",
		    "x", "192.0.2.127", 3 },
		{ "192.0.2.129\n192.0.2.128/25\n192.0.2\n192.0\n0.0.0.0/0\n",
		    "x", "192.0.3.127", 4 },
		{ "192.0.2.129\n192.0.2.128/25\n192.0.2\n192.0\n0.0.0.0/0\n",
		    "x", OTHER, 5 },
		{ "::/0\n0.0.0.0/0\n", "x", OTHER, 2 },
		{ "::/0\n0.0.0.0/0\n", "x", "2001:db8::1", 1 },
		{ "2001:db8::/32\n2001:db8::/48\n2001:db8::1\n", "x",
		    "2001:db8::1", 3 },
		{ "2001:db8::/32\n2001:db8::/48\n2001:db8::1\n", "x",
		    "2001:db8::2", 2 },
		{ "2001:db8::/32\n2001:db8::/48\n2001:db8::1\n", "x",
		    "2001:db8:1::1", 1 },
		{ "/^b/\n/a/\n/^a/\n", "abc", OTHER, 2 },
		{ "/^b/\n/^a/\n/a/\n", "abc", OTHER, 2 },
		{ "/^b/\n/^c/\n/x/\n", "abc", OTHER, 0 },
		{ "a.example\na.example delay=5\n", "a.example", OTHER, 1 },
		{ "192.0.2.77/24\n192.0.2\n192.0.2.0/24\n", "x", "192.0.2.1",
		    1 },
		{ "a.example delay=x\na.example\n", "a.example", OTHER, 2 },
	};
	static struct complaints complaints;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *list = list_of(
		    LIST_CLIENTS, bytes_of(rows[i].text), &complaints);

		unit_about(rows[i].text);
		CHECK_NUMBER(
		    found_client(list, rows[i].subject, rows[i].address).line,
		    rows[i].line);
		list_free(list);
	}
}

static void
specific_recipients(void)
{
	static const struct specific_row rows[] = {
		{ "org\nexample.org\na.example.org\n", "u@b.a.example.org",
		    NULL, 3 },
		{ "a.example.org\nexample.org\norg\n", "u@b.a.example.org",
		    NULL, 1 },
		{ "org\nexample.org\na.example.org\n", "u@example.org", NULL,
		    2 },
		{ "example.org\nu@\n", "u@example.org", NULL, 2 },
		{ "example.org\nu@\nu@example.org\n", "u@example.org", NULL,
		    3 },
		{ "example.org\nu@\nu@example.org\n", "u+x@example.org", NULL,
		    3 },
		{ "example.org\nu@\nu@example.org\n", "u@a.example.org", NULL,
		    2 },
		{ "u@\nu@example.org\nu+x@example.org\n", "u+x@example.org",
		    NULL, 3 },
		{ "u@\nu@example.org\nu+x@example.org\n", "u+x+y@example.org",
		    NULL, 3 },
		{ "u@\nu+x@\nu+x+y@\n", "u+x+y@example.org", NULL, 3 },
		{ "u@\nu+x@\nu+x+y@\n", "u+x+z@example.org", NULL, 2 },
		{ "u@\nu+x@\nu+x+y@\n", "u+z@example.org", NULL, 1 },
		{ "/./\nexample.org\n", "u@example.org", NULL, 2 },
		{ "/./\nu@\n", "u@example.org", NULL, 2 },
		{ "/z/\n/u@/\n/example/\n", "u@example.org", NULL, 2 },
		{ "u@\nU@ delay=5\n", "u@example.org", NULL, 1 },
	};
	static struct complaints complaints;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *list = list_of(
		    LIST_RECIPIENTS, bytes_of(rows[i].text), &complaints);

		unit_about(rows[i].text);
		CHECK_NUMBER(
		    found_recipient(list, rows[i].subject).line, rows[i].line);
		list_free(list);
	}
}

const struct unit_test unit_list_fields[] = {
	{ "list: delay= behind a client is what it has to wait", delays },
	{ "list: delay= behind a recipient is what it has to wait",
	    recipient_delays },
	{ "list: after a client or a recipient may stand 'never', also with a "
	  "delay",
	    never },
	{ "list: a bad field behind an entry is told, the line left out",
	    bad_fields },
	{ "list: a word after an entry that is not 'never', or is there twice, "
	  "is told",
	    bad_never },
	{ "list: of a long value that is bad, the start is told", long_values },
	{ "list: the longest name counts, then the smallest network, then the "
	  "first regexp",
	    specific_clients },
	{ "list: the address counts, then the user, then the longest domain, "
	  "then the first regexp",
	    specific_recipients },
	{ NULL, NULL }
};
