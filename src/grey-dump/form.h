/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms that records are shown in, made of what put.h writes.
 */
#ifndef FORM_H
#define FORM_H

#include "row.h"

/* The headings, before all rows of the table. */
void form_table_begin(enum store_table);
void form_table(const struct row *);
void form_tsv(const struct row *);
void form_json(const struct row *);

/*
 * db_dump's form of one record: a line for the key, one for the value. print:
 * as with -p, else hexadecimal.
 */
void form_dump(bool print, struct bytes key, struct bytes value);

#endif
