/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines that say how often another was repeated. Which one that is, entry/
 * remembers (repeats.h).
 */
#ifndef REPEAT_H
#define REPEAT_H

#include "event.h"

/*
 * "last message repeated 2 times", with dashes around it on macOS; "- Last
 * output repeated 2 times -" of metalog; "message repeated 3 times: [ text]" of
 * rsyslog, and syslog-ng's "Last message 'its first words' repeated ...".
 * False: the entry is no such line. Rare: it is out of the way of the common
 * line.
 */
__attribute__((cold)) bool repeat_read(const struct entry *, struct event *);

#endif
