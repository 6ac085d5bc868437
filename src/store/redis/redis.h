/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A greylist in Redis or Valkey: one server, a cluster, or what Sentinel knows.
 *
 * A map of this wing. Nothing in it waits but redis_call, and a check goes
 *   store_redis    the engine's table, and what it is opened with
 *   redis_check    keys to commands, replies to callbacks to commands
 *   redis_route    a command to the node that has its key, and again to where
 *                  it is sent on; redis_map knows which node, or redis_search
 *                  finds out
 *   redis_way      its deadline, and the way to one node, unless redis_pause
 *                  leaves that alone
 *   redis_link     a node's connection: commands out, replies in
 *   redis_connection, redis_resolve, redis_tls   bytes out, bytes in;
 *                  redis_stranger and redis_tls_trouble say what kept them
 * and back up the same way, driven by redis_turn, and by redis_due when time
 * has gone by. Beside it:
 *   redis_url, redis_host, redis_access   WHERE, and how one gets in
 *   redis_key      the keys of the tables to those of a server, and back
 *   redis_command, redis_protocol, redis_error   words to bytes, and back
 *   redis_state    the file that the processes of a host share
 *   redis_call     waits for a command, for what is no check: redis_walk,
 *                  redis_get, redis_update, redis_uses
 */
#ifndef REDIS_H
#define REDIS_H

#include "redis_link.h"
#include "redis_pause.h"
#include "redis_state.h"
#include "store/store_engine.h"

/* Of a cluster: so many are known at most, replicas too. */
enum { REDIS_NODES_MAX = 2048 };

struct redis_node {
	struct redis *redis;
	struct redis_host host;
	struct redis_link link;
	struct redis_pause pause;
	char trouble[REDIS_TROUBLE_MAX]; /* that it had last */
	size_t slots;			 /* that it has, of a cluster's */
	uint64_t asked;			 /* in which search for the map */
	uint32_t events;		 /* that the turn waits for; 0: none */
	uint64_t watched;		 /* on which socket of the connection */
	struct redis_node *next_pending;
	bool is_pending; /* in the list of those that have to be gone on with */
};

struct redis;
/* trouble NULL: it is known who has the keys. */
typedef void redis_search_done(
    struct redis *, int64_t now, const char *trouble);

/* See redis_search.h. */
struct redis_search {
	redis_search_done *done;
	struct redis_command command;
	bool going;
	uint64_t count;		   /* of searches */
	int64_t begun;		   /* the last one, by the monotonic clock */
	struct redis_node *source; /* that is asked */
	char trouble[REDIS_TROUBLE_MAX];
};

struct redis {
	struct store *store;
	struct redis_url url;
	struct redis_tls *tls;
	struct redis_state *state;	   /* NULL: none */
	char stateless[REDIS_TROUBLE_MAX]; /* why, until it was said */
	int64_t deadline;		   /* of a check, milliseconds */
	int64_t patience;		   /* of other calls */
	int epoll;
	size_t count, room; /* of the nodes, the given ones first */
	struct redis_node **nodes;
	struct redis_node *master; /* without a cluster; NULL: not known */
	struct redis_node **slots; /* NULL: not known */
	struct redis_search search;
	/* Of each node's link. */
	redis_link_replied *replied;
	redis_link_failed *failed;
	struct redis_node *pending;
	struct redis_queue waiting; /* for the map */
	struct redis_queue later;   /* until their not_before */
	struct redis_queue ended;   /* whose failure is to be told */
	struct redis_command *earliest, *latest; /* under way */
	bool keeps_reply;	 /* who is told of one: it is theirs to free */
	size_t linked, unsent;	 /* commands in queues of links; not written */
	size_t open;		 /* descriptors */
	struct redis_node *only; /* if open is 1, whose that is; or NULL */
	char *scratch;		 /* of a key */
	size_t scratch_room;
	struct redis_check *spare;    /* see redis_check.c */
	struct store_pending *denied; /* for this: */
	char denial[REDIS_TROUBLE_MAX];
	struct redis_uses *uses; /* see redis_uses.c */
};

#endif
