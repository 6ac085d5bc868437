/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all connections of a process have in common: settings that may change at
 * any time, who decides, and what was complained of how long ago.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include "decide.h"
#include "live.h"

struct service {
	struct live *live;
	const struct settings *settings; /* those that count now */
	struct decider decider;
	bool serves_many; /* it stays, and does not end with a client */
	int64_t next_failure_warning; /* by the monotonic clock */
	int64_t next_slow_warning;
};

/* What a file of the configuration says now counts from this request on. */
void service_refresh(struct service *);

/* Looks at all files now, however short ago that was done. */
void service_read_again(struct service *);

/* Says that the store is slow or can't be used, once a minute. */
void service_warn_of_store(struct service *, const struct verdict *);

/* True, once a minute, where a warning of this kind is due. */
bool service_is_due(int64_t *next_warning);

#endif
