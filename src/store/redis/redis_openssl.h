/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL's library, which is loaded when it is needed and is not linked: that
 * would cost each process of each engine 2 ms at its start.
 */
#ifndef REDIS_OPENSSL_H
#define REDIS_OPENSSL_H

#include <stdbool.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "redis_io.h"

/* What is used of the library, with its own types. */
#define REDIS_OPENSSL_CALLS(X) \
	X(TLS_client_method) \
	X(SSL_CTX_new) \
	X(SSL_CTX_free) \
	X(SSL_CTX_ctrl) \
	X(SSL_CTX_set_verify) \
	X(SSL_CTX_load_verify_locations) \
	X(SSL_CTX_set_default_verify_paths) \
	X(SSL_new) \
	X(SSL_free) \
	X(SSL_set_fd) \
	X(SSL_ctrl) \
	X(SSL_get0_param) \
	X(SSL_set1_host) \
	X(SSL_connect) \
	X(SSL_read) \
	X(SSL_write) \
	X(SSL_shutdown) \
	X(SSL_get_error) \
	X(SSL_get_verify_result) \
	X(X509_VERIFY_PARAM_set1_ip_asc) \
	X(X509_verify_cert_error_string) \
	X(ERR_clear_error) \
	X(ERR_get_error) \
	X(ERR_peek_error) \
	X(ERR_reason_error_string)

#define REDIS_OPENSSL_POINTER(name) __typeof__(name) *name;

/* Each is called as redis_openssl.NAME(...). */
struct redis_openssl {
	REDIS_OPENSSL_CALLS(REDIS_OPENSSL_POINTER)
};

extern struct redis_openssl redis_openssl;

/* False: trouble says why it can't be used. */
bool redis_openssl_load(char trouble[static REDIS_TLS_TROUBLE_MAX]);

#endif
