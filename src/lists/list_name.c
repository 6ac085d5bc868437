/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "list_name.h"

/* How many hold it stands before the text. */
static unsigned *
holders_of(const char *name)
{
	return (unsigned *)(uintptr_t)name - 1;
}

const char *
list_name_new(const char *text)
{
	size_t size = strlen(text) + 1;
	unsigned *holders = malloc(sizeof(*holders) + size);

	if (holders == NULL)
		return NULL;
	*holders = 1;
	return memcpy(holders + 1, text, size);
}

const char *
list_name_hold(const char *name)
{
	if (name != NULL)
		++*holders_of(name);
	return name;
}

void
list_name_drop(const char *name)
{
	if (name != NULL && --*holders_of(name) == 0)
		free(holders_of(name));
}
