/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reason in a text, without what is different in each line, so that equal
 * reasons can be counted; the rule is doc/maillog.md G8.
 */
#ifndef REASON_H
#define REASON_H

#include "common/bytes.h"

enum { REASON_MAX = 120 };

/*
 * "(host mx[192.0.2.1] said: 550 5.1.1 <u@d>: User unknown (in reply to RCPT TO
 * command))" gives "550 5.1.1 <>: User unknown (in reply to RCPT TO command)".
 * Numbers and ids become "#", mail addresses "<>", addresses of hosts "[]",
 * their names, URLs, and what is quoted "*". Codes of replies, and the name
 * after "blocked using", stay. Nothing gives nothing. At most REASON_MAX bytes.
 */
struct bytes reason_in_short(struct bytes text, char out[static REASON_MAX]);

#endif
