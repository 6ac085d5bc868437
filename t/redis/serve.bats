#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --serve with a store in Redis: one process, one connection to each server, and no client that waits for what
# another has asked.

# shellcheck disable=SC2030,SC2031,SC2034,SC2154
load lib
load ../lib/serve

start_servers()
{
	redis_start one
	redis_start_cluster shared
}

# SERVER is the process here, and not what `use` calls so.
begin()
{
	use one
	SERVER=
}

teardown()
{
	kill_serve
	end_test
}

serve_redis()
{
	serve --config=none "--state-dir=$STATE" "$@"
}

# until_asked NAME PATTERN: a line for talk, which then waits until the fake has been asked that.
until_asked()
{
	echo "run until grep -qE '$2' $REDIS_DIR/$1/asked; do sleep 0.02; done"
}

# ask_many TIME: lines for talk: 30 connections ask, each for a sender and from a network of its own.
ask_many()
{
	local i

	for i in {1..30}; do
		echo "ask c$i client_address=10.0.$i.1 sender=s$i@example.net policy_test_time=$1"
	done
	echo answer c{1..30}
}

# many_greylisted: on the store, 30 clients at once are new, early and then late enough.
many_greylisted()
{
	{
		echo open c{1..30}
		ask_many 1000
		ask_many 1060
		ask_many 1400
	} >"$BATS_TEST_TMPDIR/commands"
	run -0 talk <"$BATS_TEST_TMPDIR/commands"
	assert_equal "$(grep -cF ": $GREYLISTED" <<<"$output")" 60
	assert_equal "$(grep -c ': action=PREPEND X-Greylist: delayed 400 seconds' <<<"$output")" 30
}

# connections NODE: how many clients it has, without who asks for it.
connections()
{
	redis_cli "$1" client list type normal | grep -vc cmd=client
}

@test "many clients at once, one server: each gets its own answers, and all go over one connection" {
	serve_redis
	many_greylisted
	assert_equal "$(connections one)" 1
	end_serve
	assert_equal "$(said 'reason=triplet found, delay=400')" 30
	assert_equal "$(redis_cli one --scan --pattern 'g:*' | wc -l)" 30
}

@test "many clients at once, a cluster: each gets its own answers, over one connection to each master" {
	local master

	STORE=$(redis_cluster_url shared)
	serve_redis
	many_greylisted
	for master in $(redis_cluster_masters shared); do
		assert_equal "$(connections "$master")" 1
	done
	end_serve
	assert_equal "$(said 'reason=triplet found, delay=400')" 30
	assert_equal "$(said DUNNO)" 0
}

# 203.0.113.0 is in slot 4571, 192.0.2.0 in 11700.
@test "a cluster's server that is silent holds up its own clients only, and those until the deadline" {
	local map='0-8191@127.0.0.1:'

	own_servers
	redis_start real
	fake_start slow "--upstream=$(redis_socket real)" SET=silence
	map+="$(redis_port slow),8192-16383@127.0.0.1:@PORT@"
	fake_start quick "--upstream=$(redis_socket real)" "CLUSTER SLOTS=slots:$map"
	STORE=redis+cluster://127.0.0.1:$(redis_port quick)
	serve_redis --store-timeout=2000
	run -0 talk <<-E
		open slow quick
		ask slow client_address=203.0.113.5 policy_test_time=1000
		$(until_asked slow 'SET g:')
		ask quick policy_test_time=1000
		answer quick
		ask quick sender=other@example.net policy_test_time=1000
		answer quick
		silent slow
		answer slow
	E
	assert_output "quick: $GREYLISTED
quick: $GREYLISTED
slow: nothing
slow: $PASSED"
	end_serve 0
}

@test "while a server lets a check wait, who needs no store is answered" {
	own_servers
	redis_start real
	fake_start fake "--upstream=$(redis_socket real)" SET=silence
	STORE=$(redis_url fake)
	serve_redis --store-timeout=2000 "--whitelist-clients=$(list 192.0.2.77)"
	run -0 talk <<-E
		open waits known
		ask waits policy_test_time=1000
		$(until_asked fake 'SET g:')
		ask known client_address=192.0.2.77 client_name=unknown policy_test_time=1000
		answer known
		silent waits
		answer waits
	E
	assert_output "known: $PASSED
waits: nothing
waits: $PASSED"
	end_serve
}

@test "a server that stands still: all clients fail open, it is said once, and they are greylisted when it goes on" {
	own_servers
	redis_start sleepy
	use sleepy
	SERVER=
	serve_redis --store-timeout=1000
	run -0 talk <<-E
		open a b c
		ask a policy_test_time=1000
		answer a
		run kill -STOP $(redis_pid sleepy)
		ask a sender=x@example.net policy_test_time=1000
		ask b sender=y@example.net policy_test_time=1000
		answer a b
		ask c sender=z@example.net policy_test_time=1000
		answer c
	E
	assert_output "a: $GREYLISTED
a: $PASSED
b: $PASSED
c: $PASSED"
	assert_equal "$(said 'answering DUNNO')" 1
	redis_signal sleepy CONT
	wait_for 40 serve_greylists
	end_serve
}

# serve_greylists: a sender that was never seen is greylisted.
serve_greylists()
{
	TRIES=$((${TRIES-0} + 1))
	[ "$(printf '%s\n' 'open a' "ask a sender=again$TRIES@example.net policy_test_time=2000" 'answer a' | talk)" = "a: $GREYLISTED" ]
}

# nothing_under_way NODE: what comes after the first answer, the note of who uses the store, is stored, too.
nothing_under_way()
{
	redis_says "$1" u: --scan
}

@test "a server that is restarted: no client fails open, one that is not started again: all do, until it is" {
	own_servers
	redis_start mortal 'appendonly yes' 'appendfsync always'
	use mortal
	SERVER=
	serve_redis
	run -0 talk <<<$'open a\nask a policy_test_time=1000\nanswer a'
	wait_for 10 nothing_under_way mortal
	redis_end mortal KILL
	redis_run mortal
	run -0 talk <<<$'open a b\nask a policy_test_time=1300\nask b sender=other@example.net policy_test_time=1300\nanswer a b'
	assert_line --regexp '^a: action=PREPEND '
	assert_line "b: $GREYLISTED"
	assert_equal "$(said DUNNO)" 0
	redis_end mortal KILL
	run -0 talk <<<$'open a\nask a policy_test_time=1300\nanswer a'
	assert_output "a: $PASSED"
	redis_run mortal
	wait_for 40 serve_greylists
	end_serve
}

# closed_by_other PORT: there is a connection to it that the other side has closed, and this one has not (CLOSE_WAIT).
closed_by_other()
{
	grep -qiE "^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} 0100007F:$(printf %04X "$1") 08 " /proc/net/tcp
}

not_closed_by_other()
{
	! closed_by_other "$1"
}

@test "a connection that the server closes while nobody asks is closed here, too: it would keep a processor busy" {
	serve_redis
	run -0 talk <<<$'open a\nask a policy_test_time=1000\nanswer a'
	redis_cli one client kill type normal skipme yes
	wait_for 10 not_closed_by_other "$(redis_port one)"
	run -0 talk <<<$'open a\nask a policy_test_time=1300\nanswer a'
	assert_output --regexp '^a: action=PREPEND '
	assert_equal "$(said DUNNO)" 0
	end_serve
}

@test "SIGTERM while checks are under way: all are answered by what comes from the server, and stored" {
	own_servers
	redis_start real
	fake_start fake "--upstream=$(redis_socket real)" SET=late:700
	STORE=$(redis_url fake)
	serve_redis --store-timeout=5000
	run -0 talk <<-E
		open a b
		ask a policy_test_time=1000
		ask b sender=other@example.net policy_test_time=1000
		$(until_asked fake 'SET g:.*/other@')
		run kill -TERM $SERVER
		answer a b
		closed a b
	E
	assert_output "a: $GREYLISTED
b: $GREYLISTED
a: closed
b: closed"
	end_serve
	assert_equal "$(redis_records real)" 2
}

@test "SIGTERM while a server stands still: those who wait are answered by the deadline, and it ends" {
	own_servers
	redis_start sleepy
	use sleepy
	SERVER=
	serve_redis --store-timeout=1000
	run -0 talk <<-E
		open a b
		ask a policy_test_time=1000
		answer a
		run kill -STOP $(redis_pid sleepy)
		ask a sender=x@example.net policy_test_time=1000
		ask b sender=y@example.net policy_test_time=1000
		run kill -TERM $SERVER
		answer a b
		closed a b
	E
	assert_output "a: $GREYLISTED
a: $PASSED
b: $PASSED
a: closed
b: closed"
	end_serve
}
