/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock: the one clock of the bench programs, in nanoseconds since some
 * fixed moment (CLOCK_MONOTONIC). 64 bits last 584 years.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_MICROSECOND UINT64_C(1000)
#define CLOCK_MILLISECOND UINT64_C(1000000)
#define CLOCK_SECOND UINT64_C(1000000000)

static inline uint64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CLOCK_SECOND + (uint64_t)now.tv_nsec;
}

static inline struct timespec
clock_timespec(uint64_t nanoseconds)
{
	struct timespec span;

	span.tv_sec = (time_t)(nanoseconds / CLOCK_SECOND);
	span.tv_nsec = (long)(nanoseconds % CLOCK_SECOND);
	return span;
}

static inline void
clock_sleep(uint64_t nanoseconds)
{
	struct timespec span = clock_timespec(nanoseconds);

	nanosleep(&span, NULL);
}

#endif
