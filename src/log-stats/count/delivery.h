/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of the recipients of messages: all events of the class deliver.*
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "tally.h"

void delivery_event(struct tally *, const struct event *);

#endif
