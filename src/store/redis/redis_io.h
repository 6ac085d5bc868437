/* SPDX-License-Identifier: BSD-2-Clause */
/* How reading from a server, and writing to it, ends; and by what words. */
#ifndef REDIS_IO_H
#define REDIS_IO_H

enum { REDIS_TLS_TROUBLE_MAX = 320 };

/* What came of reading or writing. */
enum redis_io {
	REDIS_IO_DONE,
	REDIS_IO_WAIT,	/* for nothing that can be named, or the same again */
	REDIS_IO_READ,	/* it waits until it can be read */
	REDIS_IO_WRITE, /* ... written */
	REDIS_IO_END,	/* the other side has closed it */
	REDIS_IO_FAILED
};

#endif
