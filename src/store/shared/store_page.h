/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of two pages in a directory that processes share: memory that all of
 * them map, for what they want each other to know. What the first bytes are is
 * the engine's own affair; store_notes.h and store_uses.h have their places.
 */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include <sys/stat.h>
#include <stdbool.h>

/* The engine's own, then the notes. */
#define STORE_PAGE_HALF 4096
/* Of both; the second half is for the uses. */
#define STORE_PAGE_SIZE 8192

struct store_page {
	int fd;	      /* -1: not open */
	bool is_long; /* there is a second half, which a full disk forbids */
	bool is_kept; /* when it is closed the bytes stay, as something may
			 point to them */
	void *bytes;
};

/*
 * 0 or an errno, with *distrust if that is not all, as in
 * store_directory_open_lock(). Makes the file if there is none; directory_fd
 * stays open.
 */
int store_page_open(struct store_page *, int directory_fd, const char *name,
    const char **distrust);
void store_page_close(struct store_page *);

/* Of a file that was cut: makes it whole again. 0 or an errno. */
int store_page_fill(struct store_page *, const struct stat *);
/*
 * The file was cut while it is mapped, and is touched before anybody looked at
 * it: it becomes what it would be after that look. For store_guard_mend();
 * false: it could not be made whole.
 */
bool store_page_lengthen(struct store_page *);
/* False: the file was deleted, or cut and is not to be mended. */
bool store_page_is_whole(struct store_page *);

/* Becomes zeros that are this process's own, and stay when it is closed. */
void store_page_abandon(struct store_page *);

/* What store_uses.h wants; NULL: there is no room for that. */
void *store_page_uses(const struct store_page *);

#endif
