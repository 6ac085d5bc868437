#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats: lines whose time can't be read.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154,SC2119
load lib/log

A='mail.example.net[203.0.113.8]'
GREYLISTED='450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>'

# refused: lines in short: a session of the MX service that is greylisted.
refused()
{
	cat <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
}

# monotonic: the same lines as journalctl -o short-monotonic has them, which has no dates.
monotonic()
{
	# shellcheck disable=SC2016
	log_lines '"[    1.000000] $host $tag: $text\n"'
}

# rows OPTION: name, smtpd and greylisted of the rows of --by.
rows()
{
	run -0 --separate-stderr stats "$1" --only=by --format=tsv "$LOG"
	awk -F '\t' '$1 == "by.rows" { print $2 " " $4 " " $6 }' <<<"$output"
}

@test "--by: what has no time stands in a row of its own, and not in 1970" {
	LOG=$BATS_TEST_TMPDIR/maillog
	refused | monotonic >"$LOG"
	run rows --by=day
	assert_output 'no time 1 1'
	run rows --by=hour
	assert_output 'no time 1 1'
}

@test "--by: what has no time counts at the latest time before it" {
	refused | log_file
	LOG=$BATS_TEST_TMPDIR/maillog
	refused | monotonic >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	run rows --by=day
	assert_output '2026-02-10 2 2'
}

@test "a triplet of unknown time is none that never returned" {
	LOG=$BATS_TEST_TMPDIR/maillog
	refused | monotonic >"$LOG"
	log_lines <<<"smtpd connect from $A" >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
	figures 'greylist.triplets=1 greylist.never_returned=0 greylist.still_open=1'
}
