/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_SLICE_H
#define STORE_SLICE_H

#include <stdbool.h>

#include "common/monotonic.h"

/*
 * Long work ends a unit after this time, and goes on in the next one, so that
 * nobody waits longer.
 */
#define STORE_SLICE_NANOSECONDS 500000

/* begun: the unit, by monotonic_nanoseconds(). */
static inline bool
store_slice_is_over(int64_t begun)
{
	return monotonic_nanoseconds() - begun >= STORE_SLICE_NANOSECONDS;
}

#endif
