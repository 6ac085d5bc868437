#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# Processes are killed at random while they work on one store: every answer is right and comes soon, nothing that was
# answered is lost, the databases are whole, and nobody who was not killed ends or complains. See t/faults/storm.pl.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load storm

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

# Its map begins with 4 MB, and grows several times in each.
@test "LMDB, 50 processes, 20 kills a second, restarted at once: nothing lost, no answer wrong or late" {
	KIND=lmdb: storm --processes=50 --kills=20 "--time=$(as_long 8)"
}

@test "LMDB, 100 processes, 100 kills a second, restarted at once: nothing lost, no answer wrong or late" {
	KIND=lmdb: storm --processes=100 --kills=100 "--time=$(as_long 3)"
}

@test "LMDB, 20 processes that make each commit durable, 20 kills a second: nothing lost, no answer wrong or late" {
	KIND=lmdb: storm --processes=20 --kills=20 "--time=$(as_long 2)" -- --sync
}

@test "LMDB, 20 processes, 30 kills a second, aimed at those inside the store: nothing lost, no answer wrong or late" {
	KIND=lmdb: storm --processes=20 --kills=30 "--time=$(as_long 3)" --aim
}
