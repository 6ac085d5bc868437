/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host and program of a line: `mx1 postfix/submission/smtpd`. The last part of
 * the program is the daemon, the first the instance (syslog_name), and the
 * service is what lies between. Postfix: conf/master.cf.
 */
#ifndef WRITER_H
#define WRITER_H

#include "entry.h"

/*
 * A program that is empty is foreign. What is_kept is valid for ever, else
 * until the next call: a log may hold any number of hosts and programs. The
 * host is not empty.
 */
const struct writer *writer_of(struct bytes host, struct bytes program);

#endif
