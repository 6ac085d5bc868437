/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records that were written by people or their scripts, made as grey-check
 * makes them: whatever form client, sender and recipient are written in, the
 * key is the one that a request will ask for. What can't be meant, or may mean
 * two things, is refused.
 */
#ifndef MADE_H
#define MADE_H

#include "item.h"

/* What a key is made with, and the time that records are judged by. */
struct making {
	struct key_settings keys;
	int64_t now; /* epoch seconds */
};

/*
 * Each returns NULL, or what is wrong with the record and what was meant, until
 * the next call.
 *
 * network: a client's address, in any form that copied_client() takes, or a
 * network of the size in the settings. If it is a whole address, and host is
 * empty, the record gets the host that grey-check stores.
 */
const char *made_triplet(const struct making *, const struct bytes pieces[3],
    int64_t first, int64_t last, struct bytes host, struct item *);
/* The key is whole: a SHA-1 sum, or network/sender/recipient. */
const char *made_from_key(const struct making *, struct bytes key,
    int64_t first, int64_t last, struct bytes host, struct item *);
const char *made_client(const struct making *, struct bytes client,
    int64_t count, int64_t last, struct item *);

/* As with --privacy: a SHA-1 sum in hexadecimal, in lower case or not. */
bool made_is_hidden(struct bytes key);

/* Does a time lie so far in the future that it must be milliseconds? */
bool made_is_far(const struct making *, int64_t time);

#endif
