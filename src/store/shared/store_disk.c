/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/wait.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/msg.h"
#include "store_disk.h"

enum { PATIENCE = 60000 }; /* milliseconds */

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

/* A kernel before 5.9 has no close_range: close them one by one; there are not
   many. */
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

/* One whose parent ignored SIGCHLD does so too, and then no child's end can be
   asked for. */
static void
be_told_of_children(void)
{
	struct sigaction action;

	if (sigaction(SIGCHLD, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
}

static pid_t
start_child(const int *fds)
{
	pid_t child;

	be_told_of_children();
	child = fork();
	if (child == 0) {
		keep_only(fds);
		_exit(bring(fds));
	}
	return child;
}

/* 0: it has not ended. */
static pid_t
look_at(pid_t child, int *status)
{
	pid_t ended;

	do
		ended = waitpid(child, status, WNOHANG);
	while (ended == -1 && errno == EINTR);
	return ended;
}

static bool
is_stuck(struct store_disk *disk)
{
	int status;

	if (disk->stuck != 0 && look_at(disk->stuck, &status) != 0)
		disk->stuck = 0;
	return disk->stuck != 0;
}

void
store_disk_begin(
    struct store_disk *disk, const int fds[STORE_DISK_FILES], bool aside)
{
	disk->begun = true;
	disk->begun_at = monotonic_milliseconds();
	disk->child = 0;
	disk->error = 0;
	if (aside && is_stuck(disk))
		disk->error = ETIMEDOUT;
	else {
		disk->child = aside ? start_child(fds) : -1;
		if (disk->child == -1) {
			disk->child = 0;
			disk->error = bring(fds);
		}
	}
	close_all(fds);
}

/* One that is stopped ends by this; one that waits for the disk when it can. */
static void
give_up(struct store_disk *disk)
{
	if (!disk->said)
		msg(MSG_WARN,
		    "%s: the disk has not taken in a minute what it was to "
		    "take (process %ld waited for it, and was killed); a "
		    "power cut may lose more than usual until it does",
		    disk->place, (long)disk->child);
	disk->said = true;
	kill(disk->child, SIGKILL);
	disk->stuck = disk->child;
	disk->child = 0;
	disk->error = ETIMEDOUT;
}

static void
look_at_child(struct store_disk *disk)
{
	int status;
	pid_t ended;

	if (disk->child == 0)
		return;
	ended = look_at(disk->child, &status);
	if (ended == 0) {
		if (monotonic_milliseconds() - disk->begun_at >= PATIENCE)
			give_up(disk);
		return;
	}
	disk->child = 0;
	disk->said = false;
	if (ended == -1)
		disk->error = errno;
	else
		disk->error = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

void
store_disk_wait(struct store_disk *disk)
{
	const struct timespec pause = { 0, 5000000 };

	for (look_at_child(disk); disk->child != 0; look_at_child(disk))
		nanosleep(&pause, NULL);
	disk->begun = false;
}

bool
store_disk_is_done(struct store_disk *disk, int *error)
{
	look_at_child(disk);
	if (!disk->begun || disk->child != 0)
		return false;
	disk->begun = false;
	*error = disk->error;
	return true;
}
