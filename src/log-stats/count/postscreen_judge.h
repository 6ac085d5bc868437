/* SPDX-License-Identifier: BSD-2-Clause */
/* What a session of postscreen came to, from its flags; see postscreen.h. */
#ifndef POSTSCREEN_JUDGE_H
#define POSTSCREEN_JUDGE_H

#include "postscreen_table.h"

/* Its DISCONNECT has come. */
void psc_judge(struct postscreen *, uint32_t flags, const struct event *);

/* It was handed off, so that the tests it failed were ignored; change is 1, or
 * -1 to take that back. */
void psc_count_ignored(struct postscreen *, uint32_t flags, uint64_t change);

/* What all sessions so far say of a test, or the user. */
enum mode psc_mode(const struct postscreen *, enum test);

#endif
