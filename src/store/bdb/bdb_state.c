/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bdb_lock.h"
#include "store/shared/store_boot.h"
#include "store/shared/store_notes.h"

#define STATE_MAGIC "greylock"
#define STATE_VERSION 2

_Static_assert(
    sizeof(struct bdb_state) <= STORE_NOTES_AT, "the notes come after it");

/* Inode numbers are used again at once, so the time of birth goes with them. */
static bool
read_region(int directory_fd, uint64_t *inode, int64_t *born)
{
	struct statx status;

	if (statx(directory_fd, "__db.001", AT_SYMLINK_NOFOLLOW,
		STATX_INO | STATX_BTIME, &status) == -1)
		return false;
	*inode = status.stx_ino;
	*born = (status.stx_mask & STATX_BTIME) == 0 ?
	    0 :
	    status.stx_btime.tv_sec * 1000000000 + status.stx_btime.tv_nsec;
	return true;
}

static uint64_t
region_bytes(int directory_fd, int region)
{
	char name[16];
	struct stat status;

	snprintf(name, sizeof(name), "__db.%03d", region + 1);
	return fstatat(directory_fd, name, &status, AT_SYMLINK_NOFOLLOW) == -1 ?
	    0 :
	    (uint64_t)status.st_size;
}

static bool
regions_are_whole(const struct bdb_state *state, int directory_fd)
{
	for (int i = 0; i < BDB_REGIONS; i++) {
		if (region_bytes(directory_fd, i) < state->region_bytes[i])
			return false;
	}
	return true;
}

bool
bdb_state_check(struct bdb_lock *lock)
{
	struct bdb_state state = *lock->state;
	struct timespec now;

	if (memcmp(state.magic, STATE_MAGIC, sizeof(state.magic)) == 0 &&
	    state.version == STATE_VERSION)
		return true;
	memset(&state, 0, sizeof(state));
	memcpy(state.magic, STATE_MAGIC, sizeof(state.magic));
	state.version = STATE_VERSION;
	clock_gettime(CLOCK_REALTIME, &now);
	state.generation = (uint64_t)now.tv_sec * 1000000000 +
	    (uint64_t)now.tv_nsec;
	*lock->state = state;
	return false;
}

/* Where the system names no boot nothing ever fits. */
bool
bdb_state_fits(const struct bdb_lock *lock, int directory_fd)
{
	struct bdb_state state = *lock->state;
	char boot_id[sizeof(state.boot_id)];
	uint64_t inode;
	int64_t born;

	store_boot_id(boot_id);
	return state.damage == 0 && boot_id[0] != '\0' &&
	    memcmp(state.boot_id, boot_id, sizeof(boot_id)) == 0 &&
	    read_region(directory_fd, &inode, &born) &&
	    state.region_inode == inode && state.region_born == born &&
	    regions_are_whole(&state, directory_fd);
}

void
bdb_state_renew(struct bdb_lock *lock, int directory_fd)
{
	struct bdb_state state = *lock->state;

	state.generation++;
	state.damage = 0;
	state.checkpointer = 0;
	store_boot_id(state.boot_id);
	if (!read_region(directory_fd, &state.region_inode, &state.region_born))
		state.boot_id[0] = '\0';
	for (int i = 0; i < BDB_REGIONS; i++)
		state.region_bytes[i] = region_bytes(directory_fd, i);
	*lock->state = state;
}
