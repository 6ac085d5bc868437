#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts what a repeat line stands for, in the words of each syslog daemon (doc/maillog.md A4), as if it had
# been written that often.

# Perl's variables stand in single quotes; run sets stderr.
# shellcheck disable=SC2016,SC2154
load lib/log

FIRST='Feb 10 17:01:35 mx1 postfix/smtpd[42]: connect from unknown[203.0.113.8]'

# connects LINE...: how often smtpd was connected to, with these lines after the first.
connects()
{
	printf '%s\n' "$FIRST" "$@" >"$BATS_TEST_TMPDIR/log"
	touch -d "$LOG_MTIME" "$BATS_TEST_TMPDIR/log"
	count_file "$BATS_TEST_TMPDIR/log"
	JSON=$output figure smtpd.connects
}

@test "a last message that was repeated, in the words of each syslog daemon" {
	assert_equal "$(connects 'Feb 10 17:01:40 mx1 last message repeated 2 times')" 3
	assert_equal "$(connects 'Feb 10 17:01:40 mx1 last message repeated 1 time')" 2
	assert_equal "$(connects 'Feb 10 17:01:40 mx1 last message repeated 1 times')" 2
	assert_equal "$(connects 'Feb 10 17:01:40 mx1 --- last message repeated 2 times ---')" 3
	assert_equal "$(connects 'Feb 10 17:01:40 --- last message repeated 1 time ---')" 2
	assert_equal "$(connects 'Feb 10 17:01:40: --- last message repeated 2 times ---')" 3
	assert_equal "$(connects 'Feb 10 17:01:40 last message repeated 2 times')" 3
	assert_equal "$(connects 'Feb 10 17:01:40 mx1 mail:info last message repeated 2 times')" 3
	assert_equal "$(connects '                - Last output repeated 3 times -')" 4
	assert_equal "$(connects '                - Last output repeated twice -')" 3
	assert_equal "$(connects "Feb 10 17:01:40 mx1 postfix/smtpd[42]: Last message 'connect from unknown' repeated 3 times, suppressed by syslog-ng on mx1")" 4
}

@test "what only looks like a repeat is none" {
	assert_equal "$(connects 'Feb 10 17:01:40 mx1 last message repeated many times')" 1
	assert_equal "$(connects 'Feb 10 17:01:40 mx1 dovecot: last message repeated 2 times')" 1
}

@test "a line that says 20 times counts as 20 lines, whatever it says" {
	local all

	# Each line of the fixture once, then 20 times: written so often, and as a repeat.
	cut -f3- "$LOGS/classes.tsv" | grep -av '^-- ' | grep -av 'repeated [0-9]* times' >"$BATS_TEST_TMPDIR/lines"
	perl -ne 'print $_ x 21' "$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/all"
	perl -ne 'chomp; print "$_\n"; print /^(.*?\]: )(.*)/ ? "$1message repeated 20 times: [ $2]\n" : "$_\n" x 20' \
		"$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/repeated"
	touch -d "$LOG_MTIME" "$BATS_TEST_TMPDIR/all" "$BATS_TEST_TMPDIR/repeated"
	run -0 --separate-stderr stats --by=hour --format=json --top=1000 "$BATS_TEST_TMPDIR/all"
	all=$(perl -MJSON::PP -0777 -ne 'my $r = decode_json($_); delete $r->{coverage}; print JSON::PP->new->canonical->pretty->encode($r)' <<<"$output")
	run -0 --separate-stderr stats --by=hour --format=json --top=1000 "$BATS_TEST_TMPDIR/repeated"
	run -0 diff <(echo "$all") <(perl -MJSON::PP -0777 -ne 'my $r = decode_json($_); delete $r->{coverage}; print JSON::PP->new->canonical->pretty->encode($r)' <<<"$output")
}

@test "many lines that were repeated often are counted, not looped over" {
	perl -e 'for (1 .. 30000) { print "2026-02-10T17:00:00Z mx1 postfix/smtpd[42]: message repeated 10000 times: [ connect from x[203.0.113.8]]\n" }' \
		>"$BATS_TEST_TMPDIR/log"
	count_file "$BATS_TEST_TMPDIR/log"
	figures 'smtpd.connects=300000000 coverage.repeated=300000000'
}
