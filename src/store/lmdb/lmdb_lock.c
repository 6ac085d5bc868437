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
#include "store/shared/store_notes.h"

#define STATE_MAGIC "greylmdb"
#define STATE_VERSION 1

/*
 * A blocked waiter costs a context switch, more than most units of work take.
 * So it blocks only after this many tries, with others let in between.
 */
#define TRIES 30

enum {
	TICK_NANOSECONDS = 50000000,
	/* Who opens the file alone has it for a few microseconds. */
	OPEN_MILLISECONDS = 1000
};

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

/* Shared with the others, after having been alone if there are none. */
static int
join(struct lmdb_lock *lock)
{
	const struct timespec pause = { 0, 1000000 };
	int64_t begun = monotonic_milliseconds();
	int error = 0;

	while (error == 0) {
		if (flock(lock->page.fd, LOCK_EX | LOCK_NB) == 0)
			error = make_state(lock);
		if (error == 0 && flock(lock->page.fd, LOCK_SH | LOCK_NB) == 0)
			return is_state(lock->state) ? 0 : ESTALE;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		if (monotonic_milliseconds() - begun > OPEN_MILLISECONDS)
			return ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return error;
}

int
lmdb_lock_open(struct lmdb_lock *lock, int directory_fd, const char **distrust)
{
	int error = store_page_open(
	    &lock->page, directory_fd, "grey.state", distrust);

	if (error != 0)
		return error;
	lock->state = lock->page.bytes;
	error = join(lock);
	if (error != 0)
		store_page_close(&lock->page);
	return error;
}

void
lmdb_lock_close(struct lmdb_lock *lock)
{
	store_page_close(&lock->page);
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
	} while (error == ETIMEDOUT && !store_wait_is_over(&wait));
	return error;
}

int
lmdb_lock_take(struct lmdb_lock *lock, uint32_t pid, int patience)
{
	volatile struct lmdb_state *state = lock->state;
	pthread_mutex_t *mutex = (pthread_mutex_t *)&state->mutex;
	int error = pthread_mutex_trylock(mutex);

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
	if (error == ETIMEDOUT && is_state(lock->state))
		return error;
	if (error == 0 && is_state(lock->state)) {
		lock->state->holder = pid;
		return 0;
	}
	if (error == 0)
		pthread_mutex_unlock(mutex);
	return ESTALE;
}

void
lmdb_lock_drop(struct lmdb_lock *lock)
{
	lock->state->stuck.since = 0;
	lock->state->holder = 0;
	pthread_mutex_unlock((pthread_mutex_t *)&lock->state->mutex);
}
