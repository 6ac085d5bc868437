#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check decides, stores and logs as Debian's postgrey 1.37 does: both get the same random requests, one by one.
# REPLAY_SEED=N tries other requests. What differs is shown with the seed and a command that shows it again.

load ../lib/common

setup()
{
	REPLAY=$BATS_TEST_DIRNAME/replay.pl
	PLACE= # teardown removes it; the environment's REPLAY_DIR, where replays work, is not ours
}

teardown()
{
	[ -z "$PLACE" ] || rm -rf "$PLACE"
}

# not with run: what it prints is what a failed test has to show
same_as_postgrey()
{
	perl "$REPLAY" --seed="${REPLAY_SEED:-1}" --scenario="$1" "${@:2}"
}

# a failed replay, for the tests of the replay itself
fails()
{
	run -1 perl "$REPLAY" "$@"
	echo "$output"
}

@test "random requests get postgrey's answers and leave postgrey's rows" {
	same_as_postgrey default "--requests=$(as_long 5000)"
}

@test "in LMDB the answers and the rows are the same" {
	same_as_postgrey default --engine=lmdb "--requests=$(as_long 5000)"
}

@test "as a server it answers, stores and logs as postgrey does" {
	same_as_postgrey default --serve "--requests=$(as_long 5000)"
}

@test "as a server with LMDB, and clients by their whole address, it does so too" {
	same_as_postgrey lookup-by-host --serve --engine=lmdb
}

@test "the default header differs from postgrey's in nothing but the program" {
	same_as_postgrey default-header
}

@test "--lookup-by-host decides and stores as postgrey does" {
	same_as_postgrey lookup-by-host
}

@test "--ipv4cidr=20 and --ipv6cidr=48 decide and store as postgrey does" {
	same_as_postgrey wide-networks
}

@test "prefixes that end inside a byte decide and store as postgrey does" {
	same_as_postgrey narrow-networks
}

@test "--privacy decides and stores as postgrey does" {
	same_as_postgrey privacy
}

@test "--auto-whitelist-clients=2 decides and stores as postgrey does" {
	same_as_postgrey awl-2
}

@test "--auto-whitelist-clients=0 decides and stores as postgrey does" {
	same_as_postgrey no-awl
}

@test "--delay=60 and --retry-window=4h decide and store as postgrey does" {
	same_as_postgrey short-delay
}

@test "an own text that begins with a digit, and an own action, are used as postgrey uses them" {
	same_as_postgrey own-text
}

@test "grey-check goes on with postgrey's databases, postgrey with grey-check's, and both again" {
	same_as_postgrey handover
}

@test "the replay finds two postgreys equal" {
	perl "$REPLAY" --against=postgrey --scenario=default --requests=4000
}

@test "the replay notices a differing answer, and shows it with its request, its history and its seed" {
	fails --against=postgrey --scenario=default --seed=7 --peer-option=--delay=299
	[[ $output == *'answers differ'* ]]
	[[ $output == *'action=DEFER_IF_PERMIT'*'action=PREPEND'* ]]
	[[ $output == *'client_address='*'earlier requests that may be of this triplet'*': clock '* ]]
	[[ $output == *'again with: '*' --scenario=default --seed=7 '* ]]
}

@test "the replay notices rows that differ behind equal answers" {
	fails --against=postgrey --scenario=no-awl --peer-option=--auto-whitelist-clients=1000000
	[[ $output == *'rows differ'*'postgrey_clients.db '*'no row'* ]]
}

@test "the replay notices log lines that differ behind equal answers and rows" {
	fails --against=postgrey --scenario=own-text --peer-option=--quiet
	[[ $output == *'about a decision differs'*'reason='* ]]
}

@test "the replay fails where not every kind of answer was reached" {
	fails --against=postgrey --scenario=default --requests=100
	[[ $output == *'never reached, so not tested:'* ]]
}

@test "the replay fails where grey-check is missing" {
	GREY_BIN=$BATS_TEST_TMPDIR fails --scenario=default
	[[ $output == *"there is no program $BATS_TEST_TMPDIR/grey-check"* ]]
}

@test "the replay fails where grey-check ends early, also with success" {
	printf '#!/bin/sh\nread -r line\nexit 0\n' >"$BATS_TEST_TMPDIR/grey-check"
	chmod +x "$BATS_TEST_TMPDIR/grey-check"
	GREY_BIN=$BATS_TEST_TMPDIR fails --scenario=default
	[[ $output == *'grey-check ended without an answer'* || $output == *'grey-check does not read'* ]]
}

@test "the same seed makes the same requests" {
	fails --against=postgrey --scenario=default --requests=300
	first=$output
	fails --against=postgrey --scenario=default --requests=300
	[ "$output" = "$first" ]
	fails --against=postgrey --scenario=default --requests=300 --seed=2
	[ "$output" != "$first" ]
}

# processes that were started with something below the directory
processes_of()
{
	local file
	for file in /proc/[0-9]*/cmdline; do
		[[ $(tr '\0' ' ' <"$file") != *"$1"* ]] || echo "$file"
	done 2>/dev/null
}

@test "neither a failed nor an interrupted replay leaves a process or a file behind" {
	PLACE=$(mktemp -d "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)/replay-test.XXXXXX")
	chmod 755 "$PLACE"
	export REPLAY_DIR=$PLACE
	fails --against=postgrey --scenario=default --peer-option=--delay=299
	[ -z "$(ls "$PLACE")" ]
	perl "$REPLAY" --against=postgrey --scenario=default 3>&- &
	pid=$!
	until [ -S "$(echo "$PLACE"/*/peer1.socket)" ]; do
		kill -0 "$pid"
		sleep 0.02
	done
	[ -n "$(processes_of "$PLACE")" ]
	kill "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 1 ]
	[ -z "$(processes_of "$PLACE")" ]
	[ -z "$(ls "$PLACE")" ]
}

@test "the replay refuses what it does not know" {
	run -2 perl "$REPLAY" --scenario=nonsense
	run -2 perl "$REPLAY" --against=nonsense
	run -2 perl "$REPLAY" nonsense
}
