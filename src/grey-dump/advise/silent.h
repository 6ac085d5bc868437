/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Networks none of whose triplets ever came back. Rows come in the order of
 * their keys, so those of a network come together.
 */
#ifndef SILENT_H
#define SILENT_H

#include "grey-dump/row.h"

/* As a key has it, perhaps one that somebody wrote: 45 is the longest text of
   an IPv6 address, with an IPv4 address at its end; with /32 or /128 by host.
 */
enum { SILENT_TEXT_MAX = 45 + 4, SILENT_MOST = 10 };

struct silent_network {
	char text[SILENT_TEXT_MAX];
	size_t len;
	int64_t triplets;
};

struct silent {
	struct silent_network now; /* whose rows are coming */
	bool returned;		   /* one of them; or it may yet */
	int64_t networks, silent, silent_triplets;
	size_t count;
	struct silent_network most[SILENT_MOST]; /* the largest first */
};

void silent_add(struct silent *, const struct settings *, const struct row *);
void silent_end(struct silent *); /* there are no more rows */
void silent_say(const struct silent *);
void silent_json(const struct silent *);

#endif
