/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the log shows of a value of a request with --log-privacy: its SHA-1 sum,
 * as --privacy makes them of keys. Equal values have equal sums, and whoever
 * knows a value finds its lines by it.
 */
#ifndef HIDDEN_H
#define HIDDEN_H

#include "greylist/key.h"
#include "line.h"

/*
 * Of the value in lower case; of an address, of its text in keys, so that the
 * sum is the client's key with --privacy. Of at most LINE_MAX_LENGTH bytes.
 */
void hidden_sum(struct bytes value, char out[static KEY_SUM_LENGTH]);
void hidden_client(struct bytes address, char out[static KEY_SUM_LENGTH]);

#endif
