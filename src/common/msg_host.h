/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host in the lines of a log: its name without the domain, as syslog
 * daemons and Postfix have it.
 */
#ifndef MSG_HOST_H
#define MSG_HOST_H

#include <limits.h>

struct msg_host {
	char name[HOST_NAME_MAX + 1];
};

struct msg_host msg_host(void);

/*
 * The host in Postfix's own lines: myhostname, where main.cf sets it in plain
 * words; else the same as msg_host(). main.cf is looked for in the directory
 * $MAIL_CONFIG, which Postfix's programs pass on to those they start, or else
 * in /etc/postfix.
 */
struct msg_host msg_host_of_postfix(void);

#endif
