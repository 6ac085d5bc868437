/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reading of an input can end with, and how it waits. */
#ifndef SOURCE_RESULT_H
#define SOURCE_RESULT_H

#include <stdbool.h>

enum source_result {
	SOURCE_OK,
	SOURCE_LONG,   /* a line that was cut; the rest of it was skipped */
	SOURCE_END,    /* of the input, or the wait said so */
	SOURCE_FAILED, /* unreadable, or a broken archive; see source_error() */
};

/*
 * Called before each read from anything but a regular file, with its
 * descriptor; returns when there is something to read, or false: read no more.
 */
typedef bool source_wait(void *argument, int fd);

#endif
