# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lists-changed.bash: for tests of a list that changes while a grey-check runs.

load ../lib/check
load ../lib/live

# shellcheck disable=SC2034
PASSED=action=DUNNO

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	LIST=$BATS_TEST_TMPDIR/the-list
	BEACON=$BATS_TEST_TMPDIR/beacon
	BEACONS=0
	: >"$BEACON"
}

teardown()
{
	kill_live
}

# start OPTION...: a grey-check that keeps running, and also has the list BEACON.
start()
{
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet --clock=request "${NO_LISTS[@]}" "$@" "--whitelist-clients=$BEACON"
}

# write LINE...: writes the list in place.
write()
{
	printf '%s\n' "$@" >"$LIST"
}

# write_before LINE...: the same, but long ago.
write_before()
{
	write "$@"
	touch -d '-1 minute' "$LIST"
}

# replace LINE...: puts another file in its place.
replace()
{
	printf '%s\n' "$@" >"$LIST.new"
	mv "$LIST.new" "$LIST"
}

# becomes ANSWER [NAME=VALUE...]: asks until this is the answer. It can't be at once.
becomes()
{
	wait_for 8 live_answers "$@"
}

# looked_again: all lists have been looked at again, twice since this was called: another one was changed, and counts.
looked_again()
{
	for _ in 1 2; do
		BEACONS=$((BEACONS + 1))
		echo "beacon$BEACONS.example" >"$BEACON"
		becomes "$PASSED" "client_name=beacon$BEACONS.example" client_address=203.0.113.250 || return 1
	done
}

# answered ANSWER [NAME=VALUE...]: is the answer to one request.
answered()
{
	run -0 ask_live "${@:2}"
	assert_output "$1"
}
