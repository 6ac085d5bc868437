/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms that records are shown in, one file each, made of what put.h
 * writes to standard output.
 */
#ifndef FORM_H
#define FORM_H

#include "row.h"

struct form {
	/* Writes what stands before all rows; NULL: nothing does. */
	void (*begin)(enum store_table);
	void (*row)(const struct row *);
};

extern const struct form form_table, form_tsv, form_json;

/*
 * db_dump's form of one record: a line for the key, one for the value. print:
 * as with -p, else hexadecimal.
 */
void form_dump(bool print, struct bytes key, struct bytes value);

#endif
