/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <stdlib.h>

#include "common/monotonic.h"
#include "redis_call.h"
#include "redis_route.h"
#include "redis_turn.h"

void
redis_wait(struct redis *redis, const size_t *missing, int64_t span)
{
	int64_t end = span == -1 ? -1 : monotonic_milliseconds() + span;
	struct pollfd input = { .events = POLLIN };
	int64_t left;
	int patience;

	redis_turn(redis);
	while (*missing > 0) {
		left = end == -1 ? -1 : end - monotonic_milliseconds();
		patience = redis_patience(redis);
		if (end != -1 && left <= 0)
			return;
		if (end != -1 && (patience == -1 || patience > left))
			patience = (int)left;
		input.fd = redis_descriptor(redis);
		(void)poll(&input, 1, patience);
		redis_turn(redis);
	}
}

struct call;

struct round {
	struct redis *redis;
	const struct redis_calls *calls;
	struct call *all; /* each in its turn */
	size_t at_once;
	size_t count, next, missing, shown;
	bool failed;
};

struct call {
	struct redis_command command;
	struct round *round;
	size_t index;
	redisReply *reply; /* that waits for those before it */
};

static void
make_next(struct call *call)
{
	struct round *round = call->round;

	if (round->failed || round->next == round->count)
		return;
	call->index = round->next++;
	round->missing++;
	redis_command_clear(&call->command);
	if (!round->calls->make(round->redis, &call->command, call->index,
		round->calls->argument))
		redis_command_clear(&call->command);
	redis_send(round->redis, &call->command,
	    monotonic_milliseconds() + round->redis->patience);
}

static void
free_reply(struct call *call)
{
	freeReplyObject(call->reply);
	call->reply = NULL;
}

/* In order. */
static void
show(struct round *round)
{
	struct call *call = &round->all[round->shown % round->at_once];

	while (call->reply != NULL && !round->failed) {
		round->calls->take(
		    call->index, call->reply, round->calls->argument);
		free_reply(call);
		make_next(call);
		call = &round->all[++round->shown % round->at_once];
	}
}

static void
take(struct redis_command *command, const redisReply *reply)
{
	struct call *call = command->argument;
	struct round *round = call->round;

	round->missing--;
	if (reply != NULL) {
		call->reply = (redisReply *)(uintptr_t)reply;
		round->redis->keeps_reply = true;
		show(round);
	} else if (!round->failed) {
		round->failed = true;
		(void)store_failed(round->redis->store, "%s", command->trouble);
	}
}

enum store_result
redis_call_each(
    struct redis *redis, size_t count, const struct redis_calls *calls)
{
	size_t at_once = count < REDIS_CALLS_AT_ONCE ? count :
						       REDIS_CALLS_AT_ONCE;
	struct call *all = calloc(at_once, sizeof(*all));
	struct round round = { redis, calls, all, at_once, count, 0, 0, 0,
		false };

	if (count == 0 || all == NULL) {
		free(all);
		return count == 0 ? STORE_OK :
				    store_failed(redis->store, "out of memory");
	}
	for (size_t i = 0; i < at_once; i++) {
		all[i].round = &round;
		all[i].command.done = take;
		all[i].command.argument = &all[i];
		make_next(&all[i]);
	}
	redis_wait(redis, &round.missing, -1);
	for (size_t i = 0; i < at_once; i++) {
		redis_command_free(&all[i].command);
		free_reply(&all[i]);
	}
	free(all);
	return round.failed ? STORE_ERROR : STORE_OK;
}

struct single {
	struct redis *redis;
	redisReply *reply;
	size_t missing;
};

static void
take_single(struct redis_command *command, const redisReply *reply)
{
	struct single *single = command->argument;

	single->missing = 0;
	single->reply = (redisReply *)(uintptr_t)reply;
	single->redis->keeps_reply = reply != NULL;
}

redisReply *
redis_call_within(
    struct redis *redis, struct redis_command *command, int64_t deadline)
{
	struct single single = { redis, NULL, 1 };

	command->done = take_single;
	/* cppcheck-suppress autoVariables */
	command->argument = &single; /* until done */
	redis_send(redis, command, monotonic_milliseconds() + deadline);
	redis_wait(redis, &single.missing, -1);
	if (single.reply == NULL)
		(void)store_failed(redis->store, "%s", command->trouble);
	return single.reply;
}

redisReply *
redis_call(struct redis *redis, struct redis_command *command)
{
	return redis_call_within(redis, command, redis->patience);
}
