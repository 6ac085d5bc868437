/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static void
add_messages(struct report *report, const struct tally *tally)
{
	const struct messages *figures = &tally->messages;

	report_section(report, "messages", "Messages");
	report_figure(report, "received", "received from outside",
	    cell_count(figures->arrived[ARRIVAL_MX]));
	report_figure(report, "submitted", "submitted by users",
	    cell_count(figures->arrived[ARRIVAL_SUBMITTED]));
	report_figure(report, "local", "made here by sendmail(1)",
	    cell_count(figures->arrived[ARRIVAL_LOCAL]));
	report_figure(report, "delivered", "  of these delivered",
	    cell_count(figures->delivered));
	report_figure(
	    report, "deferred", "deferred", cell_count(figures->deferred));
	report_figure(report, "expired", "expired, returned to sender",
	    cell_count(figures->expired));
	report_figure(report, "notices", "bounces, reports and probes",
	    cell_count(figures->arrived[ARRIVAL_NOTICE]));
	report_figure(report, "began_before", "began before the log",
	    cell_count(figures->arrived[ARRIVAL_BEFORE]));
}

static void
add_recipients(struct report *report, const struct tally *tally)
{
	const struct recipient_figures *figures = &tally->messages.recipients;

	report_section(report, "recipients", "Recipients");
	report_figure(
	    report, "delivered", "delivered", cell_count(figures->delivered));
	report_figure(
	    report, "bounced", "bounced", cell_count(figures->bounced));
	report_figure(report, "deferred_attempts", "deferrals, each attempt",
	    cell_count(figures->deferred_attempts));
	report_figure(report, "deferred", "  different recipients",
	    cell_count(figures->deferred));
	report_figure(report, "deferred_waiting", "  still waiting",
	    cell_count(figures->deferred_waiting));
	report_figure(report, "forwarded", "forwarded to others",
	    cell_count(figures->forwarded));
	report_figure(
	    report, "discarded", "discarded", cell_count(figures->discarded));
	sections_ranking(report, tally, RANKING_BOUNCE_REASONS,
	    "bounce_reasons", "Bounces by reason");
	sections_ranking(report, tally, RANKING_DEFERRAL_REASONS,
	    "deferral_reasons", "Deferrals by reason");
}

void
section_mail(struct report *report, const struct tally *tally)
{
	if (settings_wants(tally->ledger.settings, "messages"))
		add_messages(report, tally);
	if (settings_wants(tally->ledger.settings, "recipients"))
		add_recipients(report, tally);
}
