/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -f FILE: whole or not at all. FILE is opened by the user who runs the
 * program; the work may then go on as another user.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

/*
 * Runs the work in a child process whose standard output is a new file beside
 * `path`, and renames that to path if the work returns `good` or 0; else it
 * removes it. A new file is for its owner alone (0600), an old one keeps its
 * mode. What is not a regular file is written to directly; a link or a fifo is
 * followed only if it belongs to this user or to root. Returns what the work
 * returned, or 1 when msg() has said why.
 */
int output_to_file(
    const char *path, int good, int (*work)(void *argument), void *argument);

#endif
