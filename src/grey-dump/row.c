/* SPDX-License-Identifier: BSD-2-Clause */
#include "row.h"

const char *const row_state_names[ROW_STATES] = { "waiting", "passed",
	"expired" };

static void
decode_triplet(const struct settings *settings, struct row *row)
{
	const struct policy *policy = &settings->policy;
	struct policy_triplet retry;

	row->split = key_split(&settings->keys, row->key, &row->parts);
	row->decoded = record_read_triplet(row->value, &row->triplet);
	if (!row->decoded)
		return;
	row->has_address = row->split &&
	    key_whole_address(&row->parts, row->triplet.host, &row->address);
	if (policy_triplet_expired(policy, settings->now, &row->triplet)) {
		row->state = ROW_EXPIRED;
		return;
	}
	retry = policy_triplet(policy, settings->now, &row->triplet, NULL);
	row->state = retry.passed_before && retry.pass ? ROW_PASSED :
							 ROW_WAITING;
	row->wait = retry.missing > 0 ? retry.missing : 0;
}

static void
decode_client(const struct settings *settings, struct row *row)
{
	const struct policy *policy = &settings->policy;

	row->has_address = address_parse(row->key, &row->address);
	row->decoded = record_read_client(row->value, &row->client);
	if (!row->decoded)
		return;
	if (policy_client_expired(policy, settings->now, &row->client))
		row->state = ROW_EXPIRED;
	else
		row->state = row->client.count >= policy->whitelist_count ?
		    ROW_PASSED :
		    ROW_WAITING;
}

void
row_decode(const struct settings *settings, struct bytes key,
    struct bytes value, struct row *row)
{
	*row = (struct row){
		.table = settings->table, .key = key, .value = value, .awl = -1
	};
	if (settings->table == STORE_TRIPLETS)
		decode_triplet(settings, row);
	else
		decode_client(settings, row);
}

int64_t
row_last(const struct row *row)
{
	return row->table == STORE_TRIPLETS ? row->triplet.last :
					      row->client.last;
}
