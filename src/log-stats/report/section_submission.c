/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static bool
is_empty(const struct session_figures *figures)
{
	return figures->connects == 0 && figures->began_before == 0;
}

void
section_submission(struct report *report, const struct tally *tally)
{
	const struct settings *settings = tally->ledger.settings;

	/* What --service names is in the section smtpd. */
	if (settings->service != SERVICE_ALL)
		return;
	if (settings->format == FORMAT_TEXT &&
	    is_empty(&tally->sessions.sets[SET_SUBMISSION])) {
		report_section(report, "submission", "");
		report_note(report, "Submission: no connections.");
		return;
	}
	report_section(report, "submission", "Submission");
	sections_sessions(report, tally, SET_SUBMISSION);
	sections_ranking(report, tally, RANKING_SUBMISSION_CLIENTS,
	    "top_clients", "Clients that were turned away");
}
