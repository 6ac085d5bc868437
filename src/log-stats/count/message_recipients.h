/* SPDX-License-Identifier: BSD-2-Clause */
/* The recipients of a message, as hashes: two in it, or all in a table. */
#ifndef MESSAGE_RECIPIENTS_H
#define MESSAGE_RECIPIENTS_H

#include "message_table.h"

/* NULL: not there. */
struct recipient *message_recipient(struct message *, uint64_t hash);
/* NULL: there are too many to remember, and one more was dropped. */
struct recipient *message_add_recipient(
    struct messages *, struct message *, uint64_t hash, bool *is_new);

/* All, in no order: *at begins as 0; NULL is the end. */
struct recipient *message_next_recipient(struct message *, size_t *at);

#endif
