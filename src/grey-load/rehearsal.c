/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "rehearsal.h"

struct rehearsal {
	UT_hash_handle hh;
	struct store_value value;
	char key[];
};

static struct rehearsal *
find(const struct rehearsal *rehearsal, struct bytes key)
{
	struct rehearsal *noted;

	HASH_FIND(hh, rehearsal, key.data, (unsigned)key.len, noted);
	return noted;
}

const struct store_value *
rehearsal_find(const struct rehearsal *rehearsal, struct bytes key)
{
	const struct rehearsal *noted = find(rehearsal, key);

	return noted == NULL ? NULL : &noted->value;
}

bool
rehearsal_note(struct rehearsal **rehearsal, struct bytes key,
    const struct store_value *value)
{
	struct rehearsal *noted = find(*rehearsal, key);

	if (noted == NULL) {
		noted = calloc(1, sizeof(*noted) + key.len);
		if (noted == NULL)
			return false;
		memcpy(noted->key, key.data, key.len);
		HASH_ADD(hh, *rehearsal, key, (unsigned)key.len, noted);
		if (noted->hh.tbl == NULL) {
			free(noted);
			return false;
		}
	}
	noted->value = *value;
	return true;
}

void
rehearsal_free(struct rehearsal *rehearsal)
{
	struct rehearsal *noted, *next;

	HASH_ITER(hh, rehearsal, noted, next)
	{
		HASH_DEL(rehearsal, noted);
		free(noted);
	}
}
