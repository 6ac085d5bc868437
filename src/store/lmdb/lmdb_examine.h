/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LMDB_EXAMINE_H
#define LMDB_EXAMINE_H

#include "lmdb_pages.h"

#define LMDB_PROBLEM_MAX 128

/*
 * Is all of the file sound? Every page of its trees, the order and the number
 * of records, and that none of the pages that count as free is in use. While it
 * is looked at nobody may change what belongs to its last transaction.
 * 0, an errno, LMDB_ERROR_REFUSED, or MDB_CORRUPTED, with what was found first.
 */
int lmdb_examine(int fd, const struct lmdb_meta *, char *problem);

#endif
