/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of grey-dump --format=tsv or json to a record. What is stored (network
 * sender recipient first last host; client count last; key value) counts; other
 * fields and names are ignored, but for the state: a line that has one is
 * grey-dump's, and its record stays as it was. Others were written by people or
 * their scripts, and are made as grey-check makes them (made.h).
 */
#ifndef LINE_H
#define LINE_H

#include "made.h"

/* Each returns NULL, or what is wrong with the record, until the next call. */
const char *line_from_tsv(
    const struct making *, enum store_table, struct bytes line, struct item *);
const char *line_from_json(
    const struct making *, enum store_table, struct bytes line, struct item *);

/* Is this grey-dump's word for what becomes of a record? */
bool line_is_state(struct bytes word);

/*
 * grey-dump gives what it can't decode as the bytes of key and value. A value
 * that can be decoded was written by somebody else.
 */
const char *line_from_bytes(const struct making *, enum store_table,
    struct bytes key, struct bytes value, struct item *);

/* What is said of a time that no record can have. */
extern const char line_too_late[];

#endif
