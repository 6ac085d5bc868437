/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an input to the store: records in batches, each one short unit of work.
 *
 * A map of grey-load, in the order of the way that records take:
 *   main, settings  the options, and the file
 *   input.c         a stream to records, whatever their form
 *   item.c          a line of tab-separated fields, or of JSON, to a record
 *                     (db_dump's lines are read by store/dump_text.c)
 *   load.c          batches of records to the store, and what is bad reported
 *   merge.c         what becomes of a record where there is one already
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdio.h>

#include "settings.h"

struct load {
	const struct settings *settings;
	struct store *store;
	const char *name;      /* of the input, for messages */
	unsigned long records; /* that were read and are good */
	unsigned long changed; /* of the store */
	unsigned long bad;
};

/*
 * Loads all that is good in the input; msg() says what is bad, with its line.
 * False: the rest could not be read or stored; msg() has said why.
 */
bool load_input(struct load *, FILE *in);

/* --pass: a record that lets mail pass from now on, seen a whole delay ago. */
bool load_passed(struct load *, int64_t now);

#endif
