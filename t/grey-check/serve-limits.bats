#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --serve: more connections than there may be.

load ../lib/check
load ../lib/serve

teardown()
{
	kill_serve
}

# serving: it has said that it serves.
serving()
{
	grep -q ': serving, ' "$SAID"
}

@test "--max-connections: the one that was silent the longest makes room, and Postfix may come back" {
	serve --max-connections=3
	run -0 talk <<-'E'
		open a b c
		ask c policy_test_time=1000
		answer c
		ask b policy_test_time=1000
		answer b
		ask a policy_test_time=1000
		answer a
		open d
		ask d policy_test_time=1000
		answer d
		closed c
		open e
		ask e policy_test_time=1000
		answer e
		closed b
		ask a policy_test_time=1001
		answer a
		ask d policy_test_time=1001
		answer d
	E
	assert_output "c: $GREYLISTED
b: $GREYLISTED
a: $GREYLISTED
d: $GREYLISTED
c: closed
e: $GREYLISTED
b: closed
a: $GREYLISTED
d: $GREYLISTED"
	end_serve
	assert_equal "$(said 'all 3 connections (--max-connections) are in use: the one that was silent the longest is closed')" 1
}

@test "--max-connections: one that has closed its side makes room before one that may go on" {
	serve --max-connections=2
	kill -STOP "$SERVER"
	run -0 talk <<-E
		open gone b
		close gone
		open c
		run kill -CONT $SERVER
		ask c policy_test_time=1000
		answer c
		ask b policy_test_time=1000
		answer b
	E
	assert_output "c: $GREYLISTED
b: $GREYLISTED"
	end_serve
}

@test "--max-connections: while all are in the middle of a request, who comes waits until one has ended" {
	serve --max-connections=2
	run -0 talk <<-E
		open a b
		front a
		front b
		open c
		ask c policy_test_time=1000
		run timeout 10 sh -c 'until grep -q "has to wait" "$SAID"; do sleep 0.02; done'
		back a policy_test_time=1000
		answer a
		answer c
		silent b
	E
	assert_output "a: $GREYLISTED
c: $GREYLISTED
b: nothing"
	end_serve
	assert_equal "$(said 'are in use: who comes now has to wait')" 1
}

@test "without a descriptor left it says so once, keeps those who are there, and does not run hot" {
	local before after

	ulimit -S -n 80
	ulimit -H -n 80
	serve --max-connections=500
	wait_for 30 serving
	assert_equal "$(said '--max-connections is 16, for a process may have only 80 files open here')" 1
	prlimit --pid "$SERVER" --nofile=20:80
	{
		echo open c{1..40}
		echo ask c1 policy_test_time=1000
		echo answer c1
		# The second half of a second in which nobody can be accepted.
		echo "run awk '{ print \$14 + \$15 }' /proc/$SERVER/stat >$BATS_TEST_TMPDIR/before; sleep 0.5; awk '{ print \$14 + \$15 }' /proc/$SERVER/stat >$BATS_TEST_TMPDIR/after"
		echo close c{2..40}
		echo open d
		echo ask d policy_test_time=1001
		echo answer d
	} >"$BATS_TEST_TMPDIR/commands"
	run -0 talk <"$BATS_TEST_TMPDIR/commands"
	assert_output "c1: $GREYLISTED
d: $GREYLISTED"
	before=$(cat "$BATS_TEST_TMPDIR/before") after=$(cat "$BATS_TEST_TMPDIR/after")
	[ $((after - before)) -le 10 ]
	end_serve
	assert_equal "$(said "can't accept a connection: Too many open files")" 1
}
