/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/statvfs.h>
#include <errno.h>
#include <signal.h>

#include "bdb_calls.h"
#include "bdb_guarded.h"
#include "store/shared/store_guard.h"

enum { JOIN_MILLISECONDS = 1000 };

struct guarded {
	struct bdb *bdb;
	bdb_work *work;
	void *argument;
};

static int
call_work(void *argument)
{
	struct guarded *guarded = argument;

	return guarded->work(guarded->bdb, guarded->argument);
}

void
bdb_suspect(struct bdb *bdb)
{
	if (bdb->lock.state->damage == BDB_SOUND)
		bdb->lock.state->damage = BDB_SUSPECT;
}

/*
 * A bus error may mean that a mapped page found no room on the disk, and any
 * that Berkeley DB did not expect a call of the system to fail. Or else it
 * stumbled over what it read, or ran for ever.
 */
static int
error_of_signal(struct bdb *bdb, int signal_number)
{
	struct statvfs disk;

	if (signal_number == SIGBUS &&
	    fstatvfs(bdb->directory.fd, &disk) == 0 &&
	    disk.f_bavail < disk.f_blocks / 100 + 1)
		return ENOSPC;
	if (bdb_calls_failed() != 0)
		return bdb_calls_failed();
	bdb_suspect(bdb);
	return DB_RUNRECOVERY;
}

int
bdb_guarded_for(struct bdb *bdb, bdb_work *work, void *argument, int tenths)
{
	struct guarded guarded = { bdb, work, argument };
	int result = 0;
	int signal_number = store_guard_run(
	    call_work, &guarded, tenths, &result);

	return signal_number == 0 ? result :
				    error_of_signal(bdb, signal_number);
}

int
bdb_guarded_joining(struct bdb *bdb, bdb_work *work)
{
	struct guarded guarded = { bdb, work, NULL };
	int result = 0;
	int signal_number = store_guard_run_awake(
	    call_work, &guarded, bdb->unit_tenths, JOIN_MILLISECONDS, &result);

	if (signal_number == SIGALRM)
		return DB_RUNRECOVERY;
	return signal_number == 0 ? result :
				    error_of_signal(bdb, signal_number);
}

int
bdb_guarded(struct bdb *bdb, bdb_work *work, void *argument)
{
	return bdb_guarded_for(bdb, work, argument, bdb->unit_tenths);
}

static int
close_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	bdb_env_close(&bdb->env);
	return 0;
}

bool
bdb_guarded_close(struct bdb *bdb)
{
	return bdb_guarded(bdb, close_work, NULL) == 0;
}
