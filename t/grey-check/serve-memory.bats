#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=once
# What a connection costs grey-check --serve. The sanitizers have memory of their own.

load ../lib/check
load ../lib/serve

teardown()
{
	kill_serve
}

@test "a connection with nothing under way costs little memory" {
	local before after

	serve -q
	memory() { awk '/^RssAnon/ { print $2 }' "/proc/$SERVER/status"; }
	before=$(memory)
	{
		echo open c{1..500}
		for i in {1..500}; do printf 'ask c%d policy_test_time=1000\nanswer c%d\n' "$i" "$i"; done
		echo "run awk '/^RssAnon/ { print \$2 }' /proc/$SERVER/status >$BATS_TEST_TMPDIR/after"
	} >"$BATS_TEST_TMPDIR/commands"
	run -0 talk <"$BATS_TEST_TMPDIR/commands"
	after=$(cat "$BATS_TEST_TMPDIR/after")
	echo "# 500 connections: $((after - before)) KiB" >&3
	[ $((after - before)) -lt 6000 ]
	end_serve
}
