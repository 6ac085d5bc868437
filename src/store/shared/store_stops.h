/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Job control: whoever is stopped from a terminal while it holds the store
 * keeps all mail waiting. So ^Z, and a read or a write in the background, take
 * effect when a unit of work is done. It costs no system call to say so.
 *
 * Not for threads. Takes SIGTSTP, SIGTTIN and SIGTTOU, unless they are ignored
 * or somebody else has a handler for them. Nothing helps against SIGSTOP; then
 * those who wait say whose it is.
 */
#ifndef STORE_STOPS_H
#define STORE_STOPS_H

#include <signal.h>

void store_stops_hold(void);
void store_stops_release(void);

/*
 * The signals by which a program is ended from a terminal, or by systemd: they
 * wait until what was before them is given back.
 */
void store_ends_hold(sigset_t *before);
void store_ends_release(const sigset_t *before);

#endif
