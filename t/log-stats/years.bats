#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats finds out the years of stamps that have none, and their zone.

load lib/formats

# epochs LINE...: prints the times of a log of these stamps, with its mtime as the last argument but the lines first.
epochs()
{
	local mtime=$1 stamp

	LOG=$BATS_TEST_TMPDIR/maillog
	for stamp in "${@:2}"; do
		echo "$stamp mx1 postfix/smtpd[42]: connect from unknown[203.0.113.8]"
	done >"$LOG"
	touch -d "$mtime" "$LOG"
	events "$LOG" >"$BATS_TEST_TMPDIR/events" || return 1
	cut -f1 "$BATS_TEST_TMPDIR/events" | sed 's/\..*//' | while read -r epoch; do
		date -d "@$epoch" +%F
	done | xargs
}

@test "years: a log over New Year" {
	run -0 epochs '2026-01-03 12:00:00' 'Dec 30 10:00:00' 'Dec 31 23:59:59' 'Jan  1 00:00:00' 'Jan  2 10:00:00'
	assert_output '2025-12-30 2025-12-31 2026-01-01 2026-01-02'
}

@test "years: a log of December whose file was written to last in January" {
	run -0 epochs '2026-01-03 12:00:00' 'Dec 30 10:00:00' 'Dec 31 10:00:00'
	assert_output '2025-12-30 2025-12-31'
}

@test "years: a log of several" {
	run -0 epochs '2026-03-02 12:00:00' 'Nov  5 10:00:00' 'Feb  3 10:00:00' 'Nov  9 10:00:00' 'Mar  1 10:00:00'
	assert_output '2024-11-05 2025-02-03 2025-11-09 2026-03-01'
}

@test "years: an old file is not of this year" {
	run -0 epochs '2019-06-01 12:00:00' 'May 30 10:00:00' 'May 31 10:00:00'
	assert_output '2019-05-30 2019-05-31'
}

@test "years: a clock that jumps back a few hours does not make a year" {
	run -0 epochs '2026-06-01 12:00:00' 'May 31 10:00:00' 'May 31 08:00:00' 'Jun  1 00:00:01' 'May 31 23:59:59' 'Jun  1 00:00:02'
	assert_output '2026-05-31 2026-05-31 2026-06-01 2026-05-31 2026-06-01'
}

@test "years: each file has its own" {
	local year

	for year in 2023 2025; do
		log_file "$CLASSIC" < <(session)
		mv "$LOG" "$LOG.$year"
		touch -d "$year-02-11 00:00:00" "$LOG.$year"
	done
	run -0 --separate-stderr events "$LOG.2025" "$LOG.2023"
	assert_equal "$(cut -f1 <<<"$output" | sed 's/\..*//' | while read -r epoch; do date -d "@$epoch" +%Y; done | uniq | xargs)" '2023 2025'
}

@test "a stamp without a zone is of the zone of this machine" {
	log_file "$CLASSIC" < <(session)
	TZ=Asia/Tokyo run -0 --separate-stderr events "$LOG"
	assert_equal "$(head -1 <<<"$output" | cut -f1 | sed 's/\..*//')" $((1770742895 - 32400))
}
