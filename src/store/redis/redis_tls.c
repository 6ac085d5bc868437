/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "redis_tls.h"

/* What is used of the library, with its own types. */
#define CALLS(X) \
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
	X(ERR_reason_error_string)

#define POINTER(name) __typeof__(name) *name;
#define NAME(name) #name,

static struct calls {
	CALLS(POINTER)
} calls;

static const char *const names[] = { CALLS(NAME) };

enum { NAMES = sizeof(names) / sizeof(names[0]) };

#define TEXT_OF(number) #number
#define LIBRARY_OF(version) "libssl.so." TEXT_OF(version)
#define LIBRARY LIBRARY_OF(OPENSSL_SHLIB_VERSION)

struct redis_tls {
	SSL_CTX *context;
	char ca[128]; /* for messages */
};

struct redis_tls_session {
	SSL *ssl;
	const struct redis_tls *tls;
	char name[256];
};

static bool
load(char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	void *pointers[NAMES];
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	_Static_assert(sizeof(pointers) == sizeof(calls), "a pointer each");
	if (calls.SSL_new != NULL)
		return true;
	for (size_t i = 0; i < NAMES && library != NULL; i++) {
		pointers[i] = dlsym(library, names[i]);
		if (pointers[i] == NULL)
			library = NULL;
	}
	if (library == NULL) {
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "there is no TLS without OpenSSL's library: %s", dlerror());
		return false;
	}
	memcpy(&calls, pointers, sizeof(calls));
	return true;
}

/* The library's own words for what went wrong, which is then forgotten. */
static const char *
words(const char *otherwise)
{
	unsigned long error = calls.ERR_get_error();
	const char *reason = error == 0 ? NULL :
					  calls.ERR_reason_error_string(error);

	calls.ERR_clear_error();
	return reason == NULL ? otherwise : reason;
}

static bool
trust(struct redis_tls *tls, const char *cafile,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	if (cafile[0] == '\0') {
		snprintf(tls->ca, sizeof(tls->ca), "the system's CAs");
		if (calls.SSL_CTX_set_default_verify_paths(tls->context) == 1)
			return true;
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "can't read the system's CAs: %s", words("no reason"));
		return false;
	}
	snprintf(tls->ca, sizeof(tls->ca), "cafile=%s", cafile);
	errno = 0;
	if (calls.SSL_CTX_load_verify_locations(tls->context, cafile, NULL) ==
	    1)
		return true;
	snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
	    "%s: holds no certificate of a CA: %s", cafile,
	    words(errno != 0 ? strerror(errno) : "no reason"));
	return false;
}

struct redis_tls *
redis_tls_new(const char *cafile, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct redis_tls *tls;

	if (!load(trouble))
		return NULL;
	snprintf(trouble, REDIS_TLS_TROUBLE_MAX, "out of memory");
	tls = calloc(1, sizeof(*tls));
	if (tls == NULL)
		return NULL;
	tls->context = calls.SSL_CTX_new(calls.TLS_client_method());
	if (tls->context == NULL || !trust(tls, cafile, trouble)) {
		redis_tls_free(tls);
		return NULL;
	}
	calls.SSL_CTX_ctrl(
	    tls->context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
	calls.SSL_CTX_ctrl(tls->context, SSL_CTRL_MODE,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
	    NULL);
	calls.SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, NULL);
	return tls;
}

void
redis_tls_free(struct redis_tls *tls)
{
	if (tls != NULL && tls->context != NULL)
		calls.SSL_CTX_free(tls->context);
	free(tls);
}

static bool
is_address(const char *name)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, name, bytes) == 1 ||
	    inet_pton(AF_INET6, name, bytes) == 1;
}

static bool
expect(SSL *ssl, const char *name)
{
	if (is_address(name))
		return calls.X509_VERIFY_PARAM_set1_ip_asc(
			   calls.SSL_get0_param(ssl), name) == 1;
	return calls.SSL_set1_host(ssl, name) == 1 &&
	    calls.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
		TLSEXT_NAMETYPE_host_name, (void *)(uintptr_t)name) == 1;
}

struct redis_tls_session *
redis_tls_begin(struct redis_tls *tls, int fd, const char *name,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct redis_tls_session *session = calloc(1, sizeof(*session));

	snprintf(trouble, REDIS_TLS_TROUBLE_MAX, "out of memory");
	if (session == NULL)
		return NULL;
	session->tls = tls;
	snprintf(session->name, sizeof(session->name), "%s", name);
	session->ssl = calls.SSL_new(tls->context);
	if (session->ssl != NULL && expect(session->ssl, name) &&
	    calls.SSL_set_fd(session->ssl, fd) == 1)
		return session;
	redis_tls_end(session);
	return NULL;
}

/* The library writes to the socket as to a pipe, which may raise SIGPIPE. */
struct quiet {
	sigset_t before;
	bool pending;
};

static void
hold_sigpipe(struct quiet *quiet)
{
	sigset_t pipe, pending;

	sigpending(&pending);
	quiet->pending = sigismember(&pending, SIGPIPE) == 1;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigprocmask(SIG_BLOCK, &pipe, &quiet->before);
	calls.ERR_clear_error();
	errno = 0;
}

static void
release_sigpipe(const struct quiet *quiet)
{
	const struct timespec now = { 0, 0 };
	int error = errno;
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (!quiet->pending)
		(void)sigtimedwait(&pipe, NULL, &now);
	sigprocmask(SIG_SETMASK, &quiet->before, NULL);
	errno = error;
}

static void
explain(const struct redis_tls_session *session, const char *what,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	long verified = calls.SSL_get_verify_result(session->ssl);
	int error = errno;

	if (verified == X509_V_ERR_HOSTNAME_MISMATCH ||
	    verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "its certificate is not for %s", session->name);
	else if (verified != X509_V_OK)
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "its certificate is refused, by %s: %s", session->tls->ca,
		    calls.X509_verify_cert_error_string(verified));
	else
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX, "TLS %s: %s", what,
		    words(error == 0 ? "the connection was closed" :
				       strerror(error)));
	calls.ERR_clear_error();
}

static enum redis_io
judge(const struct redis_tls_session *session, int result, const char *what,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	switch (calls.SSL_get_error(session->ssl, result)) {
	case SSL_ERROR_NONE:
		return REDIS_IO_DONE;
	case SSL_ERROR_WANT_READ:
		return REDIS_IO_READ;
	case SSL_ERROR_WANT_WRITE:
		return REDIS_IO_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return REDIS_IO_END;
	case SSL_ERROR_SYSCALL:
		if (errno == 0 || errno == ECONNRESET || errno == EPIPE)
			return REDIS_IO_END;
		break;
	}
	explain(session, what, trouble);
	return REDIS_IO_FAILED;
}

enum redis_io
redis_tls_go_on(struct redis_tls_session *session,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct quiet quiet;
	enum redis_io io;

	hold_sigpipe(&quiet);
	io = judge(session, calls.SSL_connect(session->ssl),
	    "can't be agreed upon; does this port speak TLS?", trouble);
	release_sigpipe(&quiet);
	if (io != REDIS_IO_END)
		return io;
	snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
	    "closed the connection when TLS was to begin; does this port speak "
	    "TLS?");
	return REDIS_IO_FAILED;
}

/* A server that ends without TLS' own goodbye has ended all the same. */
static enum redis_io
end_of(enum redis_io io, const char *trouble)
{
	return io == REDIS_IO_FAILED && strstr(trouble, "eof") != NULL ?
	    REDIS_IO_END :
	    io;
}

enum redis_io
redis_tls_read(struct redis_tls_session *session, char *out, size_t room,
    size_t *count, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct quiet quiet;
	enum redis_io io;
	int n;

	hold_sigpipe(&quiet);
	n = calls.SSL_read(session->ssl, out, (int)room);
	io = judge(session, n, "is broken off", trouble);
	release_sigpipe(&quiet);
	*count = io == REDIS_IO_DONE ? (size_t)n : 0;
	return end_of(io, trouble);
}

enum redis_io
redis_tls_write(struct redis_tls_session *session, const char *data, size_t len,
    size_t *count, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct quiet quiet;
	enum redis_io io;
	int n;

	hold_sigpipe(&quiet);
	n = calls.SSL_write(session->ssl, data, (int)len);
	io = judge(session, n, "is broken off", trouble);
	release_sigpipe(&quiet);
	*count = io == REDIS_IO_DONE ? (size_t)n : 0;
	return end_of(io, trouble);
}

void
redis_tls_end(struct redis_tls_session *session)
{
	struct quiet quiet;

	if (session->ssl != NULL) {
		hold_sigpipe(&quiet);
		(void)calls.SSL_shutdown(session->ssl);
		release_sigpipe(&quiet);
		calls.SSL_free(session->ssl);
	}
	free(session);
}
