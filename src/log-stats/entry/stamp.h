/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time at the beginning of a line, in all forms that syslog daemons,
 * journalctl and postlogd write:
 *   Feb 10 17:01:35        also "Feb  1", "Feb 01", "Feb 1", with .123456; no
 * year 2026-02-10T17:01:35    with a blank for the T; with .123456; followed by
 *                          Z, +09:00, +0900, +09, or nothing: local time
 *   2026-02-10_17:01:35.12345         of svlogd, UTC
 *   2026 Feb 10 17:01:35, Feb 10 2026 17:01:35, 2026/02/10 17:01:35,
 *   Tue Feb 10 17:01:35 2026          local time; with a fraction, too
 *   @4000000065c7a8f72b3c1d4c         TAI64N
 *   Wed 2026-02-11 02:01:35 JST       local time, but for UTC and GMT
 *   1770742895.123456
 *   [    1.000000]         since the boot: no time that means anything
 *   Απρ 15 12:20:28        a month in words that are not known: no time
 * Local time is that of the TZ of the process.
 *
 * A stamp without a year gets that of the stamp before it, one more when the
 * month decreases - but never so that it is later than `limit`: nothing in a
 * file is later than the time at which the file was last changed.
 */
#ifndef STAMP_H
#define STAMP_H

#include "common/bytes.h"
#include "stamp_year.h"

/*
 * Returns the length of the stamp with the blanks after it, and *time in
 * microseconds or ENTRY_NO_TIME; 0: there is none.
 */
size_t stamp_read(struct stamp_clock *, struct bytes line, int64_t *time);

/*
 * For a stamp without a year: the seconds since its year began, as if that had
 * 31 days in each month: for comparisons. -1: the line has no such stamp.
 */
int64_t stamp_in_year(struct bytes line);

/* The year that makes such a stamp the latest before the limit; 0: the line has
 * no such stamp. */
int stamp_latest_year(int64_t limit, struct bytes line);

#endif
