/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>

#include "read_again.h"

bool
read_again(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return poll(&wait, 1, -1) != -1 || errno == EINTR;
	return errno == EINTR;
}
