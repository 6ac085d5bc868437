/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a dry run would have stored so far, in memory: a record that comes twice
 * in an input finds itself there, as it would in a store.
 */
#ifndef REHEARSAL_H
#define REHEARSAL_H

#include "common/bytes.h"
#include "store/store.h"

/* An empty one is NULL. */
struct rehearsal;

void rehearsal_free(struct rehearsal *);

/* What was noted for the key; NULL: nothing. len 0: it would be deleted. */
const struct store_value *rehearsal_find(
    const struct rehearsal *, struct bytes key);

/* False: out of memory. */
bool rehearsal_note(
    struct rehearsal **, struct bytes key, const struct store_value *);

#endif
