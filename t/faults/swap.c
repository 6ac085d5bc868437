/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD: after the first look at the file in SWAP_PATH, the one in
 * SWAP_WITH takes its place, as somebody could do who waits for the moment.
 */
#include <sys/stat.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
stat(const char *restrict path, struct stat *restrict status)
{
	const char *swap = getenv("SWAP_PATH"), *with = getenv("SWAP_WITH");
	int result = fstatat(AT_FDCWD, path, status, 0);

	if (swap != NULL && with != NULL && strcmp(path, swap) == 0)
		rename(with, swap);
	return result;
}
