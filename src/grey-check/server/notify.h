/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What systemd is told, and how often it wants to hear that all is well:
 * sd_notify(3)'s protocol, which is a datagram of NAME=value lines to
 * $NOTIFY_SOCKET. Without that nothing is said.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

struct notify {
	int fd;		  /* -1: nobody listens */
	int64_t interval; /* of the watchdog, milliseconds; 0: there is none */
	int64_t next;	  /* when it is told again, by the monotonic clock */
};

void notify_open(struct notify *, int64_t now);
void notify_close(struct notify *);

void notify_ready(const struct notify *);
void notify_reloading(const struct notify *);
void notify_stopping(const struct notify *);

/* If it is time to. now: by the monotonic clock, milliseconds. */
void notify_watchdog(struct notify *, int64_t now);

#endif
