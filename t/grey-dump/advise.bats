#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump --advise: its figures are those that an independent count of the same records gives.

# Perl has its own dollar signs.
# shellcheck disable=SC2016,SC2154
load ../lib/common

setup_file()
{
	need_program grey-dump && need_program grey-load
}

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

advise()
{
	"$BIN/grey-dump" --config=none "--store=$STORE" --advise "$@"
}

load_text()
{
	"$BIN/grey-load" --config=none "--store=$STORE"
}

@test "all figures of greylists made at random are those that were counted otherwise" {
	local seed now rows=$BATS_TEST_TMPDIR/rows

	for ((seed = 1; seed <= $(as_long 5); seed++)); do
		rm -rf "${STORE:?}"/*
		now=$(date +%s)
		perl "$ROOT/t/grey-dump/advise.pl" make "$seed" "$now" >"$rows"
		load_text <"$rows"
		advise --format=json >"$BATS_TEST_TMPDIR/said"
		run -0 perl "$ROOT/t/grey-dump/advise.pl" check "$now" "$rows" <"$BATS_TEST_TMPDIR/said"
	done
	run -0 perl -MJSON::PP -0777 -ne 'my $j = decode_json($_); print "$j->{came_back} $j->{silent_networks} ", scalar @{ $j->{pools} }' \
		"$BATS_TEST_TMPDIR/said"
	assert_output --regexp '^[1-9][0-9]* [0-9]+ [1-9][0-9]*$'
}

@test "a pool is an entry that can be pasted: its clients are then whitelisted" {
	local now entry

	now=$(date +%s)
	printf '%s\t%s\t%s\t%s\t%s\t\n' 192.0.2.0 a@example.com u@example.org $((now - 9000)) $((now - 9000)) \
		192.0.9.0 a@example.com u@example.org $((now - 8000)) $((now - 8000)) \
		2001:db8:1:0:0:0:0:0 b@example.com u@example.org $((now - 9000)) $((now - 9000)) \
		2001:db8:7:0:0:0:0:0 b@example.com u@example.org $((now - 8000)) $((now - 8000)) | load_text
	advise | sed -n 's|^\([0-9a-f.:]*/[0-9]* # 1 mail, .*\)|\1|p' >"$BATS_TEST_TMPDIR/entries"
	run -0 cat "$BATS_TEST_TMPDIR/entries"
	assert_line '192.0.0.0/20 # 1 mail, 2 networks, 0 passed: example.com'
	for entry in 192.0.2.7 192.0.9.200 2001:db8:7::1; do
		run -0 "$BIN/grey-check" --config=none "--store=$STORE" --log=stderr "--whitelist-clients=$BATS_TEST_TMPDIR/entries" \
			< <(printf '%s\n' request=smtpd_access_policy "client_address=$entry" client_name=x sender=a@b recipient=c@d '')
		assert_output --partial 'reason=client whitelist'
	done
}

@test "the text fits 80 columns, says how it is now, and leaves out what a filter leaves out" {
	local now

	now=$(date +%s)
	perl "$ROOT/t/grey-dump/advise.pl" make 9 "$now" | load_text
	run -0 advise
	assert_line --regexp '^  --delay=5m .* \(as it is\)$'
	assert_line --regexp '^  --max-age=35d .* \(as it is\)$'
	refute_line --regexp '^.{81}'
	run -0 advise --client=192.1.0.0/16 --format=json
	assert_output --partial '"networks":4,'
}

@test "where there is no greylist it says so; of one whose keys are sums, it says what can be known" {
	run -1 --separate-stderr advise
	assert_output ''
	[[ $stderr == *'there is no greylist'* ]]
	printf '%s\n' request=smtpd_access_policy client_address=192.0.2.7 client_name=x sender=a@b recipient=c@d '' |
		"$BIN/grey-check" --config=none "--store=$STORE" --log=none --privacy >/dev/null
	run -0 advise
	assert_line --partial '1 key without a network, as with --privacy'
	refute_line --regexp '^Of [0-9]+ networks'
}

@test "bounces of several servers are not one mail, nor is what came days later from the next network far apart" {
	local now

	now=$(date +%s)
	printf '%s\t%s\t%s\t%s\t%s\t\n' 192.0.2.0 '' u@example.org $((now - 9000)) $((now - 9000)) \
		192.0.9.0 '' u@example.org $((now - 8000)) $((now - 8000)) \
		192.0.2.0 a@example.com u@example.org $((now - 900000)) $((now - 100000)) \
		192.0.3.0 a@example.com u@example.org $((now - 9000)) $((now - 100)) | load_text
	run -0 advise --format=json
	assert_output --partial '"pools":[],"far_apart":0,'
}

@test "two senders in one /16 are two pools" {
	local now

	now=$(date +%s)
	for sender in a@example.com b@mail.a-very-long-domain-of-somebody.example.net; do
		printf '%s\t%s\t%s\t%s\t%s\t\n' "192.0.${#sender}.0" "$sender" u@example.org $((now - 9000)) $((now - 9000)) \
			"192.0.$((${#sender} + 1)).0" "$sender" u@example.org $((now - 8000)) $((now - 8000))
	done | load_text
	run -0 advise
	assert_line --regexp '^192\.0\.[0-9.]+/2[0-9] # 1 mail, 2 networks, 0 passed: example\.com$'
	assert_line --regexp '^192\.0\.[0-9.]+/2[0-9] # 1 mail, 2 networks, 0 passed: \.\.\..*somebody\.example\.net$'
}

@test "a record that can't be decoded is told, and the exit code is 1" {
	printf '%s\n' VERSION=3 format=print type=btree HEADER=END ' 192.0.2.0/a@b/c@d' ' garbage' DATA=END |
		db_load -h "$STORE" postgrey.db
	run -1 --separate-stderr advise
	assert_equal "$stderr" "grey-dump: 1 records can't be decoded"
}

@test "a domain can't write into the entries, nor into JSON" {
	local now

	now=$(date +%s)
	printf '%s\t%s\t%s\t%s\t%s\t\n' 192.0.2.0 'a@x"\\y' u@example.org $((now - 9000)) $((now - 9000)) \
		192.0.9.0 'a@x"\\y' u@example.org $((now - 8000)) $((now - 8000)) | load_text
	run -0 advise --format=json
	run -0 perl -MJSON::PP -e 'print decode_json($ARGV[0])->{pools}[0]{domain}' "$output"
	assert_output 'x??y'
}

@test "--advise goes with no other form" {
	local option

	for option in -p --count --clients --format=tsv; do
		run -2 --separate-stderr advise "$option"
		[[ $stderr == *--advise* ]]
	done
}
