/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/un.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/num.h"
#include "notify.h"

/* A name that begins with @ has no file. */
static int
connect_to(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	int fd;

	if (len == 0 || len >= sizeof(name.sun_path))
		return -1;
	memcpy(name.sun_path, path, len);
	if (name.sun_path[0] == '@')
		name.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 ||
	    connect(fd, (const struct sockaddr *)&name,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Twice as often as it must be: sd_watchdog_enabled(3). */
static int64_t
watchdog_interval(void)
{
	const char *micros = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	int64_t number;

	if (pid != NULL &&
	    (!num_decimal(bytes_of(pid), &number) || number != getpid()))
		return 0;
	if (micros == NULL || !num_decimal(bytes_of(micros), &number) ||
	    number <= 0)
		return 0;
	return number / 2000 > 0 ? number / 2000 : 1;
}

void
notify_open(struct notify *notify, int64_t now)
{
	const char *path = getenv("NOTIFY_SOCKET");

	notify->fd = path == NULL ? -1 : connect_to(path);
	notify->interval = notify->fd == -1 ? 0 : watchdog_interval();
	notify->next = now;
}

void
notify_close(struct notify *notify)
{
	if (notify->fd != -1)
		close(notify->fd);
	notify->fd = -1;
}

static void
say(const struct notify *notify, const char *text)
{
	if (notify->fd != -1)
		(void)send(notify->fd, text, strlen(text), MSG_NOSIGNAL);
}

void
notify_ready(const struct notify *notify)
{
	say(notify, "READY=1");
}

void
notify_reloading(const struct notify *notify)
{
	char text[80];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    monotonic_nanoseconds() / 1000);
	say(notify, text);
}

void
notify_stopping(const struct notify *notify)
{
	say(notify, "STOPPING=1");
}

void
notify_watchdog(struct notify *notify, int64_t now)
{
	if (notify->interval == 0 || now < notify->next)
		return;
	notify->next = now + notify->interval;
	say(notify, "WATCHDOG=1");
}
