#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats on input that does not end, as of `tail -f`: the seed table now and then, the report at the end.

load ../lib/common

setup_file()
{
	need_program log-stats
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT LC_ALL=C
}

setup()
{
	OUT=$BATS_TEST_TMPDIR/out
	SAID=$BATS_TEST_TMPDIR/said
	PIPE=$BATS_TEST_TMPDIR/pipe
	mkfifo "$PIPE"
	TO=''
	FOLLOWER=''
	TAIL=''
}

# Only where a test has failed are there any.
teardown()
{
	local pid

	for pid in $TAIL $FOLLOWER; do
		stop_process "$pid" 2>/dev/null || :
	done
	end_input
}

# follow OPTION...: starts a log-stats that reads the pipe; TO writes to it. (What a shell starts with & would ignore
# SIGINT, hence perl.)
follow()
{
	# shellcheck disable=SC2016
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$BIN/log-stats" "$@" <"$PIPE" >"$OUT" 2>"$SAID" 3>&- &
	FOLLOWER=$!
	exec {TO}>"$PIPE"
	wait_for 10 catches_signals
}

# Until then SIGUSR1 would be its end.
catches_signals()
{
	local caught

	[ "$(cat "/proc/$FOLLOWER/comm")" = log-stats ] || return 1
	caught=$(sed -n 's/^SigCgt:[[:blank:]]*//p' "/proc/$FOLLOWER/status")
	(((0x$caught >> 9) & (0x$caught >> 14) & 1))
}

end_input()
{
	[ -z "$TO" ] || exec {TO}>&-
	TO=''
}

# log TEXT...: a line each arrives.
log()
{
	printf 'Feb 10 17:01:35 mx1 postfix/%s\n' "$@" >&"$TO"
}

# early_talker PORT, refused_sender PID, delivered ID: what makes one of each row.
early_talker()
{
	log "postscreen[7]: CONNECT from [203.0.113.7]:$1 to [192.0.2.25]:25" \
		"postscreen[7]: PREGREET 14 after 0.2 from [203.0.113.7]:$1: EHLO ylmf-pc\\r\\n" \
		"postscreen[7]: NOQUEUE: reject: RCPT from [203.0.113.7]:$1: 550 5.5.1 Protocol error; from=<a@example.net>, to=<b@example.org>, proto=ESMTP, helo=<ylmf-pc>" \
		"postscreen[7]: DISCONNECT [203.0.113.7]:$1"
}

refused_sender()
{
	log "smtpd[$1]: connect from unknown[203.0.113.8]" \
		"smtpd[$1]: NOQUEUE: reject: RCPT from unknown[203.0.113.8]: 550 5.1.1 <c@example.org>: Recipient address rejected: User unknown; from=<a@example.net> to=<c@example.org> proto=ESMTP helo=<x>" \
		"smtpd[$1]: disconnect from unknown[203.0.113.8] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
}

delivered()
{
	log "smtpd[9]: connect from unknown[203.0.113.9]" \
		"smtpd[9]: $1: client=unknown[203.0.113.9]" \
		"cleanup[10]: $1: message-id=<1@example.net>" \
		"qmgr[11]: $1: from=<a@example.net>, size=500, nrcpt=1 (queue active)" \
		"smtpd[9]: disconnect from unknown[203.0.113.9] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5" \
		"virtual[12]: $1: to=<b@example.org>, relay=virtual, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)" \
		"qmgr[11]: $1: removed"
}

# last_row ROW COUNT: the table printed last has this count in this row.
last_row()
{
	grep -E "^ *$1 " "$OUT" | tail -n 1 | grep -qE "^ *$1 +$2( |$)"
}

tables()
{
	grep -c 'turned away by postscreen ' "$OUT"
}

tables_are_more_than()
{
	[ "$(tables)" -gt "$1" ]
}

# asked_row ROW COUNT: as last_row, of a table that was asked for now.
asked_row()
{
	local before

	before=$(tables) || :
	kill -USR1 "$FOLLOWER"
	wait_for 10 tables_are_more_than "$before" && last_row "$@"
}

# ended_with STATUS SAID: it has ended, and that is all that it said.
ended_with()
{
	local status=0

	wait_for 20 gone "$FOLLOWER"
	wait "$FOLLOWER" || status=$?
	FOLLOWER=
	assert_equal "$status" "$1"
	assert_equal "$(cat "$SAID")" "$2"
}

# ended: it has ended, with exit code 0, and has not complained.
ended()
{
	ended_with 0 ''
}

# figure NAME: of the JSON in the output.
figure()
{
	perl -MJSON::PP -0777 -ne 'BEGIN { $name = shift }
		my $at = decode_json($_); $at = $at->{$_} for split /\./, $name; print "$at\n"' "$1" "$OUT"
}

# is_whole_report: the output ends with the coverage, and there are sections that the table has not.
is_whole_report()
{
	run -0 tail -n 3 "$OUT"
	assert_output --regexp '[Uu]nknown'
	run -0 grep -c . "$OUT"
	[ "$output" -gt 10 ]
}

@test "--interval: the table is printed anew as lines arrive, while the input stays open" {
	follow --interval=1
	early_talker 4001
	wait_for 10 last_row 'turned away by postscreen' 1
	early_talker 4002
	early_talker 4003
	refused_sender 21
	delivered 4104E3D
	wait_for 10 last_row 'turned away by postscreen' 3
	wait_for 10 last_row 'turned away by smtpd' 1
	wait_for 10 last_row 'received and delivered' 1
	run ! gone "$FOLLOWER"
	kill -TERM "$FOLLOWER"
	ended
}

@test "SIGUSR1: the table is printed at once, whenever one likes, and the line just written is in it" {
	local n

	follow --interval=3600
	for n in 1 2 3; do
		early_talker "400$n"
		wait_for 10 asked_row 'turned away by postscreen' "$n"
	done
	asked_row 'turned away by postscreen' 3
	kill -TERM "$FOLLOWER"
	ended
}

@test "half a line counts when its other half has arrived, once" {
	follow --interval=3600
	early_talker 4001
	printf 'Feb 10 17:01:36 mx1 postfix/smtpd[5]: connect from unkno' >&"$TO"
	wait_for 10 asked_row 'turned away by postscreen' 1
	printf 'wn[203.0.113.8]\n' >&"$TO"
	refused_sender 21
	wait_for 10 asked_row 'turned away by smtpd' 1
	end_input
	ended
	is_whole_report
}

@test "SIGTERM: the whole report of what has arrived, exit 0" {
	follow --interval=3600
	early_talker 4001
	delivered 4104E3D
	wait_for 10 asked_row 'received and delivered' 1
	kill -TERM "$FOLLOWER"
	ended
	last_row 'turned away by postscreen' 1
	is_whole_report
}

@test "SIGINT: the same" {
	follow --interval=3600
	refused_sender 21
	wait_for 10 asked_row 'turned away by smtpd' 1
	kill -INT "$FOLLOWER"
	ended
	last_row 'turned away by smtpd' 1
	is_whole_report
}

@test "SIGTERM before any line has come: no report, but a word, and exit 0" {
	follow --interval=3600
	wait_for 10 asked_row 'turned away by postscreen' 0
	kill -TERM "$FOLLOWER"
	ended_with 0 'log-stats: no line has come: nothing to report'
	assert_equal "$(tables)" 1
}

@test "the input ends: the whole report, exit 0" {
	follow --interval=3600
	early_talker 4001
	refused_sender 21
	delivered 4104E3D
	end_input
	ended
	assert_equal "$(tables)" 1
	last_row 'turned away by postscreen' 1
	last_row 'turned away by smtpd' 1
	last_row 'received and delivered' 1
	is_whole_report
}

@test "--format=json: nothing but one document, at the end" {
	follow --interval=1 --format=json
	early_talker 4001
	refused_sender 21
	delivered 4104E3D
	end_input
	ended
	assert_equal "$(figure table.postscreen)" 1
	assert_equal "$(figure table.smtpd)" 1
	assert_equal "$(figure table.delivered)" 1
	assert_equal "$(figure coverage.lines)" 14
	assert_equal "$(figure coverage.unknown)" 0
}

@test "tail -f of a file that grows" {
	local file=$BATS_TEST_TMPDIR/maillog

	: >"$file"
	tail -n +1 -f "$file" >"$PIPE" 2>/dev/null 3>&- &
	TAIL=$!
	follow --interval=1
	end_input
	exec {TO}>>"$file"
	early_talker 4001
	wait_for 10 last_row 'turned away by postscreen' 1
	early_talker 4002
	wait_for 10 last_row 'turned away by postscreen' 2
	kill -TERM "$TAIL"
	ended
	TAIL=
	is_whole_report
}

@test "no standard input at all is an error, not a hang" {
	# shellcheck disable=SC2016
	run -1 timeout 20 sh -c 'exec "$1" <&-' sh "$BIN/log-stats"
	assert_output --partial 'log-stats: '
}

@test "while input is waited for, what could not be read is said beside the first table, and once more after the report" {
	follow --interval=1d dir-that-is-not -
	refused_sender 42
	wait_for 10 asked_row 'turned away by smtpd' 1
	run -0 grep -c 'dir-that-is-not: No such file' "$SAID"
	assert_output 1
	wait_for 10 asked_row 'turned away by smtpd' 1
	run -0 grep -c 'dir-that-is-not: No such file' "$SAID"
	assert_output 1
	end_input
	ended_with 1 'log-stats: dir-that-is-not: No such file or directory
log-stats: dir-that-is-not: No such file or directory'
	run -0 grep -c '^In short' "$OUT"
}
