/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number that stands for some bytes (FNV-1a, 64 bits): for what is to be said
 * once, and is too long to be remembered. Two different things have the same
 * one too rarely to matter, unless somebody makes two that do.
 */
#ifndef MARK_H
#define MARK_H

#include <stdint.h>

#include "bytes.h"

#define MARK_NONE UINT64_C(14695981039346656037)

/* The mark of what has the mark so far, and these bytes after it. Not 0. */
static inline uint64_t
mark_add(uint64_t so_far, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		so_far = (so_far ^ (unsigned char)bytes.data[i]) *
		    UINT64_C(1099511628211);
	return so_far == 0 ? 1 : so_far;
}

static inline uint64_t
mark_add_number(uint64_t so_far, int64_t number)
{
	return mark_add(
	    so_far, (struct bytes){ (const char *)&number, sizeof(number) });
}

#endif
