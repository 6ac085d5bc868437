/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * when_format(), but for very many times: the C library takes longer for one
 * than all the rest of a row does.
 */
#ifndef LOCAL_TIME_H
#define LOCAL_TIME_H

#include "common/when.h"

/* Epoch seconds, not below 0. */
void local_time_format(int64_t time, char out[static WHEN_TEXT_MAX]);

#endif
