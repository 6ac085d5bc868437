/* SPDX-License-Identifier: BSD-2-Clause */
/* figures: see figures.h */

#include <err.h>
#include <stdlib.h>

#include "figures.h"

#define FIGURES_FIRST_CAPACITY 4096

void
figures_add(struct figures *figures, uint64_t value)
{
	size_t capacity;

	if (figures->count == figures->capacity) {
		capacity = figures->capacity * 2;
		if (capacity == 0)
			capacity = FIGURES_FIRST_CAPACITY;
		figures->values = reallocarray(
		    figures->values, capacity, sizeof(*figures->values));
		if (figures->values == NULL)
			err(1, "no memory for %zu measured times", capacity);
		figures->capacity = capacity;
	}
	figures->values[figures->count++] = value;
}

static int
figures_compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

void
figures_sort(struct figures *figures)
{
	if (figures->count > 0)
		qsort(figures->values, figures->count, sizeof(*figures->values),
		    figures_compare);
}

uint64_t
figures_quantile(const struct figures *figures, unsigned int permille)
{
	size_t rank;

	if (figures->count == 0)
		return 0;
	rank = (figures->count * permille + 999) / 1000;
	return figures->values[rank > 0 ? rank - 1 : 0];
}

uint64_t
figures_minimum(const struct figures *figures)
{
	return figures_quantile(figures, 0);
}

void
figures_free(struct figures *figures)
{
	free(figures->values);
	*figures = (struct figures){ 0 };
}
