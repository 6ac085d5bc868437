/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "bdb_directory.h"
#include "store/shared/store_access.h"
#include "store/store_engine.h"

const char *const bdb_files[STORE_TABLES] = { "postgrey.db",
	"postgrey_clients.db" };

int64_t
bdb_directory_size(
    const struct bdb_directory *directory, enum store_table table)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(
	    path, sizeof(path), "%s/%s", directory->path, bdb_files[table]);
	return stat(path, &status) == -1 ? -1 : status.st_size;
}

bool
bdb_directory_lacks(
    const struct bdb_directory *directory, enum store_table table)
{
	return bdb_directory_size(directory, table) == -1 && errno == ENOENT;
}

void
bdb_directory_close(struct bdb_directory *directory)
{
	if (directory->postgrey_fd != -1)
		close(directory->postgrey_fd);
	if (directory->fd != -1)
		close(directory->fd);
	directory->postgrey_fd = directory->fd = -1;
}

static enum store_result
exclude_postgrey(struct store *store, struct bdb_directory *directory)
{
	const char *distrust;
	int error, tries = 0;

	directory->postgrey_fd = store_directory_open_lock(
	    directory->fd, "postgrey.lock", &distrust);
	error = errno;
	if (directory->postgrey_fd == -1 && distrust != NULL)
		return store_failed(store, "%s/postgrey.lock: %s; move it away",
		    directory->path, distrust);
	if (directory->postgrey_fd == -1)
		return store_failed(store, "%s: can't open postgrey.lock: %s%s",
		    directory->path, strerror(error),
		    store_access_cure(directory->path, error));
	while (flock(directory->postgrey_fd, LOCK_SH | LOCK_NB) == -1) {
		if (store_directory_interrupted(&tries))
			continue;
		if (errno == EWOULDBLOCK)
			return store_failed(store,
			    "%s: postgrey is running on this directory (it "
			    "holds postgrey.lock); stop postgrey first",
			    directory->path);
		return store_failed(store, "%s/postgrey.lock: can't lock: %s",
		    directory->path, strerror(errno));
	}
	return STORE_OK;
}

enum store_result
bdb_directory_open(struct bdb_directory *directory, struct store *store)
{
	static const struct store_directory_use use = { "store", "--store=" };

	directory->fd = store_directory_open(store, directory->path, &use);
	if (directory->fd != -1 &&
	    exclude_postgrey(store, directory) == STORE_OK)
		return STORE_OK;
	bdb_directory_close(directory);
	return STORE_ERROR;
}
