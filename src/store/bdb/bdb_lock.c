/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/mman.h>
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
#include "bdb_watch.h"
#include "common/monotonic.h"
#include "store/shared/store_guard.h"

/*
 * A blocked waiter costs a context switch, more than most units of work take.
 * So it blocks only after this many tries, with others let in between.
 */
#define TRIES 60

enum {
	TICK_MICROSECONDS = 50000,
	/* So often the file is looked at, whatever the kernel told. */
	LOOK_MILLISECONDS = 100,
	/* So often the file is made whole between two looks. */
	MENDED_MAX = 100,
	CLAIM_MILLISECONDS = 1000,
	CLAIM_PAUSE_NANOSECONDS = 5000000
};

static int
map_again(struct store_page *page)
{
	return mmap(page->bytes, STORE_PAGE_SIZE, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_FIXED, page->fd, 0) == MAP_FAILED ?
	    errno :
	    0;
}

static bool
lengthen(void *argument)
{
	struct bdb_lock *lock = argument;

	return ++lock->mended <= MENDED_MAX && store_page_lengthen(&lock->page);
}

int
bdb_lock_open(struct bdb_lock *lock, int directory_fd, const char **distrust)
{
	struct stat status;
	int error;

	lock->directory_fd = directory_fd;
	lock->is_told = bdb_watch_begin(directory_fd);
	lock->looked = 0;
	lock->mended = 0;
	lock->state = NULL;
	error = store_page_open(
	    &lock->page, directory_fd, "grey.lock", distrust);
	if (error != 0)
		return error;
	if (fstat(lock->page.fd, &status) == -1) {
		error = errno;
		store_page_close(&lock->page);
		return error;
	}
	lock->inode = status.st_ino;
	lock->state = lock->page.bytes;
	store_guard_mend(lock->page.bytes, STORE_PAGE_SIZE, lengthen, lock);
	return 0;
}

bool
bdb_lock_is_whole(struct bdb_lock *lock)
{
	return store_page_is_whole(&lock->page);
}

void
bdb_lock_close(struct bdb_lock *lock)
{
	store_guard_mend(NULL, 0, NULL, NULL);
	store_page_close(&lock->page);
}

static void
wake(int signal_number)
{
	(void)signal_number;
}

/*
 * flock(2) that gives up: a ticking timer interrupts it. Another program, such
 * as db_dump, does not say how it gets on.
 */
static int
wait_for(struct bdb_lock *lock, int patience)
{
	volatile struct bdb_state *state = lock->state;
	const struct store_progress progress = { &state->holder, &state->units,
		&state->stuck };
	const struct store_patience patiences = { patience,
		BDB_LOCK_WAIT * 1000, BDB_LOCK_WAIT * 1000 };
	struct store_wait wait;

	store_wait_begin(&wait, &progress, &patiences);
	while (flock(lock->page.fd, LOCK_EX) == -1) {
		if (errno != EINTR)
			return errno;
		if (store_wait_is_over(&wait))
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

/*
 * Who looks without need is one system call slower. The kernel tells when a
 * file goes from the directory; that this one was cut, or what went where the
 * kernel did not see it, as below an overlay, is found a little later.
 */
static bool
needs_look(struct bdb_lock *lock)
{
	struct timespec now;
	int64_t time;

	if (!lock->is_told || !lock->page.is_long)
		return true;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	time = now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
	if (!bdb_watch_saw() && time - lock->looked < LOOK_MILLISECONDS)
		return false;
	lock->looked = time;
	return true;
}

/* Of two files of this name, one deleted or renamed, each would lock some. */
static int
look(struct bdb_lock *lock)
{
	bool was_long = lock->page.is_long;
	struct stat status;
	int error;

	if (fstatat(lock->directory_fd, "grey.lock", &status,
		AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? ESTALE : errno;
	if (status.st_ino != lock->inode)
		return ESTALE;
	error = store_page_fill(&lock->page, &status);
	return error == 0 && lock->page.is_long && !was_long ?
	    map_again(&lock->page) :
	    error;
}

static int
look_again(struct bdb_lock *lock)
{
	int error = look(lock);

	lock->mended = 0;
	if (error != 0)
		lock->looked = 0;
	return error;
}

/*
 * There may be two grey.locks for a while, each locked by somebody, but there
 * is only one directory.
 */
int
bdb_lock_claim(struct bdb_lock *lock)
{
	const struct timespec pause = { 0, CLAIM_PAUSE_NANOSECONDS };
	int64_t end = monotonic_milliseconds() + CLAIM_MILLISECONDS;
	int error;

	while (flock(lock->directory_fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		if (monotonic_milliseconds() >= end)
			return ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	error = look_again(lock);
	if (error != 0)
		bdb_lock_unclaim(lock);
	return error;
}

void
bdb_lock_unclaim(struct bdb_lock *lock)
{
	flock(lock->directory_fd, LOCK_UN);
}

/* Who is inside says so in the page, which costs less to read than a try. */
static bool
take_at_once(struct bdb_lock *lock)
{
	volatile struct bdb_state *state = lock->state;

	for (int i = 0; i < TRIES; i++) {
		if (state->holder == 0 &&
		    flock(lock->page.fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (state->wanted == 0)
			state->wanted = 1;
		sched_yield();
	}
	return false;
}

int
bdb_lock_take(struct bdb_lock *lock, int patience)
{
	int error = take_at_once(lock) ? 0 : take_blocking(lock, patience);

	if (error != 0 || !needs_look(lock))
		return error;
	error = look_again(lock);
	if (error != 0)
		flock(lock->page.fd, LOCK_UN);
	return error;
}

void
bdb_lock_drop(struct bdb_lock *lock)
{
	flock(lock->page.fd, LOCK_UN);
}
