/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What --check-postfix found, a line each:
 *   ok       as it should be
 *   remark   greylisting works, but somebody should look
 *   FAULT    it does not work
 *   paste    below a finding: what mends it
 */
#ifndef FINDING_H
#define FINDING_H

#include <stdio.h>

enum finding { FINDING_OK, FINDING_REMARK, FINDING_FAULT, FINDING_PASTE };

struct findings {
	FILE *out;
	unsigned count[FINDING_PASTE + 1];
};

void finding(struct findings *, enum finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
