/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include "redis_key.h"
#include "redis_map.h"
#include "redis_nodes.h"

struct redis_node *
redis_map_find(const struct redis *redis, int slot)
{
	if (redis->url.kind != REDIS_CLUSTER)
		return redis->master;
	return redis->slots == NULL || slot < 0 ? NULL : redis->slots[slot];
}

static bool
make_slots(struct redis *redis)
{
	if (redis->slots == NULL)
		redis->slots = calloc(REDIS_SLOTS, sizeof(*redis->slots));
	return redis->slots != NULL;
}

bool
redis_map_set(struct redis *redis, unsigned slot, struct redis_node *node)
{
	if (!make_slots(redis))
		return false;
	if (redis->slots[slot] != NULL)
		redis->slots[slot]->slots--;
	redis->slots[slot] = node;
	node->slots++;
	return true;
}

static bool
can_be_asked(const struct redis *redis, const struct redis_node *node)
{
	enum redis_role role = redis->url.kind == REDIS_SENTINEL ?
	    REDIS_ROLE_SENTINEL :
	    REDIS_ROLE_DATA;

	return node->link.role == role && node->asked != redis->search.count;
}

/* One that is connected costs no time; else each process begins elsewhere. */
struct redis_node *
redis_map_source(struct redis *redis, int64_t now)
{
	struct redis_node *source = NULL;

	for (size_t i = 0; i < redis->count; i++) {
		struct redis_node
		    *node = redis->nodes[(i + (size_t)getpid()) % redis->count];

		if (!can_be_asked(redis, node) ||
		    redis_pause_left(&node->pause, now) > 0)
			continue;
		if (node->link.ready) {
			source = node;
			break;
		}
		if (source == NULL)
			source = node;
	}
	if (source != NULL)
		source->asked = redis->search.count;
	return source;
}

bool
redis_map_ask(struct redis *redis, struct redis_command *command)
{
	const struct bytes cluster[] = { bytes_of("CLUSTER"),
		bytes_of("SLOTS") };
	const struct bytes sentinel[] = { bytes_of("SENTINEL"),
		bytes_of("get-master-addr-by-name"),
		bytes_of(redis->url.master) };

	redis_command_clear(command);
	return redis->url.kind == REDIS_CLUSTER ?
	    redis_command_add(command, cluster, 2) :
	    redis_command_add(command, sentinel, 3);
}

/* False: a text that is no host, or a port that is none. */
static bool
read_host(const struct redis_node *source, const redisReply *name,
    const redisReply *port, struct redis_host *host)
{
	struct bytes text = redis_reply_bytes(name);
	long long number = port != NULL && port->type == REDIS_REPLY_INTEGER ?
	    port->integer :
	    0;

	if (name == NULL || number < 1 || number > UINT16_MAX ||
	    text.len > REDIS_NAME_MAX || bytes_equal(text, bytes_of("?")))
		return false;
	*host = source->host;
	host->port = (uint16_t)number;
	if (text.len == 0)
		return true;
	if (memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(host->name, text.data, text.len);
	host->name[text.len] = '\0';
	return true;
}

/* [first, last, [host, port, ...] of the master, ...] */
static bool
take_range(struct redis *redis, const struct redis_node *source,
    const redisReply *range)
{
	const redisReply *first = redis_reply_element(range, 0);
	const redisReply *last = redis_reply_element(range, 1);
	const redisReply *master = redis_reply_element(range, 2);
	struct redis_host host;
	struct redis_node *node;

	if (first == NULL || last == NULL ||
	    first->type != REDIS_REPLY_INTEGER ||
	    last->type != REDIS_REPLY_INTEGER || first->integer < 0 ||
	    last->integer >= REDIS_SLOTS)
		return false;
	if (!read_host(source, redis_reply_element(master, 0),
		redis_reply_element(master, 1), &host))
		return true;
	node = redis_node_of(redis, &host, REDIS_ROLE_DATA);
	for (long long slot = first->integer;
	     node != NULL && slot <= last->integer; slot++)
		(void)redis_map_set(redis, (unsigned)slot, node);
	return node != NULL;
}

static const char *
take_cluster(struct redis *redis, const struct redis_node *source,
    const redisReply *reply)
{
	if (!make_slots(redis))
		return "out of memory";
	if (reply->type != REDIS_REPLY_ARRAY)
		return "answers CLUSTER SLOTS with something else";
	if (reply->elements == 0)
		return "is in no cluster that has slots";
	for (size_t i = 0; i < reply->elements; i++) {
		if (!take_range(redis, source, reply->element[i]))
			return "answers CLUSTER SLOTS with something else, or "
			       "with too many nodes";
	}
	return NULL;
}

static const char *
take_sentinel(struct redis *redis, const struct redis_node *source,
    const redisReply *reply)
{
	struct bytes port = redis_reply_bytes(redis_reply_element(reply, 1));
	redisReply number = { .type = REDIS_REPLY_INTEGER };
	struct redis_host host;

	if (reply->type == REDIS_REPLY_NIL)
		return "knows no master of the name that the store's has";
	for (size_t i = 0; i < port.len && number.integer <= UINT16_MAX; i++)
		number.integer = bytes_is_digit(port.data[i]) ?
		    number.integer * 10 + port.data[i] - '0' :
		    UINT16_MAX + 1;
	if (!read_host(source, redis_reply_element(reply, 0), &number, &host))
		return "answers with something other than a master's address";
	redis->master = redis_node_of(redis, &host, REDIS_ROLE_DATA);
	return redis->master == NULL ? "out of memory" : NULL;
}

const char *
redis_map_take(struct redis *redis, const struct redis_node *source,
    const redisReply *reply)
{
	return redis->url.kind == REDIS_CLUSTER ?
	    take_cluster(redis, source, reply) :
	    take_sentinel(redis, source, reply);
}
