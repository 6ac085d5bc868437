/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static void
add_tests(struct report *report, const struct tally *tally)
{
	static const struct column columns[] = { { "test", "test" },
		{ "mode", "mode" }, { "failed", "failed" },
		{ "rejected", "rejected" }, { "dropped", "dropped" },
		{ "ignored", "let through" }, { "clients", "clients" },
		{ NULL, NULL } };
	static const char *const modes[] = { NULL, "ignore", "enforce",
		"drop" };

	report_table(report, "tests", "Tests that clients failed", columns);
	for (int test = 0; test < TESTS; test++) {
		const struct test_figures *figures = &tally->postscreen
							  .tests[test];

		if (figures->marked == 0 && figures->clients == 0)
			continue;
		report_row(report,
		    (struct cell[]){ cell_text(test_names[test]),
			cell_text(modes[psc_mode(
			    &tally->postscreen, (enum test)test)]),
			cell_count(figures->marked),
			cell_count(figures->enforced),
			cell_count(figures->dropped),
			cell_count(figures->ignored),
			cell_count(figures->clients) });
	}
}

static void
add_outcomes(struct report *report, const struct postscreen *figures)
{
	report_count(report, "connects", "connections", figures->connects);
	report_part(report, "blocked", "  turned away", figures->blocked,
	    figures->connects);
	report_part(report, "blocked_busy", "    of these, too busy",
	    figures->blocked_busy, figures->connects);
	report_part(report, "come_back", "  clean, told to come back",
	    figures->come_back, figures->connects);
	report_part(report, "gave_up", "  gave up", figures->gave_up,
	    figures->connects);
	report_part(report, "handed_off", "  let through to smtpd",
	    figures->handed_off, figures->connects);
}

void
section_postscreen(struct report *report, const struct tally *tally)
{
	const struct postscreen *figures = &tally->postscreen;

	report_section(report, "postscreen", "postscreen");
	add_outcomes(report, figures);
	report_part(report, "open", "  open at the end",
	    psc_open_count(&tally->postscreen), figures->connects);
	report_count(report, "began_before", "began before the log",
	    figures->began_before);
	report_count(report, "clients", "different clients", figures->clients);
	report_count(
	    report, "pass_old", "passed, known from before", figures->pass_old);
	report_count(report, "pass_new", "passed all tests", figures->pass_new);
	report_count(
	    report, "allowlisted", "allowlisted", figures->allowlisted);
	report_count(
	    report, "vetoed", "allowlist veto (backup MX)", figures->vetoed);
	report_count(report, "hangups", "hung up", figures->hangups);
	add_tests(report, tally);
	sections_ranking(report, tally, RANKING_PSC_REASONS, "reasons",
	    "Rejects by list or code");
}
