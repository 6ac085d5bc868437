/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of the store <-> structures. Times are epoch seconds.
 *   triplet  first,last[,host]     client (auto-whitelist)  count,last
 * Strict: anything but such decimals up to NUM_MAX can't be read, and counts as
 * absent.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/address.h"
#include "common/bytes.h"
#include "common/num.h"

struct triplet_record {
	int64_t first;	   /* when the triplet was first seen */
	int64_t last;	   /* when it was last seen */
	struct bytes host; /* see key_host(); the bytes are the caller's */
};

struct client_record {
	int64_t count; /* triplets that passed, one an hour at most */
	int64_t last;  /* when the last of them was counted */
};

#define RECORD_MAX (2 * NUM_TEXT_MAX + ADDRESS_TEXT_MAX + 2)

/* False: it can't be read. record->host points into value. */
bool record_read_triplet(struct bytes value, struct triplet_record *record);
bool record_read_client(struct bytes value, struct client_record *record);

/* Can it be read? For a store that salvages what is left of a damaged file. */
bool record_is_triplet(struct bytes value);
bool record_is_client(struct bytes value);

/*
 * Return the length; there is no final NUL. host: ADDRESS_TEXT_MAX at most.
 */
size_t record_write_triplet(
    const struct triplet_record *, char out[static RECORD_MAX]);
size_t record_write_client(
    const struct client_record *, char out[static RECORD_MAX]);

#endif
