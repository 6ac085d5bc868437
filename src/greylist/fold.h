/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One sender, however often he changes his address: what is made anew for each
 * message goes out of the local part (--fold-senders=full). '#' stands where
 * something was. The forms and where they come from are in the table in fold.c;
 * t/grey-check/senders has real ones, and those that only look like it.
 *
 * A forger gains nothing: to be folded into somebody's address is to have a
 * sender that he could have written out as well.
 */
#ifndef FOLD_H
#define FOLD_H

#include "common/bytes.h"

/*
 * The folded sender, not yet in lower case. recipient: of the same request,
 * which the sender may hold (VERP). Writes at most sender.len bytes and returns
 * how many; out must not overlap sender.
 */
size_t fold_sender(struct bytes sender, struct bytes recipient, char *out);

#endif
