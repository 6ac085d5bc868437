/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checkpoints, which bound the log and the time of a recovery, in steps that
 * keep nobody waiting. A checkpoint has to bring all changed pages to the disk;
 * made in one piece it holds grey.lock while the disk works, and all mail
 * waits. So most is done before: the disk works without the lock, changed pages
 * are written a slice at a time, and little is left for the checkpoint itself.
 *
 * One process does this at a time. One that stops in between, or is killed, is
 * relieved by whoever finds that the log has grown on.
 */
#ifndef BDB_CHECKPOINT_H
#define BDB_CHECKPOINT_H

#include "bdb_unit.h"

/* One step, if there is something to do. True: there is more. */
bool bdb_checkpoint_step(struct store *);

/* All steps, whether a checkpoint is due or not. */
enum store_result bdb_checkpoint(struct store *);

/* All that is left, before the store is closed. */
void bdb_checkpoint_end(struct store *);

#endif
