/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "redis_tls_trouble.h"

const char *
redis_tls_words(const char *otherwise)
{
	unsigned long error = redis_openssl.ERR_get_error();
	const char *reason = error == 0 ?
	    NULL :
	    redis_openssl.ERR_reason_error_string(error);

	redis_openssl.ERR_clear_error();
	return reason == NULL ? otherwise : reason;
}

/* By what the library says of the connection. */
static const struct {
	int reason;
	const char *words;
} reasons[] = {
	{ SSL_R_WRONG_VERSION_NUMBER,
	    "answers without TLS: this port has none; give redis:// instead "
	    "of rediss://, or the port that the server has as tls-port" },
	{ SSL_R_HTTP_REQUEST,
	    "answers without TLS, and is no Redis server, nor Valkey" },
	{ SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
	    "wants a certificate from its clients, and the grey tools have "
	    "none: set the server's tls-auth-clients to no" },
	{ SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
	    "refuses TLS as we speak it; it may want a certificate from its "
	    "clients: set the server's tls-auth-clients to no" },
	{ SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
	    "has no TLS 1.2 nor later: see the server's tls-protocols" },
};

enum { REASONS = sizeof(reasons) / sizeof(reasons[0]) };

static const char *
find_reason(unsigned long error)
{
	for (size_t i = 0; i < REASONS && error != 0; i++) {
		if (ERR_GET_REASON(error) == reasons[i].reason)
			return reasons[i].words;
	}
	return NULL;
}

static void
explain_certificate(long verified, const char *name, const char *ca,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	switch (verified) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "its certificate is not for %s, but for another name",
		    name);
		break;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "its certificate, or that of its CA, has expired: give the "
		    "server a new one");
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "its certificate, or that of its CA, is not valid yet: is "
		    "the clock of this host right?");
		break;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "its certificate is by a CA that is not among %s: give the "
		    "file with that CA's certificate as cafile=",
		    ca);
		break;
	default:
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "its certificate is refused, by %s: %s", ca,
		    redis_openssl.X509_verify_cert_error_string(verified));
	}
}

void
redis_tls_explain(const SSL *ssl, const char *what, int error, const char *name,
    const char *ca, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	long verified = redis_openssl.SSL_get_verify_result(ssl);
	const char *reason = find_reason(redis_openssl.ERR_peek_error());

	if (verified != X509_V_OK)
		explain_certificate(verified, name, ca, trouble);
	else if (reason != NULL)
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX, "%s", reason);
	else
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX, "TLS %s: %s", what,
		    redis_tls_words(error == 0 ? "the connection was closed" :
						 strerror(error)));
	redis_openssl.ERR_clear_error();
}
