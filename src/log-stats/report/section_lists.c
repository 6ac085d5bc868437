/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "sections.h"
#include "log-stats/tables/memory.h"

static void
add_clients(struct report *report, const struct tally *tally,
    const unsigned char *marks)
{
	const struct clients *clients = &tally->ledger.clients;
	size_t wanted = (size_t)tally->ledger.settings->top;
	struct counted *top = memory_new(wanted, sizeof(*top));
	size_t have = clients_top(clients, marks, wanted, top);

	sections_rows(report, "clients", "Clients that were turned away", top,
	    have, clients_total(clients, marks));
	sections_note_dropped(report, clients->lost);
	free(top);
}

static void
add_networks(struct report *report, const struct tally *tally,
    const unsigned char *marks)
{
	struct counts networks = { 0 };

	clients_count_networks(&tally->ledger.clients, marks, &networks);
	sections_top(report, tally, &networks, "networks",
	    "Networks that were turned away");
	counts_free(&networks);
}

/* Without those that only had to wait, and passed. */
static void
add_turned_away(struct report *report, const struct tally *tally)
{
	unsigned char *marks = clients_marks(&tally->ledger.clients);

	greylist_mark_waiting(&tally->greylist, marks);
	add_clients(report, tally, marks);
	add_networks(report, tally, marks);
	free(marks);
}

static void
add_top(struct report *report, const struct tally *tally)
{
	report_section(report, "top", "Who");
	add_turned_away(report, tally);
	sections_ranking(report, tally, RANKING_SENDER_DOMAINS,
	    "sender_domains", "Sender domains of accepted mail");
	sections_ranking(report, tally, RANKING_RECIPIENT_DOMAINS,
	    "recipient_domains", "Recipient domains of delivered mail");
}

static void
add_tls(struct report *report, const struct tally *tally)
{
	const uint64_t *classes = tally->classes;

	report_section(report, "tls", "TLS and logins");
	report_count(report, "smtpd", "TLS connections to smtpd",
	    classes[EVENT_SMTPD_TLS]);
	report_count(
	    report, "smtpd_errors", "  failed", classes[EVENT_SMTPD_TLS_ERROR]);
	report_count(
	    report, "smtp", "TLS connections of smtp", classes[EVENT_SMTP_TLS]);
	report_count(
	    report, "smtp_errors", "  failed", classes[EVENT_SMTP_TLS_ERROR]);
	report_count(report, "sasl_failures", "logins that failed (SASL)",
	    classes[EVENT_SMTPD_SASL_FAIL]);
	sections_ranking(report, tally, RANKING_TLS, "protocols", "Protocols");
	sections_ranking(report, tally, RANKING_SASL_FAILURES, "sasl_clients",
	    "Clients whose logins failed");
	sections_ranking(report, tally, RANKING_SPF, "spf", "SPF results");
}

static void
add_problems(struct report *report, const struct tally *tally)
{
	const uint64_t *classes = tally->classes;

	report_section(report, "problems", "Warnings, errors and worse");
	report_count(report, "warnings", "warnings", classes[EVENT_WARNING]);
	report_count(report, "errors", "errors", classes[EVENT_ERROR]);
	report_count(report, "fatal", "fatal", classes[EVENT_FATAL]);
	report_count(report, "panic", "panic", classes[EVENT_PANIC]);
	report_count(report, "fcrdns", "clients whose names do not resolve",
	    classes[EVENT_SMTPD_FCRDNS]);
	report_count(report, "tries_failed", "tries of delivery that failed",
	    classes[EVENT_SMTP_TRY_FAILED]);
	report_count(
	    report, "starts", "starts of Postfix", tally->others.starts);
	report_count(report, "reloads", "  reloads", tally->others.reloads);
	report_count(report, "stops", "  stops", tally->others.stops);
	sections_ranking(
	    report, tally, RANKING_PROBLEMS, "texts", "Most frequent");
	sections_ranking(report, tally, RANKING_TRIES, "try_reasons",
	    "Why tries of delivery failed");
}

void
section_lists(struct report *report, const struct tally *tally)
{
	const struct settings *settings = tally->ledger.settings;

	if (settings_wants(settings, "tls"))
		add_tls(report, tally);
	if (settings_wants(settings, "top"))
		add_top(report, tally);
	if (settings_wants(settings, "problems"))
		add_problems(report, tally);
}

void
section_by(struct report *report, const struct tally *tally)
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

	if (tally->ledger.settings->by == BY_NOTHING)
		return;
	report_section(report, "by", titles[tally->ledger.settings->by]);
	report_table(report, "rows",
	    "Turned away and delivered as in the first table", columns);
	count = buckets_sorted(&tally->ledger.buckets, &sorted);
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
