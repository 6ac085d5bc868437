/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an input to the store: records in batches, each one short unit of work.
 */
#ifndef LOAD_H
#define LOAD_H

#include "input.h"
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
 * Loads all that is good in the input; what is bad is told to msg(), with its
 * line. False: the rest could not be read or stored; msg() was told.
 */
bool load_input(struct load *, FILE *in);

/* Loads one record. */
bool load_record(struct load *, const struct record *);

#endif
