/* SPDX-License-Identifier: BSD-2-Clause */
/* What --max-age costs: how many records another one would keep. */
#ifndef AGES_H
#define AGES_H

#include "grey-dump/row.h"

enum { AGES = 6 };

struct ages {
	int64_t records, passed;
	int64_t bytes; /* of keys and values */
	/* Last seen within so long; and of these, passed. */
	int64_t kept[AGES], kept_passed[AGES];
};

void ages_add(struct ages *, const struct settings *, const struct row *);

void ages_say(const struct ages *, const struct settings *);
void ages_json(const struct ages *);

#endif
