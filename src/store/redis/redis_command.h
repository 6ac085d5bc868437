/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command for a server, or several that go together and whose last reply is
 * what counts. It lives with who made it, from redis_command_begin() to its
 * done(); redis_command_free() may be called at any time between commands.
 */
#ifndef REDIS_COMMAND_H
#define REDIS_COMMAND_H

#include "redis_protocol.h"
#include <stdint.h>

struct redis_node;

enum { REDIS_TROUBLE_MAX = 512 };

/* Where it stands. */
enum redis_stage {
	REDIS_IDLE,
	REDIS_WAITING, /* for the map, or for some time */
	REDIS_LINKED,  /* in the queue of a link */
	REDIS_ENDED    /* failed, which is to be told */
};

struct redis_command {
	char *bytes; /* as they are sent */
	size_t len, room;
	unsigned parts; /* so many replies it gets */
	int slot;	/* of its key; only in a cluster it matters */
	/* NULL: the one that has the slot. Else it goes nowhere else. */
	struct redis_node *node;
	/* 0, or it is good on this connection of the node only. */
	uint32_t serial;
	int64_t deadline; /* milliseconds by the monotonic clock */
	/*
	 * reply NULL: it failed, `trouble` says why. An error of the server
	 * fails it, unless wants_errors. The reply is freed after done(),
	 * which may begin the same command anew.
	 */
	void (*done)(struct redis_command *, const redisReply *reply);
	void *argument;
	bool wants_errors;
	char trouble[REDIS_TROUBLE_MAX];

	/* Of the wing's own. */
	enum redis_stage stage;
	struct redis_command *next;	       /* in a queue */
	struct redis_command *earlier, *later; /* by their deadlines */
	struct redis_node *at;		       /* whose queue it is in */
	struct redis_node *asked;	       /* for once, by an ASK */
	struct redis_node *answered;	       /* who did so last */
	unsigned missing;  /* replies of this attempt, ASKING's too */
	redisReply *error; /* the first, of those before the last */
	bool asking, resent, rerouted;
	unsigned redirects;
	int64_t not_before;	      /* 0, or when it is tried again */
	struct redis_node *paused_by; /* who is to rest if it does not work */
};

/* Empty, with no room lost. */
void redis_command_clear(struct redis_command *);
void redis_command_free(struct redis_command *);

/* One more command: its words. False: out of memory. */
bool redis_command_add(
    struct redis_command *, const struct bytes *words, size_t count);

/* False; the trouble is what the format makes. */
bool redis_command_failed(struct redis_command *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
