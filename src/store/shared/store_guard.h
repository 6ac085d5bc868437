/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a piece of work that touches memory which others may have spoilt: the
 * mapped regions of a database whose disk is full (SIGBUS), a database with
 * pages of garbage (SIGSEGV, SIGFPE, SIGABRT). Instead of killing the process,
 * and with it the answer that a mail waits for, the work ends with its signal.
 * What it had allocated is lost, and what it was changing must be thrown away.
 *
 * Work also ends, with SIGPROF, when it has used the given tenths of a second
 * of processor time: a page of garbage may lead back to itself for ever.
 *
 * One piece of work at a time in a process; not for threads. Takes the signals
 * SIGBUS, SIGSEGV, SIGFPE, SIGABRT and SIGPROF, and the timer ITIMER_PROF.
 */
#ifndef STORE_GUARD_H
#define STORE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A bus error in these bytes, inside work or not, is no end where mend() says
 * that it has put a page there; it runs as a signal handler. One piece of
 * memory a process; size 0: none.
 */
void store_guard_mend(
    void *memory, size_t size, bool (*mend)(void *argument), void *argument);

/* Returns 0 and what work returned in *result, or the signal that ended it. */
int store_guard_run(
    int (*work)(void *), void *argument, int tenths, int *result);

/*
 * The same, and the work ends, with SIGALRM, after so many milliseconds by the
 * clock: it may wait for what nobody will give. Takes SIGALRM and ITIMER_REAL
 * meanwhile.
 */
int store_guard_run_awake(int (*work)(void *), void *argument, int tenths,
    int milliseconds, int *result);

/*
 * From hold to release the end of its time does not end the work, but soon
 * after: malloc(3) may hold a lock then, for which the next call waits for
 * ever. Held are the calls that Berkeley DB makes through bdb_calls.c: memory,
 * and lists of directories. Not held is what the C library or LMDB allocates by
 * itself inside work, nor does it help against a crash inside malloc(3), whose
 * memory has been spoilt then.
 */
void store_guard_hold(void);
void store_guard_release(void);

#endif
