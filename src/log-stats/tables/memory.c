/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "common/program.h"
#include "memory.h"

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

void *
memory_grow(void *memory, size_t count, size_t size)
{
	return need(reallocarray(memory, count, size));
}
