/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A cell as people see it: printable, in the locale's digits, at most
 * SHOWN_WIDTH columns wide; what is wider is cut and ends with "...".
 */
#ifndef SHOWN_H
#define SHOWN_H

#include "report.h"

#define SHOWN_WIDTH 100

int shown_width(struct cell);

/* With blanks around it to fill the width, if it is not wider. */
void shown_put_left(FILE *, struct cell, int width);
void shown_put_right(FILE *, struct cell, int width);

#endif
