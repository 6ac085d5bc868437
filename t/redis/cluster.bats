#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A store in a Redis Cluster of three masters, each with a replica, or in a pair of servers that Sentinels watch.

# shellcheck disable=SC2034,SC2154
load lib

start_servers()
{
	redis_start_cluster shared
	redis_start_sentinels pair
}

# Whoever is the master now.
begin()
{
	local node

	STORE=$(redis_cluster_url shared)
	for node in $(redis_cluster_masters shared); do
		redis_cli "$node" flushall >/dev/null
	done
}

# A network in each of the three thirds of the slots.
THIRDS=(203.0.113 198.51.100 192.0.2)

# greylists_all: clients of each third are greylisted, and pass.
greylists_all()
{
	local network

	for network in "${THIRDS[@]}"; do
		run -0 --separate-stderr answers "0 client_address=$network.30" "60 client_address=$network.30" \
			"300 client_address=$network.30"
		assert_line --index 0 "$GREYLISTED"
		assert_line --index 1 "$GREYLISTED"
		assert_line --index 2 --regexp '^action=PREPEND '
		assert_equal "$stderr" ''
	done
}

@test "cluster: each record is where its slot is, a client's beside its triplets'" {
	local network master

	greylists_all
	for network in "${THIRDS[@]}"; do
		master=$(redis_cluster_owner shared "{$network.0}")
		run -0 redis_cli "$master" --scan --pattern '[gc]:*'
		assert_equal "$(sort <<<"$output")" "c:{$network.0}$network.30"$'\n'"g:{$network.0}/a@example.net/b@example.org"
	done
}

@test "cluster: one node's address is enough to find all, also that of a replica" {
	local node

	for node in 1 6; do
		begin
		STORE=redis+cluster://127.0.0.1:$(redis_port "shared-$node")
		greylists_all
	done
}

@test "cluster: addresses of nodes that are gone are passed over" {
	STORE=redis+cluster://$NOBODY,127.0.0.1:$(redis_port shared-2)
	greylists_all
}

@test "cluster: grey-dump shows the records of all nodes, and grey-load brings them back" {
	greylists_all
	run -0 dump -p
	assert_equal "$(grep -c '/a@example.net/' <<<"$output")" 3
	dump -p >"$BATS_TEST_TMPDIR/triplets"
	dump -p -c >"$BATS_TEST_TMPDIR/clients"
	begin
	run -0 dump -p
	assert_equal "$(grep -c '/a@example.net/' <<<"$output")" 0
	bring <"$BATS_TEST_TMPDIR/triplets"
	bring -c <"$BATS_TEST_TMPDIR/clients"
	diff "$BATS_TEST_TMPDIR/triplets" <(dump -p)
	diff "$BATS_TEST_TMPDIR/clients" <(dump -p -c)
}

@test "cluster: a node that is no cluster's, and a cluster's node that is taken for a single one: it fails open, says so" {
	STORE=redis://127.0.0.1:$(redis_port shared-1)
	run -1 --separate-stderr check --quiet < <(at "$T")
	[[ $stderr == *redis+cluster* ]]
	rm -rf "${STATE:?}"/*
	STORE=redis+cluster://127.0.0.1:$(redis_port pair-1)
	run -1 --separate-stderr check --quiet < <(at "$T")
	assert_output "$PASSED"
	[[ $stderr == *redis://* ]]
}

@test "Sentinel: the master is found, by whichever Sentinel is there" {
	STORE=$(redis_sentinel_url pair)
	run -0 --separate-stderr answers 0 300
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 --regexp '^action=PREPEND '
	run -0 redis_cli pair-1 get "$TRIPLET"
	assert_output "$T,$((T + 300)),30"
	STORE=redis+sentinel://$NOBODY,127.0.0.1:$(redis_port pair-s3)/grey
	run -0 --separate-stderr answers 400
	assert_output "$PASSED"
}

@test "Sentinel: a name that it does not know is said" {
	STORE=redis+sentinel://127.0.0.1:$(redis_port pair-s1)/other
	run -1 --separate-stderr check --quiet < <(at "$T")
	assert_output "$PASSED"
	[[ $stderr == *"$(redis_port pair-s1)"*name* ]]
}

@test "Sentinel: the master dies, and its replica takes over: greylisting goes on in the same process" {
	STORE=$(redis_sentinel_url pair)
	start_live check --quiet
	run -0 ask_live "policy_test_time=$T"
	redis_cli pair-1 wait 1 5000
	redis_end pair-1 KILL
	wait_for 60 live_answers "$GREYLISTED" "policy_test_time=$T" sender=after@example.net
	run -0 ask_live "policy_test_time=$((T + 300))"
	assert_output --regexp '^action=PREPEND '
	end_live '*'
	run -0 redis_cli pair-2 get "$TRIPLET"
}
