/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive: the measurement itself, in one thread around epoll(7).
 *
 * First all connections are opened, and each asks once: the time from fork
 * or connect to that answer is a "first answer". When all have answered, the
 * window opens: from then on each connection asks again as soon as it has
 * its answer (or, with a rate, when a request is due), and the time from the
 * request to the answer is an "answer time". A request that is late because
 * every connection was busy counts from the moment it was due.
 *
 * The window closes when the wanted number of requests is answered or the
 * time is over. A request that is still out DRIVE_GRACE later has failed,
 * and so has the run. With restart, a connection that the other side closes
 * is opened again at once; its first answer is a first answer like the
 * others. Without restart it fails the run.
 *
 * Times are nanoseconds.
 */
#ifndef BENCH_DRIVE_H
#define BENCH_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "clock.h"
#include "figures.h"
#include "request.h"
#include "target.h"

#define DRIVE_GRACE (2 * CLOCK_SECOND)

struct drive_settings {
	struct target target;
	size_t connections;
	uint64_t requests;   /* in the window */
	uint64_t time_limit; /* of the run, warm-up included */
	double rate;	     /* requests a second; 0: no limit */
	bool restart;
	enum workload workload;
	uint64_t seed;
	const char *expected; /* every answer begins so after action= */
	FILE *answers;	      /* a line for each answer, or NULL */
};

struct drive_result {
	struct figures answer_times; /* of the window */
	struct figures first_times;
	uint64_t window; /* from its opening to the last answer */
	uint64_t died;
};

struct drive;

/* Opens the connections and measures; NULL after a message if the run failed.
 */
struct drive *drive_run(const struct drive_settings *, struct drive_result *);
void drive_close(struct drive *);

#endif
