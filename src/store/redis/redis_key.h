/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the keys of the tables stand among a server's keys:
 *   triplets  g:{NETWORK}/SENDER/RECIPIENT, what is before the first slash; or
 *             g:{KEY} where there is none
 *   clients   c:{NETWORK}ADDRESS, the /24 or /64 that it is in; or c:{KEY} of
 *             what is no address
 * What is in the braces decides which node of a cluster has a key: so both keys
 * of a check are on one node where clients count as such networks. Both ways
 * depend on nothing but the key.
 */
#ifndef REDIS_KEY_H
#define REDIS_KEY_H

#include "store/store.h"

/* How much longer than the table's key a server's key is at the most. */
enum { REDIS_KEY_MORE = 64 };

/* Writes into out, which has room for key.len + REDIS_KEY_MORE. */
size_t redis_key_make(enum store_table, struct bytes key, char *out);

/*
 * The table's key of a server's key; writes into out, which has room for as
 * much. False: such a key is not made.
 */
bool redis_key_read(
    enum store_table, struct bytes theirs, char *out, size_t *len);

/* For SCAN. */
const char *redis_key_pattern(enum store_table);

/* Which of a cluster's slots has it. */
enum { REDIS_SLOTS = 16384 };
unsigned redis_key_slot(struct bytes theirs);

#endif
