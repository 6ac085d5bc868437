#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a store promises holds whatever its engine is.

load ../lib/common

CONTRACT=${GREY_CONTRACT:-$ROOT/build/contract}

# holds STORE: each statement that does not is shown.
holds()
{
	run "$CONTRACT" "$1"
	refute_line --regexp '^not ok'
	assert_success
	assert_line --index 0 --regexp '^1\.\.[1-9]'
}

@test "Berkeley DB keeps what a store promises" {
	holds "bdb:$BATS_TEST_TMPDIR/store"
}

@test "LMDB keeps what a store promises" {
	holds "lmdb:$BATS_TEST_TMPDIR/store"
}

@test "a store in memory keeps what a store promises" {
	holds mem:
}
