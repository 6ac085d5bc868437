/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms that records are shown in, one file each. Errors of the stream are
 * left for its end, ferror(3) tells.
 */
#ifndef FORM_H
#define FORM_H

#include <stdio.h>

#include "row.h"

struct form {
	/* What stands before all rows; NULL: nothing. */
	void (*begin)(FILE *, enum store_table);
	/* False: out of memory. */
	bool (*row)(FILE *, const struct row *);
};

extern const struct form form_table, form_tsv, form_json;

/*
 * db_dump's form of one record: a line for the key, one for the value. print:
 * as with -p, else hexadecimal.
 */
void form_dump(FILE *, bool print, struct bytes key, struct bytes value);

#endif
