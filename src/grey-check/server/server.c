/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "accept.h"
#include "common/monotonic.h"
#include "notify.h"
#include "server.h"
#include "turn.h"

enum {
	EVENTS_MAX = 64, /* as many as the store decides at once */
	/* Milliseconds: to finish what was begun, and between two looks at
	   what the disk has done. */
	GRACE = 5000,
	DISK_LOOK = 10
};

struct signals {
	enum source source;
	int fd;
};

struct server {
	struct service *service;
	struct store *store;
	struct listeners *listeners;
	struct peers peers;
	struct acceptor acceptor;
	struct signals signals;
	enum source store_source;
	int store_fd; /* that epoll(7) has, or -1 */
	struct notify notify;
	bool stopping;
	int64_t deadline; /* when it is stopping */
};

static void
stopping_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

void
server_block_signals(void)
{
	sigset_t set;

	stopping_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool
watch(int epoll, int fd, void *source)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
watch_signals(struct server *server)
{
	sigset_t set;

	stopping_signals(&set);
	server->signals.source = SOURCE_SIGNALS;
	server->signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return server->signals.fd != -1 &&
	    watch(server->peers.epoll, server->signals.fd, &server->signals);
}

/*
 * A descriptor may have been closed, and another one opened with its number:
 * the only way to know is to ask.
 */
static void
watch_store(struct server *server)
{
	struct epoll_event event = { .events = EPOLLIN,
		.data.ptr = &server->store_source };
	int epoll = server->peers.epoll;
	int fd = store_descriptor(server->store);

	if (server->store_fd != -1 && server->store_fd != fd)
		(void)epoll_ctl(epoll, EPOLL_CTL_DEL, server->store_fd, &event);
	server->store_fd = fd;
	if (fd != -1 && epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == -1 &&
	    errno == ENOENT)
		(void)epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void
stop(struct server *server)
{
	notify_stopping(&server->notify);
	accept_end(&server->acceptor);
	listen_close(server->listeners);
	peers_make_all_due(&server->peers);
	server->stopping = true;
	server->deadline = server->peers.now + GRACE;
}

static void
read_again(struct server *server)
{
	notify_reloading(&server->notify);
	service_read_again(server->service);
	notify_ready(&server->notify);
}

static void
take_signals(struct server *server)
{
	struct signalfd_siginfo signal_info;

	while (read(server->signals.fd, &signal_info, sizeof(signal_info)) ==
	    (ssize_t)sizeof(signal_info)) {
		if (signal_info.ssi_signo == SIGHUP)
			read_again(server);
		else if (!server->stopping)
			stop(server);
	}
}

static void
sooner(int64_t *patience, int64_t wait)
{
	if (wait < 0)
		wait = 0;
	if (*patience == -1 || wait < *patience)
		*patience = wait;
}

/* Milliseconds that there is nothing to do, unless something happens; -1: for
   ever. */
static int
patience_of(struct server *server)
{
	const struct peers *peers = &server->peers;
	const struct acceptor *acceptor = &server->acceptor;
	int64_t now = peers->now;
	int64_t patience = store_patience(server->store);

	if (!TAILQ_EMPTY(&peers->due) || acceptor->ready)
		return 0;
	if (server->notify.interval > 0)
		sooner(&patience, server->notify.next - now);
	if (server->stopping)
		sooner(&patience, server->deadline - now);
	else if (!acceptor->watched)
		sooner(&patience,
		    peers->count < acceptor->left ? 0 : acceptor->resume - now);
	return (int)patience;
}

/* Who is new comes after those who are there, one of which may have to go. */
static void
wait_for_events(struct server *server, int patience)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(
	    server->peers.epoll, events, EVENTS_MAX, patience);
	bool signalled = false;

	server->peers.now = monotonic_milliseconds();
	for (int i = 0; i < count; i++) {
		enum source *source = events[i].data.ptr;

		if (*source == SOURCE_PEER)
			turn_event((struct peer *)source, events[i].events);
		else if (*source == SOURCE_LISTENER)
			server->acceptor.ready = true;
		else if (*source == SOURCE_SIGNALS)
			signalled = true;
	}
	if (signalled)
		take_signals(server);
}

/* Takes a step of a checkpoint, which is as short as a unit of work. */
static int
checkpoint_patience(struct server *server, int patience)
{
	int64_t until_next = patience;

	switch (store_checkpoint_step(server->store)) {
	case STORE_STEP_NONE:
		break;
	case STORE_STEP_MORE:
		return 0;
	case STORE_STEP_WAITS:
		sooner(&until_next, DISK_LOOK);
		break;
	}
	return (int)until_next;
}

/* What is in the log and in the store comes before the answer. */
static void
take_turn(struct server *server)
{
	struct peers *peers = &server->peers;

	wait_for_events(
	    server, checkpoint_patience(server, patience_of(server)));
	msg_hold();
	turn_read(peers);
	store_turn(server->store);
	msg_release();
	turn_write(peers);
	watch_store(server);
	if (server->stopping)
		peers_close_idle(peers);
	else
		accept_turn(&server->acceptor);
	notify_watchdog(&server->notify, peers->now);
}

static bool
is_over(const struct server *server)
{
	return server->stopping &&
	    (server->peers.count == 0 || server->peers.now >= server->deadline);
}

static bool
begin(struct server *server, struct service *service,
    struct listeners *listeners, size_t max_connections)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	server->service = service;
	server->store = service->decider.lookup.store;
	server->listeners = listeners;
	server->store_source = SOURCE_STORE;
	server->store_fd = -1;
	peers_init(&server->peers, service, epoll);
	server->peers.now = monotonic_milliseconds();
	if (epoll == -1 || !watch_signals(server)) {
		msg(MSG_ERROR, "can't wait for connections: %s",
		    strerror(errno));
		return false;
	}
	return accept_init(
	    &server->acceptor, &server->peers, listeners, max_connections);
}

int
server_run(struct service *service, struct listeners *listeners,
    size_t max_connections)
{
	static struct server server;

	if (!begin(&server, service, listeners, max_connections)) {
		listen_close(listeners);
		return 1;
	}
	notify_open(&server.notify, server.peers.now);
	notify_ready(&server.notify);
	msg(MSG_NOTICE, "serving, up to %zu connections", server.acceptor.max);
	while (!is_over(&server))
		take_turn(&server);
	if (server.peers.count > 0)
		msg(MSG_WARN,
		    "%zu connections are closed in the middle of a request",
		    server.peers.count);
	peers_close_all(&server.peers);
	notify_close(&server.notify);
	msg(MSG_NOTICE, "no longer serving");
	return 0;
}
