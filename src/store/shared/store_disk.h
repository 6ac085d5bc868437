/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings files to the disk, which may take seconds, aside, for who serves many
 * meanwhile: by a child process, which does that and nothing else.
 *
 * Not a thread: a process that is killed stays until its threads are back from
 * the disk, and keeps its locks. A child has files of its own, and closes at
 * once all but those that it is about.
 */
#ifndef STORE_DISK_H
#define STORE_DISK_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

enum { STORE_DISK_FILES = 2 };

/* All zero: nothing is under way. */
struct store_disk {
	const char *place; /* of the store, for messages */
	bool begun;
	pid_t child; /* 0: it has ended, or there was none */
	pid_t stuck; /* one that was given up, and has not ended; 0: none */
	int64_t begun_at; /* as monotonic_milliseconds() */
	int error;
	bool said; /* that it takes too long, since it last did not */
};

/*
 * Nothing is under way. What has been written to these files so far is brought
 * to the disk, and they are closed; a -1 among them is passed over. aside: by a
 * child, if there can be one; else it is done on return.
 */
void store_disk_begin(
    struct store_disk *, const int fds[STORE_DISK_FILES], bool aside);

/*
 * True, once: all is there, or *error (errno) is why not; 0: it is. ECHILD:
 * unknown. ETIMEDOUT: it has taken a minute, and was given up, which is said;
 * while the child that does not end is there, nothing is brought aside.
 */
bool store_disk_is_done(struct store_disk *, int *error);

/* Waits for what is under way, a minute from its beginning at most; then
   nothing is under way. */
void store_disk_wait(struct store_disk *);

#endif
