/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * children: the processes that the driver started, until they are reaped,
 * and the memory they use. Each is the leader of its own session, as under
 * spawn(8), so that a kill reaches its offspring too.
 */
#ifndef BENCH_CHILDREN_H
#define BENCH_CHILDREN_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void children_add(pid_t);
/* Takes away those that have ended, without waiting. */
void children_reap(void);
/* Waits until all have ended; kills the rest at the end of the time. Returns
 * how many it killed. */
size_t children_end(uint64_t nanoseconds);
size_t children_count(void);
/*
 * The sum, in KiB, of the proportional set size (Pss) of all children, the
 * mappings of files named __db.* (Berkeley DB's shared regions) left out.
 * False with errno if a child's /proc/PID/smaps can't be read.
 */
bool children_memory(uint64_t *kibibytes);

#endif
