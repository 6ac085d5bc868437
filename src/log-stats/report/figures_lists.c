/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "figures.h"
#include "log-stats/tables/memory.h"

static void
add_rows(struct report *report, const char *name, const char *title,
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

static void
note_dropped(struct report *report, uint64_t dropped)
{
	if (dropped > 0)
		report_note(report,
		    "There were too many different ones to remember: %llu "
		    "counts are in no row.",
		    (unsigned long long)dropped);
}

void
figures_top(struct report *report, const struct tally *tally,
    const struct counts *counts, const char *name, const char *title)
{
	size_t wanted = (size_t)tally->settings->top;
	struct counted *top = memory_new(wanted, sizeof(*top));
	size_t have = counts_top(counts, wanted, top);

	add_rows(report, name, title, top, have, counts->total);
	note_dropped(report, counts->dropped);
	free(top);
}

static void
add_clients(struct report *report, const struct tally *tally)
{
	const struct clients *clients = &tally->clients;
	size_t wanted = (size_t)tally->settings->top;
	struct counted *top = memory_new(wanted, sizeof(*top));
	size_t have = clients_top(clients, wanted, top);

	add_rows(report, "clients", "Clients that were turned away", top, have,
	    clients->turned_away);
	note_dropped(report, clients->lost);
	free(top);
}

static void
add_networks(struct report *report, const struct tally *tally)
{
	struct counts networks = { 0 };

	clients_count_networks(&tally->clients, &networks);
	figures_top(report, tally, &networks, "networks",
	    "Networks that were turned away");
	counts_free(&networks);
}

static void
add_top(struct report *report, const struct tally *tally)
{
	report_section(report, "top", "Who");
	add_clients(report, tally);
	add_networks(report, tally);
	figures_top(report, tally, &tally->lists[LIST_SENDER_DOMAINS],
	    "sender_domains", "Sender domains of accepted mail");
	figures_top(report, tally, &tally->lists[LIST_RECIPIENT_DOMAINS],
	    "recipient_domains", "Recipient domains of delivered mail");
}

static uint64_t
count_class(const struct tally *tally, enum event_class class)
{
	return tally->classes[class];
}

static void
add_tls(struct report *report, const struct tally *tally)
{
	report_section(report, "tls", "TLS and logins");
	report_figure(report, "smtpd", "TLS connections to smtpd",
	    cell_count(count_class(tally, EVENT_SMTPD_TLS)));
	report_figure(report, "smtpd_errors", "  failed",
	    cell_count(count_class(tally, EVENT_SMTPD_TLS_ERROR)));
	report_figure(report, "smtp", "TLS connections of smtp",
	    cell_count(count_class(tally, EVENT_SMTP_TLS)));
	report_figure(report, "smtp_errors", "  failed",
	    cell_count(count_class(tally, EVENT_SMTP_TLS_ERROR)));
	report_figure(report, "sasl_failures", "logins that failed (SASL)",
	    cell_count(count_class(tally, EVENT_SMTPD_SASL_FAIL)));
	figures_top(
	    report, tally, &tally->lists[LIST_TLS], "protocols", "Protocols");
	figures_top(report, tally, &tally->lists[LIST_SASL_FAILURES],
	    "sasl_clients", "Clients whose logins failed");
	figures_top(
	    report, tally, &tally->lists[LIST_SPF], "spf", "SPF results");
}

static void
add_problems(struct report *report, const struct tally *tally)
{
	report_section(report, "problems", "Warnings, errors and worse");
	report_figure(report, "warnings", "warnings",
	    cell_count(count_class(tally, EVENT_WARNING)));
	report_figure(report, "errors", "errors",
	    cell_count(count_class(tally, EVENT_ERROR)));
	report_figure(report, "fatal", "fatal",
	    cell_count(count_class(tally, EVENT_FATAL)));
	report_figure(report, "panic", "panic",
	    cell_count(count_class(tally, EVENT_PANIC)));
	figures_top(report, tally, &tally->lists[LIST_PROBLEMS], "texts",
	    "Most frequent");
}

void
figures_lists(struct report *report, const struct tally *tally)
{
	const struct settings *settings = tally->settings;

	if (settings_wants(settings, "tls"))
		add_tls(report, tally);
	if (settings_wants(settings, "top"))
		add_top(report, tally);
	if (settings_wants(settings, "problems"))
		add_problems(report, tally);
}

void
figures_by(struct report *report, const struct tally *tally)
{
	static const struct column columns[] = { { "name", "" },
		{ "postscreen", "postscreen" }, { "smtpd", "smtpd" },
		{ "delivered", "delivered" }, { "greylisted", "greylisted" },
		{ "received", "messages" }, { "bounced", "bounced" },
		{ "deferred_attempts", "deferrals" }, { NULL, NULL } };
	static const char *const titles[] = { NULL, "By hour", "By day",
		"By host" };
	const struct bucket **sorted;
	size_t count;

	if (tally->settings->by == BY_NOTHING)
		return;
	report_section(report, "by", titles[tally->settings->by]);
	report_table(report, "rows",
	    "Turned away and delivered as in the first table", columns);
	count = buckets_sorted(&tally->buckets, &sorted);
	for (size_t i = 0; i < count; i++) {
		struct cell cells[1 + BUCKET_COLUMNS] = { cell_text(
		    sorted[i]->name) };

		for (int column = 0; column < BUCKET_COLUMNS; column++)
			cells[1 + column] = cell_count(
			    (uint64_t)sorted[i]->columns[column]);
		report_row(report, cells);
	}
	free(sorted);
}
