/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a store is served counts for the programs that do not serve it, too: what
 * grey-check left there (store_uses()) stands above the files of their
 * configuration, and below their command line.
 *
 * Where services with different settings have shared the store within a week,
 * a record has expired when it has for each of them, so the longest max-age and
 * retry window count, and the shortest delay, after which it has passed. Else
 * the one that served last counts.
 */
#ifndef SERVED_H
#define SERVED_H

#include "common/conf.h"

/*
 * Adds to the configuration and the settings what the store says, and says by
 * msg() which options of the command line differ from it. keys: those that make
 * keys, too. False: the store is none, msg() has said so.
 */
bool served_settle(struct conf *, void *settings, const char *store, bool keys);

/*
 * How a program goes on that refuses what is bad in a file: the same, then
 * --show-config if it is wanted. -1: there is work to do; else the exit code.
 */
int served_begin(
    struct conf *, void *settings, const char *store, bool shows, bool keys);

/*
 * The first option of the command line by which a record expires that is not
 * expired for grey-check; NULL: none does.
 */
const struct opt_entry *served_expires_more(
    const struct conf *, const void *settings);

#endif
