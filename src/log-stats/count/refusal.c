/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusal.h"

void
refusal_rank_reason(
    struct ledger *ledger, enum ranking ranking, const struct event *event)
{
	if (event->rbl.len > 0)
		ledger_rank(ledger, ranking, event->rbl);
	else
		ledger_rank_reason(ledger, ranking, event->text);
}

void
refusal_count(struct greylist *greylist, const struct event *event)
{
	struct ledger *ledger = greylist->ledger;

	ledger_row(ledger, ROW_SMTPD, UNIT_RECIPIENT);
	ledger_rank(ledger, RANKING_REJECTS_BY_STAGE, event->stage);
	/* cleanup(8) logs no code of SMTP. */
	ledger_rank(ledger, RANKING_REJECTS_BY_CODE,
	    event->reply.len > 0 ? event->reply : event->enhanced);
	refusal_rank_reason(ledger, RANKING_REJECTS_BY_REASON, event);
	if (event->rbl.len > 0)
		ledger_rank_lower(ledger, RANKING_RBL_REJECTS, event->rbl);
	if (event->greylists)
		greylist_reject(greylist, event);
	else
		ledger_turn_away(ledger, event);
}
