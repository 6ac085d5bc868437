/* SPDX-License-Identifier: BSD-2-Clause */
#include "sections.h"

static double
percent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static unsigned long long
number(uint64_t count)
{
	return count;
}

static void
tell_postscreen(struct report *report, const struct tally *tally)
{
	const struct postscreen *figures = &tally->postscreen;

	if (figures->connects == 0)
		return;
	report_note(report,
	    "postscreen: %'llu connections; %'llu turned away (%.1f %%), %'llu "
	    "let through, %'llu told to come back, %'llu gave up.",
	    number(figures->connects), number(figures->blocked),
	    percent(figures->blocked, figures->connects),
	    number(figures->handed_off), number(figures->come_back),
	    number(figures->gave_up));
}

static void
tell_smtpd(struct report *report, const struct tally *tally)
{
	const struct session_figures
	    *figures = &tally->sessions.sets[session_set_shown(&tally->ledger)];

	report_note(report,
	    "smtpd: %'llu connections; %'llu brought mail, %'llu were refused "
	    "all they wanted, %'llu did neither.",
	    number(figures->connects), number(figures->accepted_sessions),
	    number(figures->rejected_sessions),
	    number(figures->neither_sessions));
}

static void
tell_greylist(struct report *report, const struct tally *tally)
{
	struct greylist_fates fates = greylist_fates(&tally->greylist);

	if (fates.triplets == 0)
		return;
	report_note(report,
	    "Greylisting: of %'llu mails that were asked to wait %'llu came "
	    "back and passed (%.1f %%), %'llu never came back.",
	    number(fates.triplets), number(fates.passed),
	    percent(fates.passed, fates.triplets),
	    number(fates.never_returned));
}

static void
tell_outage(struct report *report, const struct tally *tally)
{
	uint64_t count = tally->greylist.without_store;

	if (count > 0)
		report_note(report, "%'llu %s answered without a store.",
		    number(count),
		    count == 1 ? "request was" : "requests were");
}

void
section_headline(struct report *report, const struct tally *tally)
{
	const struct messages *messages = &tally->messages;
	const struct recipient_figures *recipients = &tally->messages
							  .recipients;

	report_section(report, "headline", "In short");
	tell_postscreen(report, tally);
	tell_smtpd(report, tally);
	tell_greylist(report, tally);
	tell_outage(report, tally);
	report_note(report,
	    "Messages: %'llu received from outside, %'llu submitted by users, "
	    "%'llu made here; %'llu of them delivered.",
	    number(messages->arrived[ARRIVAL_MX]),
	    number(messages->arrived[ARRIVAL_SUBMITTED]),
	    number(messages->arrived[ARRIVAL_LOCAL]),
	    number(messages->delivered));
	report_note(report,
	    "Recipients: %'llu delivered, %'llu bounced, %'llu still wait.",
	    number(recipients->delivered), number(recipients->bounced),
	    number(recipients->deferred_waiting));
}
