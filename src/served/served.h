/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a store is served counts for the programs that do not serve it, too: what
 * grey-check left there (store_uses()) stands above the files of their
 * configuration, and below their command line.
 *
 * Services with different settings may have shared the store within a week. A
 * record has expired when it has for each of them: by the longest max-age and
 * retry window, and the shortest delay, after which it has passed. A record is
 * made that passes at each of them: by the longest delay. Else the one that
 * served last counts.
 */
#ifndef SERVED_H
#define SERVED_H

#include "common/conf.h"

enum served_for {
	SERVED_FOR_ANSWERS, /* what would be answered now */
	SERVED_FOR_EYES,    /* what there is */
	SERVED_FOR_RECORDS, /* records that are made */
	SERVED_FOR_EXPIRY,
	SERVED_PURPOSES
};

/*
 * Adds to the configuration and the settings what the store says, and says by
 * msg() which options of the command line differ from it; but who makes keys,
 * for answers or records, says by itself what comes of others. False: the store
 * is none, msg() has said so.
 */
bool served_settle(
    struct conf *, void *settings, const char *store, enum served_for);

/*
 * How a program begins that refuses what is bad in a file: the same, then
 * --show-config if it is wanted. -1: there is work to do; else the exit code.
 */
int served_begin(struct conf *, void *settings, const char *store, bool shows,
    enum served_for);

/*
 * The first option of the command line by which a record expires that is not
 * expired for grey-check; NULL: none does.
 */
const struct opt_entry *served_expires_more(
    const struct conf *, const void *settings);

#endif
