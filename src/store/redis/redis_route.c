/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/monotonic.h"
#include "common/msg.h"
#include "redis_error.h"
#include "redis_map.h"
#include "redis_nodes.h"
#include "redis_route.h"

/* Milliseconds, but for the first. */
enum {
	REDIRECTS_MAX = 6,
	CONNECT_MAX = 250,
	PROBE_MORE = 200, /* than the deadline, for who tries a server */
	BETWEEN_SEARCHES = 1000,
	BETWEEN_TRIES = 25
};

static void search(struct redis *, int64_t now);
static void search_soon(struct redis *, int64_t now, int64_t span);

static void
unlist(struct redis *redis, struct redis_command *command)
{
	if (command->earlier == NULL)
		redis->earliest = command->later;
	else
		command->earlier->later = command->later;
	if (command->later == NULL)
		redis->latest = command->earlier;
	else
		command->later->earlier = command->earlier;
}

/* By their deadlines: mostly the last one. */
static void
enlist(struct redis *redis, struct redis_command *command)
{
	struct redis_command *at = redis->latest;

	while (at != NULL && at->deadline > command->deadline)
		at = at->earlier;
	command->earlier = at;
	command->later = at == NULL ? redis->earliest : at->later;
	if (at == NULL)
		redis->earliest = command;
	else
		at->later = command;
	if (command->later == NULL)
		redis->latest = command;
	else
		command->later->earlier = command;
}

/* Its trouble is written. */
static void
end_failed(struct redis *redis, struct redis_command *command)
{
	unlist(redis, command);
	command->stage = REDIS_ENDED;
	redis_queue_add(&redis->ended, command);
}

static void
fail_at(
    struct redis_command *command, struct redis_node *node, const char *trouble)
{
	redis_node_explain(node, trouble, command->trouble);
	end_failed(node->redis, command);
}

/* By when a connection for it is to be there: a check has little time. */
static int64_t
connect_time(
    const struct redis *redis, const struct redis_command *command, int64_t now)
{
	int64_t span = command->deadline - now;

	if (span > redis->deadline)
		span /= 4;
	else if (span > CONNECT_MAX)
		span = CONNECT_MAX;
	return now + span;
}

/* It is left alone: says for how long, and why. */
static void
refuse(struct redis_command *command, struct redis_node *node, int64_t now)
{
	char trouble[REDIS_TROUBLE_MAX];

	if (command->trouble[0] != '\0') {
		end_failed(node->redis, command);
		return;
	}
	snprintf(trouble, sizeof(trouble), "%.*s; left alone for %lld ms more",
	    REDIS_TROUBLE_MAX - 64,
	    node->trouble[0] == '\0' ? "failed in another process" :
				       node->trouble,
	    (long long)redis_pause_left(&node->pause, now));
	fail_at(command, node, trouble);
}

static void
wait_for_map(struct redis *redis, struct redis_command *command, int64_t now)
{
	command->rerouted = true;
	command->stage = REDIS_WAITING;
	redis_queue_add(&redis->waiting, command);
	if (!redis->search.going)
		search(redis, now);
}

static void
link_to(struct redis_command *command, struct redis_node *node, int64_t now)
{
	struct redis *redis = node->redis;

	command->at = node;
	command->stage = REDIS_LINKED;
	redis->linked++;
	redis->unsent++;
	redis_node_pend(node);
	redis_link_send(
	    &node->link, command, connect_time(redis, command, now));
}

static void
dispatch(struct redis *redis, struct redis_command *command, int64_t now)
{
	struct redis_node *node = command->asked != NULL ? command->asked :
	    command->node != NULL			 ? command->node :
				    redis_map_find(redis, command->slot);

	if (node == NULL && command->rerouted) {
		redis_command_failed(command, "no server is known that has %s",
		    redis->url.kind == REDIS_CLUSTER ? "the key's slot" :
						       "the keys");
		end_failed(redis, command);
		return;
	}
	if (node == NULL) {
		wait_for_map(redis, command, now);
		return;
	}
	if (command->serial != 0 && command->serial != node->link.serial)
		fail_at(command, node, "closed the connection");
	else if (redis_pause_try(
		     &node->pause, now, redis->deadline + PROBE_MORE))
		link_to(command, node, now);
	else {
		refuse(command, node, now);
		if (command->node == NULL)
			search_soon(redis, now, BETWEEN_SEARCHES);
	}
}

void
redis_send(struct redis *redis, struct redis_command *command, int64_t deadline)
{
	command->deadline = deadline;
	command->trouble[0] = '\0';
	command->asked = command->at = command->paused_by = NULL;
	command->asking = command->resent = command->rerouted = false;
	command->redirects = 0;
	command->not_before = 0;
	enlist(redis, command);
	if (command->parts == 0) {
		redis_command_failed(command, "out of memory");
		end_failed(redis, command);
	} else
		dispatch(redis, command, monotonic_milliseconds());
}

/*
 * The search for who has the keys.
 */
static void
release(struct redis *redis, int64_t now, const char *trouble)
{
	struct redis_queue waiting = redis->waiting;
	struct redis_command *command;

	redis->waiting.first = NULL;
	while ((command = redis_queue_take(&waiting)) != NULL) {
		if (trouble == NULL) {
			dispatch(redis, command, now);
			continue;
		}
		if (command->trouble[0] == '\0')
			redis_command_failed(command, "%s", trouble);
		end_failed(redis, command);
	}
}

static void
ask_next(struct redis *redis, int64_t now)
{
	struct redis_search *search = &redis->search;
	struct redis_node *source = redis_map_source(redis, now);
	int64_t span = redis->deadline / 2 < CONNECT_MAX ? redis->deadline / 2 :
							   CONNECT_MAX;

	search->going = source != NULL;
	search->source = source;
	if (source == NULL) {
		release(redis, now,
		    search->trouble[0] != '\0' ?
			search->trouble :
			"none of the servers that are known can be used now");
		return;
	}
	if (!redis_map_ask(redis, &search->command))
		redis_command_clear(&search->command);
	search->command.node = source;
	redis_send(redis, &search->command, now + span);
}

/* One more connection at a server that has none of the keys is spared. */
static void
let_go(struct redis_node *source)
{
	if (source->slots == 0 && source != source->redis->master)
		redis_link_close(&source->link);
}

static void
found(struct redis_command *command, const redisReply *reply)
{
	struct redis *redis = command->argument;
	struct redis_search *search = &redis->search;
	int64_t now = monotonic_milliseconds();
	const char *trouble = command->trouble;

	if (reply != NULL) {
		trouble = redis_map_take(redis, search->source, reply);
		if (trouble == NULL) {
			search->going = false;
			release(redis, now, NULL);
			let_go(search->source);
			return;
		}
		redis_node_explain(search->source, trouble, search->trouble);
	} else
		snprintf(
		    search->trouble, sizeof(search->trouble), "%s", trouble);
	ask_next(redis, now);
}

static void
search(struct redis *redis, int64_t now)
{
	struct redis_search *search = &redis->search;

	search->count++;
	search->begun = now;
	search->trouble[0] = '\0';
	search->command.done = found;
	search->command.argument = redis;
	ask_next(redis, now);
}

static void
search_soon(struct redis *redis, int64_t now, int64_t span)
{
	if (redis->url.kind != REDIS_SINGLE && !redis->search.going &&
	    now - redis->search.begun >= span)
		search(redis, now);
}

/*
 * Replies.
 */
static void
follow(struct redis_command *command, struct redis_node *from, bool moved,
    const struct redis_redirect *redirect)
{
	struct redis *redis = from->redis;
	struct redis_host host = redirect->host;
	struct redis_node *node;
	int64_t now = monotonic_milliseconds();

	if (host.name[0] == '\0')
		memcpy(host.name, from->host.name, sizeof(host.name));
	node = redis_node_of(redis, &host, REDIS_ROLE_DATA);
	if (node == NULL ||
	    (moved && !redis_map_set(redis, redirect->slot, node))) {
		fail_at(command, from, "names more servers than there is room");
		return;
	}
	if (!moved) {
		command->asked = node;
		command->asking = true;
	}
	dispatch(redis, command, now);
	if (moved)
		search_soon(redis, now, BETWEEN_SEARCHES);
}

/* In a moment it may be another one, or be well again. */
static void
put_off(
    struct redis_command *command, struct redis_node *node, struct bytes text)
{
	struct redis *redis = node->redis;
	int64_t now = monotonic_milliseconds();
	char trouble[REDIS_EXPLANATION_MAX];

	redis_error_explain(text, trouble);
	redis_node_explain(node, trouble, command->trouble);
	if (!bytes_begin_with(text, bytes_of("TRYAGAIN")))
		command->paused_by = node;
	command->not_before = now + BETWEEN_TRIES;
	command->stage = REDIS_WAITING;
	redis_queue_add(&redis->later, command);
	search_soon(redis, now, BETWEEN_TRIES * 2);
}

static void
take_error(
    struct redis_command *command, struct redis_node *node, struct bytes text)
{
	char trouble[REDIS_EXPLANATION_MAX];
	enum redis_error kind = redis_error_kind(text);
	struct redis_redirect redirect;

	if (kind <= REDIS_ERROR_ASK && node->redis->url.kind == REDIS_CLUSTER &&
	    command->node == NULL && command->redirects++ < REDIRECTS_MAX &&
	    redis_redirect_parse(text, &redirect)) {
		follow(command, node, kind == REDIS_ERROR_MOVED, &redirect);
		return;
	}
	if (kind == REDIS_ERROR_PASSING && command->serial == 0) {
		put_off(command, node, text);
		return;
	}
	redis_error_explain(text, trouble);
	fail_at(command, node, trouble);
}

static void
take_reply(
    struct redis_link *link, struct redis_command *command, redisReply *reply)
{
	struct redis_node *node = link->owner;
	bool is_error = reply->type == REDIS_REPLY_ERROR;
	struct bytes text = { reply->str, reply->len };

	node->redis->linked--;
	command->asked = command->at = NULL;
	command->answered = node;
	command->asking = false;
	if (is_error && !command->wants_errors)
		take_error(command, node, text);
	else {
		redis_pause_worked(&node->pause);
		unlist(node->redis, command);
		command->stage = REDIS_IDLE;
		command->done(command, reply);
	}
	if (!node->redis->keeps_reply)
		freeReplyObject(reply);
	node->redis->keeps_reply = false;
}

/* What was on it may be told to another one, once. */
static void
find_another(struct redis_command *command, struct redis_node *node, bool idle,
    const char *trouble, int64_t now)
{
	struct redis *redis = node->redis;
	bool in_time = command->deadline > now && command->serial == 0;

	command->asked = command->at = NULL;
	command->asking = false;
	if (idle && in_time && !command->resent) {
		command->resent = true;
		dispatch(redis, command, now);
	} else if (in_time && !command->rerouted && command->node == NULL &&
	    redis->url.kind != REDIS_SINGLE) {
		redis_node_explain(node, trouble, command->trouble);
		wait_for_map(redis, command, now);
	} else if (command->paused_by != NULL)
		end_failed(redis, command); /* with what was said before */
	else
		fail_at(command, node, trouble);
}

/* Once: that others will find it out by themselves. */
static void
pause_node(struct redis_node *node, int64_t now)
{
	char *why = node->redis->stateless;

	redis_pause_failed(&node->pause, now);
	if (why[0] != '\0')
		msg(MSG_WARN,
		    "%s; each process waits by itself for a server that is "
		    "down",
		    why);
	why[0] = '\0';
}

static void
take_failure(struct redis_link *link, struct redis_queue queue, bool idle,
    const char *trouble)
{
	struct redis_node *node = link->owner;
	int64_t now = monotonic_milliseconds();
	char copy[REDIS_TROUBLE_MAX];
	struct redis_command *command;

	snprintf(copy, sizeof(copy), "%s", trouble);
	if (!idle || (queue.first != NULL && queue.first->resent)) {
		memcpy(node->trouble, copy, sizeof(copy));
		pause_node(node, now);
	}
	while ((command = redis_queue_take(&queue)) != NULL) {
		node->redis->linked--;
		find_another(command, node, idle, copy, now);
	}
}

void
redis_route_init(struct redis *redis)
{
	redis->replied = take_reply;
	redis->failed = take_failure;
}

/*
 * Times.
 */
static void
take_out(struct redis_queue *queue, struct redis_command *command)
{
	struct redis_queue rest = { NULL, NULL };
	struct redis_command *at;

	while ((at = redis_queue_take(queue)) != NULL) {
		if (at != command)
			redis_queue_add(&rest, at);
	}
	*queue = rest;
}

static void
expire(struct redis *redis, struct redis_command *command, int64_t now)
{
	char trouble[REDIS_TROUBLE_MAX];

	if (command->stage == REDIS_LINKED) {
		snprintf(trouble, sizeof(trouble),
		    "gives no answer in time (%lld ms)",
		    (long long)redis->deadline);
		redis_link_give_up(&command->at->link, trouble);
		return;
	}
	take_out(command->not_before == 0 ? &redis->waiting : &redis->later,
	    command);
	if (command->paused_by != NULL) {
		snprintf(command->paused_by->trouble,
		    sizeof(command->paused_by->trouble), "%s",
		    "did not become well within the deadline");
		pause_node(command->paused_by, now);
	}
	if (command->trouble[0] == '\0')
		redis_command_failed(
		    command, "nobody said in time which server has the keys");
	end_failed(redis, command);
}

static void
retry(struct redis *redis, int64_t now)
{
	struct redis_queue later = redis->later;
	struct redis_command *command;

	redis->later.first = NULL;
	while ((command = redis_queue_take(&later)) != NULL) {
		if (command->not_before > now) {
			redis_queue_add(&redis->later, command);
			continue;
		}
		command->not_before = 0;
		dispatch(redis, command, now);
	}
}

static void
tell_failures(struct redis *redis)
{
	struct redis_queue ended = redis->ended;
	struct redis_command *command;

	redis->ended.first = NULL;
	while ((command = redis_queue_take(&ended)) != NULL) {
		command->stage = REDIS_IDLE;
		command->done(command, NULL);
	}
}

static const char *
lateness(const struct redis_link *link)
{
	switch (link->connection.state) {
	case REDIS_IS_NAMED:
		return "its name was not resolved in time";
	case REDIS_IS_SECURED:
		return "TLS was not agreed upon in time; does this port speak "
		       "TLS?";
	case REDIS_IS_CONNECTED:
		return "does not greet in time";
	default:
		return "can't be reached in time";
	}
}

static void
give_up_connecting(struct redis *redis, int64_t now)
{
	for (size_t i = 0; i < redis->count; i++) {
		struct redis_link *link = &redis->nodes[i]->link;

		if (link->connection.state != REDIS_IS_CLOSED && !link->ready &&
		    link->deadline <= now)
			redis_link_give_up(link, lateness(link));
	}
}

void
redis_route_go_on(struct redis *redis, int64_t now)
{
	give_up_connecting(redis, now);
	while (redis->earliest != NULL && redis->earliest->deadline <= now)
		expire(redis, redis->earliest, now);
	if (redis->later.first != NULL)
		retry(redis, now);
	tell_failures(redis);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == -1 || (b != -1 && b < a) ? b : a;
}

int64_t
redis_route_next(const struct redis *redis)
{
	int64_t next = redis->earliest == NULL ? -1 : redis->earliest->deadline;

	for (const struct redis_command *c = redis->later.first; c != NULL;
	     c = c->next)
		next = earlier(next, c->not_before);
	for (size_t i = 0; i < redis->count; i++) {
		const struct redis_link *link = &redis->nodes[i]->link;

		if (link->connection.state != REDIS_IS_CLOSED && !link->ready)
			next = earlier(next, link->deadline);
	}
	return next;
}
