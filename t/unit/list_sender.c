/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "list_made.h"

#define NOT_ADDRESS \
	"it is neither an address nor a network, such as 192.0.2.1, 192.0.2, " \
	"192.0.2.0/24 or 2001:db8::/32"

struct sender_row {
	const char *text;
	const char *sender;
	const char *client_name;
	const char *client_address;
	unsigned line;
};

static void
check_senders(const struct sender_row *rows, size_t count)
{
	static struct complaints complaints;
	char about[300];

	for (size_t i = 0; i < count; i++) {
		struct list *list;
		struct list_match match;

		snprintf(about, sizeof(about), "'%s' has %s from %s[%s]",
		    rows[i].text, rows[i].sender, rows[i].client_name,
		    rows[i].client_address);
		unit_about(about);
		list = list_of(
		    LIST_SENDERS, bytes_of(rows[i].text), &complaints);
		CHECK_TEXT(complaints.ignored, "");
		match = found_sender(list, rows[i].sender, rows[i].client_name,
		    rows[i].client_address);
		CHECK_NUMBER(match.line, rows[i].line);
		CHECK_NUMBER(match.delay, LIST_PASSES);
		CHECK(match.line == 0 ||
		    strcmp(match.file, complaints.file) == 0);
		list_free(list);
	}
	unit_about(NULL);
}

static void
unbound(void)
{
	static const struct sender_row rows[] = {
		{ "news@example.org", "news@example.org", "x", OTHER, 1 },
		{ "news@example.org", "News@Example.ORG", "x", OTHER, 1 },
		{ "NEWS@EXAMPLE.org", "news@example.org", "x", OTHER, 1 },
		{ "news@example.org", "news+7@example.org", "x", OTHER, 1 },
		{ "news@example.org", "news@a.example.org", "x", OTHER, 0 },
		{ "news@example.org", "other@example.org", "x", OTHER, 0 },
		{ "news@example.org", "", "x", OTHER, 0 },
		{ "news@", "news@example.org", "x", OTHER, 1 },
		{ "news@", "news+7@example.net", "x", OTHER, 1 },
		{ "news@", "oldnews@example.net", "x", OTHER, 0 },
		{ "example.org", "a@example.org", "x", OTHER, 1 },
		{ "example.org", "a@b.example.org", "x", OTHER, 1 },
		{ "example.org", "a@badexample.org", "x", OTHER, 0 },
		{ "example.org", "a@x", "mail.example.org", OTHER, 0 },
		{ "203.0.113.9", "a@x", "x", OTHER, 0 },
		{ "203.0.113", "a@x", "x", OTHER, 0 },
		{ "::/0", "a@x", "x", OTHER, 0 },
		{ "/^bounce-[0-9]+@/", "bounce-7@example.org", "x", OTHER, 1 },
		{ "/^bounce-[0-9]+@/", "BOUNCE-7@example.org", "x", OTHER, 1 },
		{ "/^bounce-[0-9]+@/", "bounce-@example.org", "x", OTHER, 0 },
		{ "/^$/", "", "x", OTHER, 1 },
		{ "/^$/", "a@x", "x", OTHER, 0 },
		{ "/./", "", "x", OTHER, 0 },
		{ "org", "", "x", OTHER, 0 },
	};

	check_senders(rows, ROWS(rows));
}

#define TAG "0123abcdef"

static void
tagged(void)
{
	static const struct sender_row rows[] = {
		{ "u@example.org", "prvs=" TAG "=u@example.org", "x", OTHER,
		    1 },
		{ "u@example.org", "prvs=u=" TAG "@example.org", "x", OTHER,
		    1 },
		{ "u@example.org", "prvs=" TAG "=U@Example.org", "x", OTHER,
		    1 },
		{ "u@example.org", "prvs=" TAG "=u+7@example.org", "x", OTHER,
		    1 },
		{ "u@", "prvs=" TAG "=u@example.org", "x", OTHER, 1 },
		{ "example.org", "prvs=" TAG "=u@example.org", "x", OTHER, 1 },
		{ "u@example.org", "prvs=" TAG "=v@example.org", "x", OTHER,
		    0 },
		{ "u@example.org", "prvs=" TAG "=u@example.net", "x", OTHER,
		    0 },
		{ "u@example.org", "prvs=a=b=u@example.org", "x", OTHER, 0 },
		{ "u@example.org", "PRVS=" TAG "=u@example.org", "x", OTHER,
		    0 },
		{ "u@example.org", "prvs=" TAG "=u", "x", OTHER, 0 },
		{ "/^u@example\\.org$/", "prvs=" TAG "=u@example.org", "x",
		    OTHER, 1 },
		{ "/^prvs=.*=u@example\\.org$/", "prvs=" TAG "=u@example.org",
		    "x", OTHER, 1 },
		{ "prvs=" TAG "=u@example.org", "prvs=" TAG "=u@example.org",
		    "x", OTHER, 1 },
		{ "u@ 192.0.2.1", "prvs=" TAG "=u@example.org", "x",
		    "192.0.2.1", 1 },
		{ "u@ 192.0.2.1", "prvs=" TAG "=u@example.org", "x", OTHER, 0 },
		{ "example.org\nu@\n", "prvs=" TAG "=u@example.org", "x", OTHER,
		    2 },
	};

	check_senders(rows, ROWS(rows));
}

static void
null_sender(void)
{
	static const struct sender_row rows[] = {
		{ "<>", "", "x", OTHER, 1 },
		{ "<>", "<>", "x", OTHER, 0 },
		{ "<>", "a@x", "x", OTHER, 0 },
		{ "<>", "@x", "x", OTHER, 0 },
		{ "/^$/\n<>\n", "", "x", OTHER, 2 },
		{ "<> mail.example", "", "mail.example", OTHER, 1 },
		{ "<> mail.example", "", "x", OTHER, 0 },
		{ "<> mail.example", "a@mail.example", "mail.example", OTHER,
		    0 },
		{ "<> 192.0.2.0/24 # bounces", "", "x", "192.0.2.7", 1 },
		{ "<> 192.0.2.1\n<> mail.example", "", "mail.example", OTHER,
		    2 },
	};

	check_senders(rows, ROWS(rows));
}

static void
bound(void)
{
	static const struct sender_row rows[] = {
		{ "example.org mail.example", "a@example.org", "mail.example",
		    OTHER, 1 },
		{ "example.org mail.example", "a@example.org",
		    "out.Mail.example", OTHER, 1 },
		{ "example.org mail.example", "a@example.org", "x.example",
		    OTHER, 0 },
		{ "example.org mail.example", "a@example.net", "mail.example",
		    OTHER, 0 },
		{ "example.org mail.example", "a@example.org", "unknown", OTHER,
		    0 },
		{ "example.org unknown", "a@example.org", "unknown", OTHER, 1 },
		{ "a@example.org 192.0.2.1", "a@example.org", "x", "192.0.2.1",
		    1 },
		{ "a@example.org 192.0.2.1", "a@example.org", "x", "192.0.2.2",
		    0 },
		{ "a@ 192.0.2", "a@example.org", "x", "192.0.2.77", 1 },
		{ "a@ 192.0.2", "a@example.org", "x", OTHER, 0 },
		{ "a@ 192.0.2.0/25", "a@example.org", "x", "192.0.2.127", 1 },
		{ "a@ 192.0.2.0/25", "a@example.org", "x", "192.0.2.128", 0 },
		{ "example.org 2001:db8::/32", "a@example.org", "x",
		    "2001:db8:7::1", 1 },
		{ "example.org 2001:db8::/32", "a@example.org", "x",
		    "2001:db9::1", 0 },
		{ "example.org 2001:DB8::7", "a@example.org", "x",
		    "2001:db8::7", 1 },
		{ "example.org /^mail[0-9]/", "a@example.org", "mail7.example",
		    OTHER, 1 },
		{ "example.org /^mail[0-9]/", "a@example.org", "mail.example",
		    OTHER, 0 },
		{ "/^a@/ /^mail/", "a@example.org", "mail.example", OTHER, 1 },
		{ "/^a@/ /^mail/", "a@example.org", "x.example", OTHER, 0 },
		{ "/^a@/ /^mail/", "b@example.org", "mail.example", OTHER, 0 },
		{ "/^$/ 192.0.2.1", "", "x", "192.0.2.1", 1 },
		{ "/^$/ 192.0.2.1", "", "x", OTHER, 0 },
		{ "example.org\t192.0.2.1 # why", "a@example.org", "x",
		    "192.0.2.1", 1 },
		{ "example.org # 192.0.2.1", "a@example.org", "x", OTHER, 1 },
	};

	check_senders(rows, ROWS(rows));
}

static void
bound_to_several(void)
{
	static const char text[] = "news.example  mail.example 192.0.2.0/24 "
				   "2001:db8::/32\t/^out[0-9]+\\./ \r\n";
	static const struct sender_row rows[] = {
		{ text, "a@news.example", "mail.example", OTHER, 1 },
		{ text, "a@news.example", "x", "192.0.2.9", 1 },
		{ text, "a@news.example", "x", "2001:db8::9", 1 },
		{ text, "a@news.example", "out9.example", OTHER, 1 },
		{ text, "a@news.example", "x", OTHER, 0 },
	};

	check_senders(rows, ROWS(rows));
}

static void
several_lines(void)
{
	static const char lines[] = "a.example 192.0.2.1\n"
				    "a.example 192.0.2.2\n"
				    "A.example 192.0.2\n"
				    "/^b@/ 192.0.2.1\n"
				    "/^b@/ 192.0.2.2\n";
	static const char last[] = "a.example 192.0.2.1\n"
				   "a.example\n"
				   "a.example 192.0.2.2\n";
	static const struct sender_row rows[] = {
		{ lines, "x@a.example", "x", "192.0.2.1", 1 },
		{ lines, "x@a.example", "x", "192.0.2.2", 2 },
		{ lines, "x@a.example", "x", "192.0.2.3", 3 },
		{ lines, "x@a.example", "x", OTHER, 0 },
		{ lines, "b@x", "x", "192.0.2.1", 4 },
		{ lines, "b@x", "x", "192.0.2.2", 5 },
		{ lines, "b@x", "x", "192.0.2.3", 0 },
		{ last, "x@a.example", "x", "192.0.2.1", 1 },
		{ last, "x@a.example", "x", "192.0.2.2", 2 },
		{ last, "x@a.example", "x", OTHER, 2 },
	};

	check_senders(rows, ROWS(rows));
}

static void
less_specific(void)
{
	static const char text[] = "example.org\n"
				   "news.example.org 192.0.2.0/24\n"
				   "a@ 192.0.2.0/25\n"
				   "a@news.example.org 192.0.2.1\n"
				   "/^c@/\n"
				   "c@ 192.0.2.1\n";
	static const struct sender_row rows[] = {
		{ text, "a@news.example.org", "x", "192.0.2.1", 4 },
		{ text, "a@news.example.org", "x", "192.0.2.2", 3 },
		{ text, "a@news.example.org", "x", "192.0.2.200", 2 },
		{ text, "a@news.example.org", "x", OTHER, 1 },
		{ text, "b@news.example.org", "x", "192.0.2.1", 2 },
		{ text, "a+x@news.example.org", "x", "192.0.2.1", 4 },
		{ text, "c@example.net", "x", "192.0.2.1", 6 },
		{ text, "c@example.net", "x", OTHER, 5 },
		{ "b@ 192.0.2.1\nb+x@ 192.0.2.2", "b+x@example.org", "x",
		    "192.0.2.1", 1 },
		{ "/b@/ 192.0.2.1\n/example/ 192.0.2.2\n/./", "b@example.org",
		    "x", "192.0.2.2", 2 },
		{ "/b@/ 192.0.2.1\n/example/ 192.0.2.2\n/./", "b@example.org",
		    "x", OTHER, 3 },
	};

	check_senders(rows, ROWS(rows));
}

static void
bad_senders(void)
{
	static const struct {
		const char *line;
		const char *problem;
	} rows[] = {
		{ "a.example 1.2.3.256", "\"1.2.3.256\": " NOT_ADDRESS },
		{ "a.example 10.", "\"10.\": " NOT_ADDRESS },
		{ "a.example 192.0.2.0/33",
		    "\"192.0.2.0/33\": the prefix is not from 0 to 32" },
		{ "a.example 2001:db8::/129",
		    "\"2001:db8::/129\": the prefix is not from 0 to 128" },
		{ "a.example 192.0.2.1 1.2.3.256",
		    "\"1.2.3.256\": " NOT_ADDRESS },
		{ "a.example 1.2.3.256 192.0.2.1",
		    "\"1.2.3.256\": " NOT_ADDRESS },
		{ "a.example /(/",
		    "\"/(/\": it is not a regular expression, at "
		    "character 2: missing closing parenthesis" },
		{ "/(/",
		    "\"/(/\": it is not a regular expression, at character 2: "
		    "missing "
		    "closing parenthesis" },
	};
	static struct complaints complaints;
	char text[200], want[300];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *list;

		unit_about(rows[i].line);
		snprintf(text, sizeof(text), "good.example\n%s\nb.example\n",
		    rows[i].line);
		snprintf(want, sizeof(want), "2: %s\n", rows[i].problem);
		list = list_of(LIST_SENDERS, bytes_of(text), &complaints);
		CHECK_TEXT(complaints.ignored, want);
		CHECK_TEXT(complaints.doubtful, "");
		CHECK_NUMBER(
		    found_sender(list, "x@a.example", "x", "192.0.2.1").line,
		    0);
		CHECK_NUMBER(
		    found_sender(list, "x@good.example", "x", OTHER).line, 1);
		CHECK_NUMBER(
		    found_sender(list, "x@b.example", "x", OTHER).line, 3);
		list_free(list);
	}
}

const struct unit_test unit_list_sender[] = {
	{ "list: a sender's entry has the forms of a recipient's", unbound },
	{ "list: a sender's BATV tag is left out, as in the key of a triplet",
	    tagged },
	{ "list: <> is the null sender, and nothing else", null_sender },
	{ "list: a sender bound to a client matches only from there", bound },
	{ "list: a sender may be bound to several clients, of any form",
	    bound_to_several },
	{ "list: the clients of all lines of one sender count, in their order",
	    several_lines },
	{ "list: where the client is another, a less specific sender counts",
	    less_specific },
	{ "list: a bad client behind a sender is told, the line left out",
	    bad_senders },
	{ NULL, NULL }
};
