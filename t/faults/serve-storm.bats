#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# A grey-check --serve is killed, or stopped, while many ask it: what was answered is stored. See t/faults/serve-storm.pl.

load ../lib/common

setup_file()
{
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
}

# storm ENGINE OPTION... [-- GREY-CHECK'S OPTION...]
storm()
{
	local options=() store=$1:$BATS_TEST_TMPDIR/store

	shift
	mkdir -m 700 "${store#*:}"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	run --separate-stderr perl "$ROOT/t/faults/serve-storm.pl" "${options[@]}" "--socket=$BATS_TEST_TMPDIR/socket" \
		"$BIN/grey-check" "--store=$store" "--log=file:$BATS_TEST_TMPDIR/log" -q "${@:2}"
	# shellcheck disable=SC2154
	printf '%s\n' "$output" "$stderr" | sed '/^$/d; s/^/# /' | head -n 30 >&3
	assert_success
	assert_output --partial ' 0 complaints'
	refute_output --partial ' 0 answers'
	# The whole log: what it says by itself when it begins and ends.
	run ! grep -vE ': (serving, up to 1000 connections|no longer serving|warning: can.t write the answer: |warning: the input ended inside)' \
		"$BATS_TEST_TMPDIR/log"
}

@test "Berkeley DB: 50 clients, the server is killed 10 times a second and started at once: nothing lost, no answer wrong or late" {
	storm bdb --clients=50 --kills=10 "--time=$(as_long 4)"
}

@test "Berkeley DB: 100 clients, 50 kills a second: nothing lost, no answer wrong or late" {
	storm bdb --clients=100 --kills=50 "--time=$(as_long 2)"
}

@test "Berkeley DB: 20 clients, the server is stopped now and then: all go on, none is answered wrongly" {
	storm bdb --clients=20 --kills=2 --stops=2 "--time=$(as_long 3)"
}

@test "Berkeley DB: 20 clients, each record on the disk before its answer: nothing lost, no answer wrong or late" {
	storm bdb --clients=20 --kills=10 "--time=$(as_long 2)" -- --sync
}

@test "LMDB: 50 clients, the server is killed 10 times a second and started at once: nothing lost, no answer wrong or late" {
	storm lmdb --clients=50 --kills=10 "--time=$(as_long 4)"
}

@test "LMDB: 100 clients, 50 kills a second: nothing lost, no answer wrong or late" {
	storm lmdb --clients=100 --kills=50 "--time=$(as_long 2)"
}

@test "LMDB: 20 clients, the server is stopped now and then: all go on, none is answered wrongly" {
	storm lmdb --clients=20 --kills=2 --stops=2 "--time=$(as_long 3)"
}

@test "LMDB: 20 clients, each record on the disk before its answer: nothing lost, no answer wrong or late" {
	storm lmdb --clients=20 --kills=10 "--time=$(as_long 2)" -- --sync
}
