/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of one input: a file or standard input, as it is or compressed
 * (gz, xz, zst or bz2, recognized by its content). Memory is one buffer of
 * fixed size, whatever the input holds.
 *
 * The way of the bytes through this folder, from the bottom up:
 *   source_kind    what an input is, by its first bytes
 *   source_gzip, source_xz  members, one after the other, decompressed
 *   source_input   read(2), and libarchive for the other archives: bytes
 *   source         bytes to lines, or to a given number of bytes
 *   source_result  what a reading ends with, and how it waits
 *   follow         how to wait for input that does not end: shows the table
 *                  from time to time, and ends by a signal
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"
#include "source_result.h"

struct source;

/* A longer line is cut to this many bytes: no log has one. */
#define SOURCE_LINE_MAX 65536

/*
 * name "-" is standard input. NULL and *why (static text, or strerror()'s): it
 * could not be opened, or is a directory. wait may be NULL: block.
 */
struct source *source_open(
    const char *name, source_wait *wait, void *argument, const char **why);

/*
 * The next line, without its newline; the last may lack one (*cut is then
 * true). It lies in the source's buffer until the next call.
 */
enum source_result source_line(struct source *, struct bytes *line, bool *cut);

/* Called before the bytes of earlier lines are overwritten. */
typedef void source_forget(void *argument);
void source_on_forget(struct source *, source_forget *, void *argument);

/*
 * The next count bytes as they are, for the journal's export format; at most
 * SOURCE_LINE_MAX of them are kept (SOURCE_LONG), the others skipped. If the
 * input ends before, what is left of it comes with SOURCE_END or SOURCE_FAILED.
 */
enum source_result source_bytes(
    struct source *, uint64_t count, struct bytes *bytes);

/* Why the last call returned SOURCE_FAILED. */
const char *source_error(const struct source *);

/* Is it a regular file that is not compressed? */
bool source_is_plain_file(const struct source *);
/* When it was last changed, in seconds; if it is not a file, when it was
 * opened.
 */
int64_t source_changed(const struct source *);

void source_close(struct source *);

#endif
