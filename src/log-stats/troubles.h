/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which inputs could not be read, and why. It is said after the report or the
 * table, so that it is the last thing on the screen and not 130 lines above.
 */
#ifndef TROUBLES_H
#define TROUBLES_H

#include <stddef.h>

struct troubles {
	size_t count;
	char **texts;
};

/* The texts are copied. */
void troubles_add(struct troubles *, const char *name, const char *why);

void troubles_say(const struct troubles *);

void troubles_free(struct troubles *);

#endif
