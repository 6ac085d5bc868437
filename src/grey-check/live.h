/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings while requests are answered: the files of the configuration may
 * be edited or replaced at any time, and each look reads them again if they
 * have changed.
 *
 * What is bad in a file when it is read is reported by the first process that
 * finds it, of those that share the store, once until the file changes. The
 * last good value counts then, or if there is none, the default.
 */
#ifndef LIVE_H
#define LIVE_H

#include "settings.h"
#include "store/store.h"

/*
 * What a process began with, which its store and its log keep, and what was
 * read last and before that.
 */
enum { LIVE_VERSIONS = 3 };

struct live {
	struct conf conf[LIVE_VERSIONS];
	struct settings settings[LIVE_VERSIONS];
	int current;
	int64_t next_look; /* by the monotonic clock, milliseconds */
};

/* Those that count; the texts in them, until the next but one live_look(). */
const struct settings *live_settings(const struct live *);

/* Looks at the files, if it is time to. True: there are new settings. */
bool live_look(struct live *, int64_t now);

/* Reports what is bad. store: by which others know of it; NULL: none. */
void live_report(const struct live *, struct store *);

#endif
