/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of the syslog protocol, RFC 5424:
 *   1 2026-02-10T17:01:35.123456Z mx1 postfix/smtpd 42 - - connect from ...
 * A part that is not known is "-"; before the text may be structured data in
 * brackets, and a byte order mark.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "entry.h"
#include "stamp.h"

/* The line after its <PRI>. False: it has another form. */
bool protocol_read(struct stamp_clock *, struct bytes line, struct entry *);

#endif
