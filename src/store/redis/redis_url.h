/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WHERE of this engine, taken apart:
 *   redis://[USER@]HOST[:PORT][/DB]         rediss://   the same through TLS
 *   redis+unix://[USER@]/PATH[?db=N]
 *   redis+cluster://[USER@]HOST:PORT,...    rediss+cluster://
 *   redis+sentinel://[USER@]HOST:PORT,.../NAME[?db=N]   rediss+sentinel://
 * and after a question mark, with & between: passfile=FILE, cafile=FILE. %HH is
 * a byte in users, paths, the name and values.
 */
#ifndef REDIS_URL_H
#define REDIS_URL_H

#include <limits.h>

#include "redis_host.h"

enum { REDIS_HOSTS_MAX = 16, REDIS_USER_MAX = 127 };

enum redis_kind { REDIS_SINGLE, REDIS_CLUSTER, REDIS_SENTINEL };

struct redis_url {
	enum redis_kind kind;
	bool tls;
	bool has_db; /* db was given, 0 as it may be */
	int db;
	size_t count;
	struct redis_host hosts[REDIS_HOSTS_MAX];
	char master[REDIS_NAME_MAX + 1]; /* for Sentinel */
	char user[REDIS_USER_MAX + 1];	 /* empty: the server's default one */
	char passfile[PATH_MAX], cafile[PATH_MAX]; /* empty: none */
};

/* place: what follows the scheme's colon. NULL, or what is wrong with it. */
const char *redis_url_parse(
    const char *scheme, const char *place, struct redis_url *);

#endif
