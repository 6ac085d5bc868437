/* SPDX-License-Identifier: BSD-2-Clause */
#include "ledger.h"
#include "log-stats/tables/times.h"
#include "log-stats/tables/hash.h"

_Static_assert(
    (int)SEEN_BY_SMTPD < (int)CLIENTS_PLACES, "a place for each test");

void
ledger_note_time(struct ledger *ledger, int64_t time)
{
	if (time == ENTRY_NO_TIME) {
		ledger->now = ledger->last_time;
		return;
	}
	ledger->now = time / MICROSECONDS;
	if (ledger->now < ledger->first_time)
		ledger->first_time = ledger->now;
	if (ledger->now > ledger->last_time)
		ledger->last_time = ledger->now;
}

void
ledger_note_host(struct ledger *ledger, const struct writer *writer)
{
	struct ledger_host *host = ledger->hosts;
	size_t len = writer->host.len;

	for (size_t i = 0; i < ledger->host_count && i < HOSTS_NAMED; i++)
		if (host[i].hash == writer->host_hash)
			return;
	if (len == 0 || ledger->host_count > HOSTS_NAMED)
		return;
	if (ledger->host_count++ == HOSTS_NAMED)
		return;
	host += ledger->host_count - 1;
	host->hash = writer->host_hash;
	memcpy(host->name, writer->host.data,
	    len < HOST_TEXT_MAX ? len : HOST_TEXT_MAX - 1);
}

void
ledger_bucket(struct ledger *ledger, int64_t seconds, enum bucket_column column,
    int64_t change)
{
	buckets_add(&ledger->buckets, (enum by)ledger->settings->by, seconds,
	    ledger->entry->writer->host, column, change);
}

void
ledger_row_at(struct ledger *ledger, int64_t seconds, enum row row,
    enum unit unit, int64_t change)
{
	static const enum bucket_column column_of[ROWS] = {
		[ROW_POSTSCREEN] = BUCKET_POSTSCREEN,
		[ROW_SMTPD] = BUCKET_SMTPD,
		[ROW_DELIVERED] = BUCKET_DELIVERED,
	};

	ledger->rows[row][unit] += (uint64_t)(change * times);
	if ((int)unit == ledger->settings->unit)
		ledger_bucket(ledger, seconds, column_of[row], change);
}

void
ledger_row(struct ledger *ledger, enum row row, enum unit unit)
{
	ledger_row_at(ledger, ledger->now, row, unit, 1);
}

uint64_t
ledger_rank(struct ledger *ledger, enum ranking ranking, struct bytes text)
{
	return counts_add(&ledger->rankings[ranking], text, 1);
}

uint64_t
ledger_rank_lower(
    struct ledger *ledger, enum ranking ranking, struct bytes text)
{
	return counts_add_lower(&ledger->rankings[ranking], text);
}

uint64_t
ledger_rank_domain(
    struct ledger *ledger, enum ranking ranking, struct bytes address)
{
	return counts_add_lower(
	    &ledger->rankings[ranking], bytes_after_last(address, '@'));
}

uint64_t
ledger_rank_named(struct ledger *ledger, enum ranking ranking, const char *name,
    struct bytes text)
{
	return counts_add_named(&ledger->rankings[ranking], name, text);
}

uint64_t
ledger_rank_any_case(struct ledger *ledger, enum ranking ranking,
    const char *name, struct bytes text)
{
	return counts_add_any_case(&ledger->rankings[ranking], name, text);
}

static struct bytes
in_short(struct ledger *ledger, struct bytes text)
{
	const uint64_t hash = hash_text(text, 0);
	struct kept_reason *kept = &ledger->reasons[(hash >> 8) % REASONS_KEPT];

	if (kept->hash != hash) {
		kept->hash = hash;
		kept->len = (unsigned char)reason_in_short(
		    bytes_trim(text), kept->text)
				.len;
	}
	return kept->len == 0 ? bytes_of("(no text)") :
				(struct bytes){ kept->text, kept->len };
}

uint64_t
ledger_rank_reason(
    struct ledger *ledger, enum ranking ranking, struct bytes text)
{
	return ledger_rank(ledger, ranking, in_short(ledger, text));
}

void
ledger_rank_reason_named(struct ledger *ledger, enum ranking ranking,
    const char *name, struct bytes text)
{
	ledger_rank_named(ledger, ranking, name, in_short(ledger, text));
}

void
ledger_take_back(struct ledger *ledger, enum ranking ranking, uint64_t *key)
{
	if (*key != 0)
		counts_take_back(&ledger->rankings[ranking], *key);
	*key = 0;
}

void
ledger_see_client(struct ledger *ledger, unsigned where, uint64_t *clients)
{
	*clients += clients_see(&ledger->clients, ledger->client, where);
}

void
ledger_turn_away(struct ledger *ledger, const struct event *event)
{
	if (event->client_address.len > 0)
		clients_turn_away(&ledger->clients, ledger->client,
		    event->client_address, true);
}

bool
ledger_in_service(const struct ledger *ledger, bool is_mx, bool is_submission)
{
	return ledger->settings->service == SERVICE_SUBMISSION ? is_submission :
								 is_mx;
}
