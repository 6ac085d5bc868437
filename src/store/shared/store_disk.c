/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/wait.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "store_disk.h"

/* 0, or the first errno; each file has its turn. */
static int
bring(const int *fds)
{
	int error = 0;

	for (int i = 0; i < STORE_DISK_FILES; i++) {
		if (fds[i] != -1 && fdatasync(fds[i]) == -1 && error == 0)
			error = errno;
	}
	return error;
}

static void
close_all(const int *fds)
{
	for (int i = 0; i < STORE_DISK_FILES; i++) {
		if (fds[i] != -1)
			close(fds[i]);
	}
}

/* A kernel before 5.9 closes one at a time, of which there are not many. */
static void
close_between(int first, int last)
{
	enum { FILES_MAX = 65536 };

	if (first > last ||
	    close_range((unsigned)first, (unsigned)last, 0) == 0)
		return;
	for (int fd = first; fd <= last && fd < FILES_MAX; fd++)
		close(fd);
}

/* Locks and sockets of the server are not to live for as long as this does. */
static void
keep_only(const int *fds)
{
	int low = fds[0] < fds[1] ? fds[0] : fds[1];
	int high = fds[0] < fds[1] ? fds[1] : fds[0];

	close_between(0, low - 1);
	close_between(low + 1, high - 1);
	close_between(high + 1, INT_MAX);
}

void
store_disk_begin(
    struct store_disk *disk, const int fds[STORE_DISK_FILES], bool aside)
{
	disk->begun = true;
	disk->error = 0;
	disk->child = aside ? fork() : -1;
	if (disk->child == 0) {
		keep_only(fds);
		_exit(bring(fds));
	}
	if (disk->child == -1) {
		disk->child = 0;
		disk->error = bring(fds);
	}
	close_all(fds);
}

static void
look_at_child(struct store_disk *disk, int how)
{
	int status;
	pid_t ended;

	if (disk->child == 0)
		return;
	do
		ended = waitpid(disk->child, &status, how);
	while (ended == -1 && errno == EINTR);
	if (ended == 0)
		return;
	disk->child = 0;
	if (ended == -1)
		disk->error = errno;
	else
		disk->error = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

void
store_disk_wait(struct store_disk *disk)
{
	look_at_child(disk, 0);
}

bool
store_disk_is_done(struct store_disk *disk, int *error)
{
	look_at_child(disk, WNOHANG);
	if (!disk->begun || disk->child != 0)
		return false;
	disk->begun = false;
	*error = disk->error;
	return true;
}
