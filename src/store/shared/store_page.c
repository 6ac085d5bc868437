/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "store_directory.h"
#include "store_page.h"

/*
 * Makes the file large enough on the disk: a hole could end in SIGBUS. Without
 * room for all of it the first half will do.
 */
int
store_page_fill(struct store_page *page, const struct stat *status)
{
	page->is_long = status->st_size >= STORE_PAGE_SIZE ||
	    posix_fallocate(page->fd, 0, STORE_PAGE_SIZE) == 0;
	if (page->is_long || status->st_size >= STORE_PAGE_HALF)
		return 0;
	return posix_fallocate(page->fd, 0, STORE_PAGE_HALF);
}

int
store_page_open(struct store_page *page, int directory_fd, const char *name,
    const char **distrust)
{
	struct stat status;
	int error;

	page->is_kept = false;
	page->fd = store_directory_open_lock(directory_fd, name, distrust);
	if (page->fd == -1)
		return errno;
	error = fstat(page->fd, &status) == -1 ? errno :
						 store_page_fill(page, &status);
	if (error == 0) {
		page->bytes = mmap(NULL, STORE_PAGE_SIZE,
		    PROT_READ | PROT_WRITE, MAP_SHARED, page->fd, 0);
		if (page->bytes != MAP_FAILED)
			return 0;
		error = errno;
	}
	close(page->fd);
	page->fd = -1;
	return error;
}

/*
 * A second half for which the disk has no room is then this process's own. One
 * that is whole was made so by another process, unless the disk fails.
 */
bool
store_page_lengthen(struct store_page *page)
{
	char *half = (char *)page->bytes + STORE_PAGE_HALF;
	struct stat status;

	if (fstat(page->fd, &status) == -1 ||
	    store_page_fill(page, &status) != 0)
		return false;
	return page->is_long ||
	    mmap(half, STORE_PAGE_HALF, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool
store_page_is_whole(struct store_page *page)
{
	struct stat status;

	return fstat(page->fd, &status) == 0 && status.st_nlink > 0 &&
	    store_page_fill(page, &status) == 0;
}

void
store_page_close(struct store_page *page)
{
	if (page->fd == -1)
		return;
	if (!page->is_kept)
		munmap(page->bytes, STORE_PAGE_SIZE);
	close(page->fd);
	page->fd = -1;
}

void
store_page_abandon(struct store_page *page)
{
	(void)mmap(page->bytes, STORE_PAGE_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	page->is_kept = true;
}

void *
store_page_uses(const struct store_page *page)
{
	return page->is_long ? page->bytes : NULL;
}
