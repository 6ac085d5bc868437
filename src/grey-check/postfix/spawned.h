/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does master(8) start the service, and does spawn(8) run grey-check for it, as
 * a user who may? (src/spawn/spawn.c, src/master/master_ent.c.)
 */
#ifndef SPAWNED_H
#define SPAWNED_H

#include <sys/types.h>

#include "finding.h"
#include "grey-check/settings.h"
#include "master.h"

/* The columns of the service's line, and its time limit. */
void spawned_check_columns(
    struct findings *, const struct master *, const struct master_service *);

/* False: spawn(8) would not run anything as this user. */
bool spawned_check_user(struct findings *, const struct master *,
    const struct master_service *, uid_t *user, gid_t *group);

/* False: grey-check would not take these options; else *settings has them. */
bool spawned_check_options(struct findings *, const struct master *,
    const struct master_service *, struct settings *);

/*
 * The same of a process that serves: where it stands, and, if grey-check would
 * not take its options, which kind of finding that is, and in which words.
 */
struct spawned_words {
	const char *where;
	enum finding kind;
	const char *refused;
};
bool spawned_read_settings(struct findings *, const struct master_service *,
    const struct spawned_words *, struct settings *);

#endif
