/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "bdb_operations.h"
#include "bdb_stops.h"

/* Nobody who works holds the lock for longer than a few of these take. */
enum { TRIES = 100 };

/* For root it may be the store's owner's, whom root becomes only later. */
static bool
is_trusted(const struct bdb *bdb, int fd)
{
	struct stat lock, directory;

	return bdb_directory_distrusts(fd) == NULL ||
	    (geteuid() == 0 && fstat(fd, &lock) == 0 && S_ISREG(lock.st_mode) &&
		stat(bdb->directory.path, &directory) == 0 &&
		lock.st_uid == directory.st_uid);
}

static int
open_lock(const struct bdb *bdb)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/grey.lock", bdb->directory.path);
	fd = open(path, O_RDONLY | BDB_DIRECTORY_SAFELY);
	if (fd == -1 || is_trusted(bdb, fd))
		return fd;
	close(fd);
	return -1;
}

/* While others may write there: from one who is stuck, what there is. */
static size_t
read_file(int fd, char file[static BDB_LOCK_SIZE])
{
	bool locked = false;
	ssize_t len;

	bdb_stops_hold();
	for (int i = 0; i < TRIES && !locked; i++) {
		locked = flock(fd, LOCK_SH | LOCK_NB) == 0;
		if (!locked)
			sched_yield();
	}
	len = pread(fd, file, BDB_LOCK_SIZE, 0);
	if (locked)
		flock(fd, LOCK_UN);
	bdb_stops_release();
	return len < 0 ? 0 : (size_t)len;
}

size_t
bdb_uses_look(struct store *store, struct store_use uses[static STORE_USES_MAX])
{
	_Alignas(64) char file[BDB_LOCK_SIZE];
	const struct bdb *bdb = store->state;
	int fd = bdb->lock.fd == -1 ? open_lock(bdb) : bdb->lock.fd;
	size_t len;

	if (fd == -1)
		return 0;
	len = read_file(fd, file);
	if (fd != bdb->lock.fd)
		close(fd);
	return bdb_uses_read(file, len, uses);
}
