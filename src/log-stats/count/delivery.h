/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of the recipients of messages: the events of a delivery. */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "message_figures.h"

void delivery_event(struct messages *, const struct event *);

#endif
