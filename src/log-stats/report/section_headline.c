/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/when.h"
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

/* "1 connection", "2 connections" */
static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static const char *
was(uint64_t count)
{
	return count == 1 ? "was" : "were";
}

/* ", 3 expired", or nothing. */
struct part {
	char text[64];
};

static struct part
part(uint64_t count, const char *what)
{
	struct part part = { "" };

	if (count > 0)
		snprintf(part.text, sizeof(part.text), ", %'llu %s",
		    number(count), what);
	return part;
}

static void
tell_hosts(const struct ledger *ledger, char *text, size_t room)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ledger->host_count && i < HOSTS_NAMED; i++)
		/* Lines that name no host have that one. */
		if (strcmp(ledger->hosts[i].name, "-") != 0)
			used += (size_t)snprintf(text + used, room - used,
			    "%s%s", used == 0 ? "" : ", ",
			    ledger->hosts[i].name);
	if (ledger->host_count > HOSTS_NAMED)
		snprintf(text + used, room - used, " and others");
}

static void
tell_period(struct report *report, const struct ledger *ledger)
{
	char begin[WHEN_TEXT_MAX], end[WHEN_TEXT_MAX];
	char hosts[HOSTS_NAMED * (HOST_TEXT_MAX + 2) + 16];

	tell_hosts(ledger, hosts, sizeof(hosts));
	if (ledger->first_time == INT64_MAX) {
		if (hosts[0] != '\0')
			report_note(report, "%s, without a time.", hosts);
		return;
	}
	when_format(ledger->first_time, begin);
	when_format(ledger->last_time, end);
	report_note(report, "%s%s%s to %s.", hosts,
	    hosts[0] == '\0' ? "" : ", ", begin, end);
}

static void
tell_postscreen(struct report *report, const struct tally *tally)
{
	const struct postscreen *figures = &tally->postscreen;

	if (figures->connects == 0)
		return;
	report_note(report,
	    "postscreen: %'llu connection%s; %'llu turned away (%.1f %%), "
	    "%'llu let through, %'llu told to come back, %'llu gave up%s.",
	    number(figures->connects), plural(figures->connects),
	    number(figures->blocked),
	    percent(figures->blocked, figures->connects),
	    number(figures->handed_off), number(figures->come_back),
	    number(figures->gave_up),
	    part(psc_open_count(figures), "still open").text);
}

static void
tell_sessions(struct report *report, const struct tally *tally,
    enum session_set set, const char *name)
{
	const struct session_figures *figures = &tally->sessions.sets[set];
	const uint64_t all = figures->connects + figures->began_before;
	const uint64_t refused = figures->rejected_sessions;

	report_note(report,
	    "%s: %'llu connection%s%s; %'llu brought mail, %'llu %s refused "
	    "all %s wanted%s, %'llu did neither%s.",
	    name, number(all), plural(all),
	    part(figures->began_before, "begun before the log").text,
	    number(figures->accepted_sessions), number(refused), was(refused),
	    refused == 1 ? "it" : "they",
	    part(figures->discarded_sessions, "brought mail to be discarded")
		.text,
	    number(figures->neither_sessions),
	    part(session_open_count(&tally->sessions, set), "still open").text);
}

static void
tell_smtpd(struct report *report, const struct tally *tally)
{
	const struct session_figures *submission = &tally->sessions
							.sets[SET_SUBMISSION];

	tell_sessions(
	    report, tally, session_set_shown(&tally->ledger), "smtpd");
	if (tally->ledger.settings->service == SERVICE_ALL &&
	    submission->connects + submission->began_before > 0)
		tell_sessions(report, tally, SET_SUBMISSION, "Submission");
}

static void
tell_greylist(struct report *report, const struct tally *tally)
{
	struct greylist_fates fates = greylist_fates(&tally->greylist);

	if (fates.triplets == 0)
		return;
	report_note(report,
	    "Greylisting: of %'llu mail%s that %s asked to wait %'llu came "
	    "back and passed (%.1f %%), %'llu never came back.",
	    number(fates.triplets), plural(fates.triplets), was(fates.triplets),
	    number(fates.passed), percent(fates.passed, fates.triplets),
	    number(fates.never_returned));
}

static void
tell_outage(struct report *report, const struct tally *tally)
{
	uint64_t count = tally->greylist.without_store;

	if (count > 0)
		report_note(report,
		    "%'llu request%s %s answered without a store.",
		    number(count), plural(count), was(count));
}

/* These need not be among those that were received: they may have begun before
 * the log, or were discarded before they were in the queue. */
static void
tell_fates(const struct messages *messages, char *text, size_t room)
{
	snprintf(text, room, "%s%s%s", part(messages->expired, "expired").text,
	    part(messages->discarded, "discarded").text,
	    part(messages->held, "put on hold").text);
	if (text[0] != '\0')
		text[0] = ';';
}

static void
tell_mail(struct report *report, const struct messages *messages)
{
	const struct recipient_figures *recipients = &messages->recipients;
	char fates[3 * sizeof(struct part)];

	tell_fates(messages, fates, sizeof(fates));
	report_note(report,
	    "Messages: %'llu received from outside, %'llu submitted by users, "
	    "%'llu made here; %'llu of them delivered%s.",
	    number(messages->arrived[ARRIVAL_MX]),
	    number(messages->arrived[ARRIVAL_SUBMITTED]),
	    number(messages->arrived[ARRIVAL_LOCAL]),
	    number(messages->delivered), fates);
	report_note(report,
	    "Recipients: %'llu delivered, %'llu bounced%s, %'llu still "
	    "wait%s.",
	    number(recipients->delivered), number(recipients->bounced),
	    part(recipients->discarded, "discarded").text,
	    number(recipients->deferred_waiting),
	    recipients->deferred_waiting == 1 ? "s" : "");
}

void
section_headline(struct report *report, const struct tally *tally)
{
	report_section(report, "headline", "In short");
	tell_period(report, &tally->ledger);
	tell_postscreen(report, tally);
	tell_smtpd(report, tally);
	tell_greylist(report, tally);
	tell_outage(report, tally);
	tell_mail(report, &tally->messages);
}
