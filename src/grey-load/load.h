/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an input to the store: records in order, and in batches, each one short
 * unit of work.
 *
 * A map of grey-load, in the order of the way that records take:
 *   main, settings  the options, and the file
 *   input.c         a stream to records, whatever their form
 *   line_tsv.c      a line of tab-separated fields to a record, line_json.c one
 *                     of JSON (db_dump's are read by store/dump_text.c)
 *   made.c          what somebody wrote, made as grey-check makes it
 *   item.c          a record as it is to be stored
 *   doubt.c         what is odd about records that are taken as they are
 *   pile.c          some hundred thousand records, in the order of their keys
 *   load.c          batches of records to the store, and what is bad reported
 *   merge.c         what becomes of a record where there is one already
 *   rehearsal.c     what a dry run would have stored so far
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdio.h>

#include "common/progress.h"
#include "doubt.h"
#include "rehearsal.h"
#include "settings.h"

enum load_outcome {
	LOAD_NEW,
	LOAD_CHANGED, /* merged, replaced or deleted */
	LOAD_UNCHANGED,
	LOAD_OUTCOMES
};

struct load {
	const struct settings *settings;
	struct store *store;
	const char *name;		       /* of the input, for messages */
	unsigned long records;		       /* that were read and are good */
	unsigned long outcomes[LOAD_OUTCOMES]; /* of these */
	unsigned long made;		       /* by hand, of these */
	unsigned long bad;
	struct making making;
	struct doubts doubts;
	struct rehearsal *rehearsal; /* of a dry run */
	struct progress progress;
};

/*
 * Loads all that is good in the input; msg() says what is bad, with its line.
 * False: the rest could not be read or stored; msg() has said why.
 */
bool load_input(struct load *, FILE *in);

/*
 * --pass: a record that lets mail pass from now on, whatever the delay; results
 * as load_input().
 */
bool load_passed(struct load *);

#endif
