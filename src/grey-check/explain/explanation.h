/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that there is to say of one request, for people or as JSON.
 */
#ifndef EXPLANATION_H
#define EXPLANATION_H

#include <stdio.h>

#include "grey-check/decide.h"
#include "grey-check/settings.h"

/* Times are epoch seconds; 0: there is no such time. */
struct explanation {
	const struct settings *settings;
	const struct policy *policy;
	const struct verdict *verdict;
	const struct evidence *evidence;
	int64_t now;
	const char *answer; /* as Postfix would get it */
	struct bytes log;   /* the line in the log, where it hides values */
	struct bytes triplet_key, client_key;
	/* With these options grey-check uses the store, where they make other
	   keys than those that were given; empty: with the same. */
	struct bytes used_with;
	bool has_triplet, has_client; /* there is a record, and readable */
	struct triplet_record triplet;
	struct client_record client;
	int64_t passes_from, passes_until; /* a retry would pass */
	int64_t expires; /* its record would be forgotten, if not seen again */
};

void explain_text(const struct explanation *, FILE *out);
/* False: out of memory, or it could not be written. */
bool explain_json(const struct explanation *, FILE *out);

#endif
