/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library to be preloaded: the process is killed where it would unlock its
 * first mutex, so that the mutex stays locked.
 */
#include <pthread.h>
#include <signal.h>

int
pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	(void)mutex;
	raise(SIGKILL);
	return 0;
}
