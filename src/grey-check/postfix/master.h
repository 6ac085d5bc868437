/* SPDX-License-Identifier: BSD-2-Clause */
/* Postfix as it is configured: what postconf(1) printed, taken apart. */
#ifndef MASTER_H
#define MASTER_H

#include "postconf.h"
#include "service.h"

struct master {
	struct postconf postconf;
	const char *queue; /* queue_directory */
	size_t count;
	struct master_service *services;
};

/* False: it could not be read, and msg() said why. */
bool master_read(struct master *, const char *directory);
void master_free(struct master *);

/* master(5): the default depends on compatibility_level. */
bool master_is_chrooted(const struct master *, const struct master_service *);

#endif
