/* SPDX-License-Identifier: BSD-2-Clause */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "log-stats/report/report.h"
#include "unit.h"

typedef void render(const struct report *, FILE *);

/* Frees the report. */
static void
check_render(const char *file, int line, render *form, struct report *report,
    const char *want)
{
	struct bytes have;
	char *text;
	FILE *out = open_memstream(&text, &have.len);

	if (out == NULL)
		abort();
	form(report, out);
	fclose(out);
	have.data = text;
	if (!unit_bytes(file, line, "the report", have, bytes_of(want)))
		printf("# it is:\n%s# not:\n%s", text, want);
	free(text);
	report_free(report);
}

#define CHECK_RENDER(form, report, want) \
	check_render(__FILE__, __LINE__, form, report, want)

static const struct column senders[] = { { "sender", "sender" },
	{ "messages", "messages" }, { "share", "share" },
	{ "delay", "mean delay" }, { NULL, NULL } };
static const struct column hosts[] = { { "count", "count" }, { "host", "host" },
	{ NULL, NULL } };

static void
add_senders(struct report *report)
{
	char changing[] = "a@example.org";

	report_table(report, "senders", "Senders", senders);
	report_row(report,
	    (struct cell[]){ cell_text(changing), cell_count(12345),
		cell_share(5536, 10000), cell_seconds(2254) });
	report_row(report,
	    (struct cell[]){ cell_text("tab\there, \"q\" \\ \xff"),
		cell_count(7), cell_nothing(), cell_seconds(0.05) });
	changing[0] = 'x';
}

static struct report
example(void)
{
	struct report report = { NULL, 0 };

	report_section(&report, "", "");
	report_figure(&report, "version", "", cell_text("0.1"));
	report_figure(&report, "lines", "lines", cell_count(1000000));
	report_section(&report, "mail", "Mail");
	report_part(&report, "delivered", "delivered", 31, 56);
	report_part(&report, "bounced", "b\xc3\xb6unced", 0, 56);
	report_part(&report, "none", "of nothing", 0, 0);
	report_figure(&report, "delay", "mean delay", cell_seconds(2.34));
	report_figure(&report, "first", "first", cell_text("Nov 22 07:00:00"));
	report_figure(&report, "last", "last", cell_nothing());
	add_senders(&report);
	report_table(&report, "hosts", "Hosts", hosts);
	report_note(&report, "%d%% of it is %s", 100, "guesswork.");
	return report;
}

static void
text(void)
{
	struct report report = example();

	CHECK_RENDER(render_text, &report,
	    "  lines  1000000\n\n"
	    "Mail\n  delivered      31   55.4 %\n"
	    "  b\xc3\xb6unced         0    0.0 %\n"
	    "  of nothing      0\n"
	    "  mean delay  2.3 s\n"
	    "  first       Nov 22 07:00:00\n"
	    "  last            -\n\n"
	    "  Senders\n"
	    "    sender             messages   share   mean delay\n"
	    "    a@example.org         12345  55.4 %  37 min 34 s\n"
	    "    tab?here, \"q\" \\ ?         7       -       0.05 s\n\n"
	    "  Hosts: none\n"
	    "  100% of it is guesswork.\n");
}

static void
tsv(void)
{
	struct report report = example();

	CHECK_RENDER(render_tsv, &report,
	    "\tversion\t0.1\n"
	    "\tlines\t1000000\n"
	    "mail\tdelivered\t31\n"
	    "mail\tbounced\t0\n"
	    "mail\tnone\t0\n"
	    "mail\tdelay\t2.34\n"
	    "mail\tfirst\tNov 22 07:00:00\n"
	    "mail\tlast\t\n"
	    "#mail.senders\tsender\tmessages\tshare\tdelay\n"
	    "mail.senders\ta@example.org\t12345\t0.5536\t2254\n"
	    "mail.senders\ttab\\x09here, \"q\" \\\\ \\xff\t7\t\t0.05\n"
	    "#mail.hosts\tcount\thost\n");
}

static void
csv(void)
{
	struct report report = example();

	CHECK_RENDER(render_csv, &report,
	    ",version,0.1\n"
	    ",lines,1000000\n"
	    "mail,delivered,31\n"
	    "mail,bounced,0\n"
	    "mail,none,0\n"
	    "mail,delay,2.34\n"
	    "mail,first,Nov 22 07:00:00\n"
	    "mail,last,\n"
	    "#mail.senders,sender,messages,share,delay\n"
	    "mail.senders,a@example.org,12345,0.5536,2254\n"
	    "mail.senders,\"tab\\x09here, \"\"q\"\" \\\\ \\xff\",7,,0.05\n"
	    "#mail.hosts,count,host\n");
}

static void
json(void)
{
	struct report report = example();

	CHECK_RENDER(render_json, &report,
	    "{\n"
	    "  \"version\": \"0.1\",\n  \"lines\": 1000000,\n"
	    "  \"mail\": {\n"
	    "    \"delivered\": 31,\n    \"bounced\": 0,\n"
	    "    \"none\": 0,\n    \"delay\": 2.34,\n"
	    "    \"first\": \"Nov 22 07:00:00\",\n    \"last\": null,\n"
	    "    \"senders\": [\n"
	    "      {\n"
	    "        \"sender\": \"a@example.org\",\n"
	    "        \"messages\": 12345,\n        \"share\": 0.5536,\n"
	    "        \"delay\": 2254\n"
	    "      },\n"
	    "      {\n"
	    "        \"sender\": \"tab\\\\x09here, \\\"q\\\" \\\\\\\\ "
	    "\\\\xff\",\n"
	    "        \"messages\": 7,\n        \"share\": null,\n"
	    "        \"delay\": 0.05\n"
	    "      }\n"
	    "    ],\n"
	    "    \"hosts\": []\n"
	    "  }\n"
	    "}\n");
}

static void
nothing(void)
{
	struct report report = { NULL, 0 };

	CHECK_RENDER(render_text, &report, "");
	CHECK_RENDER(render_tsv, &report, "");
	CHECK_RENDER(render_csv, &report, "");
	CHECK_RENDER(render_json, &report, "{}\n");
	report_section(&report, "a", "A");
	report_figure(&report, "b", "", cell_count(1));
	CHECK_RENDER(render_text, &report, "");
}

static void
seconds(void)
{
	static const struct {
		double seconds;
		const char *text, *tsv;
	} rows[] = { { 0, "0 s", "0" }, { 0.0004, "0 s", "0" },
		{ 0.004, "0.004 s", "0.004" }, { 0.05, "0.05 s", "0.05" },
		{ 0.996, "1.0 s", "0.996" }, { 2.3, "2.3 s", "2.3" },
		{ 99.9, "99.9 s", "99.9" }, { 99.99, "1 min 40 s", "99.99" },
		{ 100.4, "1 min 40 s", "100" }, { 120, "2 min", "120" },
		{ 2254, "37 min 34 s", "2254" }, { 3599.6, "1 h", "3600" },
		{ 3720, "1 h 2 min", "3720" },
		{ 86369, "23 h 59 min", "86369" }, { 86399, "1 d", "86399" },
		{ 93600, "1 d 2 h", "93600" }, { 864000, "10 d", "864000" },
		{ -0.0001, "0 s", "0" }, { -2.5, "-2.5 s", "-2.5" },
		{ -120, "-2 min", "-120" }, { (double)INFINITY, "-", "" },
		{ (double)NAN, "-", "" } };
	char want[64];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct report report = { NULL, 0 };

		for (int tabs = 0; tabs < 2; tabs++) {
			report_section(&report, "s", "");
			report_figure(
			    &report, "n", "n", cell_seconds(rows[i].seconds));
			snprintf(want, sizeof(want),
			    tabs ? "s\tn\t%s\n" : "  n  %s\n",
			    tabs ? rows[i].tsv : rows[i].text);
			CHECK_RENDER(
			    tabs ? render_tsv : render_text, &report, want);
		}
	}
}

static void
wide_texts(void)
{
	struct report report = { NULL, 0 };
	char wide[301], want[400];

	memset(wide, 'w', 300);
	wide[300] = '\0';
	report_section(&report, "s", "S");
	report_figure(&report, "n", "n", cell_text(wide));
	report_figure(&report, "m", "m", cell_count(1));
	snprintf(want, sizeof(want), "S\n  n  %.97s...\n  m  1\n", wide);
	CHECK_RENDER(render_text, &report, want);
}

/* Of two columns, of one, of none. */
static void
character_widths(void)
{
	static const char *const texts[] = { "\xe4\xb8\xad", "\xc3\xa9",
		"e\xcc\x81", "ab" };
	char *before = strdup(setlocale(LC_CTYPE, NULL));
	struct report report = { NULL, 0 };

	CHECK(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	report_section(&report, "", "");
	for (size_t i = 0; i < ROWS(texts); i++)
		report_figure(&report, "n", texts[i], cell_count(i));
	CHECK_RENDER(render_text, &report,
	    "  \xe4\xb8\xad  0\n"
	    "  \xc3\xa9   1\n"
	    "  e\xcc\x81   2\n"
	    "  ab  3\n");
	setlocale(LC_CTYPE, before);
	free(before);
}

static void
notes(void)
{
	struct report report = { NULL, 0 };

	report_section(&report, "s", "S");
	report_note(&report,
	    "A note of some length, which goes on until there is no room for "
	    "it, has   lines of 80 columns, and no control byte (%s) in it.",
	    "\033");
	CHECK_RENDER(render_text, &report,
	    "S\n"
	    "  A note of some length, which goes on until there is no room "
	    "for it, has lines\n"
	    "  of 80 columns, and no control byte (?) in it.\n");
}

static void
many_rows(void)
{
	struct report report = { NULL, 0 };
	char want[20000] = "#s.hosts\tcount\thost\n", *end = want;

	report_section(&report, "s", "S");
	report_table(&report, "hosts", "Hosts", hosts);
	for (unsigned i = 0; i < 1000; i++) {
		report_row(
		    &report, (struct cell[]){ cell_count(i), cell_text("h") });
		end += strlen(end);
		sprintf(end, "s.hosts\t%u\th\n", i);
	}
	CHECK_RENDER(render_tsv, &report, want);
}

const struct unit_test unit_report[] = { { "report: as text it is aligned",
					     text },
	{ "report: as tsv it has a line a figure or row", tsv },
	{ "report: as csv it has quotes where they are needed", csv },
	{ "report: as JSON it is one object", json },
	{ "report: nothing is shown of nothing", nothing },
	{ "report: seconds are shown in the units that fit them", seconds },
	{ "report: wide texts are cut for people", wide_texts },
	{ "report: characters take the columns that a terminal gives them",
	    character_widths },
	{ "report: notes are wrapped and printable", notes },
	{ "report: tables grow", many_rows }, { NULL, NULL } };
