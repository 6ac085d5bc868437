#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --log=file:PATH: the lines in it, while it is renamed, removed, full, a pipe; and what can't be one.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check
load ../lib/live
load ../lib/syslogged

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	LOG=$BATS_TEST_TMPDIR/log
}

teardown()
{
	kill_live
}

WHO='client_name=mail.example.net, client_address=192.0.2.30, sender=a@example.net, recipient=b@example.org'

# logging OPTION...: grey-check with a store of this test's own, that logs to LOG.
logging()
{
	"$BIN/grey-check" "--store=$STORE" "--log=file:$LOG" --clock=request "${NO_LISTS[@]}" "$@"
}

# alone OPTION...: grey-check where there is no other log.
alone()
{
	unlogged "$BIN/grey-check" --store=mem: --clock=request "${NO_LISTS[@]}" "$@"
}

# texts FILE: what its lines say, without stamp, host and pid.
texts()
{
	sed -E 's/^[^ ]+ [^ ]+ ([^[]*)\[[0-9]+\]: /\1: /' "$1"
}

@test "a line has the stamp of RFC 3339 in local time, the host, the name and the pid; trouble has its word" {
	local zone

	for zone in UTC:+00:00 Asia/Kolkata:+05:30 America/St_Johns:-03:30; do
		rm -rf "$LOG" "$STORE"
		TZ=${zone%%:*} run -0 --separate-stderr logging < <(at 1000; at 1001 client_address=unknown; at 1002 garbage)
		assert_equal "$stderr" "grey-check: client_address can't be parsed: 'unknown'; answering DUNNO"
		run -0 cat "$LOG"
		assert_equal "$(cut -c 27-32 "$LOG" | sort -u)" "${zone#*:}"
		assert_equal "$(TZ=${zone%%:*} date -d "$(cut -c 1-32 "$LOG" | head -n 1)" +%Y-%m-%dT%H:%M:%S)" "$(cut -c 1-19 "$LOG" | head -n 1)"
		assert_line --index 0 --regexp "^[-0-9]{10}T[0-9:]{8}\.[0-9]{6}[^ ]{6} $(hostname | sed 's/\..*//') grey-check\[[0-9]+\]: action="
	done
	run -0 texts "$LOG"
	assert_output "grey-check: action=greylist, reason=new, $WHO
grey-check: warning: client_address can't be parsed: 'unknown'; answering DUNNO
grey-check: ignoring garbage: <garbage>
grey-check: action=greylist, reason=early-retry (298s missing), $WHO"
	run -0 stat -c %a "$LOG"
	assert_output "$(printf '%o' "$((0640 & ~0$(umask)))")"
}

@test "many processes write whole lines into one file" {
	local process

	for process in {1..8}; do
		for _ in {1..200}; do request "sender=$process@example.net"; done | logging --store=mem: >/dev/null 3>&- &
	done
	wait
	run -0 grep -cE '^[-0-9]{10}T[^ ]{21} [^ ]+ grey-check\[[0-9]+\]: action=greylist, .*, recipient=b@example.org$' "$LOG"
	assert_output 1600
	run -0 grep -c '' "$LOG"
	assert_output 1600
}

# has_line_now SENDER: for wait_for: asks, and the file has the line. (It is looked at once a second.)
has_line_now()
{
	ask_live "sender=$1@example.net" >/dev/null
	grep -q "sender=$1@example.net" "$LOG" 2>/dev/null
}

@test "a file that was renamed or removed is made anew, and the old one is left alone" {
	start_live logging
	ask_live >/dev/null
	mv "$LOG" "$LOG.1"
	wait_for 10 has_line_now renamed
	rm "$LOG"
	wait_for 10 has_line_now removed
	end_live
	run -0 texts "$LOG.1"
	assert_line --index 0 "grey-check: action=greylist, reason=new, $WHO"
	run ! grep -q removed "$LOG.1"
}

@test "no system call is made for a line but its write, while the file stays where it is" {
	command -v strace >/dev/null || skip "needs strace"
	local requests=$BATS_TEST_TMPDIR/requests

	for _ in {1..500}; do request; done >"$requests"
	ASAN_OPTIONS=detect_leaks=0 strace -f -o "$BATS_TEST_TMPDIR/trace" -e trace=write,stat,newfstatat,openat,getpid,fstat \
		"$BIN/grey-check" --store=mem: "--log=file:$LOG" "${NO_LISTS[@]}" <"$requests" >/dev/null
	run -0 grep -c "^[0-9]* *write([0-9]*, \"20" "$BATS_TEST_TMPDIR/trace"
	assert_output 500
	run -0 grep -cE "$LOG|getpid" "$BATS_TEST_TMPDIR/trace"
	assert [ "$output" -lt 20 ]
}

@test "a disk that is full: the answers come, and the reason is told once" {
	skip_if_logged
	run -0 --separate-stderr alone --log=file:/dev/full < <(at 1; at 2; at 3)
	assert_equal "$(grep -c '^action=DEFER_IF_PERMIT' <<<"$output")" 3
	assert_equal "$stderr" "grey-check: can't log to /dev/full: No space left on device"
}

@test "a file that can't be opened: the answers come, and the reason is told once" {
	skip_if_logged
	run -0 --separate-stderr alone "--log=file:$BATS_TEST_TMPDIR/missing/log" < <(at 1; at 2)
	assert_equal "$(grep -c '^action=DEFER_IF_PERMIT' <<<"$output")" 2
	assert_equal "$stderr" "grey-check: can't log to $BATS_TEST_TMPDIR/missing/log: No such file or directory"
}

@test "a file that can't be opened is there for a service with a standard error of its own" {
	skip_if_logged
	run -0 --separate-stderr unlogged perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" --store=mem: --log=file:/nowhere/log \
		"${NO_LISTS[@]}" < <(request)
	assert_output "$GREYLISTED"
	assert_line --partial "$GREYLISTED"
	assert_equal "$(sort <<<"$stderr")" "grey-check: action=greylist, reason=new, $WHO
grey-check: can't log to /nowhere/log: No such file or directory"
}

@test "a pipe that nobody empties keeps no mail waiting, and what it lacks is told when it is emptied" {
	local reader

	skip_if_logged
	mkfifo "$LOG"
	exec {reader}<>"$LOG"
	for _ in {1..2000}; do request; done >"$BATS_TEST_TMPDIR/requests"
	alone "--log=file:$LOG" <"$BATS_TEST_TMPDIR/requests" >"$BATS_TEST_TMPDIR/answers" 2>"$BATS_TEST_TMPDIR/said"
	exec {reader}<&-
	assert_equal "$(grep -c '^action=' "$BATS_TEST_TMPDIR/answers")" 2000
	run -0 cat "$BATS_TEST_TMPDIR/said"
	assert_line --index 0 "grey-check: can't log to $LOG: its reader takes nothing"
}

@test "what answers go through is not the log" {
	skip_if_logged
	# shellcheck disable=SC2016
	run -0 --separate-stderr unlogged bash -c '"$0" --store=mem: "--log=file:$1" "${@:2}" | cat' "$BIN/grey-check" /proc/self/fd/1 "${NO_LISTS[@]}" < <(request)
	assert_output "$GREYLISTED"
	assert_equal "$stderr" "grey-check: can't log to /proc/self/fd/1: requests or answers go through it"
}

@test "/dev/stderr is standard error, once, and a file in form" {
	run -0 --separate-stderr check --log=file:/dev/stderr < <(at 1000; at 1000 client_address=unknown)
	assert_equal "$(texts /dev/stdin <<<"$stderr")" "grey-check: action=greylist, reason=new, $WHO
grey-check: warning: client_address can't be parsed: 'unknown'; answering DUNNO"
}

@test "/dev/stdout is that of the container, whose first process has it" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare --pid --fork --mount-proc true 2>/dev/null || skip "needs unshare -p; in a container that takes --cap-add SYS_ADMIN"
	# shellcheck disable=SC2016
	run -0 bash -c 'unshare --pid --fork --mount-proc bash -c "\"\$@\"; exit \$?" - "$@" | cat' - perl "$ROOT/t/faults/socket.pl" \
		"$BIN/grey-check" --store=mem: --log=file:/dev/stdout "${NO_LISTS[@]}" < <(request)
	assert_line --partial "$GREYLISTED"
	assert_line --regexp "^20.* grey-check\[[0-9]+\]: action=greylist, reason=new, $WHO$"
}

@test "a pipe whose reader has gone ends nobody" {
	local reader

	skip_if_logged
	mkfifo "$LOG"
	sleep 60 <>"$LOG" 3>&- &
	reader=$!
	start_live alone "--log=file:$LOG"
	ask_live >/dev/null
	stop_process "$reader"
	run -0 ask_live
	assert_output "$GREYLISTED"
	end_live
	run -0 said "can't log to $LOG: Broken pipe"
	assert_output 1
}
