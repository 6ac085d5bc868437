/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD: a disk that takes its time. While the file in SLOW_DISK is
 * there no fdatasync(2) comes to an end, for a minute at most; the first one
 * makes a file of that name with ".waits" after it. While there is one with
 * ".later" after it, a minute more has passed than has; with ".fails", it ends
 * in an error.
 */
#include <sys/syscall.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	const char *slow = getenv("SLOW_DISK");
	char mark[4096];
	int result = (int)syscall(SYS_clock_gettime, clock, now);

	if (slow == NULL || clock != CLOCK_MONOTONIC)
		return result;
	snprintf(mark, sizeof(mark), "%s.later", slow);
	if (access(mark, F_OK) == 0)
		now->tv_sec += 61;
	return result;
}

int
fdatasync(int fd)
{
	const char *slow = getenv("SLOW_DISK");
	char mark[4096];

	if (slow != NULL && access(slow, F_OK) == 0) {
		snprintf(mark, sizeof(mark), "%s.waits", slow);
		close(open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		for (int i = 0; i < 6000 && access(slow, F_OK) == 0; i++)
			usleep(10000);
		snprintf(mark, sizeof(mark), "%s.fails", slow);
		if (access(mark, F_OK) == 0) {
			errno = EIO;
			return -1;
		}
	}
	return (int)syscall(SYS_fdatasync, fd);
}
