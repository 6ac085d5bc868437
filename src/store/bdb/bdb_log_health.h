/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a recovery will find in the log all that it needs: everything since
 * the last checkpoint.
 */
#ifndef BDB_LOG_HEALTH_H
#define BDB_LOG_HEALTH_H

#include <stdbool.h>
#include <db.h>

#include "bdb_log.h"
#include "store/store.h"

struct bdb_log_health {
	bool damaged;	     /* it will not, but there are records in it */
	uint64_t unreadable; /* bytes of a log that has none at all */
	/*
	 * Of each table, the first page by which its file has grown since the
	 * last checkpoint: those before it were on the disk then, it and those
	 * after it a recovery makes.
	 */
	uint32_t first_new_page[STORE_TABLES];
	/* Of each table, the id of its file as the log last named it. */
	bool has_id[STORE_TABLES];
	unsigned char id[STORE_TABLES][DB_FILE_ID_LEN];
};

/* 0 or an errno. */
int bdb_log_examine(int directory_fd, struct bdb_log_health *);

#endif
