/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static void
add_sessions(
    struct report *report, const struct tally *tally, enum session_set set)
{
	const struct session_figures *figures = &tally->sessions.sets[set];
	uint64_t all = figures->connects + figures->began_before;

	report_count(report, "connects", "connections", figures->connects);
	report_count(report, "began_before", "began before the log",
	    figures->began_before);
	report_part(report, "accepted_sessions", "  brought mail",
	    figures->accepted_sessions, all);
	report_part(report, "rejected_sessions", "  refused, brought none",
	    figures->rejected_sessions, all);
	report_part(report, "discarded_sessions",
	    "  only mail that was discarded", figures->discarded_sessions, all);
	report_part(report, "neither_sessions", "  neither",
	    figures->neither_sessions, all);
	report_part(report, "open", "  open at the end",
	    session_open_count(&tally->sessions, set), all);
	report_count(report, "clients", "different clients", figures->clients);
}

static void
add_rejects(struct report *report, const struct session_figures *figures)
{
	report_count(report, "rejects", "rejects", figures->rejects);
	report_count(report, "milter_rejects", "rejects by milters",
	    figures->milter_rejects);
	report_count(report, "proxy_rejects", "rejects by filters",
	    figures->proxy_rejects);
	report_count(report, "content_rejects", "messages refused by content",
	    figures->content_rejects);
	report_count(report, "limits", "limits exceeded", figures->limits);
	report_count(report, "non_smtp", "commands that are not SMTP",
	    figures->non_smtp);
	report_count(report, "bad_syntax", "addresses that are not valid",
	    figures->bad_syntax);
	report_count(report, "sasl_failures", "logins that failed",
	    figures->sasl_failures);
	report_count(report, "reject_warnings",
	    "warnings only (warn_if_reject)", figures->reject_warnings);
}

static void
add_lists(
    struct report *report, const struct tally *tally, enum session_set set)
{
	static const struct {
		enum ranking ranking;
		const char *name, *title;
	} lists[] = {
		{ RANKING_REJECTS_BY_STAGE, "by_stage", "Rejects by stage" },
		{ RANKING_REJECTS_BY_CODE, "by_code", "Rejects by code" },
		{ RANKING_REJECTS_BY_REASON, "by_reason", "Rejects by reason" },
		{ RANKING_WARNED, "warning_reasons",
		    "What warn_if_reject let pass" },
		{ RANKING_LOST, "lost", "Lost connections and timeouts" },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		sections_ranking(report, tally,
		    session_ranking(set, lists[i].ranking), lists[i].name,
		    lists[i].title);
}

void
sections_sessions(
    struct report *report, const struct tally *tally, enum session_set set)
{
	add_sessions(report, tally, set);
	add_rejects(report, &tally->sessions.sets[set]);
	add_lists(report, tally, set);
}
