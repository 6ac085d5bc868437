/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows in lines, as they were counted before there was this program: with
 * grep -c and postscreen.*NOQUEUE: reject, smtpd.*NOQUEUE: reject: and
 * status=sent. A line may be in several.
 */
#ifndef EVENT_GREP_H
#define EVENT_GREP_H

#include "log-stats/entry/entry.h"

struct event_grep {
	bool is_postscreen, is_smtpd, is_delivered;
};

/* line: the whole line of the log. It is empty for an entry of a journal, where
 * the name of the program that wrote it is compared. */
struct event_grep event_grep(const struct entry *, struct bytes line);

#endif
