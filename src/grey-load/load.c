/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <stdio.h>

#include "common/msg.h"
#include "common/progress.h"
#include "load.h"
#include "merge.h"

enum {
	BATCH = 64,    /* well under two milliseconds */
	TOLD_MAX = 100 /* bad records, one by one */
};

struct batch {
	const struct settings *settings;
	size_t count;
	bool changed[BATCH];
	struct record records[BATCH];
};

static enum store_action
decide(void *argument, size_t index, const struct bytes *there,
    struct store_value *next)
{
	struct batch *batch = argument;
	enum store_action action = merge_records(batch->settings->mode,
	    batch->settings->table, there, &batch->records[index], next);

	batch->changed[index] = action != STORE_LEAVE;
	return action;
}

/* Also does what the store wants to do by itself. */
static bool
store_batch(struct load *load, struct batch *batch)
{
	struct bytes keys[BATCH];

	for (size_t i = 0; i < batch->count; i++)
		keys[i] = (struct bytes){ batch->records[i].key,
			batch->records[i].key_len };
	if (store_update(load->store, load->settings->table, keys, batch->count,
		decide, batch) != STORE_OK) {
		msg(MSG_ERROR, "%s; %lu records were loaded",
		    store_reason(load->store), load->records);
		return false;
	}
	for (size_t i = 0; i < batch->count; i++)
		load->changed += batch->changed[i];
	load->records += batch->count;
	batch->count = 0;
	while (store_checkpoint_step(load->store))
		continue;
	return true;
}

static void
complain(struct load *load, const struct input *input, const char *problem)
{
	if (++load->bad <= TOLD_MAX)
		msg(MSG_WARN, "%s:%lu: %s", load->name, input->line, problem);
	if (load->bad == TOLD_MAX)
		msg(MSG_WARN, "%s: further bad records are only counted",
		    load->name);
}

/* False: the input is at its end, well or not. */
static bool
take(struct load *load, struct input *input, struct batch *batch, bool *failed)
{
	struct record *record = &batch->records[batch->count];
	const char *problem;

	switch (input_next(input, record)) {
	case INPUT_RECORD:
		problem = merge_refuses(
		    load->settings->mode, load->settings->table, record);
		if (problem == NULL)
			batch->count++;
		else
			complain(load, input, problem);
		return true;
	case INPUT_BAD:
		complain(load, input, input->problem);
		return true;
	case INPUT_FAILED:
		msg(MSG_ERROR, "%s:%lu: %s", load->name, input->line,
		    input->problem);
		*failed = true;
		break;
	case INPUT_END:
		break;
	}
	return false;
}

/* Of a file, how much of it was read. */
static double
fraction_read(void *argument)
{
	FILE *in = argument;
	struct stat status;

	if (fstat(fileno(in), &status) == -1 || !S_ISREG(status.st_mode) ||
	    status.st_size == 0)
		return -1;
	return (double)ftello(in) / (double)status.st_size;
}

bool
load_input(struct load *load, FILE *in)
{
	static struct input input;
	static struct batch batch;
	struct progress progress;
	bool failed = false, more = true;

	input_init(&input, in, load->settings->table);
	batch.settings = load->settings;
	progress_begin(&progress, "grey-load", fraction_read, in);
	while (more && !failed) {
		more = take(load, &input, &batch, &failed);
		if (batch.count == BATCH || (!more && batch.count > 0))
			failed = !store_batch(load, &batch) || failed;
		progress_show(&progress, load->records);
	}
	progress_end(&progress);
	return !failed;
}

bool
load_record(struct load *load, const struct record *record)
{
	static struct batch batch;

	batch.settings = load->settings;
	batch.records[batch.count++] = *record;
	return store_batch(load, &batch);
}
