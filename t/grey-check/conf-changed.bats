#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a running grey-check makes of a configuration that changes.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2034,SC2154,SC2119,SC2120,SC2030,SC2031
load lists-changed

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	CONF=$BATS_TEST_TMPDIR/grey.conf
	BEACON=$BATS_TEST_TMPDIR/beacon
	BEACONS=0
	: >"$BEACON"
	conf 'greylist-text = one'
}

# conf LINE...: puts another file in its place.
conf()
{
	printf '%s\n' "$@" >"$CONF.new"
	mv "$CONF.new" "$CONF"
}

begin()
{
	start "--config=$CONF" "$@"
	answered 'action=DEFER_IF_PERMIT one'
}

@test "what decides applies from one of the next requests on" {
	begin
	conf 'greylist-text = two'
	becomes 'action=DEFER_IF_PERMIT two'
	conf 'greylist-text = two' 'greylist-action = 450'
	becomes 'action=450 two'
	conf 'greylist-text = two' 'learn = yes'
	becomes "$PASSED"
	conf 'greylist-text = three' 'delay = 10m'
	becomes 'action=DEFER_IF_PERMIT three' "policy_test_time=$(($(date +%s) + 400))"
	rm "$CONF"
	looked_again
	answered 'action=DEFER_IF_PERMIT three' "policy_test_time=$(($(date +%s) + 400))"
	end_live
	assert_equal "$(said)" 1
	assert_equal "$(said "$CONF: can't read this configuration: No such file or directory")" 1
}

@test "a list that the configuration names, and no longer, is read and forgotten" {
	echo example.net >"$BATS_TEST_TMPDIR/list"
	begin
	conf 'greylist-text = one' "greylist-recipients = $BATS_TEST_TMPDIR/list"
	becomes "$PASSED"
	conf 'greylist-text = two'
	becomes 'action=DEFER_IF_PERMIT two'
	end_live
	assert_equal "$(said)" 0
}

@test "where a line becomes bad the last good value stays, and a process that starts then has the default" {
	begin
	conf 'greylist-text = two'
	becomes 'action=DEFER_IF_PERMIT two'
	conf 'greylist-text = "two' 'greylist-action = 450'
	becomes 'action=450 one' && fail 'there is a text before the last'
	looked_again
	answered 'action=450 two'
	conf 'delay = soon' 'greylist-text = three'
	becomes 'action=DEFER_IF_PERMIT three'
	end_live
	assert_equal "$(said "$CONF:1: has no second quote")" 1
	assert_equal "$(said "$CONF:1: delay = soon: must be")" 1
}

@test "the command line stays above a file that changes" {
	begin --greylist-action=451 2>/dev/null || :
	conf 'greylist-text = two' 'greylist-action = 450'
	becomes 'action=451 two'
	end_live
}

@test "log-privacy hides what is logged of the next requests" {
	local sum

	sum=$(printf %s somewhere | sha1sum | cut -c 1-40)
	begin
	answered "$PASSED" client_address=somewhere
	conf 'greylist-text = two' 'log-privacy = yes'
	becomes 'action=DEFER_IF_PERMIT two'
	answered "$PASSED" client_address=somewhere
	end_live
	assert_equal "$(said "client_address can't be parsed: 'somewhere'")" 1
	assert_equal "$(said "client_address can't be parsed: '$sum'")" 1
}

@test "what is about the store and the log is for the next process" {
	begin
	conf 'greylist-text = two' "store = $BATS_TEST_TMPDIR/other" "log = file:$BATS_TEST_TMPDIR/log" 'quiet = 2' 'sync = yes'
	becomes 'action=DEFER_IF_PERMIT two'
	end_live
	assert [ ! -e "$BATS_TEST_TMPDIR/other" ]
	assert [ ! -e "$BATS_TEST_TMPDIR/log" ]
}

@test "a file that is written slowly is not read half" {
	begin
	: >"$CONF"
	for _ in {1..10}; do
		echo '# a line'
	done >>"$CONF"
	echo 'greylist-text = two' >>"$CONF"
	becomes 'action=DEFER_IF_PERMIT two'
	end_live
	assert_equal "$(said)" 0
}

@test "of two files one that can't be read any more keeps what it had, and the other counts as it is" {
	local second=$BATS_TEST_TMPDIR/second.conf

	echo '[grey-check]' >"$second"
	conf 'greylist-text = one' 'greylist-action = 450'
	start "--config=$CONF" "--config=$second"
	answered 'action=450 one'
	echo 'greylist-action = 451' >"$second"
	becomes 'action=451 one'
	mv "$CONF" "$CONF.away"
	: >"$second"
	becomes 'action=450 one'
	end_live
	assert_equal "$(said "$CONF: can't read this configuration")" 1
}
