#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts lines, however they are written: their stamps, the names of programs, repeats, days, and coverage.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib/counts

@test "another syslog_name, postfix-in, is Postfix without an option" {
	count < <(
		echo '=postfix-in/postscreen CONNECT from [203.0.113.8]:1 to [192.0.2.25]:25'
		echo '=postfix-in/postscreen PASS OLD [203.0.113.8]:1'
		message 4104E42 | sed 's/^/=postfix-in\//'
	)
	figures "$ONE_MESSAGE postscreen.connects=1 postscreen.handed_off=1 coverage.foreign=0 coverage.unknown=0"
}

@test "stamps with +0900, a space, microseconds, in another language, <mail.info> or behind docker's prefix are read" {
	# shellcheck disable=SC2016
	local -a forms=(
		'strftime("%Y-%m-%dT%H:%M:%S+0900 ", gmtime $time + 32400) . "$host $tag: $text\n"'
		'strftime("%Y-%m-%d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
		'strftime("%b %d %H:%M:%S.123456 ", gmtime $time) . "$host $tag: $text\n"'
		'"\xce\xa6\xce\xb5\xce\xb2" . strftime(" %d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
		'strftime("%b %e %H:%M:%S <mail.info> ", gmtime $time) . "$host $tag: $text\n"'
		'"mail-1  | " . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	)
	local form

	for form in "${forms[@]}"; do
		log_file "$form" < <(message 4104E42)
		count_file "$LOG"
		figures "$ONE_MESSAGE coverage.lines=7 coverage.recognized=7"
	done
}

@test "lines that begin with <22> are read" {
	# shellcheck disable=SC2016
	log_file '"<22>" . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"' < <(message 4104E42)
	count_file "$LOG"
	figures "$ONE_MESSAGE coverage.recognized=7"
}

@test "lines with a year are of that year" {
	# shellcheck disable=SC2016
	log_file '"2023" . strftime("-%m-%dT%H:%M:%S.123456+00:00 ", gmtime $time) . "$host $tag: $text\n"' < <(message 4104E42)
	run -0 --separate-stderr events "$LOG"
	assert_equal "${lines[0]%%[.$'\t']*}" 1676048495
	count_file "$LOG" --since=2023-02-10 --until=2023-02-11
	figures "$ONE_MESSAGE"
	count_file "$LOG" --since=2024-01-01
	figures 'messages.received=0 recipients.delivered=0'
}

@test "'message repeated 3 times' counts three more, in one line" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd message repeated 3 times: [ NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO]
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/4 quit=1 commands=3/7
	EOF
	figures 'smtpd.rejects=4 smtpd.rejected_sessions=1 smtpd.connects=1 coverage.lines=4 coverage.recognized=4'
}

@test "'last message repeated 2 times' counts the last line of that host twice more" {
	log_file <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		mx2:smtpd connect from $A
	EOF
	echo 'Feb 10 17:01:40 mx1 last message repeated 2 times' >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
	figures 'smtpd.rejects=3 smtpd.connects=2 coverage.lines=4 coverage.recognized=4'
}

@test "a few lines of an eighth day: each day has its own figures, and that day is only one more row" {
	local day

	count < <(for day in 1 2 3 4 5 6 7; do message "4104E4$day"; echo +86393; done; echo "smtpd connect from $A")
	figures 'messages.received=7 recipients.delivered=7 smtpd.connects=8'
	count_file "$LOG" --since=2026-02-12 --until=2026-02-13
	figures "$ONE_MESSAGE"
	count_file "$LOG" --since=2026-02-17
	figures 'messages.received=0 smtpd.connects=1'
	run -0 --separate-stderr stats --by=day --format=tsv "$LOG"
	assert_equal "$(grep -oE '2026-02-1[0-9]' <<<"$output" | sort -u | wc -l)" 8
}

@test "coverage: each line is recognized, foreign or unknown; info is recognized, blank lines are foreign" {
	log_file <<-'EOF'
		smtpd connect from unknown[203.0.113.8]
		qmgr table hash:/etc/postfix/transport(0,lock|fold_fix) has changed -- restarting
		smtpd warning: something odd
		smtpd frobnicated the wibble
		=sshd Accepted publickey for root
	EOF
	printf '%s\n' '' '-- Boot 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --' 'no prefix at all' >>"$LOG"
	count_file "$LOG"
	figures 'coverage.lines=8 coverage.recognized=3 coverage.foreign=3 coverage.unknown=2'
	run -0 --separate-stderr stats --unknown "$LOG"
	assert_regex "$stderr" 'frobnicated the wibble'
	assert_regex "$stderr" 'no prefix at all'
}

@test "a log in which nothing is recognized is exit code 1, an empty one is not" {
	printf '%s\n' 'this is' 'no maillog' >"$BATS_TEST_TMPDIR/log"
	run -1 --separate-stderr stats --format=json "$BATS_TEST_TMPDIR/log"
	figures 'coverage.lines=2 coverage.recognized=0 coverage.unknown=2'
	: >"$BATS_TEST_TMPDIR/log"
	count_file "$BATS_TEST_TMPDIR/log"
	figures 'coverage.lines=0 coverage.recognized=0 messages.received=0'
}
