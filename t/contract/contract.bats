#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a store promises holds whatever its engine is.

load ../lib/common
load ../lib/redis

CONTRACT=${GREY_CONTRACT:-$ROOT/build/contract}

setup_file()
{
	export REDIS_DIR=$BATS_FILE_TMPDIR/redis
	mkdir "$REDIS_DIR"
	redis_start one
	redis_start_cluster shared
}

teardown_file()
{
	redis_stop_all
}

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

@test "a Redis server keeps what a store promises" {
	holds "$(redis_url one)"
	holds "redis+unix://$(redis_socket one)"
}

@test "a cluster keeps what a store promises" {
	holds "$(redis_cluster_url shared)"
}

@test "a store in memory keeps what a store promises" {
	holds mem:
}
