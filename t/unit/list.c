/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "list_made.h"
#include "lists/list_character.h"

#define NOT_ADDRESS \
	"it is neither an address nor a network, such as 192.0.2.1, 192.0.2, " \
	"192.0.2.0/24 or 2001:db8::/32"

struct client_row {
	const char *entry;
	const char *name;
	const char *address;
	bool found;
};

static void
check_clients(const struct client_row *rows, size_t count)
{
	static struct complaints complaints;
	char about[200];

	for (size_t i = 0; i < count; i++) {
		struct list *list;

		snprintf(about, sizeof(about), "'%s' has %s[%s]", rows[i].entry,
		    rows[i].name, rows[i].address);
		unit_about(about);
		list = list_of(
		    LIST_CLIENTS, bytes_of(rows[i].entry), &complaints);
		CHECK_TEXT(complaints.ignored, "");
		CHECK_NUMBER(has_client(list, rows[i].name, rows[i].address),
		    rows[i].found);
		list_free(list);
	}
	unit_about(NULL);
}

static void
client_domains(void)
{
	static const struct client_row rows[] = {
		{ "example.net", "example.net", OTHER, true },
		{ "example.net", "mail.example.net", OTHER, true },
		{ "example.net", "a.b.c.example.net", OTHER, true },
		{ "example.net", "EXAMPLE.Net", OTHER, true },
		{ "EXAMPLE.Net", "mail.example.net", OTHER, true },
		{ "example.net", "badexample.net", OTHER, false },
		{ "example.net", "example.net.org", OTHER, false },
		{ "example.net", "net", OTHER, false },
		{ "example.net", "exampleXnet", OTHER, false },
		{ "example.net", "", OTHER, false },
		{ "net", "example.net", OTHER, true },
		{ "mail.example.net", "example.net", OTHER, false },
		{ "unknown", "unknown", OTHER, true },
		{ "f0o.example", "f0o.example", OTHER, true },
		{ "10", "mail.10", OTHER, true },
		{ ".example.net", "mail.example.net", OTHER, false },
		{ "example.net.", "example.net", OTHER, false },
	};

	check_clients(rows, ROWS(rows));
}

static void
client_ipv4(void)
{
	static const struct client_row rows[] = {
		{ "192.0.2.1", "x", "192.0.2.1", true },
		{ "192.0.2.1", "x", "192.0.2.2", false },
		{ "192.0.2.1", "192.0.2.1", OTHER, false },
		{ "192.0.2.1", "x", "::ffff:192.0.2.1", true },
		{ "192.0.2.1", "x", "::192.0.2.1", false },
		{ "192.0.2.128/25", "x", "192.0.2.127", false },
		{ "192.0.2.128/25", "x", "192.0.2.128", true },
		{ "192.0.2.128/25", "x", "192.0.2.255", true },
		{ "192.0.2.128/25", "x", "192.0.3.0", false },
		{ "192.0.2.1/32", "x", "192.0.2.1", true },
		{ "192.0.2.1/32", "x", "192.0.2.0", false },
		{ "0.0.0.0/0", "x", "203.0.113.9", true },
		{ "0.0.0.0/0", "x", "2001:db8::1", false },
		{ "128.0.0.0/1", "x", "127.255.255.255", false },
		{ "128.0.0.0/1", "x", "128.0.0.0", true },
	};

	check_clients(rows, ROWS(rows));
}

static void
client_octets(void)
{
	static const struct client_row rows[] = {
		{ "192.0.2", "x", "192.0.2.0", true },
		{ "192.0.2", "x", "192.0.2.255", true },
		{ "192.0.2", "x", "192.0.3.0", false },
		{ "192.0", "x", "192.0.0.0", true },
		{ "192.0", "x", "192.0.255.255", true },
		{ "192.0", "x", "192.1.0.0", false },
		{ "192.0", "x", "191.255.255.255", false },
		{ "255.255.255", "x", "255.255.255.9", true },
	};

	check_clients(rows, ROWS(rows));
}

static void
client_ipv6(void)
{
	static const struct client_row rows[] = {
		{ "2001:db8::5", "x", "2001:db8::5", true },
		{ "2001:DB8:0:0:0:0:0:5", "x", "2001:db8::5", true },
		{ "2001:db8::5", "x", "2001:db8::6", false },
		{ "2001:db8::/32", "x", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "x", "2001:db9::", false },
		{ "2001:db8::/127", "x", "2001:db8::1", true },
		{ "2001:db8::/127", "x", "2001:db8::2", false },
		{ "2001:db8::5/128", "x", "2001:db8::5", true },
		{ "::/0", "x", "2001:db8::1", true },
		{ "::/0", "x", "192.0.2.1", true },
		{ "::/1", "x", "8000::", false },
		{ "::ffff:192.0.2.1", "x", "192.0.2.1", true },
		{ "::ffff:192.0.2.0/120", "x", "192.0.2.200", true },
		{ "::ffff:192.0.2.0/120", "x", "192.0.3.1", false },
		{ "::1", "x", "0.0.0.1", false },
	};

	check_clients(rows, ROWS(rows));
}

static void
client_host_bits(void)
{
	static const struct client_row rows[] = {
		{ "192.0.2.77/24", "x", "192.0.2.1", true },
		{ "192.0.2.77/24", "x", "192.0.3.77", false },
		{ "2001:db8::77/64", "x", "2001:db8::1:2", true },
		{ "2001:db8::77/64", "x", "2001:db8:0:1::77", false },
	};

	check_clients(rows, ROWS(rows));
}

static void
client_regexps(void)
{
	static const struct client_row rows[] = {
		{ "/^mail[0-9]+\\.example\\.net$/", "mail7.example.net", OTHER,
		    true },
		{ "/^mail[0-9]+\\.example\\.net$/", "mail.example.net", OTHER,
		    false },
		{ "/EXAMPLE/", "an-example.org", OTHER, true },
		{ "/example/", "an-EXAMPLE.org", OTHER, true },
		{ "/^$/", "", OTHER, true },
		{ "/^$/", "x", OTHER, false },
		{ "/203/", "x", OTHER, false },
		{ "/a|b/", "xbx", OTHER, true },
		{ "/(?<!no)name\\d{2}/", "noname12", OTHER, false },
		{ "/(?<!no)name\\d{2}/", "myname12", OTHER, true },
		{ "/a/b/", "xa/bx", OTHER, true },
		{ "/(a)(b)(c)\\3/", "abcc", OTHER, true },
	};

	check_clients(rows, ROWS(rows));
}

static void
several_entries(void)
{
	static struct complaints complaints;
	struct list *list = list_of(LIST_CLIENTS,
	    bytes_of("/first/\nexample.net\n192.0.2.1\n2001:db8::/32\n"
		     "/second/\n198.51.100\nexample.net\n"),
	    &complaints);

	CHECK_TEXT(complaints.ignored, "");
	CHECK(has_client(list, "first", OTHER));
	CHECK(has_client(list, "second", OTHER));
	CHECK(has_client(list, "a.example.net", OTHER));
	CHECK(has_client(list, "x", "192.0.2.1"));
	CHECK(has_client(list, "x", "198.51.100.3"));
	CHECK(has_client(list, "x", "2001:db8:1::"));
	CHECK(!has_client(list, "third", OTHER));
	list_free(list);
}

static void
many_entries(void)
{
	enum { MANY = 5000 };
	static struct complaints complaints;
	static char text[MANY * 24];
	char name[24];
	size_t used = 0;
	struct list *list;

	for (unsigned i = 0; i < MANY; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%c%u.example\n", i % 2 == 0 ? 'h' : 'g', i);
	list = list_of(LIST_CLIENTS, (struct bytes){ text, used }, &complaints);
	CHECK_TEXT(complaints.ignored, "");
	for (unsigned i = 0; i < MANY; i += 2) {
		snprintf(name, sizeof(name), "x.H%u.example", i);
		unit_about(name);
		CHECK_NUMBER(found_client(list, name, OTHER).line, i + 1);
		snprintf(name, sizeof(name), "h%u.example", i + 1);
		CHECK_NUMBER(found_client(list, name, OTHER).line, 0);
	}
	list_free(list);
}

static void
comments_and_blanks(void)
{
	static struct complaints complaints;
	struct list *list = list_of(LIST_CLIENTS,
	    bytes_of("# a comment\n"
		     "\n"
		     " \t \n"
		     "  one.example  \n"
		     "\ttwo.example\t# why\n"
		     "three.example#why\r\n"
		     "four.example\r\n"
		     "/^five#never/\n"
		     "last.example"),
	    &complaints);

	CHECK_TEXT(complaints.ignored, "");
	CHECK(has_client(list, "one.example", OTHER));
	CHECK(has_client(list, "two.example", OTHER));
	CHECK(has_client(list, "three.example", OTHER));
	CHECK(has_client(list, "four.example", OTHER));
	CHECK(has_client(list, "/^five", OTHER));
	CHECK(!has_client(list, "five#never", OTHER));
	CHECK(has_client(list, "last.example", OTHER));
	CHECK(!has_client(list, "", OTHER));
	CHECK(!has_client(list, "why", OTHER));
	list_free(list);
}

static void
bad_clients(void)
{
	static const struct {
		const char *entry;
		const char *problem;
	} rows[] = {
		{ "1.2.3.256", NOT_ADDRESS },
		{ "1.2.256", NOT_ADDRESS },
		{ "1.2.3.", NOT_ADDRESS },
		{ "10.", NOT_ADDRESS },
		{ "10.0/8", NOT_ADDRESS },
		{ "10.0.0/8", NOT_ADDRESS },
		{ "1..2", NOT_ADDRESS },
		{ ".", NOT_ADDRESS },
		{ "2001:db8::g", NOT_ADDRESS },
		{ "1:2:3", NOT_ADDRESS },
		{ "1.2.3.4/33", "the prefix is not from 0 to 32" },
		{ "1.2.3.4/-1", "the prefix is not from 0 to 32" },
		{ "1.2.3.4/", "the prefix is not from 0 to 32" },
		{ "1.2.3.4/255.255.255.0", "the prefix is not from 0 to 32" },
		{ "::/129", "the prefix is not from 0 to 128" },
		{ "::1/x", "the prefix is not from 0 to 128" },
		{ "two words",
		    "there is a blank inside; write one entry per line" },
		{ "/two words/",
		    "there is a blank inside; write one entry per line" },
		{ "a\tb", "there is a blank inside; write one entry per line" },
	};
	static struct complaints complaints;
	char text[200], want[300], shown[LIST_SHOWN_MAX];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *list;

		unit_about(rows[i].entry);
		snprintf(text, sizeof(text), "# line 1\n\n%s\ngood.example\n",
		    rows[i].entry);
		snprintf(want, sizeof(want), "3: \"%s\": %s\n",
		    list_show(bytes_of(rows[i].entry), shown), rows[i].problem);
		list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
		CHECK_TEXT(complaints.ignored, want);
		CHECK(has_client(list, "good.example", OTHER));
		CHECK(!has_client(list, "x", "1.2.3.4"));
		list_free(list);
	}
}

static void
bad_regexps(void)
{
	static struct complaints complaints;
	struct list *list = list_of(LIST_CLIENTS,
	    bytes_of("/good/\n/(bad/\n/[a/\n/also/\n"), &complaints);
	const char *second = strstr(complaints.ignored, "\n3: ");

	CHECK(bytes_begin_with(bytes_of(complaints.ignored),
	    bytes_of("2: \"/(bad/\": it is not a regular expression, at "
		     "character 5: missing")));
	CHECK(second != NULL &&
	    bytes_begin_with(bytes_of(second + 1),
		bytes_of("3: \"/[a/\": it is not a regular expression, ")));
	CHECK(has_client(list, "good", OTHER));
	CHECK(has_client(list, "also", OTHER));
	CHECK(!has_client(list, "bad", OTHER));
	list_free(list);
}

static void
hostile_bytes(void)
{
	static struct complaints complaints;
	static char text[3 * LIST_SUBJECT_MAX], want[200];
	static const char entry[] = "a.example\0b\ngood.example\n";
	struct list *list = list_of(LIST_CLIENTS,
	    (struct bytes){ entry, sizeof(entry) - 1 }, &complaints);

	CHECK_TEXT(complaints.ignored,
	    "1: \"a.example\\x00b\": there is a NUL byte in it; save the file "
	    "as "
	    "plain text, in UTF-8\n");
	CHECK(!has_client(list, "a.example", OTHER));
	CHECK(has_client(list, "good.example", OTHER));
	list_free(list);

	memset(text, 'x', LIST_SUBJECT_MAX + 1);
	memcpy(text + LIST_SUBJECT_MAX + 1, "\ngood.example\n", 15);
	list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
	snprintf(want, sizeof(want), "1: \"%.92s...\": it is too long\n", text);
	CHECK_TEXT(complaints.ignored, want);
	CHECK(has_client(list, "good.example", OTHER));
	CHECK(!has_client(list, text, OTHER));
	list_free(list);

	text[LIST_SUBJECT_MAX] = '\0';
	list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
	CHECK_TEXT(complaints.ignored, "");
	CHECK(has_client(list, text, OTHER));
	list_free(list);
}

static int
read_clients(const char *file, struct list **list)
{
	static struct complaints complaints;

	return list_read(
	    LIST_CLIENTS, file, collect_complaint, &complaints, list);
}

static void
unreadable_files(void)
{
	struct list *list = NULL;

	CHECK_NUMBER(read_clients("/nonexistent/file", &list), ENOENT);
	CHECK_NUMBER(read_clients("/", &list), EISDIR);
	CHECK(list == NULL);
	CHECK_NUMBER(read_clients("/dev/null", &list), 0);
	CHECK(!has_client(list, "", OTHER));
	list_free(list);
}

static void
long_subjects(void)
{
	static struct complaints complaints;
	static char name[LIST_SUBJECT_MAX + 20];
	struct list *list = list_of(
	    LIST_CLIENTS, bytes_of("example.net\n192.0.2.1\n"), &complaints);

	memset(name, 'x', LIST_SUBJECT_MAX);
	memcpy(name + LIST_SUBJECT_MAX - 12, ".example.net", 13);
	CHECK(has_client(list, name, OTHER));
	memset(name, 'x', LIST_SUBJECT_MAX);
	memcpy(name + LIST_SUBJECT_MAX - 11, ".example.net", 13);
	CHECK(!has_client(list, name, OTHER));
	CHECK(has_client(list, name, "192.0.2.1"));
	list_free(list);
}

const struct unit_test unit_list[] = {
	{ "list: a client's domain covers itself and its subdomains",
	    client_domains },
	{ "list: an IPv4 address or network covers its addresses",
	    client_ipv4 },
	{ "list: three leading octets are a /24, two a /16", client_octets },
	{ "list: an IPv6 address or network covers its addresses, ::/0 all",
	    client_ipv6 },
	{ "list: host bits of a network don't count", client_host_bits },
	{ "list: a client regexp is on the name, whatever the case",
	    client_regexps },
	{ "list: each entry of a file counts, also given twice",
	    several_entries },
	{ "list: of thousands of entries each is found, and no other",
	    many_entries },
	{ "list: comments, blanks and CR are no part of an entry",
	    comments_and_blanks },
	{ "list: a bad client is told with its line and left out",
	    bad_clients },
	{ "list: a bad regexp is told with its line and place", bad_regexps },
	{ "list: entries with NUL, and those too long, are refused",
	    hostile_bytes },
	{ "list: a file that can't be read is an errno", unreadable_files },
	{ "list: a name over the limit is on no list, its address may be",
	    long_subjects },
	{ NULL, NULL }
};
