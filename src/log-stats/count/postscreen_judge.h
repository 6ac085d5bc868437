/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of a session of postscreen, by its flags; see postscreen.h. */
#ifndef POSTSCREEN_JUDGE_H
#define POSTSCREEN_JUDGE_H

#include "postscreen_table.h"

/* Its DISCONNECT has come. */
void psc_judge(struct postscreen *, uint32_t flags, const struct event *);

/* A session was handed off in spite of the tests it failed: 1, or -1 to take
 * that back. */
void psc_count_ignored(struct postscreen *, uint32_t flags, uint64_t change);

/* The mode of a test, as the user says, or as the sessions so far show. */
enum mode psc_mode(const struct postscreen *, enum test);

#endif
