/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "list.h"
#include "unit.h"

/* Complaints as "2: is no address" lines; the file as it was given. */
struct complaints {
	char text[2048];
	size_t used;
	char file[64];
};

static void
complain(void *argument, const char *file, unsigned line, const char *problem)
{
	struct complaints *complaints = argument;
	int n = snprintf(complaints->text + complaints->used,
	    sizeof(complaints->text) - complaints->used, "%u: %s\n", line,
	    problem);

	complaints->used += (size_t)n;
	CHECK_TEXT(file, complaints->file);
}

/* A list of one file of this text. */
static struct list *
list_of(enum list_kind kind, struct bytes text, struct complaints *complaints)
{
	struct list *list = list_new(kind);
	int fd;

	complaints->used = 0;
	complaints->text[0] = '\0';
	strcpy(complaints->file, "/tmp/grey-unit-XXXXXX");
	fd = mkstemp(complaints->file);
	if (!CHECK(list != NULL && fd != -1))
		abort();
	CHECK_NUMBER(write(fd, text.data, text.len), text.len);
	close(fd);
	CHECK_NUMBER(
	    list_read(list, complaints->file, complain, complaints), 0);
	unlink(complaints->file);
	return list;
}

static bool
has_client(const struct list *list, const char *name, const char *address)
{
	struct address parsed;

	if (!CHECK(address_parse(bytes_of(address), &parsed)))
		return false;
	return list_has_client(list, bytes_of(name), &parsed);
}

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
		CHECK_TEXT(complaints.text, "");
		CHECK_NUMBER(has_client(list, rows[i].name, rows[i].address),
		    rows[i].found);
		list_free(list);
	}
	unit_about(NULL);
}

#define OTHER "203.0.113.9"

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

	CHECK_TEXT(complaints.text, "");
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

	CHECK_TEXT(complaints.text, "");
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
		{ "1.2.3.256", "is no address" },
		{ "1.2.256", "is no address" },
		{ "1.2.3.", "is no address" },
		{ "10.", "is no address" },
		{ "10.0/8", "is no address" },
		{ "10.0.0/8", "is no address" },
		{ "1..2", "is no address" },
		{ "2001:db8::g", "is no address" },
		{ "1:2:3", "is no address" },
		{ "1.2.3.4/33", "has a prefix that is not from 0 to 32" },
		{ "1.2.3.4/-1", "has a prefix that is not from 0 to 32" },
		{ "1.2.3.4/", "has a prefix that is not from 0 to 32" },
		{ "1.2.3.4/255.255.255.0",
		    "has a prefix that is not from 0 to 32" },
		{ "::/129", "has a prefix that is not from 0 to 128" },
		{ "::1/x", "has a prefix that is not from 0 to 128" },
		{ "two words", "has blanks inside; one entry a line" },
		{ "/two words/", "has blanks inside; one entry a line" },
		{ "a\tb", "has blanks inside; one entry a line" },
	};
	static struct complaints complaints;
	char text[200], want[200];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *list;

		unit_about(rows[i].entry);
		snprintf(text, sizeof(text), "# line 1\n\n%s\ngood.example\n",
		    rows[i].entry);
		snprintf(want, sizeof(want), "3: %s\n", rows[i].problem);
		list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
		CHECK_TEXT(complaints.text, want);
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
	const char *second = strstr(complaints.text, "\n3: ");

	CHECK(strncmp(complaints.text,
		  "2: is no regular expression, at character 5: ", 45) == 0);
	CHECK(second != NULL &&
	    strncmp(second + 1, "3: is no regular expression, ", 29) == 0);
	CHECK(has_client(list, "good", OTHER));
	CHECK(has_client(list, "also", OTHER));
	CHECK(!has_client(list, "bad", OTHER));
	list_free(list);
}

static void
hostile_bytes(void)
{
	static struct complaints complaints;
	static char text[3 * LIST_SUBJECT_MAX];
	static const char entry[] = "a.example\0b\ngood.example\n";
	struct list *list = list_of(LIST_CLIENTS,
	    (struct bytes){ entry, sizeof(entry) - 1 }, &complaints);

	CHECK_TEXT(complaints.text, "1: has a NUL byte\n");
	CHECK(!has_client(list, "a.example", OTHER));
	CHECK(has_client(list, "good.example", OTHER));
	list_free(list);

	memset(text, 'x', LIST_SUBJECT_MAX + 1);
	memcpy(text + LIST_SUBJECT_MAX + 1, "\ngood.example\n", 15);
	list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
	CHECK_TEXT(complaints.text, "1: is too long\n");
	CHECK(has_client(list, "good.example", OTHER));
	CHECK(!has_client(list, text, OTHER));
	list_free(list);

	text[LIST_SUBJECT_MAX] = '\0';
	list = list_of(LIST_CLIENTS, bytes_of(text), &complaints);
	CHECK_TEXT(complaints.text, "");
	CHECK(has_client(list, text, OTHER));
	list_free(list);
}

struct recipient_row {
	const char *entry;
	const char *recipient;
	bool found;
};

static void
check_recipients(const struct recipient_row *rows, size_t count)
{
	static struct complaints complaints;
	char about[200];

	for (size_t i = 0; i < count; i++) {
		struct list *list;

		snprintf(about, sizeof(about), "'%s' has %s", rows[i].entry,
		    rows[i].recipient);
		unit_about(about);
		list = list_of(
		    LIST_RECIPIENTS, bytes_of(rows[i].entry), &complaints);
		CHECK_TEXT(complaints.text, "");
		CHECK_NUMBER(
		    list_has_recipient(list, bytes_of(rows[i].recipient)),
		    rows[i].found);
		list_free(list);
	}
	unit_about(NULL);
}

static void
recipient_domains(void)
{
	static const struct recipient_row rows[] = {
		{ "example.org", "user@example.org", true },
		{ "example.org", "user@sub.example.org", true },
		{ "example.org", "User@EXAMPLE.org", true },
		{ "Example.ORG", "user@example.org", true },
		{ "example.org", "user@badexample.org", false },
		{ "example.org", "user@example.org.net", false },
		{ "example.org", "example.org", false },
		{ "example.org", "x.example.org", true },
		{ "example.org", "@example.org", true },
		{ "example.org", "a@b@example.org", true },
		{ "example.org", "", false },
		{ "192.0.2.1", "user@192.0.2.1", true },
	};

	check_recipients(rows, ROWS(rows));
}

static void
recipient_users(void)
{
	static const struct recipient_row rows[] = {
		{ "postmaster@", "postmaster@example.org", true },
		{ "postmaster@", "PostMaster@example.org", true },
		{ "PostMaster@", "postmaster@example.org", true },
		{ "postmaster@", "postmaster+ext@example.org", true },
		{ "postmaster@", "postmaster+a+b@example.org", true },
		{ "postmaster@", "postmaster+@example.org", false },
		{ "postmaster@", "xpostmaster@example.org", false },
		{ "postmaster@", "postmasterx@example.org", false },
		{ "postmaster@", "postmaster", false },
		{ "postmaster@", "a@postmaster@example.org", false },
		{ "user+ext@", "user+ext@example.org", true },
		{ "user+ext@", "user+ext+more@example.org", true },
		{ "user+ext@", "user@example.org", false },
		{ "user+ext@", "user+extra@example.org", false },
		{ "@", "@example.org", true },
		{ "@", "user@example.org", false },
	};

	check_recipients(rows, ROWS(rows));
}

static void
recipient_addresses(void)
{
	static const struct recipient_row rows[] = {
		{ "user@example.org", "user@example.org", true },
		{ "user@example.org", "USER@Example.org", true },
		{ "user@example.org", "user+ext@example.org", true },
		{ "user@example.org", "user+a+b@example.org", true },
		{ "user@example.org", "user+@example.org", false },
		{ "user@example.org", "user@sub.example.org", false },
		{ "user@example.org", "other@example.org", false },
		{ "user@example.org", "user@example.orgx", false },
		{ "user@example.org", "xuser@example.org", false },
		{ "user@example.org", "user", false },
		{ "@example.org", "@example.org", true },
		{ "@example.org", "user@example.org", false },
	};

	check_recipients(rows, ROWS(rows));
}

static void
recipient_regexps(void)
{
	static const struct recipient_row rows[] = {
		{ "/^list-.*@example\\.org$/", "list-a@example.org", true },
		{ "/^list-.*@example\\.org$/", "LIST-a@Example.org", true },
		{ "/^list-.*@example\\.org$/", "list@example.org", false },
		{ "/@example/", "user@example.org", true },
		{ "/^$/", "", true },
	};

	check_recipients(rows, ROWS(rows));
}

static void
bad_recipients(void)
{
	static struct complaints complaints;
	struct list *list = list_of(LIST_RECIPIENTS,
	    bytes_of("user @example.org\n\na b\n/a b/\nuser@example.org\n"),
	    &complaints);

	CHECK_TEXT(complaints.text,
	    "1: has blanks inside; one entry a line\n"
	    "3: has blanks inside; one entry a line\n"
	    "4: has blanks inside; one entry a line\n");
	CHECK(list_has_recipient(list, bytes_of("user@example.org")));
	list_free(list);
}

static void
unreadable_files(void)
{
	static struct complaints complaints;
	struct list *list = list_new(LIST_CLIENTS);

	CHECK_NUMBER(
	    list_read(list, "/nonexistent/file", complain, &complaints),
	    ENOENT);
	CHECK_NUMBER(list_read(list, "/", complain, &complaints), EISDIR);
	CHECK_NUMBER(list_read(list, "/dev/null", complain, &complaints), 0);
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
	{ "list: comments, blanks and CR are no part of an entry",
	    comments_and_blanks },
	{ "list: a bad client is told with its line and left out",
	    bad_clients },
	{ "list: a bad regexp is told with its line and place", bad_regexps },
	{ "list: entries with NUL, and those too long, are refused",
	    hostile_bytes },
	{ "list: a recipient's domain covers itself and its subdomains",
	    recipient_domains },
	{ "list: user@ covers the user at all domains, with extensions",
	    recipient_users },
	{ "list: user@domain covers that address, with extensions",
	    recipient_addresses },
	{ "list: a recipient regexp is on the whole address",
	    recipient_regexps },
	{ "list: a bad recipient is told with its line and left out",
	    bad_recipients },
	{ "list: a file that can't be read is an errno", unreadable_files },
	{ "list: a name over the limit is on no list, its address may be",
	    long_subjects },
	{ NULL, NULL }
};
