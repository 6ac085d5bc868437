/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-dump's options: db_dump's letters, and filters and forms of its own. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "greylist/options.h"
#include "store/store.h"

/* The words of --format, and what it is if none of them is meant. */
enum format { FORMAT_AUTO, FORMAT_TABLE, FORMAT_TSV, FORMAT_JSON, FORMAT_DUMP };

struct settings {
	const char *store;
	int64_t cache;
	const char *home; /* the same by db_dump's name, -h; NULL: not given */
	enum store_table table;
	bool clients;
	bool print;
	bool no_locks;
	const char *file;
	int format;	    /* enum format, after settings_read() never auto */
	const char *client; /* the filters; NULL: not given */
	const char *sender;
	const char *recipient;
	bool count;
	bool advise;
	int state; /* the index of the word: any, waiting, ... */
	const char *since;
	const char *until;
	struct policy policy;
	struct key_options key;
	struct opt_of_all all;
	struct key_settings keys; /* of `key` */
	int64_t now;		  /* epoch seconds */
};

extern const struct opt settings_table[];

/*
 * --format=auto depends on what standard output is, and on whether the call is
 * one that db_dump would take. False: *problem says what is wrong.
 */
bool settings_read(struct settings *, struct conf *, int argc, char **argv,
    struct opt_problem *problem);

#endif
