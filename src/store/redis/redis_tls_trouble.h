/* SPDX-License-Identifier: BSD-2-Clause */
/* What has kept TLS from being agreed upon, in words that say what to do. */
#ifndef REDIS_TLS_TROUBLE_H
#define REDIS_TLS_TROUBLE_H

#include "redis_openssl.h"

/* The library's own words for what went wrong, which is then forgotten. */
const char *redis_tls_words(const char *otherwise);

/*
 * what: did not work; error: of the system, or 0. name: of the server; ca: the
 * CAs that are trusted.
 */
void redis_tls_explain(const SSL *, const char *what, int error,
    const char *name, const char *ca,
    char trouble[static REDIS_TLS_TROUBLE_MAX]);

#endif
