/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "store_directory.h"
#include "store_page.h"
#include "store_stops.h"
#include "store_uses.h"

/* Nobody who works holds the lock for longer than a few of these take. */
enum { TRIES = 100 };

/* For root it may be the store's owner's, whom root becomes only later. */
static bool
is_trusted(const char *path, int fd)
{
	struct stat file, directory;

	return store_directory_distrusts(fd) == NULL ||
	    (geteuid() == 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode) &&
		stat(path, &directory) == 0 && file.st_uid == directory.st_uid);
}

static int
open_file(const char *directory, const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_RDONLY | STORE_DIRECTORY_SAFELY);
	if (fd == -1 || is_trusted(directory, fd))
		return fd;
	close(fd);
	return -1;
}

/* While others may write there: from one who is stuck, what there is. */
static ssize_t
read_locked(int fd, char file[static STORE_PAGE_SIZE])
{
	bool locked = false;
	ssize_t len;

	store_stops_hold();
	for (int i = 0; i < TRIES && !locked; i++) {
		locked = flock(fd, LOCK_SH | LOCK_NB) == 0;
		if (!locked)
			sched_yield();
	}
	len = pread(fd, file, STORE_PAGE_SIZE, 0);
	if (locked)
		flock(fd, LOCK_UN);
	store_stops_release();
	return len;
}

size_t
store_uses_look(const char *directory, const char *name, int fd, bool locked,
    struct store_use uses[static STORE_USES_MAX])
{
	_Alignas(64) char file[STORE_PAGE_SIZE];
	int opened = fd == -1 ? open_file(directory, name) : fd;
	ssize_t len;

	if (opened == -1)
		return 0;
	len = locked ? read_locked(opened, file) :
		       pread(opened, file, sizeof(file), 0);
	if (opened != fd)
		close(opened);
	return store_uses_read(file, len < 0 ? 0 : (size_t)len, uses);
}
