/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What daemons write for those who look for a fault: with -v in master.cf, for
 * the clients of debug_peer_list, or with *_tls_loglevel of 2 and more.
 */
#ifndef DEBUG_H
#define DEBUG_H

#include <stdbool.h>

#include "common/bytes.h"

/* Of a text that is not understood otherwise. */
bool debug_is(struct bytes text);

#endif
