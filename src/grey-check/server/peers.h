/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peers of a server, its clients: who is connected, what is to be done for
 * whom, and who has to go when there are too many.
 */
#ifndef PEERS_H
#define PEERS_H

#include <sys/queue.h>

#include "grey-check/connection.h"

/* What an event of epoll(7) is about: the first member of whatever it is. */
enum source { SOURCE_PEER, SOURCE_LISTENER, SOURCE_SIGNALS, SOURCE_STORE };

struct peers;

struct peer {
	enum source source;
	struct connection connection;
	struct peers *peers;
	int fd;
	bool readable; /* there may be more to read */
	bool hung_up;  /* its side is closed: there is an end to be read */
	bool blocked;  /* its socket takes no more answers now */
	bool queued;   /* is in peers->due */
	bool answered; /* is in peers->answered */
	int64_t since; /* its last sign of life, by the monotonic clock */
	TAILQ_ENTRY(peer) by_age;
	TAILQ_ENTRY(peer) in_due;
	TAILQ_ENTRY(peer) in_answered;
};

TAILQ_HEAD(peer_queue, peer);

struct peers {
	struct service *service;
	int epoll;
	size_t count;
	struct peer_queue by_age; /* the longest silent first */
	struct peer_queue due;	  /* to be read, or gone on with */
	struct peer_queue answered;
	/* Lent to who has something under way; the last used is the next. */
	struct exchange *spare[64];
	size_t spares;
	int64_t now;		    /* of this turn, by the monotonic clock */
	int64_t next_write_warning; /* as in struct service */
	int64_t next_cut_warning;
};

void peers_init(struct peers *, struct service *, int epoll);

/* Takes over the socket. False: no memory, or epoll(7) does not take it. */
bool peers_add(struct peers *, int fd);

/* It is to be read or gone on with; it has answers, or has ended. */
void peers_make_due(struct peer *);
void peers_note_answer(struct peer *);

/* It has said something. */
void peers_note_life(struct peer *);

/* It is watched for room for answers, too; or no longer. False: it is not. */
bool peers_watch(const struct peer *, bool for_room);

/* Lends it an exchange, if it has none. False: there is no memory. */
bool peers_lend(struct peer *);
void peers_take_back(struct peer *);

/* It waits for nothing but its next request. */
bool peers_is_idle(const struct peer *);

/* Not while something is being decided for it. */
void peers_close(struct peer *);

/* Closes one that has been silent the longest, if one has nothing under way. */
bool peers_make_room(struct peers *);

/* All are to be read once more. */
void peers_make_all_due(struct peers *);
void peers_close_idle(struct peers *);
/* All but those for whom something is being decided. */
void peers_close_all(struct peers *);

#endif
