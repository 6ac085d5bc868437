/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/progress.h"
#include "common/text.h"
#include "sweep.h"

enum {
	/* Deleted in one unit of work: about a millisecond. */
	BATCH = 64,
	BATCH_BYTES = 64 * 1024
};

const char *const sweep_reason_names[SWEEP_REASONS] = { "", "max-age",
	"retry-window", "unreadable" };

/* Keys of records that were expired when they were looked at. */
struct batch {
	struct sweep *sweep;
	enum store_result result;
	struct progress progress;
	struct bytes at; /* the key that is looked at */
	size_t count;
	size_t used; /* of bytes */
	struct bytes keys[BATCH];
	enum sweep_reason reasons[BATCH];
	char bytes[BATCH_BYTES];
};

static enum sweep_reason
judge(const struct sweep *sweep, struct bytes value)
{
	const struct settings *settings = sweep->settings;
	struct triplet_record triplet;
	struct client_record client;

	/* For a check such a value is unreadable, whatever is in it. */
	if (value.len > STORE_VALUE_MAX)
		return SWEEP_UNREADABLE;
	if (sweep->table == STORE_TRIPLETS)
		return record_read_triplet(value, &triplet) ?
		    (enum sweep_reason)policy_triplet_expiry(
			&settings->policy, settings->time, &triplet) :
		    SWEEP_UNREADABLE;
	if (!record_read_client(value, &client))
		return SWEEP_UNREADABLE;
	return policy_client_expired(
		   &settings->policy, settings->time, &client) ?
	    SWEEP_UNUSED :
	    SWEEP_KEPT;
}

/* Inside the unit of work: what counts is the record as it is now. */
static enum store_action
decide(void *argument, size_t index, const struct bytes *value,
    struct store_value *next)
{
	struct batch *batch = argument;

	(void)next;
	batch->reasons[index] = value == NULL ? SWEEP_KEPT :
						judge(batch->sweep, *value);
	return batch->reasons[index] == SWEEP_KEPT ? STORE_LEAVE : STORE_DELETE;
}

static void
delete_batch(struct batch *batch)
{
	struct sweep *sweep = batch->sweep;

	if (batch->count == 0)
		return;
	batch->result = store_update(sweep->store, sweep->table, batch->keys,
	    batch->count, decide, batch);
	for (size_t i = 0; batch->result == STORE_OK && i < batch->count; i++) {
		if (batch->reasons[i] != SWEEP_KEPT)
			sweep->gone[batch->reasons[i]]++;
	}
	batch->count = batch->used = 0;
	while (store_checkpoint_step(sweep->store) == STORE_STEP_MORE)
		continue;
}

static void
condemn(struct batch *batch, struct bytes key)
{
	char *copy;

	if (batch->count == BATCH || batch->used + key.len > BATCH_BYTES)
		delete_batch(batch);
	copy = batch->bytes + batch->used;
	if (key.len > 0)
		memcpy(copy, key.data, key.len);
	batch->keys[batch->count++] = (struct bytes){ copy, key.len };
	batch->used += key.len;
}

static void
print_key(enum sweep_reason reason, struct bytes key)
{
	char text[4 * KEY_MAX];
	bool cut = key.len > KEY_MAX;

	key.len = cut ? KEY_MAX : key.len;
	printf("%s\t%.*s%s\n", sweep_reason_names[reason],
	    (int)text_escape(key, text), text, cut ? "..." : "");
}

static bool
visit(void *argument, struct bytes key, struct bytes value)
{
	struct batch *batch = argument;
	struct sweep *sweep = batch->sweep;
	enum sweep_reason reason;

	sweep->complete = *sweep->stop == 0;
	if (!sweep->complete || batch->result != STORE_OK)
		return false;
	sweep->records++;
	batch->at = key;
	progress_show(&batch->progress, sweep->records);
	reason = judge(sweep, value);
	if (reason == SWEEP_KEPT || key.len > BATCH_BYTES)
		return true;
	if (sweep->looks) {
		sweep->gone[reason]++;
		if (sweep->settings->dry_run && sweep->settings->verbose > 0)
			print_key(reason, key);
	} else
		condemn(batch, key);
	return true;
}

static double
fraction_swept(void *argument)
{
	const struct batch *batch = argument;

	return store_position(
	    batch->sweep->store, batch->sweep->table, batch->at);
}

enum store_result
sweep_table(struct sweep *sweep)
{
	static struct batch batch;
	enum store_result result;

	batch.sweep = sweep;
	batch.result = STORE_OK;
	batch.count = batch.used = 0;
	progress_begin(&batch.progress, "grey-expire", fraction_swept, &batch);
	batch.progress.shown &= sweep->settings->quiet == 0;
	result = store_walk(
	    sweep->store, sweep->table, bytes_of(""), visit, &batch);
	if (result == STORE_OK && batch.result == STORE_OK)
		delete_batch(&batch);
	progress_end(&batch.progress);
	return result == STORE_OK ? batch.result : result;
}
