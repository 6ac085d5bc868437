/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How wide the columns of the table are: what is short takes what it needs, and
 * client, sender and recipient share the rest of the terminal. Rows come a
 * batch at a time, so only the first is measured; where others follow, columns
 * are as wide as anything that may come.
 */
#ifndef TABLE_LAYOUT_H
#define TABLE_LAYOUT_H

#include "row.h"

struct table_layout {
	int64_t now;
	bool cut;   /* to the widths: there is a terminal */
	int width;  /* of the terminal */
	bool dates; /* there is room for them; else ages */
	int64_t awl_most;
	int client;
	int sender;
	int recipient;
	int count;    /* of a client */
	int times[2]; /* first and last seen; a client's last counted */
	int state;
};

/*
 * For standard output, and a table of triplets or clients. is_all: no rows but
 * these will come.
 */
void table_layout(struct table_layout *, enum store_table,
    const struct row *rows, size_t count, bool is_all);

#endif
