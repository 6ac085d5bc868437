/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processes of a host know together about stores on others, in the
 * page that they share (store/shared/store_page.h). None of it is needed, and
 * all may be lost.
 */
#ifndef REDIS_STATE_H
#define REDIS_STATE_H

#include "redis_pause.h"
#include "store/shared/store_page.h"
#include "store/store.h"

/* The file's name in the directory. */
#define REDIS_STATE_FILE "grey.state"

struct redis_state {
	struct store_page page;
};

/*
 * NULL: the store's reason says why there is none. The directory is made if it
 * is not there, and the file.
 */
struct redis_state *redis_state_open(struct store *, const char *directory);
void redis_state_close(struct redis_state *);

/* With state NULL it is this process's own. */
void redis_state_pause(
    struct redis_state *, struct redis_pause *, uint64_t mark);

/* True once in so many seconds, for one process: what the mark stands for is
   due. now: epoch seconds. */
bool redis_state_is_due(
    struct redis_state *, uint64_t mark, int64_t now, int64_t span);

/* See store_say_once(). */
bool redis_state_say_once(struct redis_state *, uint64_t mark);

#endif
