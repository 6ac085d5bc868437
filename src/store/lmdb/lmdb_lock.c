/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "lmdb_lock.h"
#include "store/shared/store_guard.h"
#include "store/shared/store_notes.h"

#define STATE_MAGIC "greylmdb"
#define STATE_VERSION 1

/*
 * A blocked waiter costs a context switch, more than most units of work take.
 * So it blocks only after this many tries, with others let in between.
 */
#define TRIES 60

enum {
	TICK_NANOSECONDS = 50000000,
	/* Who opens the file alone has it for a few microseconds. */
	OPEN_MILLISECONDS = 1000,
	/* One file after the other goes, while we want to open it. */
	OPENS_MAX = 8,
	/* So often the file is made whole in one wait and one unit of work. */
	MENDED_MAX = 100
};

#define NAME "grey.state"

_Static_assert(
    sizeof(struct lmdb_state) <= STORE_NOTES_AT, "the notes come after it");

static bool
is_state(const volatile struct lmdb_state *state)
{
	bool same = true;

	for (size_t i = 0; i < sizeof(state->magic); i++)
		same &= state->magic[i] == STATE_MAGIC[i];
	return same && state->version == STATE_VERSION;
}

/* Nobody else has it. What is known of the data stays. */
static int
make_state(struct lmdb_lock *lock)
{
	struct lmdb_state *state = lock->page.bytes;
	pthread_mutexattr_t attributes;
	struct timespec now;
	int error;

	if (!is_state(state)) {
		memset(state, 0, sizeof(*state));
		clock_gettime(CLOCK_REALTIME, &now);
		state->generation = (uint64_t)now.tv_sec * 1000000000 +
		    (uint64_t)now.tv_nsec;
	}
	state->holder = 0;
	state->stuck.since = 0;
	memset(&state->mutex, 0, sizeof(state->mutex));
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	error = pthread_mutex_init(&state->mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
	memcpy(state->magic, STATE_MAGIC, sizeof(state->magic));
	state->version = STATE_VERSION;
	return error;
}

static bool
lengthen(void *argument)
{
	struct lmdb_lock *lock = argument;

	return ++lock->mended <= MENDED_MAX && store_page_lengthen(&lock->page);
}

static bool
is_there(const struct lmdb_lock *lock, int directory_fd)
{
	struct stat ours, there;

	return fstat(lock->page.fd, &ours) == 0 &&
	    fstatat(directory_fd, NAME, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

/* Shared with the others, after having been alone if there are none. */
static int
join(struct lmdb_lock *lock)
{
	const struct timespec pause = { 0, 1000000 };
	int64_t begun = monotonic_milliseconds();
	int error = 0;

	for (;;) {
		if (flock(lock->page.fd, LOCK_EX | LOCK_NB) == 0)
			error = make_state(lock);
		if (error != 0)
			return error;
		if (flock(lock->page.fd, LOCK_SH | LOCK_NB) == 0)
			return is_state(lock->state) ? 0 : ESTALE;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		if (monotonic_milliseconds() - begun > OPEN_MILLISECONDS)
			return ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
}

/* ESTALE: it is not there any more. */
static int
open_once(struct lmdb_lock *lock, int directory_fd, const char **distrust)
{
	int error = store_page_open(&lock->page, directory_fd, NAME, distrust);
	int kept;

	if (error != 0)
		return error;
	lock->state = lock->page.bytes;
	lock->mended = 0;
	store_guard_mend(lock->page.bytes, STORE_PAGE_SIZE, lengthen, lock);
	error = join(lock);
	if (error == ESTALE) {
		kept = lmdb_lock_discard(lock, directory_fd);
		if (kept != 0)
			error = kept;
	} else if (error == 0 && !is_there(lock, directory_fd))
		error = ESTALE;
	if (error != 0)
		lmdb_lock_close(lock);
	return error;
}

int
lmdb_lock_open(struct lmdb_lock *lock, int directory_fd, const char **distrust)
{
	int error = ESTALE;

	for (int i = 0; i < OPENS_MAX && error == ESTALE; i++)
		error = open_once(lock, directory_fd, distrust);
	return error;
}

void
lmdb_lock_close(struct lmdb_lock *lock)
{
	store_guard_mend(NULL, 0, NULL, NULL);
	store_page_close(&lock->page);
}

/*
 * Who deletes it after another has put a new one there takes that away, and for
 * a while each of the two has a lock of its own; but there is only one
 * directory.
 */
int
lmdb_lock_discard(const struct lmdb_lock *lock, int directory_fd)
{
	const struct timespec pause = { 0, 1000000 };
	int64_t end = monotonic_milliseconds() + OPEN_MILLISECONDS;
	int error = 0;

	while (flock(directory_fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		if (monotonic_milliseconds() >= end)
			return ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	if (is_there(lock, directory_fd) &&
	    unlinkat(directory_fd, NAME, 0) == -1)
		error = errno;
	flock(directory_fd, LOCK_UN);
	return error;
}

/* What pthread_mutex_clocklock() returned at last, or ETIMEDOUT. */
static int
take_blocking(struct lmdb_lock *lock, int patience)
{
	volatile struct lmdb_state *state = lock->state;
	const struct store_progress progress = { &state->holder, &state->units,
		&state->stuck };
	const struct store_patience patiences = { patience, patience,
		LMDB_LOCK_WAIT * 1000 };
	struct store_wait wait;
	struct timespec until;
	int error;

	store_wait_begin(&wait, &progress, &patiences);
	do {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_NANOSECONDS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		error = pthread_mutex_clocklock(
		    (pthread_mutex_t *)&state->mutex, CLOCK_MONOTONIC, &until);
	} while (error == ETIMEDOUT && is_state(state) &&
	    !store_wait_is_over(&wait));
	return error;
}

/*
 * Of a mutex that was overwritten while we held it the C library can't say that
 * it is free, and has it in its list of those that we hold: it writes into it
 * with the next one. Waiters see by themselves what became of it.
 */
static void
unlock(struct lmdb_lock *lock)
{
	if (is_state(lock->state))
		pthread_mutex_unlock((pthread_mutex_t *)&lock->state->mutex);
	else
		store_page_abandon(&lock->page);
}

int
lmdb_lock_take(struct lmdb_lock *lock, uint32_t pid, int patience)
{
	volatile struct lmdb_state *state = lock->state;
	pthread_mutex_t *mutex = (pthread_mutex_t *)&state->mutex;
	int error;

	/* The C library may abort the process over what is no longer a valid
	   mutex. */
	if (!is_state(state))
		return ESTALE;
	error = pthread_mutex_trylock(mutex);
	/* The page is read, which others do too, and not written in vain. */
	for (int i = 0; i < TRIES && error == EBUSY; i++) {
		if (state->wanted == 0)
			state->wanted = 1;
		sched_yield();
		if (state->holder == 0)
			error = pthread_mutex_trylock(mutex);
	}
	if (error == EBUSY)
		error = take_blocking(lock, patience);
	if (error == EOWNERDEAD)
		error = pthread_mutex_consistent(mutex);
	if (error == ETIMEDOUT && is_state(state))
		return error;
	if (error == 0 && is_state(state)) {
		state->holder = pid;
		lock->mended = 0;
		return 0;
	}
	if (error == 0)
		unlock(lock);
	return ESTALE;
}

void
lmdb_lock_drop(struct lmdb_lock *lock)
{
	lock->state->stuck.since = 0;
	lock->state->holder = 0;
	unlock(lock);
}
