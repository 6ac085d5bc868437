/* SPDX-License-Identifier: BSD-2-Clause */
/* What no other part follows, but figures and lists show. */
#ifndef OTHERS_H
#define OTHERS_H

#include "ledger.h"

/* Of the master daemon. */
struct others {
	uint64_t starts;
	uint64_t reloads;
	uint64_t stops;
};

/* The classes that are listed here: most are not. */
extern const bool others_list[EVENT_CLASS_COUNT];

/* Of one of these classes. */
void others_event(struct others *, struct ledger *, const struct event *);

#endif
