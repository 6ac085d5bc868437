/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages to people: to standard error, to syslog(3), or to both. Each is one
 * line of printable text: control bytes and what is not UTF-8 become '?'.
 *
 * Severities:
 *   MSG_ERROR   the program can't do what it is for
 *   MSG_WARN    it goes on, but somebody should look
 *   MSG_NOTICE  worth knowing
 *   MSG_INFO    the program's daily work, such as a line a decision
 *   MSG_DEBUG   for those who look for a fault
 * Sinks: MSG_SYSLOG sends everything to syslog(3), and errors and warnings to
 * standard error as well; MSG_STDERR sends everything to standard error;
 * MSG_NONE only errors and warnings, to standard error.
 *
 * Standard error is not used where it is the socket that the requests come
 * from, as under spawn(8) and inetd(8): there everything that would go to it
 * goes to syslog, and descriptor 2 is pointed at /dev/null.
 */
#ifndef MSG_H
#define MSG_H

#include "bytes.h"

/* A longer line is cut, and ends with "...". */
#define MSG_MAX 16384

enum msg_level { MSG_ERROR, MSG_WARN, MSG_NOTICE, MSG_INFO, MSG_DEBUG };
enum msg_sink { MSG_SYSLOG, MSG_STDERR, MSG_NONE };

/*
 * First of all in main(): finds out what descriptor 2 is, and fills the numbers
 * of closed standard descriptors, which no other file may get.
 */
void msg_init(void);

/*
 * Before the first message, and again when the options are known. name: what
 * lines begin with, kept by reference. facility: of syslog(3). loudest: levels
 * beyond it are dropped.
 */
void msg_open(
    enum msg_sink, const char *name, int facility, enum msg_level loudest);

/* False where the text would be dropped: saves making it. */
bool msg_wanted(enum msg_level);

void msg(enum msg_level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void msg_text(enum msg_level, struct bytes text);

#endif
