/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server's error means. */
#ifndef REDIS_ERROR_H
#define REDIS_ERROR_H

#include "redis_host.h"

enum redis_error {
	REDIS_ERROR_MOVED, /* another node has the slot */
	REDIS_ERROR_ASK,   /* ... for this once */
	/* A server or a cluster that is not itself now: loads, has no master,
	   moves a slot. Worth another try in a moment. */
	REDIS_ERROR_PASSING,
	REDIS_ERROR_LASTING
};

/* The kind of "READONLY You can't write ...". */
enum redis_error redis_error_kind(struct bytes text);

/*
 * Of "MOVED 3999 192.0.2.5:6381" and "ASK ...". A host without a name is the
 * one that said so. False: it can't be read.
 */
struct redis_redirect {
	unsigned slot;
	struct redis_host host;
};
bool redis_redirect_parse(struct bytes text, struct redis_redirect *);

/* Writes what it says, for a person, with what is to be done if it is known. */
enum { REDIS_EXPLANATION_MAX = 400 };
void redis_error_explain(
    struct bytes text, char out[static REDIS_EXPLANATION_MAX]);

#endif
