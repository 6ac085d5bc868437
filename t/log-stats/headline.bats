#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats' headline, in sentences that are right for one and for many; and logs that have no sessions to count.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib/counts

# headline: of the maillog in short on standard input, as one line of text.
headline()
{
	log_file || return 1
	run -0 --separate-stderr stats --only=headline "$LOG"
	output=$(tr -s ' \n' ' ' <<<"$output")
}

@test "the headline begins with host and period" {
	headline < <(message 4104E42)
	assert_regex "$output" '^In short mx1, 2026-02-10 17:01:35 to 2026-02-10 17:01:41\. '
	headline < <(message 4104E42; message 4104E43 | sed 's/^/mx2:/')
	assert_regex "$output" '^In short mx1, mx2, 2026-02-10 17:01:35 to '
	headline < <(for host in a b c d e; do message "4104E4$host" | sed "s/^/$host:/"; done)
	assert_regex "$output" '^In short a, b, c and others, 2026-'
}

@test "the headline has no host where no line has one" {
	bare() { printf 'Feb 10 17:01:35%s postfix/smtpd[1]: connect from %s\n' "$1" "$A"; }
	local log=$BATS_TEST_TMPDIR/bare
	bare '' >"$log"
	run -0 --separate-stderr stats --only=headline "$log"
	assert_line --index 1 --regexp '^  2026-02-10 17:01:35 to '
	{ bare ''; bare ' mx1'; } >"$log"
	run -0 --separate-stderr stats --only=headline "$log"
	assert_line --index 1 --regexp '^  mx1, 2026-02-10 17:01:35 to '
}

@test "one is one, and two are two" {
	headline <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: 450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	assert_output --partial 'postscreen: 1 connection; 0 turned away'
	assert_output --partial 'smtpd: 1 connection; 0 brought mail, 1 was refused all it wanted, 0 did neither.'
	assert_output --partial 'of 1 mail that was asked to wait 0 came back'
	headline < <(
		for pid in 1 2; do
			echo "smtpd#$pid connect from $A"
			echo "smtpd#$pid NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO"
			echo "smtpd#$pid disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
		done
	)
	assert_output --partial 'smtpd: 2 connections; 0 brought mail, 2 were refused all they wanted, 0 did neither.'
}

@test "connections that began before the log are among those that brought mail" {
	headline < <(message 4104E42 | sed 1d; echo "smtpd#8 connect from $A")
	assert_output --partial 'smtpd: 2 connections, 1 begun before the log; 1 brought mail, 0 were refused all they wanted, 0 did neither, 1 still open.'
}

@test "expired and discarded mail stands in it, and submission where there is any" {
	headline < <(
		message 4104E42
		cat <<-EOF
			qmgr 4104E43: from=<a@example.net>, status=expired, returned to sender
			smtpd connect from $A
			smtpd 4104E44: client=$A
			cleanup 4104E44: message-id=<1@example.net>
			cleanup 4104E44: discard: header Subject: x from $A; $FROM_TO: x
			smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
			submission/smtpd#9 connect from $A
			submission/smtpd#9 disconnect from $A ehlo=1 quit=1 commands=2
		EOF
	)
	# The discarded one was never in the queue: it is not one of those that came in.
	assert_output --partial '1 received from outside, 0 submitted by users, 0 made here; 1 of them delivered; 1 expired, 1 discarded.'
	assert_output --partial '1 brought mail to be discarded, 0 did neither.'
	assert_output --partial 'Submission: 1 connection; 0 brought mail'
}

@test "without lines of connections there are no sessions to count, and the report and --check say so" {
	log_file < <(
		for name in b c d; do
			echo "smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; ${FROM_TO/b@/$name@}"
		done
	)
	run -0 --separate-stderr stats "$LOG"
	output=$(tr -s ' \n' ' ' <<<"$output")
	assert_output --partial 'no sessions to count: --unit=recipient counts 3.'
	run -0 --separate-stderr stats --unit=recipient "$LOG"
	refute_output --partial 'no sessions to count'
	run -0 --separate-stderr stats --check --only=check --format=tsv "$LOG"
	assert_line $'check.rules\tremark\t0\t3\tno sessions to count: --unit=recipient counts those of the second number'
	log_file < <(message 4104E42)
	run -0 --separate-stderr stats --check "$LOG"
	refute_output --partial 'no sessions to count'
}
