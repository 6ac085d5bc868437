/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "list_made.h"
#include "lists/list_character.h"

#define NEVER "it never matches: "
#define REGEXP \
	NEVER "it begins like a regular expression, but has no / at its end"
#define FLAGS \
	NEVER "a regular expression ends with its second /; there are no " \
	      "flags, and case does not matter"
#define AT NEVER "clients have names, without @"
#define NO_WILDCARD NEVER "* is not a wildcard here; "
#define WILDCARD_CLIENT \
	NO_WILDCARD "a domain stands for all below it, and there is /regexp/"
#define WILDCARD_NETWORK \
	NO_WILDCARD "write networks, such as 192.0.2.0/24 or 192.0.2"
#define WILDCARD \
	NO_WILDCARD "a domain stands for all in it and below it, user@ for " \
		    "a user in all domains"
#define WRITE(text) "write \"" text "\""
#define BELOW ", which stands for all below it"
#define IN_AND_BELOW ", which stands for all in it and below it"
#define NO_HOST(c) NEVER "host names do not have the character \"" c "\""
#define NO_ASCII(c, code) \
	NEVER "host names are ASCII, and this one has \"" c "\" (U+" code \
	      "); write it in its form with xn--"
#define DOT(text) \
	NEVER "a domain neither begins nor ends with a dot; " WRITE(text) \
	    BELOW ", too"
#define DOTS NEVER "a domain has no two dots in a row"
#define LONG NEVER "it is longer than a domain can be"
#define BRACKETS(text) \
	NEVER "addresses are written without < and > here; " WRITE(text)
#define HOST_BITS \
	"it has bits set after its prefix, and matches the whole network"
#define COMMA(text) \
	NEVER "each entry is on a line of its own, without commas; " WRITE(text)
#define QUOTED(text) \
	NEVER "entries are written without quotation marks; " WRITE(text)
#define SCHEME(text) NEVER "entries are bare names and addresses; " WRITE(text)
#define PORT(text) NEVER "clients have no ports here; " WRITE(text)
#define NO_CLIENTS \
	NEVER "clients do not belong in this list, but in one of " \
	      "--whitelist-clients"
#define LABEL(text) \
	"it stands for a domain \"" text "\" and all below it; for this user " \
	"in all domains " WRITE(text "@")
#define CHARACTER(name, code, cure) NEVER "it has " name " (U+" code "); " cure
#define NUMBER(n) \
	NEVER "it is a bare number, and no host has such a name; if the " \
	      "network is meant, write " n ".0.0.0/8"
#define NUMBERS \
	NEVER "it is neither a name nor an address; if a network is meant, " \
	      "write all of it, such as 10.0.0.0/8"
#define BLANK "write a plain blank in its place, or delete it"
#define SWEEPING \
	"every client without reverse DNS has the name \"unknown\", so all " \
	"of " \
	"them pass; take the entry out, or give it a delay"
#define SWEEPING_SENDER \
	"every client without reverse DNS has the name \"unknown\", so the " \
	"sender passes from all of them; name the clients by their networks"

#define X8 "xxxxxxxx"
#define X63 X8 X8 X8 X8 X8 X8 X8 "xxxxxxx"
#define X253 X63 "." X63 "." X63 "." X8 X8 X8 X8 X8 X8 X8 "xxxxx"

struct doubt_row {
	const char *entry;
	const char *problem; /* NULL: there is none */
};

/*
 * The entry is still one, and alone in its file but for the line before; what
 * is told is told of its first word.
 */
static void
check_doubts(enum list_kind kind, const struct doubt_row *rows, size_t count)
{
	static struct complaints complaints;
	char text[500], want[700], shown[LIST_SHOWN_MAX];

	for (size_t i = 0; i < count; i++) {
		struct bytes word = { rows[i].entry,
			strcspn(rows[i].entry, " ") };

		unit_about(rows[i].entry);
		snprintf(text, sizeof(text), "# 1\n%s", rows[i].entry);
		snprintf(want, sizeof(want), "2: \"%s\": %s\n",
		    list_show(word, shown),
		    rows[i].problem == NULL ? "" : rows[i].problem);
		list_free(list_of(kind, bytes_of(text), &complaints));
		CHECK_TEXT(complaints.ignored, "");
		CHECK_TEXT(
		    complaints.doubtful, rows[i].problem == NULL ? "" : want);
	}
	unit_about(NULL);
}

static const struct doubt_row doubtful_client[] = {
	{ "192.0.2.1-192.0.2.9",
	    NEVER "no host name ends with a number; for a range of "
		  "addresses write networks, such as 192.0.2.0/24 or "
		  "192.0.2" },
	{ "192.0.2.1-5",
	    NEVER "no host name ends with a number; for a range of "
		  "addresses write networks, such as 192.0.2.0/24 or "
		  "192.0.2" },
	{ "10", NUMBER("10") },
	{ "0", NUMBER("0") },
	{ "192 delay=5", NUMBER("192") },
	{ "1000", NUMBERS },
	{ "10/8", NUMBERS },
	{ "192.0.2.*", WILDCARD_NETWORK },
	{ "192.0.*.*", WILDCARD_NETWORK },
	{ "10.*", WILDCARD_NETWORK },
	{ "/example", REGEXP },
	{ "/^mail\\.example$", REGEXP },
	{ "/example/i", FLAGS },
	{ "/", REGEXP },
	{ "user@example.net", AT "; " WRITE("example.net") },
	{ "@example.net", AT "; " WRITE("example.net") },
	{ "postmaster@", AT },
	{ "*.example.net", NO_WILDCARD WRITE("example.net") BELOW },
	{ "*.*.example.net", NO_WILDCARD WRITE("example.net") BELOW },
	{ "mail*.example.net", WILDCARD_CLIENT },
	{ "*example.net", WILDCARD_CLIENT },
	{ "mail.*", WILDCARD_CLIENT },
	{ "*", WILDCARD_CLIENT },
	{ "example.net/24", NO_HOST("/") },
	{ "example/", NO_HOST("/") },
	{ "mail.example.net,", COMMA("mail.example.net") },
	{ "mail.example.net;", COMMA("mail.example.net") },
	{ "\"mail.example.net\"", QUOTED("mail.example.net") },
	{ "'192.0.2.1'", QUOTED("192.0.2.1") },
	{ "http://mail.example.net", SCHEME("mail.example.net") },
	{ "ip4:mail.example.net", SCHEME("mail.example.net") },
	{ "cidr:192.0.2.1", SCHEME("192.0.2.1") },
	{ "mail:25", PORT("mail") },
	{ "mail.example.net:25", PORT("mail.example.net") },
	{ "[192.0.2.1]",
	    NEVER
	    "addresses are written without [ and ] here; " WRITE("192.0.2.1") },
	{ "<example.net>", NO_HOST("<") },
	{ "!example.net", NO_HOST("!") },
	{ "m\xc3\xbcller.example", NO_ASCII("\xc3\xbc", "00FC") },
	{ "192.0.2.x/24", NO_HOST("/") },
	{ ".example.net", DOT("example.net") },
	{ "example.net.", DOT("example.net") },
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
	{ ".example.net delay=5", DOT("example.net") },
	{ "unknown", SWEEPING },
	{ "UNKNOWN", SWEEPING },
	{ "/^unknown$/", SWEEPING },
	{ "/..$/", SWEEPING },
};

static void
doubtful_clients(void)
{
	check_doubts(LIST_CLIENTS, doubtful_client, ROWS(doubtful_client));
}

static void
good_clients(void)
{
	static const struct doubt_row rows[] = {
		{ "example.net", NULL },
		{ "EXAMPLE.Net", NULL },
		{ "net", NULL },
		{ "localhost", NULL },
		{ "unknown delay=5m", NULL },
		{ "unknown never", NULL },
		{ "a.unknown", NULL },
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
		{ "/..$/ delay=5", NULL },
		{ "example.net delay=5m", NULL },
	};

	check_doubts(LIST_CLIENTS, rows, ROWS(rows));
}

static const struct doubt_row doubtful[] = {
	{ "1.2.3", NO_CLIENTS },
	{ "192.0.2.1", NO_CLIENTS },
	{ "192.0.2.0/24", NO_CLIENTS },
	{ "2001:db8::/32", NO_CLIENTS },
	{ "192.0.2.1-5", NO_CLIENTS },
	{ "192.0.2.0/33", NO_CLIENTS },
	{ "192.0.2.*", NO_CLIENTS },
	{ "https://example.org/", SCHEME("example.org") },
	{ "delay=60", NO_HOST("=") },
	{ "/example", REGEXP },
	{ "/^a@example\\.org$", REGEXP },
	{ "/^a@example\\.org$/i", FLAGS },
	{ "/", REGEXP },
	{ "<user@example.org>", BRACKETS("user@example.org") },
	{ "user@example.org>", BRACKETS("user@example.org") },
	{ "*@example.org", NO_WILDCARD WRITE("example.org") IN_AND_BELOW },
	{ "*.example.org", NO_WILDCARD WRITE("example.org") IN_AND_BELOW },
	{ "user@*.example.org", NO_WILDCARD WRITE("example.org") IN_AND_BELOW },
	{ "user@*", WILDCARD },
	{ "*", WILDCARD },
	{ "@example.org",
	    NEVER "a domain is written without @; " WRITE("example.org")
		IN_AND_BELOW },
	{ "@", NEVER "a domain is missing" },
	{ ".example.org", DOT("example.org") },
	{ "example.org.", DOT("example.org") },
	{ "a..b", DOTS },
	{ ".", DOTS },
	{ "user@.example.org", DOT("example.org") },
	{ "user@example.org.", DOT("example.org") },
	{ "user@a..b", DOTS },
	{ "user@" X63 "x.org", LONG },
	{ "user@a." X63 "x", LONG },
	{ X63 "x.org", LONG },
	{ "user@" X253 "x", LONG },
	{ X253 "x", LONG },
	{ "user@example.org,", COMMA("user@example.org") },
	{ "a@example.org,b@example.org", NEVER "write one address per line" },
	{ "\"user@example.org\"", QUOTED("user@example.org") },
	{ "mailto:user@example.org", SCHEME("user@example.org") },
	{ "MAILTO:abuse@", SCHEME("abuse@") },
	{ "https://example.org", SCHEME("example.org") },
	{ "abuse", LABEL("abuse") },
	{ "Mailer-Daemon", LABEL("Mailer-Daemon") },
	{ "info", LABEL("info") },
	{ "10",
	    NEVER "no domain is a number; for this user in all domains " WRITE(
		"10@") },
	{ "user@example.org\xc2\xa0",
	    CHARACTER("a no-break space", "00A0", BLANK) },
	{ "\xc2\xa0", CHARACTER("a no-break space", "00A0", BLANK) },
	{ "/^a\xc2\xa0/", CHARACTER("a no-break space", "00A0", BLANK) },
	{ "user@example.org\xe2\x80\x8b",
	    CHARACTER("a zero-width character", "200B", "delete it") },
	{ "a@b.example\xe2\x80\xa8",
	    CHARACTER(
		"a line separator", "2028", "write a new line in its place") },
	{ "no\xe2\x80\x93reply@",
	    CHARACTER("a dash that is not the plain one", "2013",
		"write - in its place") },
	{ "user\xef\xbc\xa0"
	  "example.org",
	    CHARACTER("a full-width character", "FF20",
		"write the plain one in its place") },
	{ "\xe2\x80\x9cuser@example.org\xe2\x80\x9d",
	    CHARACTER("a typographic quotation mark", "201C", "delete it") },
	{ "\xef\xbb\xbf"
	  "example.org",
	    CHARACTER("a byte-order mark", "FEFF", "delete it") },
	{ "user@example.org\xa0",
	    NEVER "it has the byte 0xA0, a no-break space in Latin-1; "
		  "write a plain blank in its place, or delete it" },
	{ "m\xfcller@example.org",
	    NEVER "it has the byte 0xFC, which is not UTF-8; save the file "
		  "as UTF-8" },
	{ "us\x01"
	  "er@example.org",
	    NEVER "it has a control character (0x01); delete it" },
};

static const struct doubt_row not_doubtful[] = {
	{ "example.org", NULL },
	{ "ORG", NULL },
	{ "xn--p1ai", NULL },
	{ "localhost", NULL },
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
	{ "/m\xfcller/", NULL },
	{ "\"john\"@example.org", NULL },
	{ "de", NULL },
	{ "com", NULL },
};

static void
doubtful_mailboxes(void)
{
	static const struct doubt_row null[] = { { "<>",
	    NEVER "only senders can be empty" } };
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

#define REPEATED "this client of the sender is also on line 1, which counts"

static void
doubtful_bound(void)
{
	static struct complaints complaints;
	char want[500];
	static const struct doubt_row rows[] = {
		{ "a.example *.example.net",
		    "\"*.example.net\": " NO_WILDCARD WRITE("example.net")
			BELOW },
		{ "a.example 192.0.2.77/24", "\"192.0.2.77/24\": " HOST_BITS },
		{ "a.example u@example.net",
		    "\"u@example.net\": " AT "; " WRITE("example.net") },
		{ "a.example 192.0.2.1, 192.0.2.2",
		    "\"192.0.2.1,\": " COMMA("192.0.2.1") },
		{ "a.example OK",
		    "\"OK\": it is taken for the name of a client; leave out "
		    "\"OK\": all that is on a list is treated alike" },
		{ "a.example unknown", "\"unknown\": " SWEEPING_SENDER },
		{ "*.a.example 192.0.2.1",
		    "\"*.a.example\": " NO_WILDCARD WRITE("a.example")
			IN_AND_BELOW },
		{ "a.example 192.0.2.1 192.0.2.1", "\"192.0.2.1\": " REPEATED },
		{ "a.example x.example 192.0.2.1 X.Example",
		    "\"X.Example\": " REPEATED },
		{ "a.example 192.0.2 192.0.2.0/24",
		    "\"192.0.2.0/24\": " REPEATED },
		{ "a.example 192.0.2.1 192.0.2.2", NULL },
		{ "a.example 192.0.2.1 192.0.2.0/24", NULL },
		{ "a.example a.example", NULL },
		{ "a.example localhost /^$/", NULL },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].entry);
		snprintf(want, sizeof(want), "1: %s\n",
		    rows[i].problem == NULL ? "" : rows[i].problem);
		list_free(list_of(
		    LIST_SENDERS, bytes_of(rows[i].entry), &complaints));
		CHECK_TEXT(complaints.ignored, "");
		CHECK_TEXT(
		    complaints.doubtful, rows[i].problem == NULL ? "" : want);
	}
}

struct same_row {
	enum list_kind kind;
	const char *text;
	const char *doubts;
};

#define SAME(text, n) \
	"\"" text "\": it is the same as line " n ", which counts\n"

static void
duplicates(void)
{
	static const struct same_row rows[] = {
		{ LIST_CLIENTS, "a.example\nb.example\na.example",
		    "3: " SAME("a.example", "1") },
		{ LIST_CLIENTS, "a.example\nA.Example\na.EXAMPLE",
		    "2: " SAME("A.Example", "1") "3: " SAME("a.EXAMPLE", "1") },
		{ LIST_CLIENTS, "192.0.2\n192.0.2.0/24",
		    "2: " SAME("192.0.2.0/24", "1") },
		{ LIST_CLIENTS, "192.0.2.1\n\n192.0.2.1/32",
		    "3: " SAME("192.0.2.1/32", "1") },
		{ LIST_CLIENTS, "192.0.2.1\n::ffff:192.0.2.1",
		    "2: " SAME("::ffff:192.0.2.1", "1") },
		{ LIST_CLIENTS, "2001:db8::1\n2001:DB8:0:0::1/128",
		    "2: " SAME("2001:DB8:0:0::1/128", "1") },
		{ LIST_CLIENTS, "192.0.2\n192.0.2.77/24",
		    "2: " SAME("192.0.2.77/24",
			"1") "2: \"192.0.2.77/24\": " HOST_BITS "\n" },
		{ LIST_CLIENTS, "/a/\n/a/\n", "2: " SAME("/a/", "1") },
		{ LIST_CLIENTS, "/a/\n/A/\n", "" },
		{ LIST_CLIENTS, "a\n/a/\n", "" },
		{ LIST_CLIENTS, "a.example delay=5\na.example",
		    "2: " SAME("a.example", "1") },
		{ LIST_CLIENTS, "a.example delay=x\na.example", "" },
		{ LIST_CLIENTS, "a.example\nb.a.example\nexample", "" },
		{ LIST_CLIENTS, "192.0.2\n192.0.2.0/25\n192.0.2.1", "" },
		{ LIST_CLIENTS, "::/0\n0.0.0.0/0", "" },
		{ LIST_RECIPIENTS, "u@\nu@example.org\nu+x@\nexample.org", "" },
		{ LIST_RECIPIENTS, "u@\nU@", "2: " SAME("U@", "1") },
		{ LIST_RECIPIENTS, "/a@/\nu@b\n/a@/\nu@B delay=5",
		    "3: " SAME("/a@/", "1") "4: " SAME("u@B", "2") },
		{ LIST_SENDERS, "u@\nu@", "2: " SAME("u@", "1") },
		{ LIST_SENDERS, "u@\nu@ 192.0.2.1", "2: " SAME("u@", "1") },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@", "" },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@ 192.0.2.2", "" },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@ x 192.0.2.1",
		    "2: \"192.0.2.1\": " REPEATED "\n" },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@\nu@ 192.0.2.2\nu@",
		    "3: " SAME("u@", "2") "4: " SAME("u@", "2") },
		{ LIST_SENDERS, "/u/ 192.0.2.1\n/u/ x\n/u/\n/u/ y\n/u/",
		    "4: " SAME("/u/", "3") "5: " SAME("/u/", "3") },
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
	/* Of each thing that is told: the line in `later`, its entry, and the
	   line in `first`. */
	const struct {
		unsigned line;
		const char *entry;
		unsigned where;
	} told[3];
};

static void
compared(void)
{
	static const struct two_lists_row rows[] = {
		{ LIST_CLIENTS, "a.example", "a.example",
		    { { 1, "a.example", 1 } } },
		{ LIST_CLIENTS, "#\na.example\nb.example",
		    "c.example\nB.Example\n\nA.example delay=5",
		    { { 2, "b.example", 3 }, { 4, "a.example", 2 } } },
		{ LIST_CLIENTS, "192.0.2", "192.0.2.0/24\n192.0.2.1",
		    { { 1, "192.0.2.0/24", 1 } } },
		{ LIST_CLIENTS, "192.0.2.1", "192.0.2.1",
		    { { 1, "192.0.2.1", 1 } } },
		{ LIST_CLIENTS, "2001:db8::/32", "2001:db8::/32",
		    { { 1, "2001:DB8:0:0:0:0:0:0/32", 1 } } },
		{ LIST_CLIENTS, "/a/\n/b/", "/B/\n/b/", { { 2, "/b/", 2 } } },
		{ LIST_CLIENTS, "example", "a.example", { { 0 } } },
		{ LIST_CLIENTS, "a.example", "example", { { 0 } } },
		{ LIST_CLIENTS, "", "a.example\n/a/", { { 0 } } },
		{ LIST_CLIENTS, "a.example\n/a/", "", { { 0 } } },
		{ LIST_RECIPIENTS, "u@\nu@example.org",
		    "example.org\nU@example.ORG\nu@",
		    { { 2, "u@example.org", 2 }, { 3, "u@", 1 } } },
		{ LIST_SENDERS, "u@", "u@ 192.0.2.1", { { 1, "u@", 1 } } },
		{ LIST_SENDERS, "u@", "u@ 192.0.2.1\nu@ 192.0.2.2",
		    { { 1, "u@", 1 }, { 2, "u@", 1 } } },
		{ LIST_SENDERS, "u@ 192.0.2.1", "u@", { { 0 } } },
		{ LIST_SENDERS, "<>", "<>", { { 1, "<>", 1 } } },
		{ LIST_SENDERS, "u@ 192.0.2.1", "u@ 192.0.2.2", { { 0 } } },
		{ LIST_SENDERS, "u@ 192.0.2.1\nu@", "#\nu@ 192.0.2.2",
		    { { 2, "u@", 2 } } },
		{ LIST_SENDERS, "/u/ 192.0.2.1\n/u/", "#\n/u/ 192.0.2.2",
		    { { 2, "/u/", 2 } } },
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
		for (size_t j = 0; j < 3 && rows[i].told[j].line != 0; j++)
			snprintf(want + strlen(want),
			    sizeof(want) - strlen(want),
			    "%u: \"%s\": it is the same as %s:%u, which "
			    "counts\n",
			    rows[i].told[j].line, rows[i].told[j].entry,
			    first.file, rows[i].told[j].where);
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
