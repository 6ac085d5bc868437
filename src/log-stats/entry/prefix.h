/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of a syslog file in its parts: the stamp, the host, the program with
 * its pid, the text. Knows the wrappers that logs come in: <PRI>, <mail.info>,
 * Solaris' [ID n mail.info], docker.
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
