/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static void
add_sessions(struct report *report, const struct tally *tally)
{
	const struct sessions *figures = &tally->sessions;
	uint64_t all = figures->connects + figures->began_before;

	report_figure(
	    report, "connects", "connections", cell_count(figures->connects));
	report_figure(report, "began_before", "began before the log",
	    cell_count(figures->began_before));
	report_part(report, "accepted_sessions", "  brought mail",
	    figures->accepted_sessions, all);
	report_part(report, "rejected_sessions", "  refused, brought none",
	    figures->rejected_sessions, all);
	report_part(report, "neither_sessions", "  neither",
	    figures->neither_sessions, all);
	report_part(report, "open", "  open at the end",
	    session_open_count(&tally->sessions), all);
	report_figure(report, "clients", "different clients",
	    cell_count(figures->clients));
}

static void
add_rejects(struct report *report, const struct tally *tally)
{
	const struct sessions *figures = &tally->sessions;

	report_figure(
	    report, "rejects", "rejects", cell_count(figures->rejects));
	report_figure(report, "milter_rejects", "rejects by milters",
	    cell_count(figures->milter_rejects));
	report_figure(report, "proxy_rejects", "rejects by filters",
	    cell_count(figures->proxy_rejects));
	report_figure(report, "content_rejects", "messages refused by content",
	    cell_count(figures->content_rejects));
	report_figure(
	    report, "limits", "limits exceeded", cell_count(figures->limits));
	report_figure(report, "reject_warnings",
	    "warnings only (warn_if_reject)",
	    cell_count(figures->reject_warnings));
}

void
section_smtpd(struct report *report, const struct tally *tally)
{
	const struct settings *settings = tally->ledger.settings;

	if (settings_wants(settings, "smtpd")) {
		report_section(report, "smtpd", "smtpd");
		add_sessions(report, tally);
		add_rejects(report, tally);
		sections_ranking(report, tally, RANKING_REJECTS_BY_STAGE,
		    "by_stage", "Rejects by stage");
		sections_ranking(report, tally, RANKING_REJECTS_BY_CODE,
		    "by_code", "Rejects by code");
		sections_ranking(report, tally, RANKING_REJECTS_BY_REASON,
		    "by_reason", "Rejects by reason");
		sections_ranking(report, tally, RANKING_LOST, "lost",
		    "Lost connections and timeouts");
	}
	if (settings_wants(settings, "rbl")) {
		report_section(report, "rbl", "RBLs");
		sections_ranking(report, tally, RANKING_RBL_REJECTS, "rejects",
		    "Rejects by list");
		sections_ranking(report, tally, RANKING_RBL_LISTINGS,
		    "listings", "Listings that dnsblog found");
	}
}
