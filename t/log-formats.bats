#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats reads the same session in every form that a maillog comes in (LOGS.md A), and finds out its years.

# Perl's variables stand in single quotes. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2154
load lib/log

# The session: a client that postscreen blocks and one that it knows, which is greylisted, comes back, and sends a message.
session()
{
	local from_to='from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>'

	cat <<-EOF
		postscreen#10 CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen#10 DNSBL rank 5 for [203.0.113.1]:1
		postscreen#10 DISCONNECT [203.0.113.1]:1
		postscreen#10 CONNECT from [203.0.113.8]:2 to [192.0.2.25]:25
		postscreen#10 PASS OLD [203.0.113.8]:2
		smtpd#20 connect from mail.example.net[203.0.113.8]
		smtpd#20 NOQUEUE: reject: RCPT from mail.example.net[203.0.113.8]: 450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html; $from_to
		smtpd#20 disconnect from mail.example.net[203.0.113.8] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
	the_message 21 4104E42 'mail.example.net[203.0.113.8]' a@example.net b@example.org
}

SESSION='postscreen.connects=2 postscreen.blocked=1 postscreen.handed_off=1 smtpd.connects=2 smtpd.rejects=1
	smtpd.rejected_sessions=1 smtpd.accepted_sessions=1 greylist.greylisted=1 greylist.triplets=1 greylist.passed=1
	messages.received=1 messages.delivered=1 recipients.delivered=1 table.postscreen=1 table.smtpd=1 table.delivered=1
	coverage.lines=15 coverage.recognized=15 coverage.foreign=0 coverage.unknown=0'

# The classic form of it.
CLASSIC='strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'

# same PERL: the session in this form gives its figures, all of them, and each figure is the same as in the classic form.
same()
{
	local classic

	log_file "$CLASSIC" < <(session)
	count_file "$LOG"
	classic=$(all_figures)
	log_file "$1" < <(session)
	same_file "$classic"
}

# same_file FIGURES: $LOG does.
same_file()
{
	count_file "$LOG"
	figures "$SESSION"
	assert_equal "$(all_figures)" "$1"
}

# first_event COLUMN: of $LOG, the time without its fraction.
first_event()
{
	events "$LOG" >"$BATS_TEST_TMPDIR/events" || return 1
	head -1 "$BATS_TEST_TMPDIR/events" | cut -f"$1" | sed 's/\.[0-9]*$//'
}

@test "RFC 3164, with the day padded by a blank" {
	same "$CLASSIC"
	assert_equal "$(first_event 1)" 1770742895
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
	same 'strftime("%Y-%m-%dT%H:%M:%S.123456-03:30 ", gmtime $time - 12600) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
}

@test "RFC 3339 with Z, with and without a fraction, and with an offset without one" {
	same 'strftime("%Y-%m-%dT%H:%M:%SZ ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same 'strftime("%Y-%m-%dT%H:%M:%S.5Z ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same 'strftime("%Y-%m-%dT%H:%M:%S+00:00 ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
}

@test "journalctl -o short-iso of an older systemd: no colon in the zone" {
	same 'strftime("%Y-%m-%dT%H:%M:%S+0900 ", gmtime $time + 32400) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
}

@test "journalctl -o short-iso-precise" {
	same 'strftime("%Y-%m-%dT%H:%M:%S.123456+0900 ", gmtime $time + 32400) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
}

@test "journalctl -o short-precise" {
	same 'strftime("%b %d %H:%M:%S.123456 ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
}

@test "journalctl -o short-full" {
	same 'strftime("%a %Y-%m-%d %H:%M:%S UTC ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same 'strftime("%a %Y-%m-%d %H:%M:%S JST ", gmtime $time + 32400) . "$host $tag: $text\n"'
}

@test "journalctl -o short-unix" {
	same 'sprintf("%.6f ", $time + 0.123456) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
}

@test "journalctl -o short-monotonic: the same figures, without a time" {
	same 'sprintf("[%12.6f] ", $time - 1770742000) . "$host $tag: $text\n"'
	assert_equal "$(first_event 7)" psc.connect
	assert_equal "$(first_event 1 | tr -d -)" ''
}

@test "an ISO date with a blank before the time" {
	same 'strftime("%Y-%m-%d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
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
	same '"<20>" . strftime("%Y-%m-%dT%H:%M:%S+00:00 ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
}

@test "<mail.info> of FreeBSD" {
	same 'strftime("%b %e %H:%M:%S <mail.info> ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	assert_equal "$(first_event 2)" mx1
}

@test "[ID 197553 mail.info] of Solaris" {
	same 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: [ID 197553 mail.info] $text\n"'
	assert_equal "$(first_event 7)" psc.connect
}

@test "docker compose logs: the service's name and a bar stand before" {
	same '"mail-1  | " . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	assert_equal "$(first_event 2)" mx1
	same '"postfix-mailcow-1  | " . strftime("%Y-%m-%dT%H:%M:%S.123456+00:00 ", gmtime $time) . "$host $tag: $text\n"'
}

@test "docker's syslog driver: a stamp, a host and docker[..] stand before" {
	same 'strftime("%b %d %H:%M:%S ", gmtime $time + 7200) . "big docker[32360]: " . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 2)" mx1
}

# journal_json: the session as journalctl -o json writes it, the keys of each entry in another order.
JSON_ENTRY='use JSON::PP; use List::Util; my ($name, $pid) = $tag =~ /^(.*)\[(\d+)\]/;
	my %entry = (__REALTIME_TIMESTAMP => "${time}123456", _HOSTNAME => $host, SYSLOG_IDENTIFIER => $name,
		SYSLOG_PID => $pid, PRIORITY => "6", MESSAGE => $text, _TRANSPORT => "syslog", SYSLOG_FACILITY => "2",
		_BOOT_ID => "0f1e2d3c4b5a69788796a5b4c3d2e1f0", __CURSOR => "s=0f1e;i=1;x=\"MESSAGE\"", _UID => "0",
		SYSLOG_RAW => "<22>Feb 10 17:01:35 $tag: connect from x\\n");
	delete $entry{SYSLOG_PID}, $entry{_PID} = $pid if $time % 2;
	srand $time;'
JSON_PRINT='"{" . join(",", map { encode_json([$_]) =~ s/^\[|\]$//gr . ":" . encode_json([$entry{$_}]) =~ s/^\[|\]$//gr }
	List::Util::shuffle(sort keys %entry)) . "}\n"'

@test "journalctl -o json, with the keys in any order" {
	same "$JSON_ENTRY $JSON_PRINT"
	assert_equal "$(first_event 1)" 1770742895
	assert_equal "$(first_event 2)" mx1
	assert_equal "$(first_event 6)" 10
}

@test "journalctl -o json: a MESSAGE of numbers" {
	same "$JSON_ENTRY \$entry{MESSAGE} = [unpack 'C*', \$text]; $JSON_PRINT"
	assert_equal "$(first_event 7)" psc.connect
}

@test "journalctl -o json: escaped characters are what they stand for" {
	same "$JSON_ENTRY my \$line = $JSON_PRINT; \$line =~ s{/}{\\\\/}g; \$line =~ s{<}{\\\\u003c}g; \$line =~ s{ from}{\\\\u0020from}g; \$line"
}

@test "journalctl -o json: no MESSAGE, as for one that is too long, is an entry that is not understood" {
	log_file "$JSON_ENTRY \$entry{MESSAGE} = undef if \$text =~ /^DNSBL/; $JSON_PRINT" < <(session)
	count_file "$LOG"
	figures 'coverage.lines=15 coverage.recognized=14 coverage.unknown=1 postscreen.gave_up=1 recipients.delivered=1'
}

@test "journalctl -o json-sse and json-seq" {
	same "$JSON_ENTRY \"\\x1e\" . $JSON_PRINT"
	same "$JSON_ENTRY 'data: ' . $JSON_PRINT"
	# An empty line stands between its entries.
	log_file "$JSON_ENTRY 'data: ' . $JSON_PRINT . \"\\n\"" < <(session)
	count_file "$LOG"
	figures "$(grep -vE '^coverage' < <(xargs -n1 <<<"$SESSION")) coverage.recognized=15 coverage.unknown=0"
}

EXPORT='my ($name, $pid) = $tag =~ /^(.*)\[(\d+)\]/;
	my $head = "__CURSOR=s=0f1e;i=1\n__REALTIME_TIMESTAMP=${time}123456\n__MONOTONIC_TIMESTAMP=1\n_HOSTNAME=$host\n"
		. "PRIORITY=6\nSYSLOG_IDENTIFIER=$name\nSYSLOG_PID=$pid\n";'

@test "journalctl -o export" {
	same "$EXPORT \"\${head}MESSAGE=\$text\\n_TRANSPORT=syslog\\n\\n\""
	assert_equal "$(first_event 1)" 1770742895
	assert_equal "$(first_event 2)" mx1
	assert_equal "$(first_event 6)" 10
}

@test "journalctl -o export: binary fields have a length" {
	same "$EXPORT \$head . \"SYSLOG_RAW\\n\" . pack('Q<', 25) . \"a\\n\\nMESSAGE=connect from x\\n\" . \"MESSAGE\\n\" . pack('Q<', length \$text) . \"\$text\\n\\n\""
	assert_equal "$(first_event 7)" psc.connect
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

@test "journalctl -o cat has no prefix: nothing is understood, exit code 1" {
	log_file '"$text\n"' < <(session)
	run -1 --separate-stderr stats --format=json "$LOG"
	figures 'coverage.lines=15 coverage.recognized=0 coverage.unknown=15 smtpd.connects=0 recipients.delivered=0'
}

@test "journalctl -o with-unit has no daemon: nothing is understood, exit code 1" {
	log_file 'strftime("%a %Y-%m-%d %H:%M:%S JST ", gmtime $time + 32400) . "$host postfix\@-.service[42]: $text\n"' < <(session)
	run -1 --separate-stderr stats --format=json "$LOG"
	figures 'coverage.lines=15 coverage.recognized=0 smtpd.connects=0 recipients.delivered=0'
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
