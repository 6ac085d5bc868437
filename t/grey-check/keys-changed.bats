#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What is said when a store is used with other keys than before, by --ipv4cidr, --ipv6cidr, --lookup-by-host, --privacy; and
# when two services with different settings use it.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

# changed OLD NEW: this is what it says to be changed, once.
changed()
{
	assert_equal "$stderr" "grey-check: $STORE: this store was used with $1 until now, and from now on with $2: records that \
were made before are not found any more, and their senders wait once more; to go back, give $1 again"
}

# answers OPTION...: asks a new process.
answers()
{
	run -0 --separate-stderr check -q "$@" < <(at 1)
	assert_output "$GREYLISTED"
}

@test "each option that makes other keys is told when it changes, once, with the old settings and the new" {
	local networks='--ipv4cidr=24 --ipv6cidr=64' before='--ipv4cidr=24 --ipv6cidr=64' option

	answers
	assert_equal "$stderr" ''
	for option in '--ipv4cidr=32 --ipv6cidr=64' '--ipv4cidr=24 --ipv6cidr=48' --lookup-by-host '--lookup-by-host --privacy' \
		"$networks --privacy"; do
		# shellcheck disable=SC2086
		answers $option
		changed "$before" "$option"
		# shellcheck disable=SC2086
		answers $option
		assert_equal "$stderr" ''
		before=$option
	done
}

@test "a setting that is given as it was by default, or that makes no keys, is no change" {
	answers
	answers --ipv4cidr=24 --ipv6cidr=64 --lookup-by-subnet --max-age=99 --retry-window=9 --auto-whitelist-clients=0 --greylist-action=DEFER_IF_PERMIT
	assert_equal "$stderr" ''
	answers --lookup-by-host
	answers --lookup-by-host --ipv4cidr=16
	assert_equal "$stderr" ''
}

# in_turn DIFFERENCES [MORE]: this is what it says of two services.
in_turn()
{
	assert_equal "$stderr" "grey-check: $STORE: two services with different settings use this store in turn, unless these \
were just changed and changed back: $1; what expires is decided by the longest max-age and retry-window and the shortest delay of \
both${2-}; give both the same, or each a store of its own"
}

@test "two services that fold senders differently are two that differ" {
	answers --fold-senders=postgrey
	answers --fold-senders=full
	answers
	in_turn 'fold-senders=postgrey here and full there' ", and neither finds the other's records, so that senders who \
are known to one wait at the other"
}

@test "two services with different settings on one store: one warning an hour says what differs, and what counts" {
	answers
	answers --delay=60 --max-age=60d
	assert_equal "$stderr" ''
	answers
	in_turn 'delay=300s here and 60s there, max-age=3024000s here and 5184000s there'
	for _ in 1 2 3; do
		answers --delay=60 --max-age=60d
		assert_equal "$stderr" ''
		answers
		assert_equal "$stderr" ''
	done
}

@test "two services whose keys differ: the warning says that neither finds the other's records, once, not with each request" {
	answers --ipv4cidr=28
	answers --lookup-by-host
	changed '--ipv4cidr=28 --ipv6cidr=64' --lookup-by-host
	answers --ipv4cidr=28
	in_turn 'lookup-by-host=no here and yes there, ipv4cidr=28 here and 24 there' \
		", and neither finds the other's records, so that senders who are known to one wait at the other"
	for _ in 1 2 3 4 5; do
		at 1
	done >"$BATS_TEST_TMPDIR/requests"
	for _ in 1 2 3; do
		check -q --ipv4cidr=28 <"$BATS_TEST_TMPDIR/requests" 2>&1 >"$BATS_TEST_TMPDIR/answers"
		check -q --lookup-by-host <"$BATS_TEST_TMPDIR/requests" 2>&1 >"$BATS_TEST_TMPDIR/answers"
	done >"$BATS_TEST_TMPDIR/said"
	# The hour may have changed since they were told before.
	run -0 cat "$BATS_TEST_TMPDIR/said"
	assert [ "${#lines[@]}" -le 1 ]
}

@test "two services of which one process each lives on: told when both have served for ten minutes" {
	load ../lib/live
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr -q --clock=request --delay=60 "${NO_LISTS[@]}"
	run -0 ask_live policy_test_time=1
	answers
	# As if both had begun 50 minutes ago: the second word of each slot.
	perl -e 'open my $f, "+<:raw", $ARGV[0] or die; for (0, 1) {
		seek $f, 4096 + 64 + 496 * $_ + 8, 0; print $f pack "q<", time - 3000 }' "$STORE/grey.lock"
	run -0 ask_live policy_test_time=1
	answers
	in_turn 'delay=300s here and 60s there'
	end_live
}

@test "who only looks changes nothing and tells nothing: --check-config, --explain, grey-dump, grey-expire" {
	answers --lookup-by-host
	run -0 --separate-stderr check --check-config
	assert_equal "$stderr" ''
	run -0 --separate-stderr check --explain --client-address=192.0.2.30 --sender=a@example.net --recipient=b@example.org
	assert_equal "$stderr" ''
	run -0 --separate-stderr "$BIN/grey-dump" "--store=$STORE"
	assert_equal "$stderr" ''
	run -0 --separate-stderr "$BIN/grey-expire" "--store=$STORE"
	assert_equal "$stderr" ''
	answers --lookup-by-host
	assert_equal "$stderr" ''
}

@test "a store whose lock was written into, or that has no lock, tells no change that nobody knows of" {
	answers --lookup-by-host
	rm "$STORE/grey.lock"
	answers
	assert_equal "$stderr" ''
	answers --privacy
	perl -e 'srand 5; print map { chr int rand 256 } 1 .. 4096' >"$STORE/grey.lock"
	answers
	assert_equal "$stderr" ''
	answers --lookup-by-host
	changed '--ipv4cidr=24 --ipv6cidr=64' --lookup-by-host
}

@test "a state page with nothing but its state is used as it is" {
	answers
	perl -e 'open my $f, "+<:raw", $ARGV[0] or die; seek $f, 1024, 0; print $f "\0" x 7168' "$STORE/grey.lock"
	run -0 stat -c %i "$STORE/__db.001"
	local regions=$output
	answers --privacy
	assert_equal "$stderr" ''
	# There was no recovery.
	run -0 stat -c %i "$STORE/__db.001"
	assert_output "$regions"
	answers
	changed '--ipv4cidr=24 --ipv6cidr=64 --privacy' '--ipv4cidr=24 --ipv6cidr=64'
}

@test "a process that lives on with the old settings is told of none, and the new ones are told once" {
	load ../lib/live
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr -q --clock=request "${NO_LISTS[@]}"
	run -0 ask_live policy_test_time=1
	answers --lookup-by-host
	changed '--ipv4cidr=24 --ipv6cidr=64' --lookup-by-host
	run -0 ask_live policy_test_time=1
	run -0 ask_live policy_test_time=1
	end_live
	assert_equal "$(said)" 0
	answers --lookup-by-host
	assert_equal "$stderr" ''
}

@test "the wait that a change brings is what it says, and going back finds the old records" {
	answers
	run -0 --separate-stderr check -q --lookup-by-host < <(at 400)
	assert_output "$GREYLISTED"
	run -0 --separate-stderr check -q < <(at 400)
	assert_output --partial 'delayed 399 seconds'
}
