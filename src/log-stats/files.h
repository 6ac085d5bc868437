/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inputs in the order of their first stamps, so that rotated logs may be
 * given in any order; and the years of stamps that have none: a file's last
 * stamp is not later than its last change, and from stamp to stamp the months
 * tell when a year has ended.
 */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>
#include <stdint.h>

#include "log-stats/entry/stamp.h"

struct input_file {
	const char *name;
	int64_t first_time; /* microseconds; INT64_MAX: it has no time */
	struct stamp_clock clock;
};

/* If there are several files, each is looked into. The caller frees. */
struct input_file *files_in_order(char *const *names, size_t count);

#endif
