/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of inside.c: what the child process looks at, as the user of the
 * service.
 */
#ifndef PARTS_H
#define PARTS_H

#include "finding.h"
#include "grey-check/settings.h"
#include "master.h"

struct inside {
	struct findings *findings;
	const struct master *master;
	const struct master_service *service;
	const struct settings *settings;
	const char *user;
	size_t entries; /* of all lists */
};

/* Does what grey-check says arrive anywhere? */
void inside_log(struct inside *);
/* Can the store be used, and what does it hold? */
void inside_store(struct inside *);

#endif
