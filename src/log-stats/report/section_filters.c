/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static uint64_t
lines_of(const struct tally *tally, enum ranking ranking)
{
	return tally->ledger.rankings[ranking].total;
}

void
section_filters(struct report *report, const struct tally *tally)
{
	if (!settings_wants(tally->ledger.settings, "filters"))
		return;
	report_section(report, "filters", "Filters");
	report_count(report, "lines", "lines of filters and SPF servers",
	    lines_of(tally, RANKING_PROGRAMS));
	report_count(report, "outcomes", "  of these, with an outcome",
	    lines_of(tally, RANKING_OUTCOMES));
	sections_ranking(
	    report, tally, RANKING_PROGRAMS, "by_program", "By program");
	sections_ranking(report, tally, RANKING_OUTCOMES, "by_outcome",
	    "By program and outcome");
	sections_ranking(report, tally, RANKING_ACTIONS, "actions",
	    "What access tables, header checks and milters did");
}
