/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A map of this wing, which the engines share:
 *   store_directory, _files    a directory: who may use it, and its files
 *   store_access               what keeps us out, and what mends it
 *   store_file_system          where it may not be
 *   store_page                 memory that the processes of a store share, and
 *   store_notes, store_uses,     what they leave there for others: what was
 *   store_uses_look,             said, how they use the store, and whether an
 *   store_layout                 older program may
 *   store_wait                 waiting for a lock, and giving way
 *   store_stops, store_holder  who holds the store is not stopped, or named
 *   store_slice, store_get     units of work that last no longer than others
 *   store_boot                 which boot of the machine it is
 *   store_guard                work that can neither crash nor hang us
 *   store_disk                 brings files to the disk, aside
 *
 * A directory that processes share: who may use it, where it may be, and how
 * files in it are opened. What others than its owner can write, or another
 * machine, is refused.
 */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include "store/store.h"

/* What it is for, as messages say it. */
struct store_directory_use {
	const char *thing;  /* "store", "state": what is kept there */
	const char *option; /* "--store=": what comes before its path */
};

/* Flags for open(2): follows no symbolic link, and waits for no FIFO. */
#define STORE_DIRECTORY_SAFELY (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

/*
 * A descriptor; -1: the store has the reason. Makes the directory, mode 0700,
 * if it does not exist, but not for a store that is only read. Refuses one that
 * is another user's or that others can write, and one on a file system of the
 * network or of FUSE.
 */
int store_directory_open(
    struct store *, const char *path, const struct store_directory_use *);

/* See store_become_owner(). */
enum store_result store_directory_become_owner(
    struct store *, const char *path);

/*
 * Of a file of the store just opened so; fd -1: by errno. NULL: it is a regular
 * file of the store's owner, as whom we run, or of root, or the errno says
 * enough; or why it is not used.
 */
const char *store_directory_distrusts(int fd);

/*
 * After a system call failed: a signal has interrupted it, so it is to be tried
 * again, but not for ever. *tries: 0 at first.
 */
bool store_directory_interrupted(int *tries);

/* Opens a file that is locked, and makes it. -1: *distrust, or errno if that is
   NULL, says why. */
int store_directory_open_lock(
    int directory_fd, const char *name, const char **distrust);

/* Sets the reason, after a call has failed on the file, or there is distrust;
   returns STORE_ERROR. */
enum store_result store_directory_failed(struct store *, const char *path,
    const char *file, int error, const char *distrust);

/* See store_claim(); path and fd are the directory's. */
enum store_result store_directory_claim(
    struct store *, const char *path, int fd, const char *name, bool *claimed);

/*
 * Calls visit() for each name in the directory, until it does not return 0,
 * which is then returned; or an errno.
 */
int store_directory_each(int directory_fd,
    int (*visit)(int directory_fd, const char *name, void *argument),
    void *argument);

#endif
