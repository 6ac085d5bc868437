#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# An upgrade, or a downgrade, under load: for a while processes of both versions answer, and some are killed. See
# t/faults/storm.pl.

# shellcheck disable=SC2154 # bats sets output
load before
load ../faults/storm

setup_file()
{
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
	need_program grey-check
	make_before
}

setup()
{
	skip_if_set
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

# The other programs of both, again and again while the store is used.
look_on()
{
	local program

	wait_for 10 test -s "$STORE/postgrey_clients.db" || return
	until [ -e "$BATS_TEST_TMPDIR/over" ]; do
		for program in "$OLD" "$BIN"; do
			"$program/grey-dump" "--store=$STORE" --count >/dev/null || return
			"$program/grey-expire" "--store=$STORE" --max-age=36500d --retry-window=36500d --log=none || return
		done
	done
}

@test "both versions on one store, their programs all at work, none killed: nothing lost, nothing wrong, no recovery" {
	look_on >"$BATS_TEST_TMPDIR/looked" 2>&1 3>&- &
	local looker=$!

	storm --processes=30 --kills=0 "--time=$(as_long 4)" "--also=$OLD/grey-check" -- --retry-window=36500d
	touch "$BATS_TEST_TMPDIR/over"
	wait "$looker" || { cat "$BATS_TEST_TMPDIR/looked" >&2; return 1; }
	run -0 cat "$BATS_TEST_TMPDIR/looked"
	assert_output ''
}

@test "both versions, 30 kills a second: nothing lost, no answer wrong or late" {
	storm --processes=50 --kills=30 "--time=$(as_long 4)" "--also=$OLD/grey-check"
}

@test "both versions, 30 kills a second, aimed at those inside the store: nothing lost, no answer wrong or late" {
	storm --processes=20 --kills=30 "--time=$(as_long 3)" --aim "--also=$OLD/grey-check"
	assert_output --regexp ' [1-9][0-9]{0,3} recoveries'
	# How the store is used was not lost, nor noted twice.
	run -0 grep -ao 'delay=[^ ]* max-age=[^ ]*' "$STORE/grey.lock"
	assert_output 'delay=300s max-age=3153600000s'
}
