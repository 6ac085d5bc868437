/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-load's options and operands. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "greylist/options.h"
#include "store/store.h"

enum load_mode { LOAD_MERGE, LOAD_REPLACE, LOAD_DELETE };

struct settings {
	const char *store;
	int64_t cache;
	bool clients;
	bool delete;
	bool replace;
	bool sync;
	bool pass;
	bool dry_run;
	int verbose;
	struct policy policy;
	struct key_options key;
	struct opt_of_all all;
	enum store_table table; /* what follows is of the above */
	enum load_mode mode;
	const char *file;      /* NULL: standard input */
	struct address client; /* to pass, as the next two */
	struct bytes sender;
	struct bytes recipient;
};

extern const struct opt settings_table[];

/* False: *problem says what is wrong. */
bool settings_read(struct settings *, struct conf *, int argc, char **argv,
    struct opt_problem *problem);

#endif
