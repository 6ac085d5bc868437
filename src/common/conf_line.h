/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of a configuration's file, see grey.conf(5):
 *   name = value      # what stands after a blank and this is a comment
 *   name = " value "  # in double quotes: as it stands, \" and \\ within them
 *   [program]
 */
#ifndef CONF_LINE_H
#define CONF_LINE_H

#include "bytes.h"

enum conf_kind { CONF_NOTHING, CONF_HEADING, CONF_SETTING, CONF_BAD };

struct conf_line {
	enum conf_kind kind;
	const char
	    *name; /* of the heading, NULL if it is bad; or the setting */
	const char *value;   /* of the setting */
	const char *problem; /* of what is bad, whose name may be known: why */
};

/*
 * Takes the line apart in place: it has no end of line, and a NUL is among the
 * `len` bytes only if it is bad. What comes out lies within it.
 */
struct conf_line conf_line(char *line, size_t len);

/* The value as a file has it. Writes at most 2 * strlen + 3 bytes. */
void conf_quote(const char *value, char *out);

#endif
