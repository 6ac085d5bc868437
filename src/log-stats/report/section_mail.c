/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static void
add_messages(struct report *report, const struct tally *tally)
{
	const struct messages *figures = &tally->messages;

	report_section(report, "messages", "Messages");
	report_count(report, "received", "received from outside",
	    figures->arrived[ARRIVAL_MX]);
	report_count(report, "submitted", "submitted by users",
	    figures->arrived[ARRIVAL_SUBMITTED]);
	report_count(report, "local", "made here by sendmail(1)",
	    figures->arrived[ARRIVAL_LOCAL]);
	report_count(
	    report, "delivered", "  of these delivered", figures->delivered);
	report_count(report, "deferred", "deferred", figures->deferred);
	report_count(
	    report, "expired", "expired, returned to sender", figures->expired);
	report_count(report, "held", "put on hold", figures->held);
	report_count(
	    report, "released", "released from hold", figures->released);
	report_count(
	    report, "deleted", "deleted by postsuper(1)", figures->deleted);
	report_count(
	    report, "discarded", "taken and thrown away", figures->discarded);
	report_count(report, "notices", "bounces, reports and probes",
	    figures->arrived[ARRIVAL_NOTICE]);
	report_count(report, "began_before", "began before the log",
	    figures->arrived[ARRIVAL_BEFORE]);
	sections_ranking(report, tally, RANKING_DISCARD_REASONS,
	    "discard_reasons", "Discards by reason");
	sections_ranking(report, tally, RANKING_HOLD_REASONS, "hold_reasons",
	    "Holds by reason");
}

static void
add_recipients(struct report *report, const struct tally *tally)
{
	const struct recipient_figures *figures = &tally->messages.recipients;

	report_section(report, "recipients", "Recipients");
	report_count(report, "delivered", "delivered", figures->delivered);
	report_count(report, "bounced", "bounced", figures->bounced);
	report_count(report, "deferred_attempts", "deferrals, each attempt",
	    figures->deferred_attempts);
	report_count(
	    report, "deferred", "  different recipients", figures->deferred);
	report_count(report, "deferred_waiting", "  still waiting",
	    figures->deferred_waiting);
	report_count(
	    report, "forwarded", "forwarded to others", figures->forwarded);
	report_count(report, "discarded", "discarded", figures->discarded);
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
