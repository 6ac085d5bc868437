/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Goes over a table and deletes what is expired: it is looked for outside the
 * store's lock, and judged again, as it is then, when it is deleted, a few
 * records in one unit of work. So a record that a check has touched stays.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include <signal.h>

#include "greylist/policy.h"
#include "store/store.h"

enum sweep_reason {
	SWEEP_KEPT,
	SWEEP_UNUSED,	    /* max-age */
	SWEEP_NEVER_PASSED, /* retry-window */
	SWEEP_UNREADABLE,
	SWEEP_REASONS
};

/* As they are shown; empty for SWEEP_KEPT. */
extern const char *const sweep_reason_names[SWEEP_REASONS];

struct sweep {
	struct store *store;
	enum store_table table;
	struct policy policy;
	int64_t now;
	bool dry_run;
	/* Told of each record that goes, with -n; NULL: nobody wants to know.
	 */
	void (*tell)(enum sweep_reason, struct bytes key);
	const volatile sig_atomic_t *stop;
	bool quiet; /* no progress at a terminal */
	/* The result. */
	unsigned long records; /* that were looked at */
	unsigned long gone[SWEEP_REASONS];
	bool complete;
};

/* STORE_ERROR: see store_reason(); what was done before is done. */
enum store_result sweep(struct sweep *);

#endif
