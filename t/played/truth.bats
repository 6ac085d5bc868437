#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What log-stats says of a played maillog is what was played, in every figure. See t/played/maillog.pl.

setup()
{
	load ../lib/common
	need_program log-stats
	export TZ=UTC
}

# What log-stats does not count yet.
not_compared='^bytes[.]'

# played LINES [OPTION...]: plays a maillog, and compares all figures.
played()
{
	local lines=$1

	shift
	perl "$ROOT/t/played/maillog.pl" "--lines=$lines" "$@" "--truth=$BATS_TEST_TMPDIR/truth" >"$BATS_TEST_TMPDIR/log"
	touch -d 2026-03-01 "$BATS_TEST_TMPDIR/log"
	timeout 3000 perl "$ROOT/t/played/truth.pl" "$BIN/log-stats" "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/truth" \
		"$not_compared"
}

@test "a long log of two hosts and Postfix 3.7 and 3.11: no figure is off by one" {
	run -0 played "$(as_long 250000)"
	assert_line --regexp '^[0-9]{4} compared, 0 wrong$'
}

@test "all forms of lines in one log" {
	run -0 played 60000 --seed=2 --format=mixed
	assert_line --regexp ' compared, 0 wrong$'
}

@test "the form of postlogd, of one host" {
	run -0 played 40000 --seed=3 --format=postlogd --hosts=1
	assert_line --regexp ' compared, 0 wrong$'
}

@test "RFC 3339, of three hosts" {
	run -0 played 60000 --seed=4 --format=rfc3339 --hosts=3
	assert_line --regexp ' compared, 0 wrong$'
}

@test "journalctl -o short-iso, ten days" {
	run -0 played 40000 --seed=5 --format=iso --days=10
	assert_line --regexp ' compared, 0 wrong$'
}

@test "journalctl -o json" {
	run -0 played 40000 --seed=6 --format=journal-json
	assert_line --regexp ' compared, 0 wrong$'
}

@test "the forms of containers, of other syslogs, and those without a host or with a year" {
	for form in rfc5424 docker compose docker-json busybox openwrt socklog aix year-first year-third slashes no-host; do
		run -0 played 5000 --seed=7 --hosts=1 "--format=$form"
		assert_line --regexp ' compared, 0 wrong$'
	done
}
