#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Today's programs and those of the first version on one store, one after the other and side by side. Each finds what the
# other stored, none recovers what needs no recovery, and what the services have noted of themselves stays.

# shellcheck disable=SC2030,SC2031,SC2154,SC2119,SC2120
load before

# The inode of a region: a recovery makes a new one.
region()
{
	stat -c %i "$STORE/__db.001"
}

# uses: the second half of grey.lock, which the first version knows nothing of.
uses()
{
	tail -c +4097 "$STORE/grey.lock"
}

@test "upgrade, downgrade, upgrade: records are found each time, nobody says a word, nothing is recovered" {
	local program regions since=0

	run -0 --separate-stderr before -q < <(at 1 sender=0@example.net)
	assert_output "$GREYLISTED"
	regions=$(region)
	for program in check before check before check; do
		run -0 --separate-stderr "$program" -q < <(at 400 "sender=$since@example.net"; at 1 "sender=$((++since))@example.net")
		assert_equal "$output" "action=PREPEND X-Greylist: delayed 399 seconds by grey-check${lines[0]#*by grey-check}

$GREYLISTED"
		assert_equal "$stderr" ''
		assert_equal "$(region)" "$regions"
	done
}

@test "a process of the first version lives on when the upgrade comes: both answer, neither recovers" {
	local regions

	load ../lib/live
	start_live "$OLD/grey-check" "--store=$STORE" --log=stderr -q --clock=request "${NO_LISTS[@]}"
	run -0 ask_live policy_test_time=1
	assert_output "$GREYLISTED"
	regions=$(region)
	assert_equal "$(stat -c %s "$STORE/grey.lock")" 4096
	run -0 --separate-stderr check -q < <(at 400; at 1 sender=c@example.net)
	assert_line --index 0 --partial 'delayed 399 seconds'
	assert_equal "$stderr" ''
	run -0 ask_live policy_test_time=400 sender=c@example.net
	assert_output --partial 'delayed 399 seconds'
	end_live
	assert_equal "$(said)" 0
	run -0 --separate-stderr check -q < <(at 400)
	refute_output "$GREYLISTED"
	assert_equal "$(region)" "$regions"
}

@test "the program of the first version comes while one of today's lives on, as in a downgrade: both answer" {
	local regions

	load ../lib/live
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr -q --clock=request "${NO_LISTS[@]}"
	run -0 ask_live policy_test_time=1
	regions=$(region)
	run -0 --separate-stderr before -q < <(at 400; at 1 sender=c@example.net)
	assert_line --index 0 --partial 'delayed 399 seconds'
	assert_equal "$stderr" ''
	run -0 ask_live policy_test_time=400 sender=c@example.net
	assert_output --partial 'delayed 399 seconds'
	end_live
	assert_equal "$(said)" 0
	assert_equal "$(region)" "$regions"
}

@test "what the first version noted of its keys counts: other keys are told as a change, the same are not" {
	run -0 --separate-stderr before -q --lookup-by-host < <(at 1)
	assert_equal "$(stat -c %s "$STORE/grey.lock")" 4096
	cp -r "$STORE" "$STORE.copy"
	run -0 --separate-stderr check -q --lookup-by-host < <(at 2)
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %s "$STORE/grey.lock")" 8192
	STORE=$STORE.copy
	run -0 --separate-stderr check -q < <(at 2)
	assert_equal "$stderr" "grey-check: $STORE: this store was used with --lookup-by-host until now, and from now on with \
--ipv4cidr=24 --ipv6cidr=64: records that were made before are not found any more, and their senders wait once more; to go \
back, give --lookup-by-host again"
	run -0 --separate-stderr check -q < <(at 3)
	assert_equal "$stderr" ''
}

@test "what was said by the first version is not said again: a bad line of a list" {
	local list=$BATS_TEST_TMPDIR/list

	echo 'bad line/here' >"$list"
	run -0 --separate-stderr before -q "--whitelist-recipients=$list" < <(at 1)
	assert_regex "$stderr" "$list:1: "
	run -0 --separate-stderr check -q "--whitelist-recipients=$list" < <(at 1)
	assert_equal "$stderr" ''
}

@test "how the store is used stays as it is while the programs of the first version work" {
	run -0 check -q --delay=60 < <(at 1)
	uses >"$BATS_TEST_TMPDIR/uses"
	run -0 --separate-stderr before -q --delay=60 < <(at 100; at 1 sender=c@example.net)
	assert_line --index 0 --partial 'delayed 99 seconds'
	assert_equal "$stderr" ''
	run -0 old grey-expire --max-age=36500d --retry-window=36500d --log=none
	run -0 old grey-dump --count
	run -0 old grey-load < <(printf '%s\n' VERSION=3 format=print type=btree HEADER=END ' 192.0.2.0/d@example.net/b@example.org' ' 1,2,3' DATA=END)
	run -0 cmp "$BATS_TEST_TMPDIR/uses" <(uses)
	run -0 --separate-stderr check -q --delay=60 < <(at 100 sender=c@example.net)
	assert_output --partial 'delayed 99 seconds'
	assert_equal "$stderr" ''
}

@test "the other programs of both versions see the same in a store that both have used" {
	run -0 before -q < <(at 1; at 400)
	run -0 check -q < <(at 2 sender=c@example.net; at 500 sender=c@example.net; at 3 sender=d@example.net)
	run -0 old grey-dump -p
	local triplets=$output
	assert_equal "$(grep -c '@example.net/' <<<"$triplets")" 3
	run -0 new grey-dump -p
	assert_output "$triplets"
	run -0 old grey-dump -p -c
	local clients=$output
	run -0 new grey-dump -p -c
	assert_output "$clients"
	run -0 old grey-load < <(new grey-dump -p)
	run -0 new grey-load < <(old grey-dump -p)
	run -0 old grey-dump -p
	assert_output "$triplets"
	run -0 new grey-expire --log=none
	run -0 old grey-dump --count
	assert_line 'passed	0'
}

# many FIRST COUNT: requests with long senders: of 30,000 the records are more than the first version's cache holds.
many()
{
	awk -v "first=$1" -v "count=$2" 'BEGIN { long = sprintf("%400s", ""); gsub(/ /, "x", long)
		for (n = first; n < first + count; n++)
			printf "request=smtpd_access_policy\nclient_address=192.0.2.5\nclient_name=mail.example.com\n" \
				"sender=s%d%s@example.net\nrecipient=r@example.org\npolicy_test_time=1\n\n", n * 7919 % 100003, long }'
}

# which_region: the inode alone may be used again.
which_region()
{
	stat -c '%i %w' "$STORE/__db.001"
}

@test "the cache of 16 MB that the first version has made is made larger, and both go on with it: nothing lost" {
	local regions

	many 1 30000 >"$BATS_TEST_TMPDIR/requests"
	run -0 --separate-stderr before -q <"$BATS_TEST_TMPDIR/requests"
	assert_equal "$(grep -c '^action=DEFER_IF_PERMIT' <<<"$output")" 30000
	regions=$(which_region)
	run -0 --separate-stderr new grey-expire --max-age=36500d --retry-window=36500d --log=none
	assert_equal "$output$stderr" ''
	run ! assert_equal "$(which_region)" "$regions"
	regions=$(which_region)
	many 30001 20000 >"$BATS_TEST_TMPDIR/requests"
	run -0 --separate-stderr before -q <"$BATS_TEST_TMPDIR/requests"
	assert_equal "$(grep -c '^action=DEFER_IF_PERMIT' <<<"$output")" 20000
	run -0 --separate-stderr check -q < <(at 1)
	assert_output "$GREYLISTED"
	assert_equal "$(which_region)" "$regions"
	# More than 16 MB, and a quarter, are in use.
	[ "$(stat -c %s "$STORE/__db.003")" -gt $((24 * 1024 * 1024)) ]
	run -0 --separate-stderr new grey-dump --format=tsv
	assert_equal "$(wc -l <<<"$output")" 50001
}
