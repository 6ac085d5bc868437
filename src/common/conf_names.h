/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that may stand before any heading of a configuration, and the
 * headings: what one program has there is no mistake for the others.
 */
#ifndef CONF_NAMES_H
#define CONF_NAMES_H

#include <stdbool.h>

/* Has a program of the greylist a setting of this name? */
bool conf_is_name(const char *name);

/* Is there a program of this name? */
bool conf_is_program(const char *name);

#define CONF_PROGRAMS "grey-check, grey-dump, grey-load, grey-expire, log-stats"

#endif
