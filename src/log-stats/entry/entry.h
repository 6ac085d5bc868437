/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One entry of a log, whatever its form: when, who, what.
 *
 * The way of a line through this folder:
 *   scan         looking at text many bytes at a time
 *   stamp        the time at its front, in the forms that logs have;
 *                stamp_forms: those that few logs have; stamp_parts: what
 *                both are made of; stamp_year: the year,
 *                or the zone, where a stamp has none
 *   wrapper      what stands around a line: colours, names of containers
 *   protocol     a line of RFC 5424
 *   writer       host and program, kept, so that each is parsed once
 *   prefix       a line of syslog in whatever wrapper: stamp, writer, pid, and
 *                the text that is left
 *   journal      the same from what journalctl(1) exports
 *   repeats      the last entry of each host: what "last message repeated 2
 *                times" means
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"

/* A second. Times are microseconds since the epoch. */
#define MICROSECONDS INT64_C(1000000)

/* For a line that has no time, or none that can be read. */
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
	DAEMON_MASTER,
	DAEMON_SCRIPT, /* the commands that start and stop it */
	DAEMON_POSTSUPER,
	DAEMON_OTHER,	/* other programs of Postfix, which log little */
	DAEMON_UNKNOWN, /* Postfix' log name, but no daemon that is known */
	DAEMON_GREY,
	DAEMON_SPF,
	DAEMON_FILTER, /* of mail: foreign, but what it says of mail counts */
	DAEMON_FOREIGN,
	DAEMON_COUNT
};

/* Who wrote a line: see writer.h. */
struct writer {
	enum daemon daemon;
	bool is_submission; /* submission, submissions or smtps */
	bool is_kept;	    /* see writer_of() */
	uint64_t host_hash;
	uint64_t instance_hash; /* of host and instance */
	struct bytes host;
	struct bytes instance;
	struct bytes service; /* empty for postfix/smtpd */
	struct bytes program; /* without instance and service */
	size_t program_len;   /* of instance, service and program */
};

struct entry {
	int64_t time; /* microseconds, or ENTRY_NO_TIME */
	const struct writer *writer;
	uint64_t pid;
	struct bytes text;
};

#endif
