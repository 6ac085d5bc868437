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

		start_live_on_disk
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

@test "grey.lock is that of the first version, half as long, and the disk is full: the process goes on with what there is" {
	need_root
	make_disk 12m
	run -0 on_disk check < <(requests 500)
	start_live_on_disk
	assert_equal "$(ask_live before@example.net)" "$DEFERRED"
	on_disk truncate -s 4096 "$STORE/grey.lock"
	run -0 fill_disk
	assert_equal "$(ask_live before@example.net)" "$DEFERRED"
	assert_equal "$(on_disk stat -c %s "$STORE/grey.lock")" 4096
	free_disk
	assert_equal "$(ask_live before@example.net)" "$DEFERRED"
	assert_equal "$(on_disk stat -c %s "$STORE/grey.lock")" 8192
	end_live
	assert_equal "$(said)" 0
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
		start_live_on_disk
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

# said_unless_file LIMIT PATTERN: standard error, here a file too, has it if there is room.
said_unless_file()
{
	[ "$1" -lt 4096 ] || assert_regex "$stderr" "$2"
}

@test "a limit on the size of files ends no program without an answer, and nothing is lost" {
	local limit

	fill_store 400
	"$BIN/grey-dump" -p "--store=$STORE" -f "$DIR/dump"
	rm "$STORE"/__db.*
	for limit in 0 1 4096 10000 65536 100000 1000000 2000000 3000000 16000000 20000000 40000000; do
		run --separate-stderr prlimit "--fsize=$limit" perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" \
			"--store=$STORE" --log=stderr --quiet < <(requests 2000)
		assert_equal "$(grep -c '^action=' <<<"$output")" 2000
		[ "$status" -eq 0 ] || said_unless_file "$limit" 'File too large; answering DUNNO'
		run --separate-stderr prlimit "--fsize=$limit" "$BIN/grey-load" "--store=$STORE" "$DIR/dump"
		[ "$status" -eq 0 ] || said_unless_file "$limit" '^grey-load: .*File too large'
		[ "$status" -le 1 ]
		run --separate-stderr prlimit "--fsize=$limit" "$BIN/grey-expire" "--store=$STORE" --log=none --compact
		[ "$status" -eq 0 ] || said_unless_file "$limit" '^grey-expire: .*File too large'
		[ "$status" -le 1 ]
	done
	run -0 --separate-stderr check < <(request after@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
	run -0 whole
	assert_equal "$(all_rows postgrey.db | cut -f 1 | grep -c '^10\.')" 2000
	run -0 ls "$STORE"
	refute_output --partial corrupt
	refute_output --partial aside
}
