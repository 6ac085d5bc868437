/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD: the allocation of the number in NO_MEMORY_AT fails, and with
 * NO_MEMORY_AGAIN all that follow. The file in NO_MEMORY_MARK is made when that
 * happens.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static long made;

static int
fails(void)
{
	static long at;
	const char *text;

	if (at == 0) {
		text = getenv("NO_MEMORY_AT");
		at = text == NULL ? -1 : atol(text);
	}
	if (++made != at && (made < at || at < 0 || !getenv("NO_MEMORY_AGAIN")))
		return 0;
	text = getenv("NO_MEMORY_MARK");
	if (made == at && text != NULL)
		close(open(text, O_WRONLY | O_CREAT, 0600));
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
