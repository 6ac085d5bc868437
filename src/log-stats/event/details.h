/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts of lines that no figure needs, for --requests: they are looked for when
 * they are asked for, so that a report does not pay for them. Each lives as
 * long as the line does, and is empty where the line has none.
 */
#ifndef DETAILS_H
#define DETAILS_H

#include "event.h"

/* The name of the event's client, as Postfix verified it, or "unknown". */
struct bytes details_client_name(const struct entry *, const struct event *);

/* Of a reply's line, proto= and helo=. */
struct bytes details_protocol(const struct entry *);
struct bytes details_helo(const struct entry *);

/* Of qmgr's line, nrcpt=; 0: it has none. */
uint64_t details_recipients(const struct entry *);

#endif
