/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reaches standard error between a begin and an end.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "common/bytes.h"

void capture_begin(void);

/* Valid until the next end. At most three of msg()'s longest lines. */
struct bytes capture_end(void);

#endif
