#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=once
# grey-check with a store in Redis answers and logs as Debian's postgrey does: see t/replay. The rows are not compared:
# where an early retry changes no answer, nothing is written.

# shellcheck disable=SC2034
load lib

start_servers()
{
	redis_start one
	redis_start_cluster shared
}

# same_as_postgrey SCENARIO [OPTION...]
same_as_postgrey()
{
	perl "$ROOT/t/replay/replay.pl" "--seed=${REPLAY_SEED:-1}" "--scenario=$1" "--store=$STORE" \
		"--peer-option=--state-dir=$STATE" "${@:2}"
}

begin()
{
	use one
	# Who replays drops root for the programs.
	[ "$(id -u)" -ne 0 ] || STATE=$(work_dir)
	chmod 777 "$STATE"
}

teardown()
{
	[ -z "${STATE-}" ] || [ "$STATE" = "$BATS_TEST_TMPDIR/state" ] || rm -rf "$STATE"
}

@test "random requests get postgrey's answers from one server" {
	same_as_postgrey default "--requests=$(as_long 5000)"
}

@test "random requests get postgrey's answers from a cluster" {
	STORE=$(redis_cluster_url shared)
	same_as_postgrey default "--requests=$(as_long 5000)"
}

@test "--lookup-by-host answers as postgrey does from one server" {
	same_as_postgrey lookup-by-host
}

@test "--delay=60 and --retry-window=4h answer as postgrey does from one server" {
	same_as_postgrey short-delay
}
