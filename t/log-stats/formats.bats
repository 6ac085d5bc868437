#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats reads the same session in every form that a maillog comes in (doc/maillog.md A), compressed, cut, or
# repeated too.

# Perl's variables stand in single quotes. CLASSIC comes from lib/log-formats.
# shellcheck disable=SC2016,SC2153
load lib/formats

@test "RFC 3164, with the day padded by a blank" {
	same "$CLASSIC"
	assert_equal "$(first_event 1)" 1770742895
	same_times
	assert_equal "$(first_event 2)" mx1
}

@test "postlogd: the day is padded by a zero" {
	same 'strftime("%b %d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	log_file 'strftime("%b %d %H:%M:%S ", gmtime $time - 9 * 86400) . "$host $tag: $text\n"' < <(session)
	assert_equal "$(first_event 1)" $((1770742895 - 9 * 86400))
	log_file 'strftime("%b %e %H:%M:%S ", gmtime $time - 9 * 86400) . "$host $tag: $text\n"' < <(session)
	assert_equal "$(first_event 1)" $((1770742895 - 9 * 86400))
}

@test "RFC 3339 with a fraction and an offset" {
	same 'strftime("%Y-%m-%dT%H:%M:%S.123456+09:00 ", gmtime $time + 32400) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
	same 'strftime("%Y-%m-%dT%H:%M:%S.123456-03:30 ", gmtime $time - 12600) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "RFC 3339 with Z, with and without a fraction, and with an offset without one" {
	same 'strftime("%Y-%m-%dT%H:%M:%SZ ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
	same 'strftime("%Y-%m-%dT%H:%M:%S.5Z ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
	same 'strftime("%Y-%m-%dT%H:%M:%S+00:00 ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "an ISO date with a blank before the time" {
	same 'strftime("%Y-%m-%d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "a month in another language: the message is read all the same" {
	same '"\xce\x91\xcf\x80\xcf\x81" . strftime(" %d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	same '"f\xc3\xa9vr." . strftime(" %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	same '" 2\xe6\x9c\x88" . strftime(" %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 2)" mx1
}

@test "<22> of raw syslog" {
	same '"<22>" . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
	same '"<20>" . strftime("%Y-%m-%dT%H:%M:%S+00:00 ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "<mail.info> of FreeBSD" {
	same 'strftime("%b %e %H:%M:%S <mail.info> ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
	assert_equal "$(first_event 2)" mx1
}

@test "[ID 197553 mail.info] of Solaris" {
	same 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: [ID 197553 mail.info] $text\n"'
	assert_equal "$(first_event 7)" psc.connect
}

@test "docker compose logs: the service's name and a bar stand before" {
	same '"mail-1  | " . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
	assert_equal "$(first_event 2)" mx1
	same '"postfix-mailcow-1  | " . strftime("%Y-%m-%dT%H:%M:%S.123456+00:00 ", gmtime $time) . "$host $tag: $text\n"'
}

@test "docker's syslog driver: a stamp, a host and docker[..] stand before" {
	same 'strftime("%b %d %H:%M:%S ", gmtime $time + 7200) . "big docker[32360]: " . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 2)" mx1
}

@test "forms may change from line to line" {
	same '($time % 3 == 0 ? strftime("%b %e %H:%M:%S ", gmtime $time) :
		$time % 3 == 1 ? strftime("%Y-%m-%dT%H:%M:%S.123456+09:00 ", gmtime $time + 32400) :
		strftime("%Y-%m-%dT%H:%M:%S+0000 ", gmtime $time)) . "$host $tag: $text\n"'
}

@test "the last line may end without a newline" {
	same 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text" . ($text eq "4104E42: removed" ? "" : "\n")'
}

@test "compressed files are read, told by their content" {
	local classic tool

	log_file "$CLASSIC" < <(session)
	count_file "$LOG"
	classic=$(all_figures)
	for tool in gzip xz zstd bzip2; do
		log_file "$CLASSIC" < <(session)
		"$tool" -c <"$LOG" >"$LOG.x"
		mv "$LOG.x" "$LOG"
		touch -d "$LOG_MTIME" "$LOG"
		same_file "$classic"
	done
}

@test "several files are one log in order of time, in whatever order they are given" {
	local classic

	log_file "$CLASSIC" < <(session)
	count_file "$LOG"
	classic=$(all_figures)
	head -8 "$LOG" >"$LOG.1"
	tail -n +9 "$LOG" >"$LOG.0"
	touch -d "$LOG_MTIME" "$LOG.0" "$LOG.1"
	run -0 --separate-stderr stats --format=json "$LOG.0" "$LOG.1"
	figures "$SESSION"
	assert_equal "$(all_figures)" "$classic"
	run -0 --separate-stderr stats --format=json - < <(cat "$LOG")
	figures "$SESSION"
}

@test "blob data, and the second line of a message, are lines that are not understood" {
	{
		log_lines "$CLASSIC" < <(session)
		echo 'Feb 10 17:10:00 mx1 postfix/smtpd[42]: [13B blob data]'
		echo '                                    and its second line'
	} >"$BATS_TEST_TMPDIR/log"
	count_file "$BATS_TEST_TMPDIR/log"
	figures 'coverage.lines=17 coverage.recognized=15 coverage.unknown=2 recipients.delivered=1'
}

@test "a delivery line without status= is truncated, and counts as nothing else" {
	log_file <<-'EOF'
		smtpd connect from unknown[203.0.113.8]
		smtp 4104E42: to=<b@example.com>, relay=mx.example.com[198.51.100.1]:25, delay=1.2, delays=0.1/0/0.7/0.4, dsn=2.0.0, sta
	EOF
	run -0 --separate-stderr events "$LOG"
	assert_equal "$(cut -f7 <<<"$output" | xargs)" 'smtpd.connect meta.truncated'
	count_file "$LOG"
	figures 'coverage.lines=2 coverage.recognized=2 coverage.truncated=1 recipients.delivered=0 smtpd.connects=1'
}

@test "a reject line without ; from=< is truncated" {
	log_file <<-'EOF'
		smtpd connect from unknown[203.0.113.8]
		smtpd NOQUEUE: reject: RCPT from unknown[203.0.113.8]: 554 5.7.1 Service unavailable; Client host [203.0.113.8] blocked using zen.spamhaus
	EOF
	count_file "$LOG"
	figures 'coverage.lines=2 coverage.recognized=2 coverage.truncated=1 smtpd.connects=1'
}

@test "a text of 2000 bytes is cut by Postfix: without status= it is truncated, with it it is whole" {
	local long

	long=$(printf 'x%.0s' {1..1950})
	log_file <<-EOF
		smtp 4104E42: to=<$long@example.com>, relay=x[198.51.100.1]:25, del
		local 4104E43: to=<b@example.com>, relay=local, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (delivered to command: ${long:0:1880}
	EOF
	run -0 --separate-stderr events "$LOG"
	assert_equal "$(cut -f7 <<<"$output" | xargs)" 'meta.truncated deliver.sent'
}

@test "a repeated message counts its number of times, whatever the form of its line" {
	local form

	for form in "$CLASSIC" 'strftime("%Y-%m-%dT%H:%M:%S.123456+00:00 ", gmtime $time) . "$host $tag: $text\n"'; do
		log_file "$form" <<-'EOF'
			smtpd connect from unknown[203.0.113.8]
			smtpd message repeated 3 times: [ connect from unknown[203.0.113.8]]
		EOF
		count_file "$LOG"
		figures 'smtpd.connects=4 coverage.lines=2 coverage.recognized=2'
	done
}

@test "'last message repeated' repeats what is of the same host, not what stands before it" {
	local last

	for last in 'mx1 3' 'mx2 1'; do
		log_file "$CLASSIC" <<-'EOF'
			smtpd connect from unknown[203.0.113.8]
			mx2:qmgr 4104E42: removed
		EOF
		echo "Feb 10 17:01:40 ${last% *} last message repeated 2 times" >>"$LOG"
		touch -d "$LOG_MTIME" "$LOG"
		count_file "$LOG"
		figures "smtpd.connects=${last#* } coverage.lines=3 coverage.recognized=3"
	done
}
