#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --log=postlog:PATH and /dev/log: datagrams to somebody who is slow, is started anew, or is not there. See
# t/postfix/grey-check-log.bats for a real postlogd.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check
load ../lib/live
load ../lib/syslogged

setup()
{
	LOG=$BATS_TEST_TMPDIR/log
	# A socket's path has 107 bytes at most.
	DIR=$(work_dir)
	SOCKET=$DIR/postlog
}

teardown()
{
	kill_live
	stop_reader
	rm -rf "$DIR"
}

# start_reader: takes what comes to SOCKET, and appends it to LOG, a line each.
start_reader()
{
	perl "$ROOT/t/lib/syslog.pl" "$SOCKET" "$LOG" 3>&-
}

stop_reader()
{
	[ -s "$LOG.pid" ] || return 0
	kill -CONT "$(cat "$LOG.pid")" 2>/dev/null
	stop_process "$(cat "$LOG.pid")"
	rm -f "$LOG.pid" "$SOCKET"
}

logging()
{
	unlogged "$BIN/grey-check" --store=mem: "--log=postlog:$SOCKET" --clock=request "${NO_LISTS[@]}" "$@"
}

# has TEXT [N]: LOG has N (1) lines with this text.
has()
{
	[ "$(grep -cF -- "$1" "$LOG")" -eq "${2-1}" ]
}

WHO='client_name=mail.example.net, client_address=192.0.2.30, sender=a@example.net, recipient=b@example.org'

@test "a line is what Postfix's own programs send, with the host that main.cf names" {
	local name host=mx

	start_reader
	mkdir "$DIR/etc"
	# shellcheck disable=SC2016
	for name in 'myhostname = mx.example.org' 'myhostname=mx' $'myhostname = old.example.org\nmyhostname = mx.example.org' \
		'myhostname = $mydomain' '#myhostname = mx.example.org'; do
		[[ $name != *[\$#]* ]] || host=$(hostname | sed 's/\..*//')
		echo "$name" >"$DIR/etc/main.cf"
		MAIL_CONFIG=$DIR/etc logging < <(at 1000) >/dev/null
		wait_for 10 has "sender=a@example.net"
		run -0 cat "$LOG"
		assert_output --regexp "^[A-Z][a-z]{2} [0-9]{2} [0-9:]{8} $host grey-check\[[0-9]+\]: action=greylist, reason=new, $WHO$"
		: >"$LOG"
	done
	LC_ALL=C MAIL_CONFIG=$DIR/nowhere logging -q < <(at 1000 client_address=unknown) >/dev/null 2>&1
	wait_for 10 has "grey-check["
	run -0 cat "$LOG"
	assert_output --regexp " grey-check\[[0-9]+\]: warning: client_address can't be parsed: 'unknown'; answering DUNNO$"
}

@test "a line that postlogd has no room for is cut, and ends with dots" {
	local euros

	euros=$(printf '€%.0s' {1..1300})
	start_reader
	logging < <(at 1 "client_name=$euros" "sender=$euros") >/dev/null
	wait_for 10 test -s "$LOG"
	run -0 env LC_ALL=C awk 'length <= 4096 && length > 4090 && /€\.\.\.$/' "$LOG"
	assert_equal "${#lines[@]}" 1
	run -0 iconv -f UTF-8 -t UTF-8 "$LOG"
}

@test "nobody takes the lines: all answers come, and the number of lines that were lost is told" {
	local lost since

	skip_if_logged
	start_reader
	start_live logging
	ask_live sender=first@example.net >/dev/null
	wait_for 10 has sender=first@
	since=$SECONDS
	kill -STOP "$(cat "$LOG.pid")"
	for _ in {1..3000}; do request sender=crowd@example.net; done >&"$TO" &
	for _ in {1..3000}; do live_answer 10 >/dev/null; done
	# Once a minute, on a slow machine too.
	run -0 said "can't log to $SOCKET: its queue is full"
	[ "$output" -ge 1 ] && [ "$output" -le $((1 + (SECONDS - since) / 60)) ]
	kill -CONT "$(cat "$LOG.pid")"
	wait_for 10 tells_what_is_lost
	end_live
	lost=$(sed -n 's/.* error: \([0-9]*\) lines\? of this log w[a-z]* lost, for nothing took [a-z]*$/\1/p' "$LOG")
	# Each line of a decision was taken or lost.
	assert_equal "$(($(grep -c 'sender=' "$LOG") + lost))" "$((3001 + $(wc -l <"$BATS_TEST_TMPDIR/asked")))"
}

# tells_what_is_lost: asks until the log is used again: what did not work is tried again after a second.
tells_what_is_lost()
{
	ask_live sender=last@example.net >>"$BATS_TEST_TMPDIR/asked"
	grep -q 'lines\? of this log w[a-z]* lost' "$LOG"
}

@test "a reader that was started anew gets the lines that follow" {
	start_reader
	start_live logging
	ask_live sender=first@example.net >/dev/null
	wait_for 10 has sender=first@
	stop_reader
	start_reader
	ask_live sender=second@example.net >/dev/null
	wait_for 10 has sender=second@
	run -0 said
	assert_output 0
}

@test "there is no such socket: all answers come, and the reason is told once" {
	skip_if_logged
	run -0 --separate-stderr logging < <(at 1; at 2)
	assert_equal "$(grep -c '^action=DEFER_IF_PERMIT' <<<"$output")" 2
	assert_equal "$stderr" "grey-check: can't log to $SOCKET: No such file or directory"
}

@test "a user who may not reach postlogd is told how he may" {
	skip_if_logged
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	start_reader
	install -m 755 "$BIN/grey-check" "$DIR/grey-check"
	chmod 711 "$DIR"
	chmod 700 "$SOCKET"
	run -0 --separate-stderr unlogged setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "$DIR/grey-check" --store=mem: "--log=postlog:$SOCKET" "${NO_LISTS[@]}" < <(request)
	assert_output "$GREYLISTED"
	assert_line --index 0 "$GREYLISTED"
	assert_equal "$stderr" "grey-check: can't log to $SOCKET: Permission denied (with user=USER:postdrop in master.cf it can)"
}

@test "a /dev/log that is a stream, as some syslog daemons have it, gets lines that end with NUL" {
	skip_without_syslog
	# shellcheck disable=SC2016
	run -0 --separate-stderr "$ROOT/t/lib/private-syslog" - bash -c '
		perl -MIO::Socket::UNIX -e "
			my \$listener = IO::Socket::UNIX->new(Local => q(/dev/log), Listen => 1) or die;
			open my \$ready, q(>), shift or die;
			my \$client = \$listener->accept or die;
			local \$/ = qq(\0);
			while (<\$client>) { chomp; print qq(\$_\n) }" "$1/ready" &
		until [ -e "$1/ready" ]; do sleep 0.05; done
		"$2" --store=mem: "${@:3}" >"$1/answers"
		wait' - "$DIR" "$BIN/grey-check" "${NO_LISTS[@]}" < <(request; request)
	assert_equal "${#lines[@]}" 2
	assert_line --index 0 --regexp "^<22>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} grey-check\[[0-9]+\]: action=greylist, reason=new, $WHO$"
}
