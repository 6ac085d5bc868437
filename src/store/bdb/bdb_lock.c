/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bdb_lock.h"
#include "common/monotonic.h"
#include "store/shared/store_notes.h"

#define STATE_MAGIC "greylock"
#define STATE_VERSION 2

/*
 * A blocked waiter costs a context switch, more than most units of work take.
 * So it blocks only after this many tries, with others let in between.
 */
#define TRIES 30

enum {
	TICK_MICROSECONDS = 50000,
	/* How long to wait for one who is known to be stuck. */
	STUCK_MILLISECONDS = 100
};

_Static_assert(
    sizeof(struct bdb_state) <= STORE_NOTES_AT, "the notes come after it");

int
bdb_lock_open(struct bdb_lock *lock, int directory_fd, const char **distrust)
{
	int error = store_page_open(
	    &lock->page, directory_fd, "grey.lock", distrust);

	lock->state = error == 0 ? lock->page.bytes : NULL;
	return error;
}

bool
bdb_lock_is_whole(struct bdb_lock *lock)
{
	return store_page_is_whole(&lock->page);
}

void
bdb_lock_close(struct bdb_lock *lock)
{
	store_page_close(&lock->page);
}

static void
wake(int signal_number)
{
	(void)signal_number;
}

/*
 * For who waits: the page says since when the holder has been seen at one and
 * the same unit of work. It wipes that when it is done.
 */
static int64_t
note_stuck(const struct bdb_lock *lock)
{
	volatile struct bdb_state *state = lock->state;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (state->stuck_since == 0 || state->stuck_since > now.tv_sec ||
	    state->stuck_holder != state->holder ||
	    state->stuck_units != state->units) {
		state->stuck_holder = state->holder;
		state->stuck_units = state->units;
		state->stuck_since = now.tv_sec;
	}
	return (now.tv_sec - state->stuck_since) * 1000;
}

/* Another program, such as db_dump, does not say how it gets on. */
static int
limit_of(const struct bdb_lock *lock, int patience)
{
	const int longest = BDB_LOCK_WAIT * 1000;

	if (lock->state->holder == 0)
		return longest;
	return note_stuck(lock) > patience ? STUCK_MILLISECONDS : patience;
}

/* flock(2) that gives up: a ticking timer interrupts it. */
static int
wait_for(struct bdb_lock *lock, int patience)
{
	volatile struct bdb_state *state = lock->state;
	int64_t begun = monotonic_milliseconds(), since = begun, now;
	int limit = limit_of(lock, patience);
	uint32_t holder = state->holder, units = state->units;

	while (flock(lock->page.fd, LOCK_EX) == -1) {
		if (errno != EINTR)
			return errno;
		now = monotonic_milliseconds();
		if (holder != state->holder || units != state->units) {
			holder = state->holder;
			units = state->units;
			since = now;
			limit = limit_of(lock, patience);
		}
		if (now - since >= limit ||
		    now - begun >= BDB_LOCK_WAIT * INT64_C(1000))
			return ETIMEDOUT;
	}
	return 0;
}

static int
take_blocking(struct bdb_lock *lock, int patience)
{
	const struct itimerval tick = { { 0, TICK_MICROSECONDS },
		{ 0, TICK_MICROSECONDS } };
	const struct itimerval stop = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_handler = wake }, before;
	int error;

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &tick, NULL);
	error = wait_for(lock, patience);
	setitimer(ITIMER_REAL, &stop, NULL);
	sigaction(SIGALRM, &before, NULL);
	return error;
}

int
bdb_lock_take(struct bdb_lock *lock, int patience)
{
	struct stat status;
	int error;

	for (int i = 0; i < TRIES; i++) {
		if (flock(lock->page.fd, LOCK_EX | LOCK_NB) == 0)
			goto taken;
		lock->state->wanted = 1;
		sched_yield();
	}
	error = take_blocking(lock, patience);
	if (error != 0)
		return error;
taken:
	if (fstat(lock->page.fd, &status) == -1)
		error = errno;
	else if (status.st_nlink == 0)
		error = ESTALE;
	else
		error = store_page_fill(&lock->page, &status);
	if (error != 0)
		flock(lock->page.fd, LOCK_UN);
	return error;
}

void
bdb_lock_drop(struct bdb_lock *lock)
{
	flock(lock->page.fd, LOCK_UN);
}

/* Empty where the system has none: then nothing ever fits. */
static void
read_boot_id(char *out, size_t size)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	memset(out, 0, size);
	if (fd == -1)
		return;
	n = read(fd, out, size - 1);
	if (n < 0)
		out[0] = '\0';
	close(fd);
}

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

bool
bdb_state_fits(const struct bdb_lock *lock, int directory_fd)
{
	struct bdb_state state = *lock->state;
	char boot_id[sizeof(state.boot_id)];
	uint64_t inode;
	int64_t born;

	read_boot_id(boot_id, sizeof(boot_id));
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
	read_boot_id(state.boot_id, sizeof(state.boot_id));
	if (!read_region(directory_fd, &state.region_inode, &state.region_born))
		state.boot_id[0] = '\0';
	for (int i = 0; i < BDB_REGIONS; i++)
		state.region_bytes[i] = region_bytes(directory_fd, i);
	*lock->state = state;
}
