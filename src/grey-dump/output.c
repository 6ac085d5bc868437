/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/msg.h"
#include "common/program.h"
#include "output.h"

static char new_path[PATH_MAX];
static pid_t child;

static void
clean_up(int signal_number)
{
	(void)unlink(new_path);
	if (child > 0)
		(void)kill(child, SIGTERM);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

/* But not where it was to be ignored, as under nohup(1). */
static void
clean_up_at(int signal_number)
{
	if (signal(signal_number, clean_up) == SIG_IGN)
		signal(signal_number, SIG_IGN);
}

static int
fail(const char *path)
{
	msg(MSG_ERROR, "%s: can't write: %s", path, strerror(errno));
	return PROGRAM_FAILED;
}

/* Of the file that is there; who writes to whom is nobody else's business. */
static mode_t
mode_of(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 ? status.st_mode & 0777 : 0600;
}

static int
open_new(const char *path)
{
	int n = snprintf(new_path, sizeof(new_path), "%s.XXXXXX", path), fd;

	if (n < 0 || (size_t)n >= sizeof(new_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(new_path, O_CLOEXEC);
	if (fd != -1 && fchmod(fd, mode_of(path)) == -1) {
		unlink(new_path);
		close(fd);
		return -1;
	}
	return fd;
}

static int
work_into(int fd, int (*work)(void *argument), void *argument)
{
	if (dup2(fd, STDOUT_FILENO) == -1)
		return fail(new_path);
	return work(argument);
}

static int
wait_for_child(void)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			return PROGRAM_FAILED;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	msg(MSG_ERROR, "ended by signal %d", WTERMSIG(status));
	return PROGRAM_FAILED;
}

static int
write_new(
    const char *path, int good, int (*work)(void *argument), void *argument)
{
	int fd = open_new(path), result;

	if (fd == -1)
		return fail(path);
	child = fork();
	if (child == 0)
		_exit(work_into(fd, work, argument));
	clean_up_at(SIGINT);
	clean_up_at(SIGTERM);
	clean_up_at(SIGHUP);
	result = child == -1 ? fail(path) : wait_for_child();
	if (close(fd) == -1)
		result = fail(path);
	if (result == 0 || result == good) {
		if (rename(new_path, path) == 0)
			return result;
		result = fail(path);
	}
	(void)unlink(new_path);
	return result;
}

/*
 * A link or a fifo of another user may have been laid where this one writes, as
 * in /tmp: what it leads to is not what was meant.
 */
static bool
is_laid_by_another(const struct stat *status)
{
	return (S_ISLNK(status->st_mode) || S_ISFIFO(status->st_mode)) &&
	    status->st_uid != geteuid() && status->st_uid != 0;
}

int
output_to_file(
    const char *path, int good, int (*work)(void *argument), void *argument)
{
	char target[PATH_MAX];
	struct stat status;
	bool is_link;
	int fd;

	if (lstat(path, &status) == -1)
		return write_new(path, good, work, argument);
	if (is_laid_by_another(&status)) {
		msg(MSG_ERROR,
		    "%s: is a link or a fifo that belongs to another user: "
		    "nothing is written there; take it away, or name another "
		    "file",
		    path);
		return PROGRAM_FAILED;
	}
	is_link = S_ISLNK(status.st_mode);
	/* A link that leads nowhere is not replaced. */
	if (is_link && stat(path, &status) == -1)
		return fail(path);
	/* What a link points to is replaced, not the link. */
	if (S_ISREG(status.st_mode))
		return is_link && realpath(path, target) == NULL ?
		    fail(path) :
		    write_new(is_link ? target : path, good, work, argument);
	fd = open(path, O_WRONLY | O_CLOEXEC | (is_link ? 0 : O_NOFOLLOW));
	if (fd == -1)
		return fail(path);
	return work_into(fd, work, argument);
}
