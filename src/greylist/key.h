/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of the store, as postgrey makes them:
 *   triplet  network/sender/recipient in lower case, the sender folded
 *   client   the client's address
 * or the SHA-1 of either in hex, with privacy.
 */
#ifndef KEY_H
#define KEY_H

#include "common/address.h"
#include "common/bytes.h"

struct key_settings {
	unsigned ipv4_prefix; /* 1 to 32: bits of an IPv4 address that count */
	unsigned ipv6_prefix; /* 1 to 128 */
	bool by_host;	      /* all bits count, and stand in the key */
	bool privacy;
	bool folds_fully; /* senders: see fold.h, else as postgrey */
};

/* The longest sender and the longest recipient that make a key. */
#define KEY_ADDRESS_MAX 4096
#define KEY_MAX (2 * KEY_ADDRESS_MAX + ADDRESS_TEXT_MAX + 8)

/* The SHA-1 sum in lower case hex, which may take the place of the bytes. */
#define KEY_SUM_LENGTH 40
void key_sum(struct bytes, char out[static KEY_SUM_LENGTH]);

/* How much of the client's address counts, of 128 bits. */
unsigned key_prefix(const struct key_settings *, const struct address *client);

/*
 * Each writes into out, without a final NUL, and returns the length.
 * sender, recipient: at most KEY_ADDRESS_MAX bytes each.
 */
size_t key_triplet(const struct key_settings *, const struct address *client,
    struct bytes sender, struct bytes recipient, char out[static KEY_MAX]);
size_t key_client(const struct key_settings *, const struct address *client,
    char out[static KEY_MAX]);

/*
 * What is stored because the network lacks it: the last octet of the client's
 * address at /24, the whole address at other prefixes, nothing with by_host.
 */
size_t key_host(const struct key_settings *, const struct address *client,
    char out[static ADDRESS_TEXT_MAX]);

/*
 * The sender as it stands in a key, but not yet in lower case: without a BATV
 * tag and without +extension, and with '#' for numbers; or see fold.h, for
 * which the recipient is. Writes at most sender.len bytes and returns how many.
 */
size_t key_fold_sender(const struct key_settings *, struct bytes sender,
    struct bytes recipient, char *out);

/* A triplet's key, taken apart; all bytes lie in the key. */
struct key_parts {
	struct bytes network; /* as it stands there, with /32 or /128 by host */
	struct address address;
	unsigned prefix; /* of 128: what of the address counts */
	struct bytes sender;
	struct bytes recipient;
};

/*
 * False: it is not of this form, as with privacy. A slash in a sender or a
 * recipient is taken for part of a local part.
 */
bool key_split(
    const struct key_settings *, struct bytes key, struct key_parts *);

/* The client's whole address, completed from the host field of the record.
 * False: that does not hold it. */
bool key_whole_address(
    const struct key_parts *, struct bytes host, struct address *);

#endif
