/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms that records are shown in, made of what put.h writes.
 */
#ifndef FORM_H
#define FORM_H

#include "totals.h"

/*
 * The table: its headings, made to fit the first rows, of which is_all says
 * whether any others follow; each row; the totals. now: epoch seconds.
 */
void form_table_begin(enum store_table, int64_t now, const struct row *rows,
    size_t count, bool is_all);
void form_table(const struct row *);
void form_table_end(const struct totals *);

void form_tsv(const struct row *);
void form_json(const struct row *);

/*
 * db_dump's form of one record: a line for the key, one for the value. print:
 * as with -p, else hexadecimal.
 */
void form_dump(bool print, struct bytes key, struct bytes value);

#endif
