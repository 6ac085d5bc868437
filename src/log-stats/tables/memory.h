/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for what is bounded: without it log-stats has no figures to print, and
 * ends with a message.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* The memory as it is; NULL ends the program. */
void *memory_need(void *);

/* count * size bytes, all 0. */
void *memory_new(size_t count, size_t size);
void *memory_grow(void *, size_t count, size_t size);

#endif
