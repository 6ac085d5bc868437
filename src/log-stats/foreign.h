/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first lines that are not Postfix', and what they seem to be: for somebody
 * who has given the wrong file.
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "log-stats/entry/entry.h"

enum {
	FOREIGN_LINES = 2,
	FOREIGN_PROGRAMS = 3,
	FOREIGN_TEXT_MAX = 100,
	FOREIGN_NAME_MAX = 32
};

struct foreign {
	size_t lines, programs; /* that are noted */
	bool has_more;		/* programs than those */
	const char *kind;	/* of a line that no program has; NULL: none */
	char line[FOREIGN_LINES][FOREIGN_TEXT_MAX];
	char program[FOREIGN_PROGRAMS][FOREIGN_NAME_MAX];
};

/* entry NULL: its beginning could not be read. */
void foreign_note(struct foreign *, const struct entry *, struct bytes line);

/* ` Its first lines seem to be of dovecot: "..."`, allocated; the caller frees.
 */
char *foreign_say(const struct foreign *);

#endif
