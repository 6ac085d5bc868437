/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages to people: to standard error, to syslog(3), or to both. Each is one
 * line of printable text: control bytes and what is not UTF-8 become '?'.
 *
 * Severities and sinks are in msg_level.h.
 *
 * Errors and warnings go to standard error as well, whatever the sink. In a
 * log, among the lines of other programs, they begin with "error: " or
 * "warning: "; at standard error they do not.
 *
 * Standard error is not used where it is the socket that the requests come
 * from, as under spawn(8) and inetd(8): there everything that would go to it
 * goes to the log, and descriptor 2 is pointed at /dev/null.
 *
 * The way of a line through this folder:
 *   msg         where it is to go
 *   msg_log     what takes it, or else takes its place; what is said of that
 *   msg_line    the forms of a line; msg_host: the host in it
 *   msg_file, msg_socket   writing it
 */
#ifndef MSG_H
#define MSG_H

#include "msg_level.h"

/* A log that is asked for. path: of the file; of postlogd's socket, or NULL. */
struct msg_target {
	enum msg_sink sink;
	const char *path;
};

/*
 * "syslog", "stderr", "none", "file:PATH", "postlog" or "postlog:PATH"; the
 * path is part of the text. NULL, or why the text is none of them; the target
 * is syslog then.
 */
const char *msg_target_parse(const char *text, struct msg_target *);

/*
 * First of all in main(): finds out what descriptor 2 is, and fills the numbers
 * of closed standard descriptors, which no other file may get.
 */
void msg_init(void);

/*
 * Before the first message, and again when the options are known. name: what
 * lines begin with, kept by reference. facility: of syslog(3). loudest: levels
 * beyond it are dropped. msg_open_log() opens the log at once.
 */
void msg_open(
    enum msg_sink, const char *name, int facility, enum msg_level loudest);
void msg_open_log(const struct msg_target *, const char *name, int facility,
    enum msg_level loudest);

/* False: standard error is the socket of the requests, or closed. */
bool msg_has_stderr(void);

/* To standard error, and to no log: for a person who reads on. */
void msg_aside(const char *text);

/* False where the text would be dropped: saves making it. */
bool msg_wanted(enum msg_level);

void msg(enum msg_level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void msg_text(enum msg_level, struct bytes text);

/*
 * For who says much at once: what comes after msg_hold() may be kept back until
 * msg_release(), so that one system call takes many lines.
 */
void msg_hold(void);
void msg_release(void);

#endif
