/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input that does not end, as from tail -f: while it is waited for, the table
 * is shown from time to time, and on SIGUSR1; SIGINT and SIGTERM end it.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Set by SIGINT and SIGTERM: read no more. */
extern volatile sig_atomic_t follow_stop;

struct follow {
	int64_t interval; /* seconds; 0: never */
	void (*show)(void *);
	void *argument;
	int64_t next;	 /* milliseconds of the monotonic clock */
	bool has_waited; /* since the last show */
};

void follow_begin(struct follow *);

/* A source_wait; argument: the struct follow. */
bool follow_wait(void *argument, int fd);

#endif
