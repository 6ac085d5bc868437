/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the store to standard output: which records, in which form.
 *
 * A map of grey-dump, in the order of the way that records take:
 *   main, settings   the options; -f FILE goes through output.c, whole or not
 *   filter.c         where in the order of keys to look, later: which rows
 *   dump.c           walks over the store there
 *   row.c            a record decoded: parts, state, what it means now
 *   dump.c           batches of rows get their auto-whitelist counts, one read
 *                      for all of them
 *   form_*.c         a row as table; as tsv, JSON, or in db_dump's form
 *   table_*.c        the table's columns, the texts in them, what is cut
 *   totals.c         how many rows are in which state
 *   put.c            what the forms are made of
 *   advise/          --advise instead: what all rows together say
 */
#ifndef DUMP_H
#define DUMP_H

#include "filter.h"
#include "totals.h"

/* All was written, but some records can't be decoded. */
enum { DUMP_UNDECODABLE = 3 };

/* The caller fills in settings, filter, store and form; the rest is 0. */
struct dump {
	const struct settings *settings;
	struct filter filter;
	struct store *store;
	void (*form)(const struct row *); /* NULL: db_dump's, or totals */
	struct bytes beginning;		  /* of the keys that are walked over */
	bool begun;			  /* the table has its headings */
	struct totals totals;
	bool failed; /* the store */
};

/*
 * As root, becomes the owner of the store first. 0, DUMP_UNDECODABLE, or
 * PROGRAM_FAILED; msg() has said why.
 */
int dump_records(struct dump *);

#endif
