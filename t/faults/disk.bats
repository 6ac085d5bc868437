#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A disk that is full.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

NO_SPACE='grey-check: .*: No space left on device; answering DUNNO: mail passes without greylisting \(--on-error\)'

@test "a disk that is full before the start: DUNNO, said; once there is room the same process goes on" {
	local size

	need_root
	for size in 3m 30m; do
		DIR=$DIR/$size
		mkdir "$DIR"
		make_disk "$size"
		run -0 fill_disk
		run -1 --separate-stderr on_disk behind_socket < <(request full@example.net)
		assert_output "$PASSED"
		assert_regex "$stderr" "$NO_SPACE"
		run -1 --separate-stderr on_disk check < <(request full@example.net)
		assert_output ''
		assert_regex "$stderr" '^grey-check: .*: No space left on device$'

		start_live nsenter --target "$DISK_KEEPER" --mount --root --wdns=/ perl "$ROOT/t/faults/socket.pl" --own-stderr \
			"$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet
		assert_equal "$(ask_live first@example.net)" "$PASSED"
		free_disk
		wait_for 10 live_answers second@example.net "$DEFERRED"
		end_live 1
		run -0 on_disk stored second@example.net
		run -0 on_disk whole
		run -0 on_disk ls "$STORE"
		refute_output --partial corrupt
		remove_disk
		DIR=${DIR%/*}
	done
}

@test "a disk with room for the first files only: DUNNO, the cause is said, nothing is moved aside" {
	local room

	need_root
	make_disk 12m
	run -0 on_disk check < <(requests 500)
	for room in 4 100 400 800 1200 2000; do
		run -0 fill_disk
		on_disk truncate -s "-${room}k" "$DIR/disk/filler"
		run --separate-stderr on_disk behind_socket < <(request "room$room@example.net")
		assert_output --regexp "^($PASSED|$DEFERRED)\$"
		[ "$output" = "$DEFERRED" ] || assert_regex "$stderr" "$NO_SPACE"
		free_disk
	done
	run -0 on_disk check < <(request after@example.net)
	assert_output "$DEFERRED"
	run -0 on_disk count_rows
	[ "$output" -ge 501 ]
	run -0 on_disk whole
	run -0 on_disk ls "$STORE"
	refute_output --partial corrupt
	refute_output --partial repair
}

@test "a disk that fills while grey-check runs: DUNNO, said, it goes on soon after there is room, nothing is lost" {
	local size round before

	need_root
	for size in 8m 30m; do
		DIR=$DIR/$size
		mkdir "$DIR"
		make_disk "$size"
		start_live nsenter --target "$DISK_KEEPER" --mount --root --wdns=/ perl "$ROOT/t/faults/socket.pl" --own-stderr \
			"$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet
		for round in 1 2; do
			assert_equal "$(ask_live "before$round@example.net")" "$DEFERRED"
			run -0 fill_disk
			run -0 flood_live "flood$round"
			assert_output "$PASSED"
			assert_regex "$(cat "$DIR/said")" "$NO_SPACE"
			free_disk
			before=$SECONDS
			wait_for 12 live_answers "after$round@example.net" "$DEFERRED"
			[ $((SECONDS - before)) -le 12 ]
		done
		end_live 1
		for round in 1 2; do
			run -0 on_disk stored "before$round@example.net"
			run -0 on_disk stored "after$round@example.net"
		done
		run -0 on_disk deferred_are_stored
		run -0 on_disk whole
		run -0 on_disk ls "$STORE"
		refute_output --partial corrupt
		refute_output --partial repair
		remove_disk
		DIR=${DIR%/*}
	done
}
