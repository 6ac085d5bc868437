/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RCPT commands that a policy server was asked about, by rcpt_key(), and
 * when: smtpd's lines about the same commands say nothing new. Its line may
 * also come after smtpd's, for they come by different ways. Times are seconds.
 */
#ifndef DECIDED_H
#define DECIDED_H

#include "log-stats/tables/table.h"

struct decided {
	struct table table;
	int64_t now;
};

/* The server was asked; a held request that it may be about is replaced. */
void decided_note(struct decided *, uint64_t key, int64_t time);

/* Was the server asked about this from then until then, or nearly so? */
bool decided_covers(
    const struct decided *, uint64_t key, int64_t from, int64_t until);

/* smtpd's line has made a request, which is held under this serial. */
void decided_await(
    struct decided *, uint64_t key, int64_t time, uint64_t serial);

/* It is to be written now. True: not so, a decision came after all. */
bool decided_replaces(struct decided *, uint64_t key, uint64_t serial);

void decided_free(struct decided *);

#endif
