/* SPDX-License-Identifier: BSD-2-Clause */
/* Of a delivery, or a try of one: what the other side said, and who that is. */
#ifndef REMOTE_H
#define REMOTE_H

#include "event.h"

/* The code of its reply, "550"; empty: it is not known. */
struct bytes remote_code(const struct event *);

/* "mx.example.org[192.0.2.1]:25", or a service; empty: it is not known. */
struct bytes remote_name(const struct entry *, const struct event *);

#endif
