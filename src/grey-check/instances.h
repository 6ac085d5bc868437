/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last ten messages that were given a header, known by Postfix's instance
 * attribute, so that a message gets one header however many recipients it has.
 * As in postgrey, the value 0 counts as seen, and of a value only the first 512
 * bytes count.
 */
#ifndef INSTANCES_H
#define INSTANCES_H

#include "common/bytes.h"

#define INSTANCES 10
#define INSTANCE_MAX 512

struct instances {
	size_t next;
	size_t count; /* of those seen */
	struct {
		size_t len;
		char data[INSTANCE_MAX];
	} seen[INSTANCES];
};

void instances_init(struct instances *);
/* True, and remembered, unless it is among the last ten. */
bool instances_is_new(struct instances *, struct bytes instance);

#endif
