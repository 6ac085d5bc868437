/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for tables whose size is bounded: a log-stats that gets none has no
 * figures to print, and ends with a message.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* count * size bytes, all 0. */
void *memory_new(size_t count, size_t size);
void *memory_grow(void *, size_t count, size_t size);

#endif
