/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of one input, decompressed: what lies under source.h's lines.
 */
#ifndef SOURCE_INPUT_H
#define SOURCE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"
#include "source_result.h"

/* How much one read(2) asks for. */
#define SOURCE_READ_SIZE (256 * 1024)
#define SOURCE_ERROR_MAX 256

struct archive;
struct source_decoder;

struct source_input {
	int fd;
	bool regular;
	source_wait *wait;
	void *argument;
	int64_t changed;

	bool identified;
	bool stopped;		     /* the wait said so */
	bool ended;		     /* no more read(2) */
	enum source_result finished; /* SOURCE_OK: not yet */
	char error[SOURCE_ERROR_MAX];

	bool compressed;
	struct source_decoder *decoder; /* or else the archive */
	struct archive *archive;
	char *raw;	    /* what was read, for the archive */
	int64_t given;	    /* bytes that the archive has got */
	size_t peeked;	    /* bytes read to see what the input is */
	struct bytes block; /* of the archive, not yet given; else raw */
};

/* NULL, or why not; then there is nothing to close. */
const char *source_input_open(
    struct source_input *, const char *name, source_wait *, void *argument);

/*
 * SOURCE_OK: *count bytes, at least 1, have been written to out, which has room
 * for SOURCE_READ_SIZE. Else there will never be any more.
 */
enum source_result source_input_read(
    struct source_input *, char *out, size_t *count);

void source_input_close(struct source_input *);

#endif
