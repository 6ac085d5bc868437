/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted of a refusal, by smtpd or by cleanup, whoever follows it. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "greylist.h"

/* In the table's row, by stage, code and reason, for its client, and as one
 * that greylists. ledger->client is that of the event. */
void refusal_count(struct greylist *, const struct event *);

/* By reason, in this list: the name of the DNS list, else what the text says.
 */
void refusal_rank_reason(struct ledger *, enum ranking, const struct event *);

#endif
