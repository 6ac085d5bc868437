/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings files to the disk, which may take seconds, aside, for who serves many
 * meanwhile: by a child process, which does that and nothing else.
 *
 * A thread would be the process: whoever kills it would wait for the disk, and
 * so would all who wait for a lock that it held. A child has files of its own,
 * and closes at once all but those that it is about.
 */
#ifndef STORE_DISK_H
#define STORE_DISK_H

#include <sys/types.h>
#include <stdbool.h>

enum { STORE_DISK_FILES = 2 };

/* All zero: nothing is under way. */
struct store_disk {
	bool begun;
	pid_t child; /* 0: it has ended, or there was none */
	int error;
};

/*
 * Nothing is under way. What has been written to these files so far is brought
 * to the disk, and they are closed; a -1 among them is passed over. aside: by a
 * child, if there can be one; else it is done on return.
 */
void store_disk_begin(
    struct store_disk *, const int fds[STORE_DISK_FILES], bool aside);

/* True, once: all is there, or *error (errno) is why not; 0: it is. */
bool store_disk_is_done(struct store_disk *, int *error);

/* Waits for what is under way, if something is. */
void store_disk_wait(struct store_disk *);

#endif
