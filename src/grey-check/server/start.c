/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "common/program.h"
#include "server.h"

enum { SOCKET_MODE = 0666, QUEUE = 4096 };

/* A connection that spawn(8) or inetd(8) has made. */
static bool
is_spawned(void)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return getpeername(STDIN_FILENO, (struct sockaddr *)&peer, &len) == 0;
}

static bool
open_sockets(const struct settings *settings, struct listeners *listeners)
{
	int queue = settings->listen_queue == 0 ? QUEUE :
						  (int)settings->listen_queue;
	mode_t mode = SOCKET_MODE;
	struct listen_address address;

	if (settings->socketmode != NULL)
		(void)listen_parse_mode(settings->socketmode, &mode);
	for (size_t i = 0; i < settings->serve_at.count; i++) {
		if (listen_parse(settings->serve_at.text[i], &address) !=
			NULL ||
		    !listen_open(listeners, &address, mode, queue))
			return false;
	}
	return true;
}

/*
 * The store is opened as its owner, and only then are there peers. One that
 * can't be opened now is tried again, and --on-error says what is answered
 * until then; but what can never be used is no service.
 */
static int
open_and_run(struct service *service, struct listeners *listeners)
{
	struct decider *decider = &service->decider;
	const char *reason = decider_open(decider);

	live_report(service->live, decider->lookup.store);
	if (reason != NULL)
		msg(MSG_ERROR, "%s", reason);
	if (decider->unusable != NULL) {
		listen_close(listeners);
		return PROGRAM_FAILED;
	}
	return server_run(
	    service, listeners, (size_t)service->settings->max_connections);
}

int
server_start(struct live *live, struct listeners *listeners)
{
	static struct service service;
	int status;

	service.live = live;
	service.settings = live_settings(live);
	service.serves_many = true;
	if (is_spawned()) {
		msg(MSG_ERROR,
		    "--serve: standard input is a connection, as under "
		    "spawn(8), which starts a process for each; a server is "
		    "started once, by systemd or at boot");
		return PROGRAM_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	server_block_signals();
	if (!decider_init(
		&service.decider, service.settings, DECIDER_SERVES_MANY))
		return PROGRAM_USAGE;
	if (listeners->count == 0 &&
	    !open_sockets(service.settings, listeners)) {
		listen_close(listeners);
		decider_free(&service.decider);
		return PROGRAM_FAILED;
	}
	status = open_and_run(&service, listeners);
	decider_free(&service.decider);
	return status;
}
