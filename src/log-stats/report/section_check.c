/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/count/message_fate.h"
#include "sections.h"

struct checking {
	struct report *report;
	bool holds;
};

static void
rule(struct checking *checking, const char *text, uint64_t left, uint64_t right)
{
	report_row(checking->report,
	    (struct cell[]){ cell_text(left == right ? "holds" : "FAILS"),
		cell_count(left), cell_count(right), cell_text(text) });
	checking->holds &= left == right;
}

static void
at_most(
    struct checking *checking, const char *text, uint64_t left, uint64_t right)
{
	report_row(checking->report,
	    (struct cell[]){ cell_text(left <= right ? "holds" : "FAILS"),
		cell_count(left), cell_count(right), cell_text(text) });
	checking->holds &= left <= right;
}

/* It is no fault, but the first table has little to say. */
static void
remark_no_sessions(struct checking *checking, const struct tally *tally)
{
	const uint64_t refused = sections_without_sessions(tally);

	if (refused > 0)
		report_row(checking->report,
		    (struct cell[]){ cell_text("remark"), cell_count(0),
			cell_count(refused),
			cell_text("no sessions to count: --unit=recipient "
				  "counts those of the second number") });
}

static uint64_t
sum_of_classes(const struct tally *tally)
{
	uint64_t sum = 0;

	for (int class = 0; class < EVENT_CLASS_COUNT; class ++)
		sum += tally->classes[class];
	return sum;
}

static void
check_set(struct checking *checking, const struct tally *tally,
    enum session_set set, const char *text)
{
	const struct session_figures *figures = &tally->sessions.sets[set];

	rule(checking, text, figures->connects + figures->began_before,
	    figures->accepted_sessions + figures->rejected_sessions +
		figures->discarded_sessions + figures->neither_sessions +
		session_open_count(&tally->sessions, set) + figures->dropped);
}

static void
check_smtpd(struct checking *checking, const struct tally *tally)
{
	check_set(checking, tally, session_set_shown(&tally->ledger),
	    "smtpd: connects + began before = accepted + rejected + discarded "
	    "+ neither + open + forgotten");
	if (tally->ledger.settings->service == SERVICE_ALL)
		check_set(checking, tally, SET_SUBMISSION,
		    "submission: connects + began before = accepted + rejected "
		    "+ discarded + neither + open + forgotten");
}

static void
check_postscreen(struct checking *checking, const struct tally *tally)
{
	const struct postscreen *psc = &tally->postscreen;
	rule(checking,
	    "postscreen: connects = blocked + come back + gave up + handed "
	    "off + open",
	    psc->connects,
	    psc->blocked + psc->come_back + psc->gave_up + psc->handed_off +
		psc_open_count(&tally->postscreen));
	if (tally->ledger.settings->service == SERVICE_SUBMISSION)
		return;
	rule(checking, "postscreen: connects = CONNECT lines", psc->connects,
	    tally->classes[EVENT_PSC_CONNECT]);
	rule(checking,
	    "postscreen: DISCONNECT lines = blocked + come back + gave up + "
	    "began before",
	    tally->classes[EVENT_PSC_DISCONNECT],
	    psc->blocked + psc->come_back + psc->gave_up + psc->began_before);
}

static void
check_mail(struct checking *checking, const struct tally *tally)
{
	struct greylist_fates fates = greylist_fates(&tally->greylist);

	rule(checking,
	    "greylist: triplets = passed + never returned + still open",
	    fates.triplets,
	    tally->greylist.passed + fates.never_returned + fates.still_open);
	at_most(checking, "greylist: triplets <= greylisted", fates.triplets,
	    tally->greylist.greylisted);
	rule(checking, "greylist: without store = action=error lines",
	    tally->greylist.without_store, tally->classes[EVENT_GREY_ERROR]);
	at_most(checking, "messages: delivered <= received + submitted + local",
	    tally->messages.delivered,
	    tally->messages.arrived[ARRIVAL_MX] +
		tally->messages.arrived[ARRIVAL_SUBMITTED] +
		tally->messages.arrived[ARRIVAL_LOCAL]);
	at_most(checking, "recipients: delivered <= status=sent lines",
	    tally->messages.recipients.delivered,
	    tally->classes[EVENT_DELIVER_SENT]);
	at_most(checking, "recipients: waiting <= deferred",
	    tally->messages.recipients.deferred_waiting,
	    tally->messages.recipients.deferred);
	at_most(checking, "recipients: deferred <= attempts",
	    tally->messages.recipients.deferred,
	    tally->messages.recipients.deferred_attempts);
	rule(checking, "lines + repeated = events of all classes",
	    tally->coverage.lines + tally->coverage.repeated,
	    sum_of_classes(tally));
	rule(checking, "no CONNECT of postscreen stands there twice", 0,
	    tally->postscreen.duplicates);
}

/* Counted by lines, by messages and by reasons. */
static void
check_fates(struct checking *checking, const struct tally *tally)
{
	const struct messages *messages = &tally->messages;
	const struct counts *rankings = tally->ledger.rankings;
	const uint64_t *classes = tally->classes;

	at_most(checking, "messages: held <= lines that hold", messages->held,
	    classes[EVENT_SMTPD_HOLD] + classes[EVENT_SMTPD_MILTER_HOLD] +
		classes[EVENT_CLEANUP_HOLD] +
		classes[EVENT_CLEANUP_MILTER_HOLD] +
		classes[EVENT_POSTSUPER_HOLD]);
	at_most(checking, "messages: released <= lines that release",
	    messages->released, classes[EVENT_POSTSUPER_RELEASED]);
	at_most(checking, "messages: discarded <= lines that discard",
	    messages->discarded,
	    classes[EVENT_SMTPD_DISCARD] + classes[EVENT_SMTPD_MILTER_DISCARD] +
		classes[EVENT_CLEANUP_DISCARD] +
		classes[EVENT_CLEANUP_MILTER_DISCARD] +
		classes[EVENT_DELIVER_DISCARDED]);
	/* What a message is may be known later than why it was held. */
	if (tally->ledger.settings->service == SERVICE_ALL)
		rule(checking, "messages: held + yet to come = holds by reason",
		    messages->held + message_fate_held_ahead(messages),
		    rankings[RANKING_HOLD_REASONS].total);
	rule(checking,
	    "messages discarded as a whole + recipients discarded = discards "
	    "by reason",
	    messages->swallowed + messages->recipients.discarded,
	    rankings[RANKING_DISCARD_REASONS].total);
}

bool
section_check(struct report *report, const struct tally *tally)
{
	static const struct column columns[] = { { "result", "" },
		{ "left", "left" }, { "right", "right" }, { "rule", "rule" },
		{ NULL, NULL } };
	struct checking checking = { report, true };

	report_section(report, "check", "Do the figures add up?");
	report_table(report, "rules", "Rules", columns);
	remark_no_sessions(&checking, tally);
	check_smtpd(&checking, tally);
	check_postscreen(&checking, tally);
	check_mail(&checking, tally);
	check_fates(&checking, tally);
	return checking.holds;
}
