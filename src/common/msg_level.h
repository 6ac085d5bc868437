/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Severities:
 *   MSG_ERROR   the program can't do what it is for
 *   MSG_WARN    it goes on, but somebody should look
 *   MSG_NOTICE  worth knowing
 *   MSG_INFO    the program's daily work, such as a line a decision
 *   MSG_DEBUG   for those who look for a fault
 * Sinks:
 *   MSG_SYSLOG   to syslog(3)
 *   MSG_FILE     to a file
 *   MSG_POSTLOG  to Postfix's postlogd(8)
 *   MSG_STDERR   to standard error
 *   MSG_NONE     nowhere
 */
#ifndef MSG_LEVEL_H
#define MSG_LEVEL_H

#include "bytes.h"

/* A longer line is cut, and ends with "...". */
#define MSG_MAX 16384

enum msg_level { MSG_ERROR, MSG_WARN, MSG_NOTICE, MSG_INFO, MSG_DEBUG };
enum msg_sink { MSG_SYSLOG, MSG_STDERR, MSG_NONE, MSG_FILE, MSG_POSTLOG };

#endif
