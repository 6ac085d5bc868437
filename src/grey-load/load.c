/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>

#include "common/msg.h"
#include "common/progress.h"
#include "load.h"
#include "merge.h"

enum {
	BATCH = 64,	   /* well under two milliseconds */
	REPORTED_MAX = 100 /* bad records, one by one */
};

static struct batch {
	size_t count;
	bool changed[BATCH];
	struct item items[BATCH];
} batch;

static enum store_action
decide(void *argument, size_t index, const struct bytes *there,
    struct store_value *next)
{
	const struct settings *settings = argument;
	enum store_action action = merge_records(
	    settings->mode, settings->table, there, &batch.items[index], next);

	batch.changed[index] = action != STORE_LEAVE;
	return action;
}

/* Also makes the checkpoint that this makes due. */
static bool
store_batch(struct load *load)
{
	struct bytes keys[BATCH];

	for (size_t i = 0; i < batch.count; i++)
		keys[i] = item_key(&batch.items[i]);
	if (store_update(load->store, load->settings->table, keys, batch.count,
		decide, (void *)(uintptr_t)load->settings) != STORE_OK) {
		msg(MSG_ERROR, "%s; %lu records were loaded",
		    store_reason(load->store), load->records);
		return false;
	}
	for (size_t i = 0; i < batch.count; i++)
		load->changed += batch.changed[i];
	load->records += batch.count;
	batch.count = 0;
	while (store_checkpoint_step(load->store))
		continue;
	return true;
}

static void
complain(struct load *load, const struct input *input, const char *problem)
{
	if (++load->bad <= REPORTED_MAX)
		msg(MSG_WARN, "%s:%lu: %s", load->name, input->line, problem);
	if (load->bad == REPORTED_MAX)
		msg(MSG_WARN, "%s: further bad records are only counted",
		    load->name);
}

/* False: the input is at its end, well or not. */
static bool
take(struct load *load, struct input *input, bool *failed)
{
	struct item *item = &batch.items[batch.count];
	const char *problem;

	switch (input_next(input, item)) {
	case INPUT_RECORD:
		problem = merge_refuses(
		    load->settings->mode, load->settings->table, item);
		if (problem == NULL)
			batch.count++;
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
	struct progress progress;
	bool failed = false, more = true;

	input_init(&input, in, load->settings->table);
	progress_begin(&progress, "grey-load", fraction_read, in);
	while (more && !failed) {
		more = take(load, &input, &failed);
		if (batch.count == BATCH || (!more && batch.count > 0))
			failed = !store_batch(load) || failed;
		progress_show(&progress, load->records);
	}
	progress_end(&progress);
	return !failed;
}

bool
load_passed(struct load *load, int64_t now)
{
	const struct settings *settings = load->settings;
	const struct key_settings keys = options_key(&settings->key);
	char key[KEY_MAX], host[ADDRESS_TEXT_MAX];
	struct bytes whole = { key,
		key_triplet(&keys, &settings->client, settings->sender,
		    settings->recipient, key) };

	if (now < settings->policy.delay) {
		msg(MSG_ERROR, "--delay: is longer than the time since 1970");
		return false;
	}
	(void)item_from_triplet(&whole, 1, now - settings->policy.delay, now,
	    (struct bytes){ host, key_host(&keys, &settings->client, host) },
	    &batch.items[batch.count++]);
	return store_batch(load);
}
