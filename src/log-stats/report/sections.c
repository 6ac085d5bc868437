/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "log-stats/tables/memory.h"
#include "sections.h"

void
sections_rows(struct report *report, const char *name, const char *title,
    const struct counted *top, size_t count, uint64_t total)
{
	static const struct column columns[] = { { "count", "count" },
		{ "share", "share" }, { "text", "" }, { NULL, NULL } };

	report_table(report, name, title, columns);
	for (size_t i = 0; i < count; i++) {
		char text[COUNTS_TEXT_MAX + 1] = { 0 };

		if (top[i].text.len > 0)
			memcpy(text, top[i].text.data, top[i].text.len);
		report_row(report,
		    (struct cell[]){ cell_count(top[i].count),
			cell_share(top[i].count, total), cell_text(text) });
	}
}

void
sections_note_dropped(struct report *report, uint64_t dropped)
{
	if (dropped > 0)
		report_note(report,
		    "There were too many different ones to remember: %llu "
		    "counts are in no row.",
		    (unsigned long long)dropped);
}

void
sections_top(struct report *report, const struct tally *tally,
    const struct counts *counts, const char *name, const char *title)
{
	size_t wanted = (size_t)tally->ledger.settings->top;
	struct counted *top = memory_new(wanted, sizeof(*top));
	size_t have = counts_top(counts, wanted, top);

	sections_rows(report, name, title, top, have, counts->total);
	sections_note_dropped(report, counts->dropped);
	free(top);
}

void
sections_ranking(struct report *report, const struct tally *tally,
    enum ranking ranking, const char *name, const char *title)
{
	sections_top(
	    report, tally, &tally->ledger.rankings[ranking], name, title);
}

uint64_t
sections_without_sessions(const struct tally *tally)
{
	const uint64_t *classes = tally->classes;

	if (classes[EVENT_SMTPD_CONNECT] + classes[EVENT_SMTPD_DISCONNECT] +
		classes[EVENT_PSC_CONNECT] + classes[EVENT_PSC_DISCONNECT] >
	    0)
		return 0;
	return tally->ledger.rows[ROW_POSTSCREEN][UNIT_RECIPIENT] +
	    tally->ledger.rows[ROW_SMTPD][UNIT_RECIPIENT];
}
