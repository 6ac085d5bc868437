/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that has failed is left alone for 1, 2, 4 ... 30 seconds, by all
 * processes of this host: then one of them tries it. They share memory for
 * that, see redis_state.h; without it each process counts by itself.
 */
#ifndef REDIS_PAUSE_H
#define REDIS_PAUSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * In the shared memory all may be lost, and anything may be written: a time too
 * far ahead counts as none.
 */
struct redis_pause_slot {
	_Atomic uint64_t mark; /* of the server; 0: free */
	/* Milliseconds by the monotonic clock, times 8, and how often it has
	   failed in a row, up to 7; 0: it works. */
	_Atomic int64_t until;
};

struct redis_pause {
	struct redis_pause_slot own; /* where there is no shared one */
	struct redis_pause_slot *slot;
	bool trying; /* this process is the one */
};

/* slots: that are shared, or NULL. mark: of the server. */
void redis_pause_init(struct redis_pause *, struct redis_pause_slot *slots,
    size_t count, uint64_t mark);

/* Milliseconds that are left; 0: none. */
int64_t redis_pause_left(const struct redis_pause *, int64_t now);

/* True: it may be used. After a pause only this process may, for so long. */
bool redis_pause_try(struct redis_pause *, int64_t now, int64_t span);

void redis_pause_failed(struct redis_pause *, int64_t now);
void redis_pause_worked(struct redis_pause *);

#endif
