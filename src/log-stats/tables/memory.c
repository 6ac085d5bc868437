/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/msg.h"
#include "common/program.h"
#include "memory.h"

void *
memory_need(void *memory)
{
	if (memory != NULL)
		return memory;
	msg(MSG_ERROR, "out of memory");
	exit(PROGRAM_FAILED);
}

void *
memory_new(size_t count, size_t size)
{
	return memory_need(calloc(count > 0 ? count : 1, size));
}

void *
memory_grow(void *memory, size_t count, size_t size)
{
	return memory_need(reallocarray(memory, count, size));
}
