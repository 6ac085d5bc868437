/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "program.h"

static void *
need(void *memory)
{
	if (memory != NULL)
		return memory;
	fprintf(stderr, "log-stats: out of memory\n");
	exit(PROGRAM_FAILED);
}

void *
memory_new(size_t count, size_t size)
{
	return need(calloc(count > 0 ? count : 1, size));
}

/* Where the size is known, gcc 12 makes a loop of one instruction of it, which
 * is many times slower than the library's. */
__attribute__((noinline, noclone)) void
memory_clear(void *memory, size_t size)
{
	memset(memory, 0, size);
}

void *
memory_grow(void *memory, size_t count, size_t size)
{
	return need(reallocarray(memory, count, size));
}
