/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

void
section_smtpd(struct report *report, const struct tally *tally)
{
	const struct settings *settings = tally->ledger.settings;

	if (settings_wants(settings, "smtpd")) {
		report_section(report, "smtpd", "smtpd");
		sections_sessions(
		    report, tally, session_set_shown(&tally->ledger));
	}
	if (settings_wants(settings, "submission"))
		section_submission(report, tally);
	if (settings_wants(settings, "rbl")) {
		report_section(report, "rbl", "RBLs");
		sections_ranking(report, tally, RANKING_RBL_REJECTS, "rejects",
		    "Rejects by list");
		sections_ranking(report, tally, RANKING_RBL_LISTINGS,
		    "listings", "Listings that dnsblog found");
	}
}
