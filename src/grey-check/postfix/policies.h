/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy services that main.cf and master.cf name, wherever
 * check_policy_service stands: in restrictions and in their classes.
 */
#ifndef POLICIES_H
#define POLICIES_H

#include "finding.h"
#include "master.h"

enum { POLICIES_MAX = 32, POLICY_NAME_MAX = 256 };

/* Each once: "unix:private/greylist", "inet:127.0.0.1:10023". */
struct policies {
	size_t count;
	char name[POLICIES_MAX][POLICY_NAME_MAX];
	/* A grey-check has answered there, which is not of master.cf; set by
	   check.c. */
	bool is_ours[POLICIES_MAX];
};

void policies_find(const struct master *, struct policies *);

/*
 * Those that no service of master.cf answers: mail waits for ever. Returns one
 * of them, or NULL.
 */
const char *policies_check(
    struct findings *, const struct master *, const struct policies *);

/* What "unix:PATH" or "inet:[HOST:]PORT" names, where that is no service of
   master.cf. The name is kept by reference. */
struct master_service policies_other(const char *name);

#endif
