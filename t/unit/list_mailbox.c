/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "list_made.h"

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
		CHECK_TEXT(complaints.ignored, "");
		CHECK_NUMBER(
		    has_recipient(list, rows[i].recipient), rows[i].found);
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

	CHECK_TEXT(complaints.ignored,
	    "1: \"user @example.org\": there is a blank inside; write one "
	    "entry per line\n"
	    "3: \"a b\": there is a blank inside; write one entry per line\n"
	    "4: \"/a b/\": there is a blank inside; write one entry per "
	    "line\n");
	CHECK(has_recipient(list, "user@example.org"));
	list_free(list);
}

const struct unit_test unit_list_mailbox[] = {
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
	{ NULL, NULL }
};
