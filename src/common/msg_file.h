/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log that is a file: each line is in one write(2) at its end, so that the
 * lines of many processes do not mix. It is opened as the user that the process
 * runs as, made with mode 0640 if it is not there, and opened again within a
 * second of being renamed or removed. It may be a pipe or a terminal, but not
 * what requests and answers go through.
 */
#ifndef MSG_FILE_H
#define MSG_FILE_H

#include <sys/types.h>
#include <time.h>

#include "bytes.h"

/* /dev/stdout of process 1, which is what a container's log is made of. */
#define MSG_FILE_STDOUT_OF_1 "/proc/1/fd/1"
#define MSG_FILE_STDERR_OF_1 "/proc/1/fd/2"

struct msg_file {
	const char *path;
	int fd; /* -1: to be opened */
	bool is_regular;
	bool is_cut;	/* the last line was not written to its end */
	size_t written; /* bytes of what msg_file_write() was given last */
	dev_t device;
	ino_t inode;
	time_t looked_at; /* when it was last seen to have its name */
};

/* NULL, or why not; the text lasts until the next call. lines: one or more,
 * each with its newline. now: the present, in seconds. */
const char *msg_file_write(struct msg_file *, struct bytes lines, time_t now);

/* How many bytes of lines are one write(2) that no other's comes into. */
size_t msg_file_room(const struct msg_file *);

const char *msg_file_open(struct msg_file *, time_t now);
void msg_file_close(struct msg_file *);

/* The open file is that of the descriptor. */
bool msg_file_is(const struct msg_file *, int fd);

#endif
