#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# Servers die, stand still and hand over their slots while processes ask at full speed: no answer is wrong, networks of
# other servers are not concerned, greylisting goes on by itself, and hardly anything that was answered is lost. See
# t/redis/storm.pl. How long answers took is shown, and not judged: that is for `make bench`.

# shellcheck disable=SC2034,SC2154
load lib

start_servers()
{
	redis_start_cluster shared
	wait_for 60 redis_cluster_known shared
}

# storm OPTION...: figures go to the output of the test, and into variables: REQUESTS, OPEN and so on.
storm()
{
	local figure

	run --separate-stderr perl "$ROOT/t/redis/storm.pl" "--said=$BATS_TEST_TMPDIR/said" "$@" \
		"$BIN/grey-check" "--store=$STORE" "--state-dir=$STATE" --config=none "${NO_LISTS[@]}" 3>&-
	printf '# %s: %s\n' "$BATS_TEST_DESCRIPTION" "$output" >&3
	assert_success
	assert_equal "$stderr" ''
	for figure in ${lines[-1]}; do
		declare -g "${figure%%=*}=${figure#*=}"
	done
	[ "$requests" -gt 100 ]
	assert_equal "$wrong" 0
	! grep -E 'Sanitizer|runtime error' "$BATS_TEST_TMPDIR/said"
}

# At most so many may be lost with a server: what it had answered in its last moments, and not yet told its replica.
HANDFUL=50

@test "cluster: a master is killed at full load" {
	local victim

	STORE=$(redis_cluster_url shared)
	victim=$(redis_cluster_owner shared '{192.0.2.0}')
	storm "--time=$(as_long 6)" "--slots=$(redis_cluster_slots "$victim")" "--at=1:kill -KILL $(redis_pid "$victim")"
	[ "$open" -gt 0 ]
	assert_equal "$elsewhere" 0
	[ "$lost" -le "$HANDFUL" ]
	redis_run "$victim"
	wait_for 60 redis_cluster_known shared
}

@test "cluster: a master stands still at full load, and goes on when another has taken its place" {
	local victim

	STORE=$(redis_cluster_url shared)
	victim=$(redis_cluster_owner shared '{203.0.113.0}')
	storm "--time=$(as_long 6)" "--slots=$(redis_cluster_slots "$victim")" "--at=1:kill -STOP $(redis_pid "$victim")" \
		"--at=5:kill -CONT $(redis_pid "$victim")"
	assert_equal "$elsewhere" 0
	[ "$lost" -le "$HANDFUL" ]
	wait_for 60 redis_cluster_known shared
}

@test "cluster: slots are moved to another master at full load, and nobody notices" {
	local from to

	STORE=$(redis_cluster_url shared)
	from=$(redis_cluster_owner shared '{192.0.2.0}')
	to=$(redis_cluster_owner shared '{203.0.113.0}')
	storm "--time=$(as_long 5)" "--at=1:timeout 120 redis-cli --cluster reshard 127.0.0.1:$(redis_port "$from") \
		--cluster-from $(redis_cli "$from" cluster myid) --cluster-to $(redis_cli "$to" cluster myid) \
		--cluster-slots 100 --cluster-yes >'$BATS_TEST_TMPDIR/reshard' 2>&1"
	assert_equal "$open" 0
	assert_equal "$lost" 0
	# It may go on for longer than the storm; other tests want one that has ended.
	wait_for 60 redis_cluster_known shared
}

@test "Sentinel: the master is killed at full load" {
	own_servers
	redis_start_sentinels pair
	STORE=$(redis_sentinel_url pair)
	storm "--time=$(as_long 5)" "--at=1:kill -KILL $(redis_pid pair-1)"
	[ "$open" -gt 0 ]
	[ "$lost" -le "$HANDFUL" ]
}

@test "one server that keeps a log of writes is killed at full load, and started again: nothing is lost" {
	own_servers
	redis_start one 'appendonly yes' 'appendfsync everysec'
	STORE=$(redis_url one)
	storm "--time=$(as_long 4)" "--at=1:kill -KILL $(redis_pid one)" \
		"--at=2:$REDIS_SERVER $REDIS_DIR/one/conf >/dev/null 2>&1 & echo \$! >$REDIS_DIR/one/pid"
	[ "$open" -gt 0 ]
	assert_equal "$lost" 0
}

@test "one server stands still for two seconds at full load: nothing is lost" {
	own_servers
	redis_start one
	STORE=$(redis_url one)
	storm "--time=$(as_long 4)" "--at=1:kill -STOP $(redis_pid one)" "--at=3:kill -CONT $(redis_pid one)"
	[ "$open" -gt 0 ]
	assert_equal "$lost" 0
}
