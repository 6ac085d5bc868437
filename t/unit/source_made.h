/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sources of given bytes, and what is read from them.
 */
#ifndef SOURCE_MADE_H
#define SOURCE_MADE_H

#include "log-stats/input/source.h"
#include "unit.h"

/* At most a megabyte goes into a pipe, whose other end is closed then. */
enum made { MADE_FILE, MADE_PIPE, MADE_COUNT };

struct source *source_of(struct bytes content, enum made);

/*
 * Reads all lines, checks what stands behind each, and closes the source. Of
 * the lines all but what was skipped comes to out, with the newlines that were
 * there.
 */
struct lines {
	char *text; /* to be freed */
	size_t len;
	unsigned count;
	unsigned long_count;
	bool cut; /* the last one */
	enum source_result result;
	char error[256];
};

struct lines lines_of(struct source *);

#endif
