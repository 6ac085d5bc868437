/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS 1.2 or later by OpenSSL. The server's certificate is one of the CA's and
 * names the host, or there is no connection.
 */
#ifndef REDIS_TLS_H
#define REDIS_TLS_H

#include <stddef.h>

#include "redis_io.h"

struct redis_tls;
struct redis_tls_session;

/* cafile: of the CA's certificates; empty: the system's CAs. NULL: trouble says
   why. */
struct redis_tls *redis_tls_new(
    const char *cafile, char trouble[static REDIS_TLS_TROUBLE_MAX]);
void redis_tls_free(struct redis_tls *);

/* name: of the host, or its address, that the certificate is to have. */
struct redis_tls_session *redis_tls_begin(struct redis_tls *, int fd,
    const char *name, char trouble[static REDIS_TLS_TROUBLE_MAX]);
enum redis_io redis_tls_go_on(
    struct redis_tls_session *, char trouble[static REDIS_TLS_TROUBLE_MAX]);
enum redis_io redis_tls_read(struct redis_tls_session *, char *out, size_t room,
    size_t *count, char trouble[static REDIS_TLS_TROUBLE_MAX]);
enum redis_io redis_tls_write(struct redis_tls_session *, const char *data,
    size_t len, size_t *count, char trouble[static REDIS_TLS_TROUBLE_MAX]);
void redis_tls_end(struct redis_tls_session *);

#endif
