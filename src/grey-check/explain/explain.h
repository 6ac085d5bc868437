/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --explain: what would be answered to one request, and why. The decision is
 * decide()'s; here it is put into words, or into JSON.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

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
	struct bytes triplet_key, client_key;
	bool has_triplet, has_client; /* there is a record, and readable */
	struct triplet_record triplet;
	struct client_record client;
	int64_t passes_from, passes_until; /* a retry would pass */
	int64_t expires; /* its record would be forgotten, if not seen again */
};

/*
 * The decider's store is read only. Writes to out; false: that failed, or
 * msg() was told what is wrong with the request or the store.
 */
bool explain(struct decider *, const struct settings *, int64_t now, FILE *out);

/* The two forms. */
void explain_text(const struct explanation *, FILE *out);
/* False: out of memory, or it could not be written. */
bool explain_json(const struct explanation *, FILE *out);

#endif
