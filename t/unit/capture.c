/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture.h"
#include "common/msg.h"
#include "unit.h"

static char captured[3 * MSG_MAX];
static int saved, file;

/* Descriptor 2 becomes a file in memory. */
void
capture_begin(void)
{
	saved = dup(2);
	file = memfd_create("stderr", 0);
	if (!CHECK(saved != -1 && file != -1))
		abort();
	dup2(file, 2);
}

struct bytes
capture_end(void)
{
	ssize_t n = pread(file, captured, sizeof(captured), 0);

	dup2(saved, 2);
	close(saved);
	close(file);
	return (struct bytes){ captured, n < 0 ? 0 : (size_t)n };
}
