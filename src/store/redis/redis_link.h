/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection and the commands on it: they are sent as they come, and
 * answered in that order. Opened when there is a command, greeted first.
 */
#ifndef REDIS_LINK_H
#define REDIS_LINK_H

#include "redis_access.h"
#include "redis_connection.h"
#include "redis_out.h"
#include "redis_queue.h"

struct redis_link;
typedef void redis_link_replied(
    struct redis_link *, struct redis_command *, redisReply *);
typedef void redis_link_failed(
    struct redis_link *, struct redis_queue, bool idle, const char *trouble);

struct redis_link {
	struct redis_connection connection;
	const struct redis_url *url;
	enum redis_role role;
	bool password; /* is said */
	bool ready;    /* greeted */
	uint32_t serial;
	int64_t deadline; /* by which it is ready */
	struct redis_command greeting;
	int step;
	struct redis_queue queue;
	redisReader *reader;
	size_t unread; /* bytes of a reply that is not whole */
	struct redis_out out;
	void *owner;
	/* The reply is the command's that was taken from the queue. */
	redis_link_replied *replied;
	/*
	 * It is closed, and was the commands' queue, of which nothing was
	 * answered. idle: the other side closed it while nothing was under way.
	 */
	redis_link_failed *failed;
};

/* deadline: if it has to be opened. */
void redis_link_send(
    struct redis_link *, struct redis_command *, int64_t deadline);

/*
 * Goes on with what it can without waiting; readable: there may be something to
 * read. May call what was given.
 */
void redis_link_go_on(struct redis_link *, bool readable);

/* EPOLLIN and EPOLLOUT, as it wants them now; 0: it has no descriptor. */
uint32_t redis_link_wants(const struct redis_link *);

/* Closes it as failed. */
void redis_link_give_up(struct redis_link *, const char *trouble);

/* Closes one that nobody waits for. */
void redis_link_close(struct redis_link *);

/* The end. */
void redis_link_free(struct redis_link *);

#endif
