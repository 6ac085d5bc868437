/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "list_made.h"

#define REGEXP "begins like a regular expression, but has no / at its end"
#define AT "never matches: clients have names, without @"
#define WILDCARD_CLIENT \
	"never matches: * is not a wildcard here; a domain stands for all " \
	"below " \
	"it"
#define WILDCARD \
	"never matches: * is not a wildcard here; a domain stands for all in " \
	"it " \
	"and below it"
#define NO_HOST "never matches: it has a character that host names do not have"
#define DOTS \
	"never matches: a domain neither begins nor ends with a dot, and has " \
	"no two in a row"
#define LONG "never matches: it is longer than a domain can be"
#define BRACKETS "never matches: an address is written without < and > here"
#define ALL_OF_DOMAIN \
	"never matches: for all of a domain, write the domain without @"
#define HOST_BITS "has bits set after its prefix; it matches the whole network"

#define X8 "xxxxxxxx"
#define X63 X8 X8 X8 X8 X8 X8 X8 "xxxxxxx"
#define X253 X63 "." X63 "." X63 "." X8 X8 X8 X8 X8 X8 X8 "xxxxx"

struct doubt_row {
	const char *entry;
	const char *problem; /* NULL: there is none */
};

/* The entry is still one, and alone in its file but for the line before. */
static void
check_doubts(enum list_kind kind, const struct doubt_row *rows, size_t count)
{
	static struct complaints complaints;
	char text[500], want[300];

	for (size_t i = 0; i < count; i++) {
		unit_about(rows[i].entry);
		snprintf(text, sizeof(text), "# 1\n%s", rows[i].entry);
		snprintf(want, sizeof(want), "2: %s\n",
		    rows[i].problem == NULL ? "" : rows[i].problem);
		list_free(list_of(kind, bytes_of(text), &complaints));
		CHECK_TEXT(complaints.ignored, "");
		CHECK_TEXT(
		    complaints.doubtful, rows[i].problem == NULL ? "" : want);
	}
	unit_about(NULL);
}

static void
doubtful_clients(void)
{
	static const struct doubt_row rows[] = {
		{ "192.0.2.1-192.0.2.9",
		    "never matches: no host name ends with a number" },
		{ "/example", REGEXP },
		{ "/^mail\\.example$", REGEXP },
		{ "/example/i", REGEXP },
		{ "/", REGEXP },
		{ "user@example.net", AT },
		{ "@example.net", AT },
		{ "postmaster@", AT },
		{ "*.example.net", WILDCARD_CLIENT },
		{ "mail*.example.net", WILDCARD_CLIENT },
		{ "*", WILDCARD_CLIENT },
		{ "example.net/24", NO_HOST },
		{ "example/", NO_HOST },
		{ "mail.example.net,", NO_HOST },
		{ "mail:25", NO_HOST },
		{ "[192.0.2.1]", NO_HOST },
		{ "<example.net>", NO_HOST },
		{ "!example.net", NO_HOST },
		{ "m\xc3\xbcller.example", NO_HOST },
		{ "192.0.2.x/24", NO_HOST },
		{ ".example.net", DOTS },
		{ "example.net.", DOTS },
		{ "mail..example.net", DOTS },
		{ X63 "x.example", LONG },
		{ "a." X63 "x.example", LONG },
		{ "a." X63 "x", LONG },
		{ X253 "x", LONG },
		{ "192.0.2.77/24", HOST_BITS },
		{ "192.0.2.1/31", HOST_BITS },
		{ "192.0.2.0/22", HOST_BITS },
		{ "0.0.0.1/0", HOST_BITS },
		{ "2001:db8::77/64", HOST_BITS },
		{ "2001:db8::/16", HOST_BITS },
		{ "::ffff:192.0.2.77/120", HOST_BITS },
		{ ".example.net delay=5", DOTS },
	};

	check_doubts(LIST_CLIENTS, rows, ROWS(rows));
}

static void
good_clients(void)
{
	static const struct doubt_row rows[] = {
		{ "example.net", NULL },
		{ "EXAMPLE.Net", NULL },
		{ "net", NULL },
		{ "localhost", NULL },
		{ "unknown", NULL },
		{ "10", NULL },
		{ "f00.example", NULL },
		{ "_dmarc.example.org", NULL },
		{ "my_host.example.org", NULL },
		{ "xn--mller-kva.example", NULL },
		{ "a--b.example", NULL },
		{ "1-2-3.example", NULL },
		{ "3.2.1.in-addr.arpa", NULL },
		{ "1.2", NULL },
		{ "1.2.3", NULL },
		{ "1.2.3.4", NULL },
		{ "1.2.3.4/32", NULL },
		{ "1.2.3.0/24", NULL },
		{ "1.2.3.128/25", NULL },
		{ "0.0.0.0/0", NULL },
		{ "::/0", NULL },
		{ "::1", NULL },
		{ "2001:db8::/32", NULL },
		{ "2001:db8::77/128", NULL },
		{ "::ffff:192.0.2.0/120", NULL },
		{ X63 ".example", NULL },
		{ "a." X63, NULL },
		{ X253, NULL },
		{ "/^mail\\.example$/", NULL },
		{ "/.*@[<>]/", NULL },
		{ "/^\\./", NULL },
		{ "/..$/", NULL },
		{ "example.net delay=5m", NULL },
	};

	check_doubts(LIST_CLIENTS, rows, ROWS(rows));
}

static const struct doubt_row doubtful[] = {
	{ "1.2.3", "never matches: clients do not belong in this list" },
	{ "192.0.2.1", "never matches: clients do not belong in this list" },
	{ "192.0.2.0/24", "never matches: clients do not belong in this list" },
	{ "2001:db8::/32",
	    "never matches: clients do not belong in this list" },
	{ "delay=60", NO_HOST },
	{ "/example", REGEXP },
	{ "/^a@example\\.org$", REGEXP },
	{ "/", REGEXP },
	{ "<user@example.org>", BRACKETS },
	{ "user@example.org>", BRACKETS },
	{ "*@example.org", WILDCARD },
	{ "*.example.org", WILDCARD },
	{ "user@*.example.org", WILDCARD },
	{ "user@*", WILDCARD },
	{ "*", WILDCARD },
	{ "@example.org", ALL_OF_DOMAIN },
	{ "@", ALL_OF_DOMAIN },
	{ ".example.org", DOTS },
	{ "example.org.", DOTS },
	{ "a..b", DOTS },
	{ ".", DOTS },
	{ "user@.example.org", DOTS },
	{ "user@example.org.", DOTS },
	{ "user@a..b", DOTS },
	{ "user@" X63 "x.org", LONG },
	{ "user@a." X63 "x", LONG },
	{ X63 "x.org", LONG },
	{ "user@" X253 "x", LONG },
	{ X253 "x", LONG },
};

static const struct doubt_row not_doubtful[] = {
	{ "example.org", NULL },
	{ "ORG", NULL },
	{ "localhost", NULL },
	{ "10", NULL },
	{ "_dmarc.example.org", NULL },
	{ "xn--mller-kva.example", NULL },
	{ "m\xc3\xbcller.example", NULL },
	{ "postmaster@", NULL },
	{ "user@example.org", NULL },
	{ "user+ext@example.org", NULL },
	{ "user+ext@", NULL },
	{ "user@localhost", NULL },
	{ "user@[192.0.2.1]", NULL },
	{ "user@[IPv6:2001:db8::1]", NULL },
	{ "first..last@example.org", NULL },
	{ ".user.@example.org", NULL },
	{ "a@b@example.org", NULL },
	{ "\"a@.b\"@example.org", NULL },
	{ "bounce=user=x@example.org", NULL },
	{ "SRS0=a/b=c=example.net=u@example.org", NULL },
	{ "#", NULL },
	{ "m\xc3\xbcller@example.org", NULL },
	{ X63 "xxx@example.org", NULL },
	{ X253 "xxx@example.org", NULL },
	{ "user@" X63 ".org", NULL },
	{ "user@" X253, NULL },
	{ X253, NULL },
	{ "/^$/", NULL },
	{ "/^<.*>@*/", NULL },
	{ "/.@./", NULL },
};

static void
doubtful_mailboxes(void)
{
	static const struct doubt_row null[] = { { "<>", BRACKETS } };
	static const struct doubt_row null_sender[] = { { "<>", NULL } };

	check_doubts(LIST_RECIPIENTS, null, 1);
	check_doubts(LIST_SENDERS, null_sender, 1);
	check_doubts(LIST_RECIPIENTS, doubtful, ROWS(doubtful));
	check_doubts(LIST_SENDERS, doubtful, ROWS(doubtful));
}

static void
good_mailboxes(void)
{
	check_doubts(LIST_RECIPIENTS, not_doubtful, ROWS(not_doubtful));
	check_doubts(LIST_SENDERS, not_doubtful, ROWS(not_doubtful));
}

static void
doubtful_bound(void)
{
	static const struct doubt_row rows[] = {
		{ "a.example *.example.net",
		    "is bound to '*.example.net', which " WILDCARD_CLIENT },
		{ "a.example 192.0.2.77/24",
		    "is bound to '192.0.2.77/24', which " HOST_BITS },
		{ "a.example u@example.net",
		    "is bound to 'u@example.net', which " AT },
		{ "a.example 192.0.2.1, 192.0.2.2",
		    "is bound to '192.0.2.1,', which " NO_HOST },
		{ "*.a.example 192.0.2.1", WILDCARD },
		{ "a.example 192.0.2.1 192.0.2.1",
		    "repeats a client of line 2, which counts" },
		{ "a.example x.example 192.0.2.1 X.Example",
		    "repeats a client of line 2, which counts" },
		{ "a.example 192.0.2 192.0.2.0/24",
		    "repeats a client of line 2, which counts" },
		{ "a.example 192.0.2.1 192.0.2.2", NULL },
		{ "a.example 192.0.2.1 192.0.2.0/24", NULL },
		{ "a.example a.example", NULL },
		{ "a.example unknown localhost /^$/", NULL },
	};

	check_doubts(LIST_SENDERS, rows, ROWS(rows));
}

struct same_row {
	enum list_kind kind;
	const char *text;
	const char *doubts;
};

#define SAME(n) "is the same as line " n ", which counts\n"

static void
duplicates(void)
{
	static const struct same_row rows[] = {
		{ LIST_CLIENTS, "a.example\nb.example\na.example",
		    "3: " SAME("1") },
		{ LIST_CLIENTS, "a.example\nA.Example\na.EXAMPLE",
		    "2: " SAME("1") "3: " SAME("1") },
		{ LIST_CLIENTS, "192.0.2\n192.0.2.0/24", "2: " SAME("1") },
		{ LIST_CLIENTS, "192.0.2.1\n\n192.0.2.1/32", "3: " SAME("1") },
		{ LIST_CLIENTS, "192.0.2.1\n::ffff:192.0.2.1",
		    "2: " SAME("1") },
		{ LIST_CLIENTS, "2001:db8::1\n2001:DB8:0:0::1/128",
		    "2: " SAME("1") },
		{ LIST_CLIENTS, "192.0.2\n192.0.2.77/24",
		    "2: " SAME("1") "2: " HOST_BITS "\n" },
		{ LIST_CLIENTS, "/a/\n/a/\n", "2: " SAME("1") },
		{ LIST_CLIENTS, "/a/\n/A/\n", "" },
		{ LIST_CLIENTS, "a\n/a/\n", "" },
		{ LIST_CLIENTS, "a.example delay=5\na.example",
		    "2: " SAME("1") },
		{ LIST_CLIENTS, "a.example delay=x\na.example", "" },
		{ LIST_CLIENTS, "a.example\nb.a.example\nexample", "" },
		{ LIST_CLIENTS, "192.0.2\n192.0.2.0/25\n192.0.2.1", "" },
		{ LIST_CLIENTS, "::/0\n0.0.0.0/0", "" },
		{ LIST_RECIPIENTS, "u@\nu@example.org\nu+x@\nexample.org", "" },
		{ LIST_RECIPIENTS, "u@\nU@", "2: " SAME("1") },
		{ LIST_RECIPIENTS, "/a@/\nu@b\n/a@/\nu@B delay=5",
		    "3: " SAME("1") "4: " SAME("2") },
		{ LIST_SENDERS, "u@\nu@", "2: " SAME("1") },
		{ LIST_SENDERS, "u@\nu@ 192.0.2.1", "2: " SAME("1") },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@", "" },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@ 192.0.2.2", "" },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@ x 192.0.2.1",
		    "2: repeats a client of line 1, which counts\n" },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@\nu@ 192.0.2.2\nu@",
		    "3: " SAME("2") "4: " SAME("2") },
		{ LIST_SENDERS, "/u/ 192.0.2.1\n/u/ x\n/u/\n/u/ y\n/u/",
		    "4: " SAME("3") "5: " SAME("3") },
	};
	static struct complaints complaints;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		list_free(
		    list_of(rows[i].kind, bytes_of(rows[i].text), &complaints));
		CHECK_TEXT(complaints.doubtful, rows[i].doubts);
	}
}

struct two_lists_row {
	enum list_kind kind;
	const char *first;
	const char *later;
	/* Of each thing that is told: the line in `later`, and in `first`. */
	const unsigned told[8];
};

static void
compared(void)
{
	static const struct two_lists_row rows[] = {
		{ LIST_CLIENTS, "a.example", "a.example", { 1, 1 } },
		{ LIST_CLIENTS, "#\na.example\nb.example",
		    "c.example\nB.Example\n\nA.example delay=5",
		    { 2, 3, 4, 2 } },
		{ LIST_CLIENTS, "192.0.2", "192.0.2.0/24\n192.0.2.1",
		    { 1, 1 } },
		{ LIST_CLIENTS, "/a/\n/b/", "/B/\n/b/", { 2, 2 } },
		{ LIST_CLIENTS, "example", "a.example", { 0 } },
		{ LIST_CLIENTS, "a.example", "example", { 0 } },
		{ LIST_CLIENTS, "", "a.example\n/a/", { 0 } },
		{ LIST_CLIENTS, "a.example\n/a/", "", { 0 } },
		{ LIST_RECIPIENTS, "u@\nu@example.org",
		    "example.org\nU@example.ORG\nu@", { 2, 2, 3, 1 } },
		{ LIST_SENDERS, "u@", "u@ 192.0.2.1", { 1, 1 } },
		{ LIST_SENDERS, "u@", "u@ 192.0.2.1\nu@ 192.0.2.2",
		    { 1, 1, 2, 1 } },
		{ LIST_SENDERS, "u@ 192.0.2.1", "u@", { 0 } },
		{ LIST_SENDERS, "u@ 192.0.2.1", "u@ 192.0.2.2", { 0 } },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@", "#\nu@ 192.0.2.2",
		    { 2, 2 } },
		{ LIST_SENDERS, "/u/ 192.0.2.1\n/u/", "#\n/u/ 192.0.2.2",
		    { 2, 2 } },
	};
	static struct complaints first, later;
	char want[1000];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct list *a = list_of(
		    rows[i].kind, bytes_of(rows[i].first), &first);
		struct list *b = list_of(
		    rows[i].kind, bytes_of(rows[i].later), &later);

		unit_about(rows[i].later);
		want[0] = '\0';
		for (size_t j = 0; rows[i].told[j] != 0; j += 2)
			snprintf(want + strlen(want),
			    sizeof(want) - strlen(want),
			    "%u: is the same as %s:%u, which counts\n",
			    rows[i].told[j], first.file, rows[i].told[j + 1]);
		CHECK_TEXT(later.doubtful, "");
		list_compare(a, b, collect_complaint, &later);
		CHECK_TEXT(later.doubtful, want);
		CHECK_TEXT(later.ignored, "");
		list_free(a);
		list_free(b);
	}
}

const struct unit_test unit_list_doubt[] = {
	{ "list: a client that never matches, or more than it says, is told",
	    doubtful_clients },
	{ "list: of a client that is as it looks, nothing is told",
	    good_clients },
	{ "list: a recipient or sender that never matches is told",
	    doubtful_mailboxes },
	{ "list: of a recipient or sender that is as it looks, nothing is told",
	    good_mailboxes },
	{ "list: doubts of the clients that a sender is bound to are told",
	    doubtful_bound },
	{ "list: what an earlier line has is told, and that line counts",
	    duplicates },
	{ "list: what an earlier list has is told, with its file and line",
	    compared },
	{ NULL, NULL }
};
