/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One entry of a log, whatever its form: when, who, what.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"

/* In a second; times here are microseconds since the epoch. */
#define MICROSECONDS INT64_C(1000000)

/* The time of an entry; this: the line has no time that can be read. */
#define ENTRY_NO_TIME INT64_MIN

enum daemon {
	DAEMON_POSTSCREEN,
	DAEMON_DNSBLOG,
	DAEMON_TLSPROXY,
	DAEMON_SMTPD,
	DAEMON_PICKUP,
	DAEMON_CLEANUP,
	DAEMON_QMGR,
	DAEMON_DELIVERY, /* local, virtual, pipe, error */
	DAEMON_SMTP,	 /* smtp and lmtp */
	DAEMON_DISCARD,
	DAEMON_BOUNCE,
	DAEMON_ANVIL,
	DAEMON_SCACHE,
	DAEMON_VERIFY,
	DAEMON_MASTER, /* and the commands that start and stop it */
	DAEMON_POSTSUPER,
	DAEMON_OTHER,	/* of Postfix, with little to say */
	DAEMON_UNKNOWN, /* Postfix' log name, but no program that is known */
	DAEMON_GREY,
	DAEMON_SPF,
	DAEMON_FOREIGN,
	DAEMON_COUNT
};

/* Who wrote a line. Parsed once, and found again by the text of host and
 * program. */
struct writer {
	enum daemon daemon;
	bool is_submission; /* submission, submissions or smtps */
	bool is_kept;	    /* see writer_of() */
	uint64_t host_hash;
	uint64_t instance_hash; /* of host and instance */
	struct bytes host;
	struct bytes instance;
	struct bytes service; /* empty for postfix/smtpd */
	struct bytes program; /* the last part */
	size_t program_len;   /* of all parts */
};

struct entry {
	int64_t time; /* microseconds, or ENTRY_NO_TIME */
	const struct writer *writer;
	uint64_t pid;
	struct bytes text;
};

#endif
