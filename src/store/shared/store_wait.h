/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for a lock whose holder shows, in memory that all share, how it gets
 * on; and giving way to those who wait. A lock is not fair: who lets go and
 * takes it again at once gets it, while others wait for many times as long as
 * any one unit of work takes.
 */
#ifndef STORE_WAIT_H
#define STORE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * In the shared memory: whom those who wait have seen at which unit, and since
 * when. The holder sets `since` to 0 when it is done.
 */
struct store_stuck {
	uint32_t holder;
	uint32_t units;
	int64_t since; /* epoch seconds; 0: nobody had to wait */
};

/* Where the shared memory says how its holder gets on. */
struct store_progress {
	const volatile uint32_t *holder; /* pid; 0: it does not say */
	const volatile uint32_t *units;	 /* of work done, by all processes */
	volatile struct store_stuck *stuck;
};

/* How long, in milliseconds. */
struct store_patience {
	int holder;  /* with one process at one unit of work */
	int unnamed; /* the same, with one that does not say who it is */
	int total;   /* where others come first, one after the other */
};

struct store_wait {
	struct store_progress progress;
	struct store_patience patience;
	int64_t begun, since; /* milliseconds */
	int limit;
	uint32_t seen_holder, seen_units;
};

void store_wait_begin(struct store_wait *, const struct store_progress *,
    const struct store_patience *);
/* To be asked again and again. True: no longer. */
bool store_wait_is_over(struct store_wait *);

/* What a process knows of the others that want the lock. */
struct store_manners {
	uint32_t units_seen; /* of all processes, after our last one */
	int pauses;	     /* that are still to be made */
};

/*
 * Before a unit of work of a process that nobody waits for: lets others in who
 * show by what they have done, or that they had to wait, that they are there.
 */
void store_give_way(
    struct store_manners *, uint32_t units, volatile uint32_t *wanted);

#endif
