/* SPDX-License-Identifier: BSD-2-Clause */
/* The recipients of a message, as hashes: two in it, or all in a table. */
#ifndef MESSAGE_RECIPIENTS_H
#define MESSAGE_RECIPIENTS_H

#include "message_table.h"

/* NULL: not there. */
struct recipient *message_recipient(struct message *, uint64_t hash);
/* NULL: there are too many to be remembered, which is counted. */
struct recipient *message_add_recipient(
    struct messages *, struct message *, uint64_t hash, bool *is_new);

/* Called for each; a message that forgets its waiting ones. */
void message_each_recipient(struct message *,
    void (*visit)(struct recipient *, void *), void *argument);

#endif
