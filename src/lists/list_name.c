/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "list_name.h"

struct name {
	unsigned holders;
	char text[];
};

static struct name *
name_of(const char *text)
{
	return (struct name *)((uintptr_t)text - offsetof(struct name, text));
}

const char *
list_name_new(const char *text)
{
	size_t size = strlen(text) + 1;
	struct name *name = malloc(sizeof(*name) + size);

	if (name == NULL)
		return NULL;
	name->holders = 1;
	memcpy(name->text, text, size);
	return name->text;
}

const char *
list_name_hold(const char *name)
{
	if (name != NULL)
		name_of(name)->holders++;
	return name;
}

void
list_name_drop(const char *name)
{
	if (name != NULL && --name_of(name)->holders == 0)
		free(name_of(name));
}
