/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "msg_file.h"

enum { PATIENCE = 100 }; /* milliseconds, for the reader of a pipe */

static const char *
reason(const struct msg_file *file, const char *why)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s: %s", file->path, why);
	return text;
}

void
msg_file_close(struct msg_file *file)
{
	if (file->fd != -1)
		close(file->fd);
	file->fd = -1;
}

bool
msg_file_is(const struct msg_file *file, int fd)
{
	struct stat status;

	return file->fd != -1 && fstat(fd, &status) == 0 &&
	    status.st_dev == file->device && status.st_ino == file->inode;
}

/* The standard error of another user may be written to, but not opened. */
static int
open_path(const char *path)
{
	int fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
	    0640);

	if (fd == -1 && strcmp(path, "/dev/stderr") == 0)
		return fcntl(2, F_DUPFD_CLOEXEC, 3);
	return fd;
}

/* Why what was opened is not fit to be a log, or NULL. */
static const char *
unfit(const struct msg_file *file, const struct stat *status)
{
	bool is_device = S_ISCHR(status->st_mode);

	if (!is_device && (msg_file_is(file, 0) || msg_file_is(file, 1)))
		return "requests or answers go through it";
	if (is_device && status->st_rdev == makedev(1, 3) &&
	    strcmp(file->path, "/dev/null") != 0)
		return "is /dev/null";
	return NULL;
}

const char *
msg_file_open(struct msg_file *file, time_t now)
{
	struct stat status;
	const char *why = NULL;

	if (file->fd != -1)
		return NULL;
	file->fd = open_path(file->path);
	if (file->fd == -1 || fstat(file->fd, &status) == -1)
		why = strerror(errno);
	else {
		file->is_regular = S_ISREG(status.st_mode);
		file->device = status.st_dev;
		file->inode = status.st_ino;
		file->looked_at = now;
		file->is_cut = false;
		why = unfit(file, &status);
	}
	/* A pipe whose reader has gone must not end the program. */
	if (why == NULL && S_ISFIFO(status.st_mode))
		(void)signal(SIGPIPE, SIG_IGN);
	if (why == NULL)
		return NULL;
	msg_file_close(file);
	return reason(file, why);
}

/* Once a second, so that lines cost one system call each. */
static void
look(struct msg_file *file, time_t now)
{
	struct stat status;

	if (file->fd == -1 || !file->is_regular || file->looked_at == now)
		return;
	file->looked_at = now;
	if (stat(file->path, &status) == -1 || status.st_dev != file->device ||
	    status.st_ino != file->inode)
		msg_file_close(file);
}

static ssize_t
put(const struct msg_file *file, struct bytes line)
{
	struct pollfd room = { .fd = file->fd, .events = POLLOUT };
	ssize_t n = write(file->fd, line.data, line.len);

	if (n == -1 && errno == EAGAIN && poll(&room, 1, PATIENCE) == 1)
		n = write(file->fd, line.data, line.len);
	return n;
}

size_t
msg_file_room(const struct msg_file *file)
{
	return file->is_regular ? SSIZE_MAX : PIPE_BUF;
}

const char *
msg_file_write(struct msg_file *file, struct bytes lines, time_t now)
{
	const char *why;
	ssize_t n;

	file->written = 0;
	look(file, now);
	why = msg_file_open(file, now);
	if (why != NULL)
		return why;
	/* What a full disk left of the last line is not the front of this one.
	 */
	if (file->is_cut && put(file, bytes_of("\n")) != 1)
		return reason(file, strerror(errno));
	file->is_cut = false;
	n = put(file, lines);
	if (n == (ssize_t)lines.len)
		return NULL;
	file->written = n > 0 ? (size_t)n : 0;
	file->is_cut = n > 0 && lines.data[n - 1] != '\n';
	return reason(file,
	    n != -1		? "has no room" :
		errno == EAGAIN ? "its reader takes nothing" :
				  strerror(errno));
}
