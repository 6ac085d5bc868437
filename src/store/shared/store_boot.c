/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store_boot.h"

void
store_boot_id(char id[static STORE_BOOT_ID])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	memset(id, 0, STORE_BOOT_ID);
	if (fd == -1)
		return;
	n = read(fd, id, STORE_BOOT_ID - 1);
	if (n < 0)
		id[0] = '\0';
	close(fd);
}
