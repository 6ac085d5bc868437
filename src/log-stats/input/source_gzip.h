/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Members of gzip, one behind the other. By zlib itself, since libarchive (3.6)
 * compares neither their checksums nor their lengths, so that most damage would
 * go unseen; and it keeps the last 64 KiB in front of a break to itself.
 */
#ifndef SOURCE_GZIP_H
#define SOURCE_GZIP_H

#include "common/bytes.h"

struct source_gzip;

/* NULL: out of memory. */
struct source_gzip *source_gzip_new(void);

/*
 * Takes what it can of *in, and writes *count bytes to out, which may be none.
 * NULL, or static text: why it can't go on behind these.
 */
const char *source_gzip_inflate(struct source_gzip *, struct bytes *in,
    char *out, size_t room, size_t *count);

/* What was taken ends with a member's end. */
bool source_gzip_is_whole(const struct source_gzip *);

void source_gzip_free(struct source_gzip *);

#endif
