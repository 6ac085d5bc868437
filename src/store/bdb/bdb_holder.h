/* SPDX-License-Identifier: BSD-2-Clause */
/* Who holds the store, and since when, for those who have waited in vain. */
#ifndef BDB_HOLDER_H
#define BDB_HOLDER_H

#include "bdb.h"
#include "store/store_engine.h"

/* Sets the reason and returns STORE_ERROR. */
enum store_result bdb_held_by_another(struct store *, const struct bdb *);

#endif
