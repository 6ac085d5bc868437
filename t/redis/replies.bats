#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a server may say that is no plain reply, played by t/redis/fake.pl in front of a real one: redirections, states in
# which it can't serve, replies that are late, cut or garbage. No answer is wrong because of it.

# Dollar signs are those of the protocol.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
load lib

start_servers()
{
	redis_start real
}

begin()
{
	redis_cli real flushall
	REAL=$REDIS_DIR/real
	REAL_PORT=$(redis_port real)
	REDIS_DIR=$BATS_TEST_TMPDIR/redis
	mkdir "$REDIS_DIR"
}

# fake RULE...: the store is one server, behind it.
fake()
{
	fake_start fake "--upstream=$REAL/socket" "$@"
	STORE=redis://127.0.0.1:$(redis_port fake)
}

# node NAME MAP RULE...: a node of a cluster with this map; the store is that cluster.
node()
{
	fake_start "$1" "--upstream=$REAL/socket" "CLUSTER SLOTS=slots:$2" 'ASKING=send:+OK\r\n' "${@:3}"
	STORE=redis+cluster://127.0.0.1:$(redis_port "$1")
}

real()
{
	redis-cli -s "$REAL/socket" "$@"
}

# asked NAME PATTERN [N]: it was asked so N (1) times.
asked()
{
	assert_equal "$(grep -cE -- "$2" "$REDIS_DIR/$1/asked")" "${3-1}"
}

# A map in which it has all slots; the slot of the request's keys.
SLOT=11700
ALL=0-16383@127.0.0.1:@PORT@

# greylists: nothing of it is seen.
greylists()
{
	run -0 --separate-stderr answers 0 60 300
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 "$GREYLISTED"
	assert_line --index 2 --regexp '^action=PREPEND '
	assert_equal "$stderr" ''
}

@test "LOADING, READONLY, MASTERDOWN and TRYAGAIN that pass within the deadline are not seen" {
	local word

	for word in 'LOADING Redis is loading the dataset in memory' 'TRYAGAIN Multiple keys request during rehashing of slot' \
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."; do
		real flushall
		fake "1*GET=send:-$word\r\n" "2*SET=send:-$word\r\n"
		greylists
		redis_end fake
		rm -rf "${STATE:?}"/*
	done
}

@test "LOADING that does not pass: it fails open at the deadline, says why, and greylists when it is over" {
	fake '12*GET=send:-LOADING Redis is loading the dataset in memory\r\n' '12*SET=send:-LOADING Redis is loading\r\n'
	start_live check --quiet --store-timeout=200
	run -0 ask_live "policy_test_time=$T"
	assert_output "$PASSED"
	wait_for 5 has_said LOADING
	wait_for 60 live_answers "$GREYLISTED" "policy_test_time=$T" sender=later@example.net
	end_live 1
}

@test "READONLY of a server that is a replica: it fails open, and says what to give" {
	fake 'SET=send:-READONLY You can'"'"'t write against a read only replica.\r\n'
	run -1 --separate-stderr check --quiet --store-timeout=300 < <(at "$T")
	assert_output "$PASSED"
	[[ $stderr == *replica*redis+sentinel* ]]
}

@test "MOVED: the key is asked for where it is, from then on" {
	node one "$ALL" "1*GET=send:-MOVED $SLOT 127.0.0.1:$REAL_PORT\r\n" "1*SET=send:-MOVED $SLOT 127.0.0.1:$REAL_PORT\r\n"
	greylists
	asked one 'GET c:'
}

@test "MOVED of only one of a check's two commands: both are answered" {
	local command

	for command in GET SET; do
		real flushall
		node one "$ALL" "1*$command=send:-MOVED $SLOT 127.0.0.1:$REAL_PORT\r\n"
		greylists
		redis_end one
	done
}

@test "MOVED in a circle ends at the deadline: it fails open" {
	node one "$ALL" "GET=send:-MOVED $SLOT 127.0.0.1:@PORT@\\r\\n" "SET=send:-MOVED $SLOT 127.0.0.1:@PORT@\\r\\n"
	run -1 --separate-stderr check --quiet --store-timeout=200 < <(at "$T")
	assert_output "$PASSED"
}

@test "ASK: this once the key is asked for there, with ASKING before each command" {
	fake_start there "--upstream=$REAL/socket" 'ASKING=send:+OK\r\n' 'CLUSTER SLOTS=send:-ERR\r\n'
	node here "$ALL" "1*GET=send:-ASK $SLOT 127.0.0.1:$(redis_port there)\r\n" "1*SET=send:-ASK $SLOT 127.0.0.1:$(redis_port there)\r\n"
	greylists
	asked there 'ASKING \| GET c:'
	asked there 'ASKING \| SET g:'
	asked here 'GET c:' 3
}

@test "CLUSTERDOWN that passes is not seen; one that stays fails open, and says so" {
	node one "$ALL" '1*GET=send:-CLUSTERDOWN Hash slot not served\r\n' '1*SET=send:-CLUSTERDOWN Hash slot not served\r\n'
	greylists
	redis_end one
	node one "$ALL" 'SET=send:-CLUSTERDOWN Hash slot not served\r\n'
	run -1 --separate-stderr check --quiet --store-timeout=200 < <(at "$T")
	assert_output "$PASSED"
	[[ $stderr == *CLUSTERDOWN* ]]
}

# 192.0.2.0 is in slot 11700, 203.0.113.0 in 4571, 198.51.100.0 in 10802.
@test "a map with a node that is not there, and without some slots: only networks in these slots are concerned" {
	node part "0-8191@$NOBODY,8192-11000@127.0.0.1:@PORT@"
	run --separate-stderr check --quiet < <(
		at "$T" client_address=203.0.113.5
		at "$T" client_address=198.51.100.7
		at "$T"
		at $((T + 300)) client_address=198.51.100.7
		at $((T + 300)))
	assert_equal "$(grep . <<<"$output" | cut -d ' ' -f 1)" \
		"$PASSED"$'\naction=DEFER_IF_PERMIT\n'"$PASSED"$'\naction=PREPEND\n'"$PASSED"
}

@test "a late reply never answers the next request" {
	fake '1*SET=late:700'
	start_live check --quiet --store-timeout=200
	run -0 ask_live "policy_test_time=$T" sender=late@example.net
	assert_output "$PASSED"
	# The record of the late one is there; who asks after it is new, and must not be taken for it.
	wait_for 60 live_answers "$GREYLISTED" "policy_test_time=$((T + 400))" sender=next@example.net
	run -0 ask_live "policy_test_time=$((T + 500))" sender=late@example.net
	assert_output --regexp '^action=PREPEND X-Greylist: delayed 500 seconds '
	end_live 1
}

@test "a reply that is cut anywhere: the command is sent again, and the answer is right" {
	local bytes

	for bytes in 0 1 2 5; do
		real flushall
		fake "1*SET=cut:$bytes"
		answers 0 >/dev/null
		run -0 real get "$TRIPLET"
		assert_output "$T,$T,30"
		redis_end fake
		rm -rf "${STATE:?}"/*
	done
}

@test "a reply of the wrong kind fails open, and is never a verdict" {
	local reply

	for reply in ':5\r\n' '*0\r\n' '*1\r\n$3\r\nfoo\r\n' '%0\r\n' '#t\r\n' ',1.5\r\n' \
		'$3\r\nfoo' '$99999999999\r\n' '*999999999\r\n' '$-5\r\n' '\x00\x00\x00\x00\r\n' '-\r\n' '\r\n'; do
		fake "GET=send:$reply" "SET=send:$reply"
		run --separate-stderr check --quiet --store-timeout=200 < <(at "$T")
		[ "$status" -le 1 ]
		[ "$output" = "$PASSED" ] || fail "$reply: $output"
		redis_end fake
		rm -rf "${STATE:?}"/*
	done
}

# fuzz SEED: garbage in the place of replies, of those to HELLO too. Whatever comes, there is one answer to each request,
# of those that there are, and no process ends by a signal.
fuzz()
{
	fake_start "fuzz$1" "--upstream=$REAL/socket" "--seed=$1" "${@:2}"
	STORE=redis://127.0.0.1:$(redis_port "fuzz$1")
	run --separate-stderr check --quiet --store-timeout=200 < <(
		for n in 1 2 3 4 5 6; do
			at "$T" "sender=s$n@example.net"
		done)
	[ "$status" -le 1 ] || fail "seed $1, ${*:2}: exit code $status, $stderr"
	[ "$(grep -cxF -e "$PASSED" -e "$GREYLISTED" <<<"$output")" -eq 6 ] || fail "seed $1, ${*:2}: $output"
	[[ $stderr != *Sanitizer* && $stderr != *'runtime error'* ]] || fail "seed $1: $stderr"
	redis_end "fuzz$1"
	rm -rf "${STATE:?}"/*
}

@test "random bytes for replies: one answer to each request, nothing ends, nothing hangs" {
	local seed

	for ((seed = 1; seed <= $(as_long 12); seed++)); do
		fuzz "$seed" '3*GET=random:60' '3*SET=random:60'
		fuzz "$seed" '1*HELLO=random:200'
	done
}

@test "replies in which some bytes are others: one answer to each request, nothing ends, nothing hangs" {
	local seed

	for ((seed = 1; seed <= $(as_long 12); seed++)); do
		fuzz "$seed" '3*GET=spoil:1' '3*SET=spoil:2' '1*HELLO=spoil:3'
	done
}

@test "a map of a cluster that is garbage: one answer to each request, nothing ends, nothing hangs" {
	local seed

	for ((seed = 1; seed <= $(as_long 12); seed++)); do
		fake_start "map$seed" "--upstream=$REAL/socket" "--seed=$seed" "1*CLUSTER SLOTS=random:100" "CLUSTER SLOTS=slots:$ALL"
		STORE=redis+cluster://127.0.0.1:$(redis_port "map$seed")
		run --separate-stderr check --quiet --store-timeout=200 < <(at "$T")
		[ "$status" -le 1 ]
		[[ $output == "$PASSED" || $output == "$GREYLISTED" ]] || fail "seed $seed: $output"
		redis_end "map$seed"
		rm -rf "${STATE:?}"/*
	done
}
