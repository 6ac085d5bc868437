/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "others.h"

enum { PROGRAM_MAX = 30 };

/* Warnings and worse count as one if only their details differ. */
static void
count_problem(struct ledger *ledger, const struct event *event)
{
	struct bytes program = ledger->entry->writer->program;
	char name[64];

	snprintf(name, sizeof(name),
	    "%s: %.*s: ", event_class_names[event->class],
	    program.len > PROGRAM_MAX ? PROGRAM_MAX : (int)program.len,
	    program.data);
	ledger_rank_reason_named(ledger, RANKING_PROBLEMS, name, event->text);
}

static void
count_master(struct others *others, struct bytes text)
{
	others->starts += bytes_begin_with(text, bytes_of("daemon started"));
	others->reloads += bytes_begin_with(text, bytes_of("reload "));
	others->stops += bytes_begin_with(text, bytes_of("terminating on "));
}

/* Lines of filters and SPF servers; the outcome is empty where a line says
 * none. */
static void
count_filter(struct ledger *ledger, struct bytes outcome)
{
	const struct bytes program = ledger->entry->writer->program;
	char name[PROGRAM_MAX + 3] = { 0 };
	const size_t len = program.len < PROGRAM_MAX ? program.len :
						       PROGRAM_MAX;

	ledger_rank(ledger, RANKING_PROGRAMS, program);
	if (outcome.len == 0)
		return;
	memcpy(name, program.data, len);
	memcpy(name + len, ": ", 2);
	ledger_rank_any_case(ledger, RANKING_OUTCOMES, name, outcome);
}

const bool others_list[EVENT_CLASS_COUNT] = {
	[EVENT_SMTPD_TLS] = true,
	[EVENT_SMTP_TLS] = true,
	[EVENT_SMTPD_SASL_FAIL] = true,
	[EVENT_DNSBLOG_LISTED] = true,
	[EVENT_SPF_RESULT] = true,
	[EVENT_FOREIGN] = true,
	[EVENT_MASTER] = true,
	[EVENT_SMTP_TRY_FAILED] = true,
	[EVENT_WARNING] = true,
	[EVENT_ERROR] = true,
	[EVENT_FATAL] = true,
	[EVENT_PANIC] = true,
	/* What tables, milters and header checks did, and did not refuse. */
	[EVENT_SMTPD_DISCARD] = true,
	[EVENT_SMTPD_HOLD] = true,
	[EVENT_SMTPD_MILTER_HOLD] = true,
	[EVENT_SMTPD_MILTER_DISCARD] = true,
	[EVENT_SMTPD_REDIRECT] = true,
	[EVENT_SMTPD_FILTER] = true,
	[EVENT_SMTPD_BCC] = true,
	[EVENT_SMTPD_INFO] = true,
	[EVENT_SMTPD_WARN] = true,
	[EVENT_SMTPD_PERMIT] = true,
	[EVENT_CLEANUP_MILTER_HOLD] = true,
	[EVENT_CLEANUP_MILTER_DISCARD] = true,
	[EVENT_CLEANUP_WARNING] = true,
	[EVENT_CLEANUP_INFO] = true,
	[EVENT_CLEANUP_FILTER] = true,
	[EVENT_CLEANUP_PASS] = true,
	[EVENT_CLEANUP_DISCARD] = true,
	[EVENT_CLEANUP_HOLD] = true,
	[EVENT_CLEANUP_DELAY] = true,
	[EVENT_CLEANUP_PREPEND] = true,
	[EVENT_CLEANUP_REPLACE] = true,
	[EVENT_CLEANUP_REDIRECT] = true,
	[EVENT_CLEANUP_BCC] = true,
	[EVENT_CLEANUP_STRIP] = true,
};

static void
count_tls(struct ledger *ledger, const struct event *event)
{
	if (event->text.data == NULL)
		return;
	ledger_rank_named(ledger, RANKING_TLS,
	    event->class == EVENT_SMTP_TLS ? "smtp: " : "smtpd: ", event->text);
}

void
others_event(
    struct others *others, struct ledger *ledger, const struct event *event)
{
	switch (event->class) {
	case EVENT_SMTPD_TLS:
	case EVENT_SMTP_TLS:
		count_tls(ledger, event);
		break;
	case EVENT_SMTPD_SASL_FAIL:
		ledger_rank(
		    ledger, RANKING_SASL_FAILURES, event->client_address);
		break;
	case EVENT_DNSBLOG_LISTED:
		ledger_rank_lower(ledger, RANKING_RBL_LISTINGS, event->rbl);
		break;
	case EVENT_SPF_RESULT:
		ledger_rank_any_case(ledger, RANKING_SPF, "", event->text);
		count_filter(ledger, event->text);
		break;
	case EVENT_FOREIGN:
		if (ledger->entry->writer->daemon == DAEMON_FILTER)
			count_filter(ledger, event->text);
		break;
	case EVENT_MASTER:
		count_master(others, event->text);
		break;
	case EVENT_SMTP_TRY_FAILED:
		ledger_rank_reason(ledger, RANKING_TRIES, event->text);
		break;
	case EVENT_WARNING:
	case EVENT_ERROR:
	case EVENT_FATAL:
	case EVENT_PANIC:
		count_problem(ledger, event);
		break;
	default:
		ledger_rank(ledger, RANKING_ACTIONS,
		    bytes_of(event_class_names[event->class]));
		break;
	}
}
