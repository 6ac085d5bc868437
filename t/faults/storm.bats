#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# Processes are killed at random while they work on one store: every answer is right and comes soon, nothing that was
# answered is lost, the databases are whole, and nobody who was not killed ends or complains. See t/faults/storm.pl.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common

setup_file()
{
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
}

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

# storm OPTION... [-- GREY-CHECK'S OPTION...]: what grey-check complains of goes to syslog, as its standard error is a socket.
storm()
{
	local options=() command logged=

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	command=(perl "$ROOT/t/faults/storm.pl" "${options[@]}" "--store=$STORE" "$BIN/grey-check" "${@:2}")

	if ! mount_missing >/dev/null; then
		logged=yes
		: >"$BATS_TEST_TMPDIR/syslog"
		command=("$ROOT/t/lib/private-syslog" "$BATS_TEST_TMPDIR/syslog" "${command[@]}")
	fi
	run --separate-stderr "${command[@]}"
	[ ! -s "$BATS_TEST_TMPDIR/syslog.pid" ] || stop_process "$(cat "$BATS_TEST_TMPDIR/syslog.pid")"
	# shellcheck disable=SC2154
	printf '%s\n' "$output" "$stderr" | sed '/^$/d; s/^/# /' | head -n 30 >&3
	assert_success
	assert_output --partial ' 0 complaints'
	refute_output --partial ' 0 answers'
	assert_output --regexp ' [0-9]{1,5} recoveries'
	assert_equal "$stderr" ''
	[ -z "$logged" ] || assert_equal "$(head -c 2000 "$BATS_TEST_TMPDIR/syslog")" ''
}

@test "50 processes, 10 kills a second, restarted at once: nothing lost, no answer wrong or late" {
	storm --processes=50 --kills=10 "--time=$(as_long 8)"
}

@test "50 processes, 10 kills a second, restarted after 3 s: nothing lost, no answer wrong or late" {
	storm --processes=50 --kills=10 "--time=$(as_long 8)" --restart-after=3
}

@test "100 processes, 50 kills a second, restarted at once: nothing lost, no answer wrong or late" {
	storm --processes=100 --kills=50 "--time=$(as_long 3)"
}

@test "10 processes, 200 kills a second, restarted at once: nothing lost, no answer wrong or late" {
	storm --processes=10 --kills=200 "--time=$(as_long 2)"
}

@test "20 processes that make each commit durable, 20 kills a second: nothing lost, no answer wrong or late" {
	storm --processes=20 --kills=20 "--time=$(as_long 2)" -- --sync
}

@test "20 processes, 30 kills a second, aimed at those inside the store: nothing lost, no answer wrong or late" {
	storm --processes=20 --kills=30 "--time=$(as_long 3)" --aim
	assert_output --regexp ' [1-9][0-9]{0,3} recoveries'
}
