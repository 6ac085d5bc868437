/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/address.h"
#include "log-stats/tables/network.h"
#include "proved.h"

bool
proved_of_mx(const struct entry *entry, const struct event *event)
{
	struct address address;

	return !entry->writer->is_submission && !event->has_sasl &&
	    event->other_id.len == 0 && event->original_client.len == 0 &&
	    !network_is_loopback(event->client_address) &&
	    address_parse(event->client_address, &address);
}

void
proved_take(struct proved *proved, const struct rcpt *rcpt, int64_t until)
{
	const uint64_t key = rcpt_key(rcpt->client_address, rcpt->recipient);
	const int64_t seconds = rcpt->time / MICROSECONDS;
	uint64_t serial;

	if (rcpt->time < 0) {
		proved->no_time++;
		return;
	}
	if (rcpt->time < proved->since || rcpt->time >= proved->until)
		return;
	if (rcpt->proof == PROOF_DECISION) {
		decided_note(&proved->decided, key, seconds);
		held_add(&proved->holder, rcpt, key);
		return;
	}
	if (decided_covers(
		&proved->decided, key, seconds, until / MICROSECONDS))
		return;
	serial = held_add(&proved->holder, rcpt, key);
	decided_await(&proved->decided, key, seconds, serial);
}
