/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redis_openssl.h"
#include "redis_tls.h"
#include "redis_tls_trouble.h"

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
trust(struct redis_tls *tls, const char *cafile,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	if (cafile[0] == '\0') {
		snprintf(tls->ca, sizeof(tls->ca), "the system's CAs");
		if (redis_openssl.SSL_CTX_set_default_verify_paths(
			tls->context) == 1)
			return true;
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "can't read the system's CAs: %s",
		    redis_tls_words("no reason"));
		return false;
	}
	snprintf(tls->ca, sizeof(tls->ca), "cafile=%s", cafile);
	errno = 0;
	if (redis_openssl.SSL_CTX_load_verify_locations(
		tls->context, cafile, NULL) == 1)
		return true;
	snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
	    "%s: holds no certificate of a CA: %s", cafile,
	    redis_tls_words(errno != 0 ? strerror(errno) : "no reason"));
	return false;
}

struct redis_tls *
redis_tls_new(const char *cafile, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct redis_tls *tls;

	if (!redis_openssl_load(trouble))
		return NULL;
	snprintf(trouble, REDIS_TLS_TROUBLE_MAX, "out of memory");
	tls = calloc(1, sizeof(*tls));
	if (tls == NULL)
		return NULL;
	tls->context = redis_openssl.SSL_CTX_new(
	    redis_openssl.TLS_client_method());
	if (tls->context == NULL || !trust(tls, cafile, trouble)) {
		redis_tls_free(tls);
		return NULL;
	}
	redis_openssl.SSL_CTX_ctrl(
	    tls->context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
	redis_openssl.SSL_CTX_ctrl(tls->context, SSL_CTRL_MODE,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
	    NULL);
	redis_openssl.SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, NULL);
	return tls;
}

void
redis_tls_free(struct redis_tls *tls)
{
	if (tls != NULL && tls->context != NULL)
		redis_openssl.SSL_CTX_free(tls->context);
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
		return redis_openssl.X509_VERIFY_PARAM_set1_ip_asc(
			   redis_openssl.SSL_get0_param(ssl), name) == 1;
	return redis_openssl.SSL_set1_host(ssl, name) == 1 &&
	    redis_openssl.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
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
	session->ssl = redis_openssl.SSL_new(tls->context);
	if (session->ssl != NULL && expect(session->ssl, name) &&
	    redis_openssl.SSL_set_fd(session->ssl, fd) == 1)
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
	redis_openssl.ERR_clear_error();
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

static enum redis_io
judge(const struct redis_tls_session *session, int result, const char *what,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	switch (redis_openssl.SSL_get_error(session->ssl, result)) {
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
	redis_tls_explain(session->ssl, what, errno, session->name,
	    session->tls->ca, trouble);
	return REDIS_IO_FAILED;
}

enum redis_io
redis_tls_go_on(struct redis_tls_session *session,
    char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct quiet quiet;
	enum redis_io io;

	hold_sigpipe(&quiet);
	io = judge(session, redis_openssl.SSL_connect(session->ssl),
	    "can't be agreed upon", trouble);
	release_sigpipe(&quiet);
	if (io != REDIS_IO_END)
		return io;
	snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
	    "closed the connection when TLS was to begin: does this port have "
	    "none (redis://), or speak another protocol?");
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

/* What came of reading, or writing, n bytes. */
static enum redis_io
transferred(const struct redis_tls_session *session, const struct quiet *quiet,
    int n, size_t *count, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	enum redis_io io = judge(session, n, "is broken off", trouble);

	release_sigpipe(quiet);
	*count = io == REDIS_IO_DONE ? (size_t)n : 0;
	return end_of(io, trouble);
}

enum redis_io
redis_tls_read(struct redis_tls_session *session, char *out, size_t room,
    size_t *count, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct quiet quiet;

	hold_sigpipe(&quiet);
	return transferred(session, &quiet,
	    redis_openssl.SSL_read(session->ssl, out, (int)room), count,
	    trouble);
}

enum redis_io
redis_tls_write(struct redis_tls_session *session, const char *data, size_t len,
    size_t *count, char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	struct quiet quiet;

	hold_sigpipe(&quiet);
	return transferred(session, &quiet,
	    redis_openssl.SSL_write(session->ssl, data, (int)len), count,
	    trouble);
}

void
redis_tls_end(struct redis_tls_session *session)
{
	struct quiet quiet;

	if (session->ssl != NULL) {
		hold_sigpipe(&quiet);
		(void)redis_openssl.SSL_shutdown(session->ssl);
		release_sigpipe(&quiet);
		redis_openssl.SSL_free(session->ssl);
	}
	free(session);
}
