/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of a syslog file in its parts: the stamp, the host, the program with
 * its pid, the text; in the wrappers that logs come in, see wrapper.h, and in
 * the order that other daemons write them:
 *   Feb 10 17:01:35 mx1 postfix/smtpd[42]: text
 *   Feb 10 17:01:35 mx1 postfix/smtpd[42]: [ID 197553 mail.info] text  Solaris
 *   Feb 10 17:01:35 mx1 mail.info postfix/smtpd[42]: text              BusyBox
 *   Feb 10 17:01:35 mx1 mail:info postfix/smtpd[42]: text                  AIX
 *   Tue Feb 10 17:01:35 2026 mail.info postfix/smtpd[42]: text         OpenWrt
 *   Feb 10 17:01:35 postfix/smtpd[42]: text                            no host
 *   Feb 10 17:01:35 [postfix/smtpd] text                               metalog
 *   mail.info: Feb 10 17:01:35 postfix/smtpd[42]: text                 socklog
 *   2026-02-10T17:01:35Z Feb 10 17:01:35 mx1 postfix/smtpd[42]: text containers
 * and RFC 5424, see protocol.h. A host that is not said is "-".
 */
#ifndef PREFIX_H
#define PREFIX_H

#include "entry.h"
#include "stamp.h"

enum prefix_result {
	PREFIX_OK,
	PREFIX_NONE, /* no stamp, or no host and text after it */
	PREFIX_SKIP  /* not an entry: blank, or a remark of journalctl */
};

enum prefix_result prefix_read(
    struct stamp_clock *, struct bytes line, struct entry *);

#endif
