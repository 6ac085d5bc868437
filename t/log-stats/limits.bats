#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats: what is not counted at a limit is said to be forgotten.

# run sets output and stderr, in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031,SC2154,SC2119
load lib/log

# repeats_of HOSTS: a line of each host, and then that it is repeated twice.
repeats_of()
{
	local host

	# shellcheck disable=SC2119
	log_file < <(for ((host = 1; host <= $1; host++)); do echo "h$host:smtpd connect from unknown[203.0.113.8]"; done)
	for ((host = 1; host <= $1; host++)); do
		echo "Feb 10 17:30:00 h$host last message repeated 2 times"
	done >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
}

@test "a last message repeated of more hosts than are known is counted, or said to be forgotten" {
	local repeated forgotten

	repeats_of 65
	count_file "$LOG"
	export JSON=$output
	repeated=$(figure coverage.repeated)
	forgotten=$(figure coverage.forgotten)
	assert_equal "$((repeated + forgotten))" 130
	[ "$forgotten" -ge 2 ]
	assert_equal "$(figure smtpd.connects)" "$((65 + repeated))"
	run -0 --separate-stderr stats --only=coverage "$LOG"
	assert_output --partial "Limits of memory: $forgotten repeats of lines were forgotten"
}

@test "a last message repeated of one host has nothing to forget, even if it is the first line" {
	repeats_of 1
	count_file "$LOG"
	figures 'coverage.repeated=2 coverage.forgotten=0 smtpd.connects=3'
	sed -i 1d "$LOG"
	count_file "$LOG"
	figures 'coverage.repeated=0 coverage.forgotten=0 smtpd.connects=0'
}

@test "a line that is repeated more often than is counted: the rest is forgotten" {
	count <<<'smtpd message repeated 10003 times: [ connect from unknown[203.0.113.8]]'
	figures 'smtpd.connects=10000 coverage.repeated=10000 coverage.forgotten=3'
}

@test "messages of more instances than are known are said not to be followed" {
	queued()
	{
		local host

		for ((host = 1; host <= $1; host++)); do
			printf 'h%d:pickup 4104E42: uid=0 from=<root>\nh%d:qmgr 4104E42: from=<root>, size=1, nrcpt=1 (queue active)\n' \
				"$host" "$host"
		done
	}
	log_file < <(queued 32)
	count_file "$LOG"
	figures 'messages.local=32 coverage.forgotten=0'
	log_file < <(queued 34)
	count_file "$LOG"
	figures 'messages.local=34 coverage.forgotten=2'
	run -0 --separate-stderr stats --only=coverage "$LOG"
	assert_output --partial 'Limits of memory: 2 messages are of further instances than can be known'
}

@test "what is forgotten at a limit is the same in each run, though hashes differ" {
	perl -e 'for my $n (1 .. 30000) {
		my $front = "2026-02-10T17:00:00Z mx1 postfix/smtpd";
		print "$front\[$n]: connect from x[203.0.113.8]\n";
		printf "$front\[%d]: lost connection after RCPT from x[203.0.113.8]\n", $n * 7 % 30000;
	}' >"$BATS_TEST_TMPDIR/log"
	run -0 --separate-stderr stats --check --format=json "$BATS_TEST_TMPDIR/log"
	export JSON=$output
	run -0 --separate-stderr stats --check --format=json "$BATS_TEST_TMPDIR/log"
	assert_equal "$output" "$JSON"
	[ "$(figure coverage.forgotten)" -gt 0 ]
}
