/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What store.h promises, whatever the engine: a program that runs its
 * statements on the store that it is given, and prints TAP. What is in that
 * store is deleted.
 *   main.c       the store of a test
 *   checks.c     store_check() and what is begun
 *   records.c    store_get(), store_update(), store_walk()
 *   processes.c  several processes on one store
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include "store/store.h"
#include "../unit/unit.h"

extern const struct unit_test contract_checks[], contract_records[],
    contract_processes[];

/* A store opened anew; what was put is still there, but with mem:. */
struct store *contract_open(void);
struct store *contract_open_read_only(void);
/* The same, after all of its records were deleted. */
struct store *contract_empty(void);

/* mem: is forgotten when it is closed. */
bool contract_is_kept(void);

/* One record, by store_update() and store_get(). data NULL: absent. */
void contract_put(
    struct store *, enum store_table, struct bytes key, struct bytes value);
struct bytes contract_value(struct store *, enum store_table, struct bytes key);

/* CHECK that the call was STORE_OK; else shows the store's reason. */
#define CHECK_DONE(store, call) contract_done(__FILE__, __LINE__, store, call)
void contract_done(
    const char *file, int line, struct store *, enum store_result);

/* A check with these keys, and what the callbacks saw and want. */
struct contract_check {
	struct store_check check;
	bool decides;		   /* on_client says so */
	struct bytes next_client;  /* to be stored by on_client */
	struct bytes next_triplet; /* to be stored by on_triplet, as are */
	struct bytes then_client;  /* ... these two; data NULL: nothing */
	bool spare;		   /* next_triplet is */
	bool client_shown, triplet_shown;
	struct bytes client, triplet; /* data NULL: absent */
	char client_buffer[STORE_VALUE_MAX], triplet_buffer[STORE_VALUE_MAX];
};
/* client NULL: it is not read. */
void contract_check(struct contract_check *, const char *client,
    const char *triplet, const char *fresh);

#endif
