/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey-expire's options.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "common/msg.h"
#include "greylist/options.h"

enum compaction { COMPACT_NOT, COMPACT_JOIN, COMPACT_SHRINK };

struct settings {
	const char *store;
	int64_t cache;
	struct policy policy;
	bool dry_run;
	bool force;
	int verbose;
	int quiet;
	const char *now; /* NULL: the system's clock */
	const char *given_compact;
	enum compaction compact; /* of the above */
	struct msg_target log;	 /* if it is wrong: syslog */
	struct opt_of_all all;
	int64_t time; /* of `now`, epoch seconds */
};

extern const struct opt settings_table[];

/* False: *problem says what is wrong. */
bool settings_read(struct settings *, struct conf *, int argc, char **argv,
    struct opt_problem *problem);

#endif
