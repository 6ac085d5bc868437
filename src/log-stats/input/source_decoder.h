/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoders for what libarchive does not do well enough.
 *   gzip  by zlib itself: libarchive (3.6) compares neither checksums nor
 *         lengths, so that most damage would go unseen, and does not hand out
 *         the last 64 KiB in front of a break
 *   xz    by liblzma itself: libarchive lets a file take a gigabyte of memory
 * Either reads members (streams) one after the other.
 */
#ifndef SOURCE_DECODER_H
#define SOURCE_DECODER_H

#include <stdbool.h>

#include "common/bytes.h"

struct source_decoder {
	/*
	 * Takes what it can of *in, and writes *count bytes, or none, to out.
	 * NULL, or static text: why it can't go on after these.
	 */
	const char *(*decode)(struct source_decoder *, struct bytes *in,
	    char *out, size_t room, size_t *count);
	void (*free)(struct source_decoder *);
	bool whole; /* the last byte that was taken has ended a member */
};

/* NULL: out of memory. */
struct source_decoder *source_gzip_new(void);
struct source_decoder *source_xz_new(void);

/* Bytes of memory that unpacking may take; more is refused with this text. */
#define SOURCE_XZ_MEMORY (128UL << 20)
extern const char source_too_large[];

#endif
