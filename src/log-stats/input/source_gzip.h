/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Members of gzip, one after the other. By zlib itself: libarchive (3.6)
 * compares neither checksums nor lengths, so that most damage would go unseen,
 * and does not hand out the last 64 KiB in front of a break.
 */
#ifndef SOURCE_GZIP_H
#define SOURCE_GZIP_H

#include "common/bytes.h"

struct source_gzip;

/* NULL: out of memory. */
struct source_gzip *source_gzip_new(void);

/*
 * Takes what it can of *in, and writes *count bytes, or none, to out. NULL, or
 * static text: why it can't go on after these.
 */
const char *source_gzip_inflate(struct source_gzip *, struct bytes *in,
    char *out, size_t room, size_t *count);

/* Has the last byte that was taken ended a member? */
bool source_gzip_is_whole(const struct source_gzip *);

void source_gzip_free(struct source_gzip *);

#endif
