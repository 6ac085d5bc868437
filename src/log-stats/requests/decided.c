/* SPDX-License-Identifier: BSD-2-Clause */
#include "decided.h"

enum {
	COMMANDS_LIMIT = 3 << 15,
	NEAR = 60,	  /* seconds: between two lines about one command */
	REMEMBERED = 3600 /* seconds: a message's recipients are known later */
};

struct command {
	uint64_t hash;
	int64_t from, to; /* of decisions, an hour apart at most; 0: none */
	uint64_t serial;  /* of the held request; 0: none */
	int64_t held_at;
	uint64_t is_replaced; /* the held request */
};

struct oldest {
	int64_t time;
};

static int64_t
last_of(const struct command *command)
{
	return command->held_at > command->to ? command->held_at : command->to;
}

static bool
is_later(const void *entry, void *argument)
{
	const struct oldest *oldest = argument;

	return last_of(entry) > oldest->time;
}

/* Those of more than an hour ago go, and then half of the hour, and so on. */
static void
make_room(struct decided *decided)
{
	int64_t span = REMEMBERED;

	while (decided->table.count >= COMMANDS_LIMIT) {
		struct oldest oldest = { decided->now - span };

		if (span == 0)
			oldest.time = INT64_MAX;
		table_filter(&decided->table, is_later, &oldest);
		span /= 2;
	}
}

static struct command *
need(struct decided *decided, uint64_t key, int64_t time)
{
	struct command *command;
	bool is_new;

	decided->now = time;
	make_room(decided);
	command = table_add(&decided->table, sizeof(*command), key, &is_new);
	return command;
}

static bool
is_near(int64_t a, int64_t b)
{
	return a - b <= NEAR && b - a <= NEAR;
}

void
decided_note(struct decided *decided, uint64_t key, int64_t time)
{
	struct command *command = need(decided, key, time);

	if (command->from == 0 || time > command->to + REMEMBERED ||
	    time < command->from)
		command->from = time;
	command->to = time;
	if (command->serial != 0 && is_near(command->held_at, time))
		command->is_replaced = true;
}

bool
decided_covers(
    const struct decided *decided, uint64_t key, int64_t from, int64_t until)
{
	const struct command *command = table_find(&decided->table, key);

	return command != NULL && command->from != 0 &&
	    command->to >= from - NEAR && command->from <= until + NEAR;
}

void
decided_await(
    struct decided *decided, uint64_t key, int64_t time, uint64_t serial)
{
	struct command *command = need(decided, key, time);

	command->serial = serial;
	command->held_at = time;
	command->is_replaced = false;
}

bool
decided_replaces(struct decided *decided, uint64_t key, uint64_t serial)
{
	struct command *command = table_find(&decided->table, key);

	if (command == NULL || command->serial != serial)
		return false;
	command->serial = 0;
	return command->is_replaced;
}

void
decided_free(struct decided *decided)
{
	table_free(&decided->table);
}
