/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the lines of a log go, and where they go if that can't be had: mail
 * goes on, and a line says so.
 *
 *   MSG_SYSLOG   /dev/log; else postlogd(8)
 *   MSG_FILE     the file; else as MSG_SYSLOG
 *   MSG_POSTLOG  postlogd(8); else /dev/log
 *   the others   as MSG_SYSLOG
 * What does not work is tried again once a second.
 */
#ifndef MSG_LOG_H
#define MSG_LOG_H

#include "msg_level.h"

/* path: of the file, or of postlogd's socket; NULL: public/postlog below the
 * current directory or else below /var/spool/postfix. Texts are kept by
 * reference. */
void msg_log_begin(
    enum msg_sink, const char *path, const char *name, int facility);

/* Opens the log now, so that it has its descriptor when there are none left. */
void msg_log_open(void);

/* False: nothing took the line. */
bool msg_log(enum msg_level, struct bytes text);

/*
 * From now on lines for a file are kept back, until msg_log_release() writes
 * them, or there are too many; untaken() is shown those that nothing took.
 */
void msg_log_hold(void (*untaken)(struct bytes text));
void msg_log_release(void);

/* Nothing else took it either: it is counted. */
void msg_log_lost(void);

/* The log is a file, which is also that of this descriptor. */
bool msg_log_is(int fd);

/*
 * What is wrong with the log itself, as text for one more line; else NULL. Of
 * what lasts, once a minute.
 */
const char *msg_log_trouble(void);

#endif
