/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who wrote a line, by its host and program: `mx1 postfix/submission/smtpd`.
 * The last part of the program is the daemon, the first is the instance
 * (syslog_name), and what lies between is the service. Postfix: conf/master.cf.
 */
#ifndef WRITER_H
#define WRITER_H

#include "entry.h"

/*
 * The host must not be empty; a program that is empty is foreign. The first few
 * thousand writers are kept (is_kept) and valid for ever; a log may hold any
 * number of them, and a further one is valid until the next call.
 */
const struct writer *writer_of(struct bytes host, struct bytes program);

#endif
