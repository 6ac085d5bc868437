/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/msg.h"
#include "listen_unix.h"

static bool
refuse(const struct listen_address *address, const char *why)
{
	msg(MSG_ERROR, "--serve=%s: %s", address->text, why);
	return false;
}

/*
 * Two servers that begin at the same time must not both take the place of one
 * that has gone. -1: who can't read the directory does without, and so does in
 * the end who meets a lock that nobody lets go of.
 */
static int
lock_directory(const char *path)
{
	enum { TRIES = 200 };
	const struct timespec pause = { .tv_nsec = 10000000 };
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	snprintf(directory, sizeof(directory), "%.*s",
	    slash == path ? 1 : (int)(slash - path), path);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; fd != -1 && i < TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			break;
		(void)nanosleep(&pause, NULL);
	}
	return fd;
}

static bool
is_answered(int fd, const struct sockaddr_un *name, int *error)
{
	int result = connect(fd, (const struct sockaddr *)name, sizeof(*name));

	*error = result == 0 ? 0 : errno;
	return *error == 0 || *error == EAGAIN;
}

/* Makes the name free, if what has it is a socket that nobody listens at. */
static bool
make_way(const struct listen_address *address, const struct sockaddr_un *name)
{
	struct stat status;
	bool answered;
	int fd, error;

	if (lstat(name->sun_path, &status) == -1)
		return errno == ENOENT || refuse(address, strerror(errno));
	if (!S_ISSOCK(status.st_mode))
		return refuse(address,
		    "there is a file of that name, which is not a socket");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return refuse(address, strerror(errno));
	answered = is_answered(fd, name, &error);
	close(fd);
	if (answered)
		return refuse(address,
		    "a server answers there already; is grey-check --serve, or "
		    "another policy server, running?");
	if (error != ECONNREFUSED && error != ENOENT)
		return refuse(address, strerror(error));
	if (unlink(name->sun_path) == -1 && errno != ENOENT)
		return refuse(address, strerror(errno));
	return true;
}

/* With its mode from the first moment on. */
static bool
bind_with_mode(int fd, const struct sockaddr_un *name, mode_t mode)
{
	mode_t before = umask(~mode & 0777);
	int result = bind(fd, (const struct sockaddr *)name, sizeof(*name));
	int error = errno;

	umask(before);
	errno = error;
	return result == 0;
}

static bool
bind_and_listen(struct listen_socket *made,
    const struct listen_address *address, mode_t mode, int queue)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct stat status;

	strcpy(name.sun_path, address->path);
	if (!make_way(address, &name))
		return false;
	if (!bind_with_mode(made->fd, &name, mode) ||
	    listen(made->fd, queue) == -1 ||
	    lstat(address->path, &status) == -1)
		return refuse(address, strerror(errno));
	made->path = address->path;
	made->device = status.st_dev;
	made->inode = status.st_ino;
	return true;
}

bool
listen_unix(struct listen_socket *made, const struct listen_address *address,
    mode_t mode, int queue)
{
	bool done;
	int lock;

	made->is_inet = false;
	made->is_ours = true;
	made->path = NULL;
	made->fd = socket(
	    AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (made->fd == -1)
		return refuse(address, strerror(errno));
	lock = lock_directory(address->path);
	done = bind_and_listen(made, address, mode, queue);
	if (lock != -1)
		close(lock);
	if (!done)
		close(made->fd);
	return done;
}

void
listen_remove(const struct listen_socket *made)
{
	struct stat status;

	if (made->path != NULL && lstat(made->path, &status) == 0 &&
	    status.st_dev == made->device && status.st_ino == made->inode)
		(void)unlink(made->path);
}
