/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey-dump's options: db_dump's letters, and filters and forms of its own.
 *
 * A map of grey-dump, in the order of the way that records take:
 *   main, settings   the options; -f FILE goes through output.c, whole or not
 *   filter.c         where in the order of keys to look, later: which rows
 *   main.c           walks over the store there
 *   row.c            a record decoded: parts, state, what it means now
 *   main.c           batches of rows get their auto-whitelist counts, one read
 *                      for all of them
 *   form_*.c         a row as table; as tsv, JSON, or in db_dump's form
 *   put.c            what the forms are made of
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "greylist/options.h"
#include "store/store.h"

/* The words of --format, and what it is if none of them is meant. */
enum format { FORMAT_AUTO, FORMAT_TABLE, FORMAT_TSV, FORMAT_JSON, FORMAT_DUMP };

struct settings {
	const char *store;
	enum store_table table;
	bool clients;
	bool print;
	bool no_locks;
	const char *file;
	int format;	    /* enum format, after settings_read() never auto */
	const char *client; /* the filters; NULL: not given */
	const char *sender;
	const char *recipient;
	int state; /* the index of the word: any, waiting, ... */
	const char *since;
	const char *until;
	struct policy policy;
	struct key_options key;
	bool help;
	bool version;
	struct key_settings keys; /* of `key` */
	int64_t now;		  /* epoch seconds */
};

extern const struct opt settings_table[];

/*
 * Reads argv; to_terminal: standard output is one, which decides the format if
 * no option does. False: *problem says what is wrong.
 */
bool settings_read(struct settings *, int argc, char **argv, bool to_terminal,
    struct opt_problem *problem);

#endif
