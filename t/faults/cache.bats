#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The memory that processes share, __db.*, is made larger when the databases have outgrown it; what was stored stays.

# DIR is set again in the subshells that bats makes; awk has its own quotes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

# region: which __db.001 there is.
region()
{
	stat -c '%i %w' "$STORE/__db.001"
}

# answer_many FIRST COUNT [OPTION...]: a process answers so many requests of new triplets, all as it should.
answer_many()
{
	awk -v "first=$1" -v "count=$2" 'BEGIN { for (n = first; n < first + count; n++)
		printf "request=smtpd_access_policy\nclient_address=192.0.2.5\nclient_name=mail.example.com\n" \
			"sender=s%d@example.net\nrecipient=r@example.org\n\n", n * 7919 % 100003 }' >"$DIR/requests"
	run -0 --separate-stderr check --log=stderr --quiet "${@:3}" <"$DIR/requests"
	assert_equal "$stderr" ''
	assert_equal "$(grep -c '^action=DEFER_IF_PERMIT' <<<"$output")" "$2"
}

@test "--cache: a size out of its bounds is refused, in words" {
	local bad

	for bad in 1K 0 513G; do
		run -2 --separate-stderr "$BIN/grey-check" "--cache=$bad"
		assert_regex "$stderr" "--cache=$bad: must be from 1M to 524288M"
	done
	run -2 --separate-stderr "$BIN/grey-dump" --cache=much
	assert_regex "$stderr" '--cache=much: must be a number of bytes, followed by K, M, G or T'
}

@test "a cache that the databases have outgrown is made larger once, and nothing is lost" {
	local first small

	answer_many 1 20000 --cache=1M
	first=$(region)
	small=$(stat -c %s "$STORE/__db.003")
	[ "$small" -lt 2000000 ]
	answer_many 20001 20000 --cache=1M
	assert_equal "$(region)" "$first"
	answer_many 40001 20000
	run ! assert_equal "$(region)" "$first"
	first=$(region)
	[ "$(stat -c %s "$STORE/__db.003")" -gt $((2 * small)) ]
	answer_many 60001 20000
	assert_equal "$(region)" "$first"
	assert_equal "$(count_rows)" 80000
	run -0 whole
}

@test "a process that lives on while the cache is made anew goes on with the new one" {
	start_live "$BIN/grey-check" "--store=$STORE" --cache=1M --log=stderr --quiet
	assert_equal "$(ask_live before@example.net)" "$DEFERRED"
	answer_many 1 20000
	assert_equal "$(ask_live after@example.net)" "$DEFERRED"
	end_live 0
	assert_equal "$(cat "$DIR/said")" ''
	assert_equal "$(count_rows)" 20002
	run -0 whole
}

# killed_while_it_grows PID REGION MICROSECONDS: kills the process so long after the regions were removed.
killed_while_it_grows()
{
	perl -e '
		my ($pid, $region, $inode, $pause) = @ARGV;
		my $end = time + 20;
		while (time < $end && ((stat $region)[1] // 0) == $inode) {
			select undef, undef, undef, 0.0002;
		}
		select undef, undef, undef, $pause / 1e6;
		kill KILL => $pid;' "$1" "$STORE/__db.001" "${2%% *}" "$3"
	wait "$1" || :
}

# died_inside: grey.lock says that whoever held it was inside Berkeley DB.
died_inside()
{
	[ "$(od -An -tu4 -j12 -N4 "$STORE/grey.lock")" -ne 0 ]
}

@test "killed at any point while the cache is made larger: the next answers are right, and nothing is lost" {
	local inside=0 try before

	answer_many 1 2000 --cache=1M
	for ((try = 1; try <= 16; try++)); do
		# As small as it was: nobody uses the store.
		rm -f "$STORE"/__db.*
		run -0 --separate-stderr check --cache=1M < <(request "small$try@example.net")
		assert_equal "$output$stderr" "$DEFERRED"
		before=$(stat -c '%i %w' "$STORE/__db.001")
		"$BIN/grey-expire" "--store=$STORE" --log=none 3>&- &
		killed_while_it_grows $! "$before" $(((try - 1) * 1000))
		run ! assert_equal "$(stat -c '%i %w' "$STORE/__db.001" 2>/dev/null)" "$before"
		! died_inside || inside=$((inside + 1))
		run -0 --separate-stderr check < <(request "after$try@example.net")
		assert_equal "$output$stderr" "$DEFERRED"
	done
	[ "$inside" -gt 0 ]
	assert_equal "$(count_rows)" 2032
	run -0 whole
}
