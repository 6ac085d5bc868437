/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks over a table and deletes what has expired.
 *
 * A map of grey-expire:
 *   main, settings   the options, one run at a time, counts and messages
 *   sweep.c          a walk outside the store's lock finds what is expired;
 *                      then, a few records in one unit of work, each is judged
 *                      again as it is now, and deleted: what a check has
 *                      touched meanwhile stays
 *   main             with --compact, the files afterwards
 * What is expired is decided by greylist/policy.c, as for all programs.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include <signal.h>

#include "settings.h"
#include "store/store.h"

enum sweep_reason {
	SWEEP_KEPT = POLICY_KEPT,
	SWEEP_UNUSED = POLICY_UNUSED,		  /* max-age */
	SWEEP_NEVER_PASSED = POLICY_NEVER_PASSED, /* retry-window */
	SWEEP_UNREADABLE,
	SWEEP_REASONS
};

/* As they are shown; empty for SWEEP_KEPT. */
extern const char *const sweep_reason_names[SWEEP_REASONS];

struct sweep {
	const struct settings *settings;
	struct store *store;
	enum store_table table;
	bool looks; /* nothing is deleted, but counted */
	const volatile sig_atomic_t *stop;
	/* The result. */
	unsigned long records; /* that were looked at */
	unsigned long gone[SWEEP_REASONS];
	bool complete; /* true before, too */
};

/*
 * With -nv also prints each key that would go. STORE_ERROR: see store_reason();
 * what was done before is done.
 */
enum store_result sweep_table(struct sweep *);

#endif
