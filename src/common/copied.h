/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients, senders and recipients as people copy them from the lines of a log,
 * and what is meant by them. Blanks around them don't matter. Only for what
 * people give: a sender in a request is never written like this.
 */
#ifndef COPIED_H
#define COPIED_H

#include "address.h"
#include "bytes.h"

/*
 * An address, also as mail.example.com[192.0.2.5] or [IPv6:2001:db8::5], with
 * ":port" or a comma after it, or "client=" or "client_address=" before it.
 * *name lies in the text; it is empty if there is none. False: it has no
 * address.
 */
bool copied_client(struct bytes text, struct bytes *name, struct address *);

/*
 * A mail address, also as <a@b> (<> is empty), or with "mailto:", a name
 * such as "from=" before < or with "sender=" or "recipient=" before it, and a
 * comma after it. *mailbox lies in the text. NULL, or what is wrong with it,
 * such as "is not one address".
 */
const char *copied_mailbox(struct bytes text, struct bytes *mailbox);

#endif
