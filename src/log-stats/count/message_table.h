/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages that are known, by their keys, and for each its recipients, as
 * hashes. After its end a message stays for a while, for lines that come late,
 * and as long as it is the root of others.
 */
#ifndef MESSAGE_TABLE_H
#define MESSAGE_TABLE_H

#include <sys/queue.h>

#include "session_table.h"

/* How a message came in. */
enum arrival {
	ARRIVAL_BEFORE,	   /* it began before the log */
	ARRIVAL_MX,	   /* from a client */
	ARRIVAL_SUBMITTED, /* from a client that logged in, or is local */
	ARRIVAL_LOCAL,	   /* by sendmail(1) */
	ARRIVAL_INTERNAL,  /* Postfix made it, and has not said why */
	ARRIVAL_NOTICE,	   /* a bounce, a report */
	ARRIVAL_CONTINUED, /* it is part of another message, the root */
	ARRIVALS
};

enum {
	MESSAGE_ACTIVE = 1,    /* the queue manager has it */
	MESSAGE_UNDECIDED = 2, /* its session waits for it */
	MESSAGE_REMOVED = 4,
	MESSAGE_DEFERRED = 8,
	MESSAGE_HAS_ID = 16,	  /* its message-id was seen */
	MESSAGE_NO_TABLE = 32,	  /* only as the root of others */
	MESSAGE_FROM_FILTER = 64, /* its client may be a content filter */
	MESSAGE_FILTERED = 128,	  /* a content filter has brought it back */
	MESSAGE_PRESUMED = 256,	  /* only its message-id shows its root */
	MESSAGE_HAS_FATE = 512,	  /* of some recipient */
	MESSAGE_HELD = 1024,	  /* was put on hold */
	MESSAGE_RELEASED = 2048,
	MESSAGE_DELETED = 4096,	    /* by postsuper(1) */
	MESSAGE_DISCARDED = 8192,   /* by DISCARD, as a whole */
	MESSAGE_OTHER_FATE = 16384, /* some recipient's was no discard */
	MESSAGE_EXPIRED = 32768
};

struct recipient_figures {
	uint64_t delivered;
	uint64_t bounced;
	uint64_t deferred_attempts;
	uint64_t deferred;
	uint64_t deferred_waiting;
	uint64_t forwarded;
	uint64_t discarded;
	uint64_t dropped;
};

/* The recipients of a message are in it while they are few; then all of them
 * are in a table. */
struct recipient {
	uint64_t hash;
	uint64_t is_waiting; /* deferred, and nothing else since */
};

enum { MESSAGE_FEW = 2 };

struct message {
	uint64_t hash;
	struct message *root; /* NULL: itself */
	TAILQ_ENTRY(message) link;
	LIST_ENTRY(message) same_id;
	unsigned children;
	unsigned flags;
	enum arrival arrival;
	bool is_piped; /* delivered by pipe(8) */
	struct session_link session;
	int64_t seconds;  /* of its first line */
	uint64_t network; /* of the client; see greylist_network() */
	uint64_t sender;  /* hash_lower() */
	uint64_t id;	  /* hash of the message-id; 0: not known, or empty */
	uint64_t client;  /* hash of the address of smtpd's; 0: none */
	uint64_t filter;  /* the client of what it was brought back as */
	uint64_t domain;  /* of its sender, if ranked: see ledger_rank() */
	int64_t piped;	  /* seconds, of the last such delivery */
	uint64_t hold_reason; /* the same of why it was held */
	uint64_t delivered;   /* recipients, if it is a root */
	uint32_t discarded;   /* the same */
	uint32_t nrcpt;	      /* as the queue manager says; 0: not known */
	struct recipient few[MESSAGE_FEW];
	struct table many; /* all, when they are no longer few */
};

TAILQ_HEAD(message_list, message);
LIST_HEAD(message_bucket, message);

/* A delivery by pipe(8), perhaps to a filter; or one to a queue id that was not
 * seen yet. */
struct leg {
	uint64_t hash; /* of what it may go on as; 0: of the same message-id */
	uint64_t message;
	uint64_t recipient;
	uint64_t domain; /* as it was ranked */
};

/* What smtpd has said of a message to come; by process. */
struct fate_ahead {
	uint64_t hash;
	uint64_t flags; /* MESSAGE_HELD, MESSAGE_DISCARDED */
	uint64_t sender;
	uint64_t domain, hold_reason; /* as they were ranked */
};

/* A message on hold that may yet be refused; by its hash. */
struct held_message {
	uint64_t hash;
	uint64_t process;
};

enum { MESSAGE_INSTANCES = 32, MESSAGE_LEGS = 1024 };

struct messages {
	struct ledger *ledger;
	struct sessions *sessions;
	struct greylist *greylist;
	uint64_t arrived[ARRIVALS]; /* that the queue manager had */
	uint64_t delivered;	    /* of these, from a client or sendmail(1) */
	uint64_t deferred;
	uint64_t expired;
	uint64_t held;
	uint64_t released;
	uint64_t deleted;
	uint64_t discarded;
	uint64_t swallowed; /* of these, as a whole: by DISCARD */
	struct recipient_figures recipients;
	struct table table;		     /* where the message of a key is */
	struct message_list living, removed; /* the oldest first */
	struct message *spare;		     /* for the next ones, by root */
	struct message_bucket *by_id;	     /* by the hash of the message-id */
	struct leg piped[MESSAGE_LEGS];	     /* the latest, in a ring */
	size_t piped_count;		     /* of all that there were */
	struct table awaited;		     /* struct leg */
	struct table ahead;		     /* struct fate_ahead */
	struct table held_open;		     /* struct held_message */
	size_t removed_count;
	size_t many_count; /* recipients of messages that have many */
	struct {
		uint64_t host, instance;
		bool has_queue; /* cleanup writes under its name */
	} instances[MESSAGE_INSTANCES];
	size_t instance_count;
	uint64_t not_followed; /* of further instances */
	uint64_t dropped;
};

/* After it is zeroed, and its pointers are set. */
void messages_begin(struct messages *);

struct message *message_find(struct messages *, struct bytes queue_id);

/* Of a message's own hash. */
struct message *message_of_hash(const struct messages *, uint64_t hash);

/* In any instance on the host, the entry's own first. NULL also for an empty
 * id. */
struct message *message_find_near(struct messages *, struct bytes queue_id);

/*
 * An smtpd with a myhostname of its own logs under that name (postlogd), which
 * has no queue. Looks for a message of such a name for which a session waits,
 * and moves it to the host name of this entry. NULL: there is none.
 */
struct message *message_adopt(struct messages *, struct bytes queue_id);

/* Its message-id is known; 0: it is empty. */
void message_set_id(struct messages *, struct message *, uint64_t id);

/* Those with that message-id, the latest first: the one after another; NULL as
 * the other begins, and NULL is the end. id is not 0. */
struct message *message_same_id(
    const struct messages *, uint64_t id, const struct message *after);

/* The instance of this entry has a queue of its own. */
void message_has_queue(struct messages *);

/* Begins one; the key must be free. */
struct message *message_new(struct messages *, struct bytes queue_id);

/* The same in the instance on the host that knows another one. NULL: none. */
struct message *message_new_near(
    struct messages *, struct bytes known_id, struct bytes queue_id);

/* It leaves the table at once. */
void message_forget(struct messages *, struct message *);

/* Its end was logged: it stays for a while. */
void message_retire(struct messages *, struct message *);

struct message *message_root(struct messages *, struct message *);

/* It is its own root again. */
void message_detach(struct messages *, struct message *);

/* One of its recipients; NULL: not there. */
struct recipient *message_recipient(struct message *, uint64_t hash);
/* NULL: there are too many to remember, and one more was dropped. */
struct recipient *message_add_recipient(
    struct messages *, struct message *, uint64_t hash, bool *is_new);
void message_remove_recipient(
    struct messages *, struct message *, struct recipient *);
/* All, in no order: *at begins as 0; NULL is the end. */
struct recipient *message_next_recipient(struct message *, size_t *at);

#endif
