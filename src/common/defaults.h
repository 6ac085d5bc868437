/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every default of the grey tools, in the form that their options take. The
 * Makefile makes the paths and the version.
 */
#ifndef DEFAULTS_H
#define DEFAULTS_H

#ifdef GREY_MADE
#include <grey_made.h>
#endif
#ifndef GREY_VERSION
#define GREY_VERSION "0"
#endif
#ifndef GREY_SYSCONFDIR
#define GREY_SYSCONFDIR "/etc"
#endif
#ifndef GREY_STORE
#define GREY_STORE "/var/lib/grey"
#endif
#ifndef GREY_SBINDIR
#define GREY_SBINDIR "/usr/local/sbin"
#endif
/* The engines that stores can have, the default first: X(bdb) X(lmdb) ... */
#ifndef GREY_STORES
#define GREY_STORES(X) X(bdb)
#endif

#define SECONDS_A_DAY 86400
#define SECONDS_100_YEARS (INT64_C(36525) * SECONDS_A_DAY)

#define DEFAULT_STATE_DIR "/run/grey"
#define DEFAULT_STORE_TIMEOUT "500"
#define DEFAULT_DELAY "300s"
#define DEFAULT_MAX_AGE "35d"
#define DEFAULT_RETRY_WINDOW "2d"
#define DEFAULT_WHITELIST_COUNT "5"
#define DEFAULT_IPV4_PREFIX "24"
#define DEFAULT_IPV6_PREFIX "64"
#define DEFAULT_ACTION "DEFER_IF_PERMIT"
#define DEFAULT_TEXT \
	"Greylisted, see http://postgrey.schweikert.ch/help/%r.html"
#define DEFAULT_HEADER \
	"X-Greylist: delayed %t seconds by grey-check-%v at %h; %d"

#define LIST_DIRECTORY GREY_SYSCONFDIR "/grey/"
#define GREY_CONF GREY_SYSCONFDIR "/grey/grey.conf"

#endif
