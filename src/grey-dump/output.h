/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -f FILE: whole or not at all. FILE is opened by who the program is run as,
 * the work may then become somebody else.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

/*
 * Runs the work in a child process whose standard output is a new file beside
 * `path`, and renames that to path if the work returns `good` or 0; else there
 * is no new file. What is no regular file is written to directly. Returns what
 * the work returned, or 1, and msg() was told why.
 */
int output_to_file(
    const char *path, int good, int (*work)(void *argument), void *argument);

#endif
