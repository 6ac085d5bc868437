/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A cell as people see it: printable, in the locale's digits, at most
 * READABLE_WIDTH columns wide; what is wider is cut and ends with "...".
 */
#ifndef READABLE_H
#define READABLE_H

#include "report.h"

#define READABLE_WIDTH 100

int readable_width(struct cell);

/* With blanks after it, or before it, to fill the width. */
void readable_put_left(FILE *, struct cell, int width);
void readable_put_right(FILE *, struct cell, int width);

#endif
