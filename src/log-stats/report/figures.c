/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/when.h"
#include "figures.h"
#include "sections.h"

static const char *const unit_names[UNITS] = { "session", "recipient", "line" };
static const char *const unit_titles[UNITS] = { "sessions", "recipients",
	"log lines" };

static void
add_unit(struct report *report, const struct tally *tally)
{
	report_section(report, "", "");
	report_figure(report, "unit", "",
	    cell_text(unit_names[tally->ledger.settings->unit]));
}

/* Without it, nothing stands in front of smtpd. */
static bool
runs_postscreen(const struct tally *tally)
{
	uint64_t lines = tally->ledger.rows[ROW_POSTSCREEN][UNIT_LINE];

	for (int class = 0; class < EVENT_CLASS_COUNT; class ++)
		if (event_parts[class] == EVENT_OF_POSTSCREEN)
			lines += tally->classes[class];
	return lines > 0;
}

static void
add_table(struct report *report, const struct tally *tally, const char *when)
{
	int unit = tally->ledger.settings->unit;
	uint64_t postscreen = tally->ledger.rows[ROW_POSTSCREEN][unit];
	uint64_t smtpd = tally->ledger.rows[ROW_SMTPD][unit];
	uint64_t delivered = tally->ledger.rows[ROW_DELIVERED][unit];
	uint64_t all = postscreen + smtpd + delivered;
	char title[128];

	snprintf(title, sizeof(title), "Mail, in %s%s%s", unit_titles[unit],
	    *when == '\0' ? "" : ", ", when);
	report_section(report, "table", title);
	report_part(
	    report, "postscreen", "turned away by postscreen", postscreen, all);
	report_part(report, "smtpd", "turned away by smtpd", smtpd, all);
	report_part(
	    report, "delivered", "received and delivered", delivered, all);
	report_figure(report, "load_removed",
	    runs_postscreen(tally) ?
		"load taken off smtpd (first row's share)" :
		"",
	    cell_share(postscreen, all));
	if (unit == UNIT_SESSION && sections_without_sessions(tally) > 0)
		report_note(report,
		    "The log has no lines of connections, so there are no "
		    "sessions to count: --unit=recipient counts %llu.",
		    (unsigned long long)sections_without_sessions(tally));
}

void
figures_table(struct report *report, const struct tally *tally, int64_t now)
{
	char when[WHEN_TEXT_MAX];

	when_format(now, when);
	add_unit(report, tally);
	add_table(report, tally, when);
}

static struct cell
percentile(const struct percentiles *values, unsigned percent)
{
	int64_t value = percentiles_at(values, percent);

	return value < 0 ? cell_nothing() :
			   cell_seconds((double)value / (double)MICROSECONDS);
}

static void
add_greylist(struct report *report, const struct tally *tally)
{
	const struct greylist *figures = &tally->greylist;
	struct greylist_fates fates = greylist_fates(&tally->greylist);

	report_section(report, "greylist", "Greylisting");
	report_count(report, "greylisted", "rejects that greylisted",
	    figures->greylisted);
	report_count(report, "triplets", "triplets greylisted", fates.triplets);
	report_part(
	    report, "passed", "  passed later", fates.passed, fates.triplets);
	report_part(report, "never_returned", "  never came back",
	    fates.never_returned, fates.triplets);
	report_part(report, "still_open", "  may still come back",
	    fates.still_open, fates.triplets);
	report_count(
	    report, "waits", "passed after a wait", figures->waits.total);
	report_figure(report, "wait_p50", "  half of them within",
	    percentile(&figures->waits, 50));
	report_figure(report, "wait_p90", "  90 % within",
	    percentile(&figures->waits, 90));
	report_figure(report, "wait_p95", "  95 % within",
	    percentile(&figures->waits, 95));
	report_count(report, "learned", "would have waited (learning)",
	    figures->learned);
	report_count(report, "without_store", "answered without a store",
	    figures->without_store);
	sections_ranking(report, tally, RANKING_GREYLIST_REASONS, "reasons",
	    "What the policy server said");
}

static void
add_delays(struct report *report, const struct tally *tally)
{
	static const struct column columns[] = { { "stage", "stage" },
		{ "p50", "half within" }, { "p90", "90 %" }, { "p95", "95 %" },
		{ "p99", "99 %" }, { NULL, NULL } };
	static const char *const names[DELAYS] = { "before_queue_manager",
		"in_queue", "connection", "transmission", "total" };

	report_section(report, "delays", "Delays of delivered mail");
	report_table(report, "stages", "By stage", columns);
	for (int stage = 0; stage < DELAYS; stage++)
		report_row(report,
		    (struct cell[]){ cell_text(names[stage]),
			percentile(&tally->ledger.delays[stage], 50),
			percentile(&tally->ledger.delays[stage], 90),
			percentile(&tally->ledger.delays[stage], 95),
			percentile(&tally->ledger.delays[stage], 99) });
}

static void
note_limit(struct report *report, const char *what, uint64_t count)
{
	if (count > 0)
		report_note(report,
		    "Limits of memory: %llu %s were forgotten before their "
		    "end; figures made of them are too low by as many.",
		    (unsigned long long)count, what);
}

static void
note_limits(struct report *report, const struct tally *tally)
{
	note_limit(report, "sessions of postscreen",
	    tally->postscreen.sessions_dropped);
	note_limit(report, "sessions of smtpd",
	    tally->sessions.sets[SET_MX].dropped +
		tally->sessions.sets[SET_SUBMISSION].dropped);
	note_limit(report, "messages", tally->messages.dropped);
	note_limit(report, "recipients", tally->messages.recipients.dropped);
	note_limit(
	    report, "greylisted recipients", tally->greylist.triplets_dropped);
	if (tally->ledger.clients.dropped > 0)
		report_note(report,
		    "Limits of memory: clients too many to be told apart were "
		    "seen %llu times; the numbers of different clients are too "
		    "low.",
		    (unsigned long long)tally->ledger.clients.dropped);
	note_limit(report, "hours or days", tally->ledger.buckets.dropped);
	note_limit(report, "repeats of lines", tally->coverage.repeats_dropped);
	if (tally->messages.not_followed > 0)
		report_note(report,
		    "Limits of memory: %llu messages are of further instances "
		    "than can be known; what becomes of them in another one is "
		    "not.",
		    (unsigned long long)tally->messages.not_followed);
}

static uint64_t
count_forgotten(const struct tally *tally)
{
	uint64_t sum = tally->postscreen.sessions_dropped +
	    tally->sessions.sets[SET_MX].dropped +
	    tally->sessions.sets[SET_SUBMISSION].dropped +
	    tally->messages.dropped + tally->messages.recipients.dropped +
	    tally->greylist.triplets_dropped + tally->ledger.clients.dropped +
	    tally->ledger.clients.lost + tally->ledger.buckets.dropped +
	    tally->coverage.repeats_dropped + tally->messages.not_followed;

	for (int i = 0; i < RANKINGS; i++)
		sum += tally->ledger.rankings[i].dropped;
	for (int stage = 0; stage < DELAYS; stage++)
		sum += tally->ledger.delays[stage].dropped;
	return sum + tally->greylist.waits.dropped;
}

static void
add_span(struct report *report, const struct tally *tally)
{
	char begin[WHEN_TEXT_MAX], end[WHEN_TEXT_MAX];

	if (tally->ledger.first_time == INT64_MAX)
		return;
	when_format(tally->ledger.first_time, begin);
	when_format(tally->ledger.last_time, end);
	report_figure(report, "first_time", "first line", cell_text(begin));
	report_figure(report, "last_time", "last line", cell_text(end));
}

static void
add_coverage(struct report *report, const struct tally *tally)
{
	const struct coverage *figures = &tally->coverage;

	report_section(report, "coverage", "Lines of the log");
	report_count(report, "lines", "read", figures->lines);
	report_part(report, "recognized", "  recognized",
	    figures->lines - figures->foreign - figures->unknown,
	    figures->lines);
	report_part(report, "foreign", "  of other programs", figures->foreign,
	    figures->lines);
	report_part(report, "filters", "    of these, of mail filters",
	    figures->filters, figures->lines);
	report_part(
	    report, "unknown", "  unknown", figures->unknown, figures->lines);
	report_count(report, "no_prefix", "    without stamp, host, program",
	    figures->no_prefix);
	report_count(report, "too_long", "    too long", figures->too_long);
	report_count(
	    report, "truncated", "  recognized, but cut", figures->truncated);
	report_count(report, "repeated", "repeated, by \"repeated N times\"",
	    figures->repeated);
	report_count(report, "forgotten", "forgotten at limits of memory",
	    count_forgotten(tally));
	report_count(
	    report, "skipped", "left out by the options", figures->skipped);
	add_span(report, tally);
	if (tally->postscreen.duplicates > 0)
		report_note(report,
		    "%llu connections of postscreen stand there twice: it "
		    "seems that the log holds each line more than once, and "
		    "the figures with them.",
		    (unsigned long long)tally->postscreen.duplicates);
	note_limits(report, tally);
	report_note(report,
	    "%'llu lines: %'llu recognized, %'llu foreign, %'llu unknown.",
	    (unsigned long long)figures->lines,
	    (unsigned long long)(figures->lines - figures->foreign -
		figures->unknown),
	    (unsigned long long)figures->foreign,
	    (unsigned long long)figures->unknown);
}

bool
figures_report(struct report *report, const struct tally *tally)
{
	const struct settings *settings = tally->ledger.settings;
	bool holds = true;

	add_unit(report, tally);
	if (settings_wants(settings, "table"))
		add_table(report, tally, "");
	if (settings->format == FORMAT_TEXT &&
	    settings_wants(settings, "headline"))
		section_headline(report, tally);
	if (settings_wants(settings, "greylist"))
		add_greylist(report, tally);
	if (settings_wants(settings, "postscreen"))
		section_postscreen(report, tally);
	section_smtpd(report, tally);
	section_filters(report, tally);
	section_mail(report, tally);
	if (settings_wants(settings, "delays"))
		add_delays(report, tally);
	section_lists(report, tally);
	if (settings_wants(settings, "by"))
		section_by(report, tally);
	if (settings->check)
		holds = section_check(report, tally);
	if (settings_wants(settings, "coverage"))
		add_coverage(report, tally);
	return holds;
}
