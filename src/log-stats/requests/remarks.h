/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the log became requests, and what could not, for standard error. */
#ifndef REMARKS_H
#define REMARKS_H

#include "requests.h"

/* After requests_end(). */
void remarks_say(const struct requests *);

#endif
