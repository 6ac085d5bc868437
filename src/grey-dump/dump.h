/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the store to standard output: which records, in which form.
 */
#ifndef DUMP_H
#define DUMP_H

#include "filter.h"
#include "form.h"
#include "settings.h"

/* All was written, but some records can't be decoded. */
enum { DUMP_UNDECODABLE = 3 };

/* settings, filter, rows and store are the caller's to fill in, the rest is 0.
 */
struct dump {
	const struct settings *settings;
	struct filter filter;
	struct row_settings rows;
	struct store *store;
	const struct form *form; /* NULL: db_dump's */
	struct bytes beginning;	 /* of the keys that are walked over */
	unsigned long undecodable;
	bool out_of_memory;
	bool failed; /* the store */
};

/*
 * As root, becomes the owner of the store first. 0, DUMP_UNDECODABLE, or
 * PROGRAM_FAILED; msg() was told why.
 */
int dump_records(struct dump *);

#endif
