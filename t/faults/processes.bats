#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Other processes that hold what the store needs, and whose the files are.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

# hold COMMAND...: runs it in the background until the test ends; it must make DIR/held when it holds what it holds.
hold()
{
	"$@" 3>&- &
	HOLDER=$!
	wait_for 5 test -e "$DIR/held"
}

@test "another process holds grey.lock for ever: after 10 seconds --on-error decides, and grey.lock is named" {
	local before

	# shellcheck disable=SC2016
	hold flock "$STORE/grey.lock" sh -c 'touch "$1" && exec sleep 60' sh "$DIR/held"
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	before=$SECONDS
	assert_equal "$(ask_live one@example.net 25)" "$PASSED"
	[ $((SECONDS - before)) -le 13 ]
	run -0 cat "$DIR/said"
	assert_output --regexp "$STORE/grey.lock: .* for 10 seconds; answering DUNNO: mail passes without greylisting \(--on-error\)"
	refute_output --partial 'process 0 '
	kill "$(pgrep -P "$HOLDER")"
	wait_for 12 live_answers two@example.net "$DEFERRED"
}

@test "a process that is stopped inside the store is named by its number, and nothing is lost when it goes on" {
	requests 40000 >"$DIR/many"
	"$BIN/grey-check" "--store=$STORE" --log=none <"$DIR/many" >"$DIR/answers" 3>&- &
	HOLDER=$!
	wait_for 5 stopped_inside
	for _ in 1 2; do
		run --separate-stderr timeout 2 perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr \
			--quiet < <(request waiting@example.net)
		assert_output "$PASSED"
		assert_regex "$stderr" "grey.lock: process $HOLDER has held it since [-0-9]+ [:0-9]+ \([0-9]+ s\), and is stopped; \
it goes on by kill -CONT $HOLDER; answering DUNNO"
	done
	kill -CONT "$HOLDER"
	wait "$HOLDER"
	HOLDER=
	assert_equal "$(grep -c DEFER "$DIR/answers")" 40000
	assert_equal "$(count_rows)" 40000
	run -0 whole
}

# stopped_inside: stops the process HOLDER; true if it is inside the store. Some tries follow one another at once, since
# the process does not go on for long.
stopped_inside()
{
	local try

	for try in {1..20}; do
		kill -STOP "$HOLDER" || return 1
		wait_for 5 grep -q '^State:.T' "/proc/$HOLDER/status" || return 1
		[ "$(od -An -tu4 -j12 -N4 "$STORE/grey.lock" 2>/dev/null | tr -d ' ')" != "$HOLDER" ] || return 0
		kill -CONT "$HOLDER"
	done
	echo "not inside in $try tries"
	return 1
}

@test "a directory that others can write is refused, in words that help" {
	local mode

	for mode in 0777 0775; do
		chmod "$mode" "$STORE"
		run -1 --separate-stderr check < <(request mode@example.net)
		assert_output ''
		assert_regex "$stderr" "^grey-check: $STORE: others .* \(mode $mode\); do: chmod go-w $STORE\$"
		run -1 --separate-stderr behind_socket < <(request mode@example.net)
		assert_output "$PASSED"
		assert_regex "$stderr" "chmod go-w $STORE; answering DUNNO"
	done
	run -0 find "$STORE" -mindepth 1
	assert_output ''
}

@test "a directory that others can write is refused, in syslog, when standard error is the socket too" {
	skip_without_syslog
	chmod 0777 "$STORE"
	: >"$DIR/syslog"
	run --separate-stderr "$ROOT/t/lib/private-syslog" "$DIR/syslog" perl "$ROOT/t/faults/socket.pl" "$BIN/grey-check" \
		"--store=$STORE" < <(request mode@example.net)
	[ ! -s "$DIR/syslog.pid" ] || stop_process "$(cat "$DIR/syslog.pid")"
	assert_equal "$status" 1
	assert_output "$PASSED"
	run -0 cat "$DIR/syslog"
	assert_output --partial "chmod go-w $STORE; answering DUNNO"
}

@test "a directory that postgrey runs on is refused, and taken once postgrey is gone" {
	# shellcheck disable=SC2016
	hold flock -x "$STORE/postgrey.lock" sh -c 'touch "$1" && exec sleep 60' sh "$DIR/held"
	run -1 --separate-stderr check < <(request postgrey@example.net)
	assert_output ''
	assert_equal "$stderr" \
		"grey-check: $STORE: postgrey is running on this directory (it holds postgrey.lock); stop postgrey first"
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$PASSED"
	assert_regex "$(cat "$DIR/said")" 'stop postgrey first; answering DUNNO'
	kill "$(pgrep -P "$HOLDER")"
	wait_for 10 live_answers two@example.net "$DEFERRED"
	run ! flock -n -x "$STORE/postgrey.lock" true
}

@test "run by root on somebody's directory, it works as that user, and the files are that user's" {
	need_root
	chown nobody: "$STORE"
	run -0 --separate-stderr check < <(request owner@example.net)
	assert_output "$DEFERRED"
	run -0 find "$STORE" ! -user nobody
	assert_output ''
	run -0 find "$STORE" -type f ! -perm 600
	assert_output ''
}

@test "a store that is not there is made, readable by its owner only, also where the umask is 0" {
	rmdir "$STORE"
	umask 0
	run -0 --separate-stderr check < <(request made@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(stat -c %a "$STORE")" 700
	run -0 find "$STORE" -type f ! -perm 600
	assert_output ''
}

@test "a store in a directory that is not there: said, exit code 1" {
	STORE=$DIR/none/store
	run -1 --separate-stderr check < <(request none@example.net)
	assert_output ''
	assert_equal "$stderr" "grey-check: $STORE: can't make the store's directory: No such file or directory"
}

# stopped_outside OPTION... COMMAND...: see t/faults/stop.pl.
stopped_outside()
{
	# The leaks are looked for by a tracer, which is stopped with the process that it holds.
	ASAN_OPTIONS=detect_leaks=0 \
		run -0 --separate-stderr perl "$ROOT/t/faults/stop.pl" "--lock=$STORE/grey.lock" "--stops=$(as_long 40)" "$@"
	assert_output --regexp '^[1-9][0-9]* stops, 0 with the lock held$'
}

@test "^Z stops no program while it holds the store" {
	fill_store 2000
	"$BIN/grey-dump" -p "--store=$STORE" -f "$DIR/dump"
	requests 20000 >"$DIR/many"
	stopped_outside sh -c 'while :; do "$1" "--store=$2" <"$3" || exit; done' sh "$BIN/grey-load" "$STORE" "$DIR/dump"
	stopped_outside sh -c 'while :; do "$1" "--store=$2" -p >/dev/null || exit; done' sh "$BIN/grey-dump" "$STORE"
	stopped_outside sh -c 'while :; do "$1" "--store=$2" --log=none --compact || exit; done' sh "$BIN/grey-expire" "$STORE"
	stopped_outside sh -c 'while :; do "$1" "--store=$2" --log=none <"$3" >/dev/null || exit; done' sh "$BIN/grey-check" "$STORE" "$DIR/many"
	# What it wrote last may be in memory alone, as it was killed at the end.
	run -0 "$BIN/grey-expire" "--store=$STORE" --log=none
	run -0 whole
}

@test "a program of Berkeley DB's that was killed with a mutex keeps nobody waiting who comes then" {
	fill_store 100
	cc -shared -fPIC -O1 -o "$DIR/unlock.so" "$ROOT/t/faults/unlock.c"
	run -137 env "LD_PRELOAD=$DIR/unlock.so" flock "$STORE/grey.lock" db_dump -h "$STORE" postgrey.db
	run -0 --separate-stderr timeout -s KILL 60 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request new@example.net)
	assert_equal "$output$stderr" "$DEFERRED"
	run -0 --separate-stderr timeout -s KILL 60 "$BIN/grey-dump" "--store=$STORE" --count
	assert_output --partial 101
}
