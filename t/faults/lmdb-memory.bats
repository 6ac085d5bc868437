#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=once
# A process of LMDB's that may have no larger address space: words that say what to raise, and nothing is lost. The
# sanitizers take all of the address space.

# DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031,SC2154
load ../lib/common
load lib
load lmdb-lib

# vm_size PID: its address space in bytes.
vm_size()
{
	awk '/^VmSize/ { print $2 * 1024 }' "/proc/$1/status"
}

# start_small: starts the process CHECK, which has asked once and has hardly any room in its address space of SPACE bytes.
start_small()
{
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet
	assert_equal "$(ask_live first@example.net)" "$DEFERRED"
	CHECK=$(pgrep -P "$LIVE_PROCESS")
	SPACE=$(($(vm_size "$CHECK") + 1000000))
	prlimit --pid "$CHECK" "--as=$SPACE:"
}

@test "a map that can't grow is said, with what to raise; what was answered is stored, and the process goes on by itself" {
	start_small
	assert_equal "$(flood_live small)" "$PASSED"
	assert_equal "$(said "greylist.mdb: its map can't grow from 4194304 to 8388608 bytes, for this process may have an address \
space of $SPACE; raise that (ulimit -v, or LimitAS= of systemd); answering DUNNO")" 1
	prlimit --pid "$CHECK" --as=unlimited:
	wait_for 10 live_answers room@example.net "$DEFERRED"
	end_live 1
	run -0 deferred_are_rows
	[ "$(rows)" -eq $(($(wc -l <"$DIR/deferred") + 2)) ]
}

@test "a map that can't follow the file, which another process has made larger, is said with what to raise" {
	start_small
	check < <(requests 50000) >"$DIR/answers"
	assert_equal "$(ask_live first@example.net)" "$PASSED"
	assert_equal "$(said "greylist.mdb: its map can't grow from 4194304 to ")" 1
	assert_equal "$(said "raise that (ulimit -v, or LimitAS= of systemd); answering DUNNO")" 1
	prlimit --pid "$CHECK" --as=unlimited:
	wait_for 10 live_answers first@example.net "$DEFERRED"
	end_live 1
}

@test "a process that has no room for the map at all says how much it may have, and what to raise" {
	local size

	start_live "$BIN/grey-check" "--store=$STORE" --quiet
	assert_equal "$(ask_live first@example.net)" "$DEFERRED"
	size=$(($(vm_size "$LIVE_PROCESS") - 500000))
	end_live
	run -1 --separate-stderr prlimit --as="$size" "$BIN/grey-check" "--store=$STORE" --log=stderr < <(request first@example.net)
	assert_equal "$stderr" "grey-check: $PLACE/greylist.mdb: can't have its map of 4194304 bytes, for this process may have an \
address space of $size; raise that (ulimit -v, or LimitAS= of systemd)"
}
