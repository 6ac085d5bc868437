/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * figures: a growing list of measured times, in nanoseconds, and the order
 * statistics of it. All values are kept, so quantiles are exact (nearest
 * rank). The list owns its memory; start from an all-zero struct.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>

struct figures {
	uint64_t *values;
	size_t count;
	size_t capacity;
};

/* Out of memory ends the program: a measurement with gaps is worth nothing. */
void figures_add(struct figures *, uint64_t);
void figures_sort(struct figures *);
/* The quantile of a sorted list: 500 is the median, 1000 the maximum; 0 if the
 * list is empty. */
uint64_t figures_quantile(const struct figures *, unsigned int permille);
uint64_t figures_minimum(const struct figures *);
void figures_free(struct figures *);

#endif
