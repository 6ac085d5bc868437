#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A real Postfix asks grey-check through spawn(8): processes that are killed, or run out of time; a reload; a store that
# can't be used; a mistake in master.cf.

load spawn

services()
{
	local missing

	pf_service quick --delay=2
	pf_service killed --delay=300
	pf_service limited --delay=1
	pf_main 'limited_time_limit = 2s'
	pf_service usage --no-such-option
	for missing in dunno defer disconnect; do
		pf_service "broken_$missing" --delay=300 "--on-error=$missing"
		chmod 0777 "$(pf_store "broken_$missing")"
	done
}

@test "grey-check killed at work: all replies are right, and no answered record is lost" {
	local session kill before

	# One session that asks for recipient after recipient until grey-check has been killed five times.
	: >"$PF_DIR/kills"
	smtp killed >"$PF_DIR/storm" 3>&- <<-EOF &
		EHLO c.example.net
		XCLIENT NAME=mail.example.net ADDR=192.0.2.23
		EHLO c.example.net
		MAIL FROM:<storm@example.net>
		@watch $PF_DIR/kills killed
		@until 5 RCPT TO:<u%n@example.org>
		QUIT
	EOF
	session=$!
	for kill in 1 2 3 4 5; do
		# Each has answered something before it dies: Postfix asks a second time, not a third.
		before=$(grep -c '^S: 4' "$PF_DIR/storm") || true
		wait_for 10 more_replies_than "$((before + 20))"
		pf_processes killed | xargs -r kill -KILL
		echo "killed $kill" >>"$PF_DIR/kills"
	done
	wait "$session"

	sed -n 's/^S: 450 4.2.0 <\(.*\)>: Recipient address rejected: Greylisted.*/\1/p' "$PF_DIR/storm" |
		sort >"$PF_DIR/answered"
	assert_equal "$(wc -l <"$PF_DIR/answered")" "$(grep -c '^C: RCPT' "$PF_DIR/storm")"
	rows "$(pf_store killed)" postgrey.db | sed -n 's/.*storm@example.net.\(u[0-9]*@example.org\)	.*/\1/p' |
		sort >"$PF_DIR/stored"
	run -0 comm -23 "$PF_DIR/answered" "$PF_DIR/stored"
	assert_output ''
	wait_for 10 pf_logged "bin/grey-check killed by signal 9" 5

	run -0 smtp_send killed 'mail.example.net[192.0.2.23]' storm@example.net subject-storm u1@example.org
	assert_line "S: 450 4.2.0 <u1@example.org>: $GREYLISTED"
	wait_for 10 grep -q 'early-retry .*sender=storm@example.net, recipient=u1@example.org' "$PF_DIR/syslog"
}

more_replies_than()
{
	[ "$(grep -c '^S: 4' "$PF_DIR/storm")" -gt "$1" ]
}

# At the limit spawn sends SIGKILL, but as user postfix: on Linux a command with another user= survives that (EPERM),
# and spawn goes on waiting for it. Both ways it must cost no mail; the test above is for the death itself.
@test "spawn's time limit reached in the middle of a session costs no mail" {
	run -0 smtp limited <<-EOF
		EHLO c.example.net
		XCLIENT NAME=mail.example.net ADDR=192.0.2.29
		EHLO c.example.net
		MAIL FROM:<limit@example.net>
		@watch $PF_DIR/mail.log command time limit exceeded
		RCPT TO:<before@example.org>
		@await 1
		RCPT TO:<after@example.org>
		QUIT
	EOF
	assert_line "S: 450 4.2.0 <before@example.org>: $GREYLISTED"
	assert_line "S: 450 4.2.0 <after@example.org>: $GREYLISTED"

	wait_for 10 pf_delay_over limited 192.0.2.0/limit@example.net/after@example.org 1
	run -0 smtp_send limited 'mail.example.net[192.0.2.29]' limit@example.net subject-limit before@example.org after@example.org
	assert_equal "$(grep -c '^S: 250 2.1.5 Ok' <<<"$output")" 2
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	wait_for 20 pf_delivered subject-limit 2
}

@test "a reload of Postfix interrupts neither a session nor the greylist" {
	local session

	smtp quick >"$PF_DIR/session" 3>&- <<-EOF &
		EHLO c.example.net
		XCLIENT NAME=mail.example.net ADDR=192.0.2.24
		EHLO c.example.net
		MAIL FROM:<reload@example.net>
		@watch $PF_DIR/mail.log reload -- version
		RCPT TO:<before@example.org>
		@await 1
		RCPT TO:<after@example.org>
		QUIT
	EOF
	session=$!
	wait_for 10 grep -q '^S: 450' "$PF_DIR/session"
	pf_reload
	wait "$session"
	run -0 cat "$PF_DIR/session"
	assert_line "S: 450 4.2.0 <before@example.org>: $GREYLISTED"
	assert_line "S: 450 4.2.0 <after@example.org>: $GREYLISTED"

	wait_for 10 pf_delay_over quick 192.0.2.0/reload@example.net/after@example.org 2
	run -0 smtp_send quick 'mail.example.net[192.0.2.24]' reload@example.net subject-reload before@example.org after@example.org
	assert_equal "$(grep -c '^S: 250 2.1.5 Ok' <<<"$output")" 2
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	wait_for 20 pf_delivered subject-reload 2
}

@test "--on-error=dunno: a store that others can write to is not used, and mail flows" {
	run -0 smtp_send broken_dunno 'mail.example.net[192.0.2.25]' dunno@example.net subject-dunno user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	wait_for 20 pf_delivered subject-dunno
	run ! grep '^X-Greylist:' "$(pf_delivered subject-dunno)"
	wait_for 10 grep -q "grey-check.*$(pf_store broken_dunno)" "$PF_DIR/syslog"
	run ! test -e "$(pf_store broken_dunno)/postgrey.db"
}

@test "--on-error=defer: a store that others can write to defers mail" {
	run -0 smtp_send broken_defer 'mail.example.net[192.0.2.26]' defer@example.net subject-defer user@example.org
	assert_line --regexp '^S: 45[01] 4\.[0-9.]+ <user@example.org>: Recipient address rejected: '
	refute_line --partial Greylisted
	wait_for 10 grep -q "grey-check.*$(pf_store broken_defer)" "$PF_DIR/syslog"
}

@test "--on-error=disconnect: a store that others can write to leaves the answer to Postfix" {
	run -0 smtp_send broken_disconnect 'mail.example.net[192.0.2.27]' hangup@example.net subject-hangup user@example.org
	assert_line 'S: 451 4.3.5 <user@example.org>: Recipient address rejected: Server configuration problem'
	wait_for 10 grep -q "grey-check.*$(pf_store broken_disconnect)" "$PF_DIR/syslog"
}

@test "a mistake in the spawn entry defers mail, and the log says which" {
	run -0 smtp_send usage 'mail.example.net[192.0.2.28]' usage@example.net subject-usage user@example.org
	assert_line 'S: 451 4.3.5 <user@example.org>: Recipient address rejected: Server configuration problem'
	wait_for 10 grep -q 'grey-check\[[0-9]*\]: .*no-such-option' "$PF_DIR/syslog"
	wait_for 10 pf_logged "bin/grey-check exit status 2"
}
