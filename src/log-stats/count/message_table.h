/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages that are known, by their keys; and for each the recipients, as
 * hashes. A message stays for a while after its end, for the lines that come
 * late, and as long as others have it as their root.
 */
#ifndef MESSAGE_TABLE_H
#define MESSAGE_TABLE_H

#include "session.h"
#include "tally.h"

enum message_origin {
	ORIGIN_BEFORE,	  /* it began before the log */
	ORIGIN_MX,	  /* from a client */
	ORIGIN_SUBMITTED, /* from a client that logged in, or is local */
	ORIGIN_LOCAL,	  /* by sendmail(1) */
	ORIGIN_INTERNAL,  /* Postfix made it, and has not said why */
	ORIGIN_NOTICE,	  /* a bounce, a report */
	ORIGIN_CONTINUED  /* of another message: its root */
};

enum {
	MESSAGE_ACTIVE = 1,    /* the queue manager has it */
	MESSAGE_UNDECIDED = 2, /* its session waits for it */
	MESSAGE_REMOVED = 4,
	MESSAGE_DEFERRED = 8,
	MESSAGE_HAS_ID = 16,  /* its message-id was seen */
	MESSAGE_NO_TABLE = 32 /* only others have it still */
};

struct recipient {
	uint64_t hash;
	uint64_t is_waiting; /* deferred, and nothing else since */
};

enum { MESSAGE_FEW = 2 };

struct message {
	uint64_t hash;
	struct message *root; /* NULL: itself */
	struct message *older, *newer;
	unsigned children;
	unsigned flags;
	enum message_origin origin;
	struct session_link session;
	int64_t seconds;    /* of its first line */
	uint64_t network;   /* of the client; see greylist_network() */
	uint64_t sender;    /* hash_lower() */
	uint64_t id;	    /* hash of the message-id */
	uint64_t delivered; /* recipients, if it is a root */
	struct recipient few[MESSAGE_FEW];
	struct table many; /* all, when they are no longer few */
};

struct message *message_find(struct tally *, struct bytes queue_id);

/* Of the same host, and of whatever instance: the own one first. */
struct message *message_find_near(struct tally *, struct bytes queue_id);

/*
 * Of another host name, one that its session waits for; NULL: there is none. It
 * is under this host's name from now on: an smtpd with a myhostname of its own
 * logs under that name (postlogd), which has no queue then.
 */
struct message *message_adopt(struct tally *, struct bytes queue_id);

/* The instance of this entry has a queue of its own. */
void message_has_queue(struct tally *);

/* A new one; an older one of the same key, if there is one, must be gone. */
struct message *message_new(struct tally *, struct bytes queue_id);

/* It leaves the table now. */
void message_forget(struct tally *, struct message *);

/* Its end was logged: it stays for a while. */
void message_retire(struct tally *, struct message *);

struct message *message_root(struct tally *, struct message *);
void message_set_root(struct message *, struct message *root);

/* NULL: not there. */
struct recipient *message_recipient(struct message *, uint64_t hash);
/* NULL: there are too many to be remembered, which is counted. */
struct recipient *message_add_recipient(
    struct tally *, struct message *, uint64_t hash, bool *is_new);

/* Called for each; a message that forgets its waiting ones. */
void message_each_recipient(struct message *,
    void (*visit)(struct recipient *, void *), void *argument);

#endif
