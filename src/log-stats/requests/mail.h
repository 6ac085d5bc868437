/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages by their queue ids, from where they came in until they are removed:
 * who the client was, the sender, and which recipients are known so far. And
 * sessions in front of a filter before the queue, by their processes, as
 * messages that have no queue id yet.
 */
#ifndef MAIL_H
#define MAIL_H

#include <sys/queue.h>

#include "common/bytes.h"
#include "log-stats/entry/entry.h"
#include "log-stats/tables/table.h"

enum {
	MAIL_FROM_CLIENT = 1, /* of the MX service: its recipients are wanted */
	MAIL_OPEN = 2,	      /* and not all of them are known yet */
	MAIL_ACTIVE = 4, /* the queue manager has it: the sender is known */
	MAIL_HAS_ID = 8, /* cleanup has it */
	MAIL_REMOVED = 16,
	MAIL_IS_ASKED = 32,  /* a recipient of it became known */
	MAIL_IS_COUNTED = 64 /* as one whose recipients are not all known */
};

enum { MAIL_FEW = 4 };

struct mail {
	uint64_t hash;
	TAILQ_ENTRY(mail) link;
	TAILQ_ENTRY(mail) open_link;
	int64_t time; /* microseconds: of its first line */
	unsigned flags;
	uint64_t expected; /* recipients, aliases expanded; 0: not known */
	uint64_t seen;	   /* of these */
	uint64_t few[MAIL_FEW];
	struct table many; /* all, when they are no longer few */
	struct bytes client_name, client_address, queue_id;
	struct bytes sender;
	char *origin; /* the memory of the first three */
	char *envelope;
};

TAILQ_HEAD(mail_list, mail);

enum { MAIL_INSTANCES = 32 };

struct mails {
	struct table table;		  /* where the mail of a key is */
	struct mail_list living, removed; /* the oldest first */
	struct mail_list open;		  /* of the living */
	const struct entry *entry;	  /* the line at hand */
	size_t removed_count;
	size_t size; /* bytes of all */
	size_t many_count;
	/* Mails of clients: */
	uint64_t dropped;      /* at the limit, before all was known */
	uint64_t unfinished;   /* some recipients are not in the log */
	uint64_t never_queued; /* none is, and it was never queued */
	struct {
		uint64_t host, instance;
	} instances[MAIL_INSTANCES];
	size_t instance_count;
};

/* After it is zeroed. */
void mails_begin(struct mails *);

/* In the entry's instance; else in another one of its host. NULL: not known. */
struct mail *mail_find(struct mails *, struct bytes queue_id);
/* One that cleanup has not seen yet, of a host with another name: an smtpd may
 * have one of its own. It is moved to the entry's instance. NULL: none. */
struct mail *mail_adopt(struct mails *, struct bytes queue_id);
/* Begins one, after it has forgotten an older one of this id. */
struct mail *mail_begin(struct mails *, struct bytes queue_id);

/* The session of the entry's process. */
struct mail *mail_find_session(struct mails *);
struct mail *mail_begin_session(struct mails *);

/* It is a client's, and its recipients are waited for. */
void mail_set_client(struct mails *, struct mail *, struct bytes client_name,
    struct bytes client_address, struct bytes queue_id);
void mail_set_sender(struct mails *, struct mail *, struct bytes sender);

/* True: it is new, or there are too many to remember. */
bool mail_add_recipient(struct mails *, struct mail *, uint64_t hash);

/* Its recipients are all known, or no more are waited for. */
void mail_close(struct mails *, struct mail *);

/* Its end was logged: it stays for a while. */
void mail_retire(struct mails *, struct mail *);
void mail_forget(struct mails *, struct mail *);

/* At the end of the log: those that are left are counted, and freed. */
void mails_end(struct mails *);

#endif
