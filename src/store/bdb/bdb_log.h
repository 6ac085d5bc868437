/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log files of a directory, read as bytes in the format of Berkeley DB 5.3
 * and this machine's order of bytes. They may hold anything. Berkeley DB itself
 * takes what it can't read for the end of the log, whatever follows; here it is
 * found, and the records after it are read, too.
 */
#ifndef BDB_LOG_H
#define BDB_LOG_H

#include <stdint.h>

#include "common/bytes.h"

/* Where a record is, in the order of time: the number of its file in the upper
   half, its place in that in the lower. */
typedef uint64_t bdb_log_place;

static inline bdb_log_place
bdb_log_place_of(uint32_t file, uint32_t at)
{
	return (bdb_log_place)file << 32 | at;
}

static inline uint32_t
bdb_log_file_of(bdb_log_place place)
{
	return (uint32_t)(place >> 32);
}

struct bdb_log_reader {
	/* A whole record, without its head; valid until it returns. What is
	   not 0 ends the reading. */
	int (*record)(void *argument, bdb_log_place, struct bytes record);
	/*
	 * Here follow bytes that can't be read, or that are missing; 0: it is
	 * not known how many. NULL: is not told.
	 */
	int (*gap)(void *argument, bdb_log_place, uint64_t bytes);
	void *argument;
	/* Set: the numbers of the files, 0: there are none; where they are. */
	uint32_t first, last;
	int directory_fd;
};

/*
 * 0, an errno, or what a callback returned. A record at the end that a process
 * was killed while it wrote is no gap. Logs of another version of Berkeley DB,
 * or of the other order of bytes, count as none.
 */
int bdb_log_read(int directory_fd, struct bdb_log_reader *);

#endif
