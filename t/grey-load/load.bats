#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-load: what grey-dump and db_dump write comes back as it was.

# Perl has its own dollar signs. STORE is set again in the subshells that bats makes. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/dump

# comes_back [OPTION...]: dumped in every form, loaded into a new store and dumped again it is the same. What is said of it
# is in SAID.
comes_back()
{
	local form new n=0

	SAID=
	for form in '' -p --format=tsv --format=json; do
		new=$STORE.back$((++n))
		rm -rf "${new:?}"
		# shellcheck disable=SC2086
		dump $form "$@" >"$BATS_TEST_TMPDIR/form" || return 1
		run --separate-stderr load_into "$new" "$@" "$BATS_TEST_TMPDIR/form"
		[ "$status" = 0 ] || fail "form $form: exit code $status: $stderr"
		SAID=$stderr
		dump -p "$@" >"$BATS_TEST_TMPDIR/want"
		"$BIN/grey-dump" -h "$new" -p "$@" >"$BATS_TEST_TMPDIR/have"
		diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/have" || fail "form $form"
	done
}

@test "dumped in each form, loaded into a new store, dumped: the same" {
	make_text "$STORE/postgrey.db" <<<"$SEED
192.0.2.0/\\5c\\09\\00\\0a\\c3\\bc\"@x/{r}@y
1000,2000,30
192.0.2.5/32/a@x/b@y
1000,2000
2001:db8:0:0:0:0:0:0//b@y
1000,2000,2001:DB8:0:0:0:0:0:1
192.0.2.0/with/slash@x/also/slash@y
1000,2000,192.0.2.1
192.0.2.0/nobody/b@y
0,1234567890,255
$(printf '%040d' 1)
1000,2000,30"
	make_text "$STORE/postgrey_clients.db" <<<$'192.0.2.30\n1,1000\n2001:DB8:0:0:0:0:0:1\n5,2000\n'"$(printf '%040d' 1)"$'\n0,0'
	comes_back
	assert_equal "$SAID" ''
	comes_back -c
	assert_equal "$SAID" ''
}

@test "dumped and loaded: an empty sender, an empty recipient" {
	put "192.0.2.0//b@x 1000,2000,30" "192.0.2.0/a@x/ 1000,2000,30"
	comes_back
	assert_equal "$SAID" ''
}

@test "dumped and loaded: a bounce to several recipients, whose key has neither" {
	check < <(at 1000 sender= recipient=) >/dev/null 2>&1
	run -0 keys_and_values "$STORE"
	assert_output '192.0.2.0// 1000,1000,30'
	comes_back
}

@test "dumped and loaded: a sender that is the number of a prefix" {
	check < <(at 1000 sender=32; at 1000 sender=128 client_address=2001:db8::1) >/dev/null
	comes_back
}

@test "dumped and loaded: what grey-check has written, in every kind of key" {
	local option n=0 home=$STORE

	for option in --lookup-by-subnet --lookup-by-host --ipv4cidr=20 --ipv6cidr=48 --privacy; do
		STORE=$home$((++n))
		check "$option" --auto-whitelist-clients=1 < <(at 1000; at 1300; at 1400 sender=; at 1500 client_address=2001:db8::1;
			at 1900 client_address=2001:db8::1; at 1901 sender='a/b@x' recipient='c/d@y') >/dev/null 2>&1
		comes_back
		assert_equal "$SAID" ''
		comes_back -c
		assert_equal "$SAID" ''
	done
}

@test "odd keys, which no request asks for, come back byte for byte, with one warning for each kind" {
	put '192.0.2.5/a@x/b@y 1000,2000' '192.0.2.7/a@x/b@y 1000,2000,9' '192.0.2.0/24/a@x/b@y 1000,2000' '2001:db8::/a@x/b@y 1000,2000' \
		'2001:DB8:0:0:0:0:0:0/a@x/b@y 1000,2000' '192.0.2.0/<a@x>/b@y 1000,2000' '192.0.2.0/a@x/<b@y> 1000,2000' \
		'192.0.2.0/A@x/b@y 1000,2000' '192.0.2.0/a+1@x/b@y 1000,2000' '192.0.2.0/prvs=0123456789=c@x/b@y 1000,2000' \
		'192.0.2.0/n-7@x/b@y 1000,2000' '192.0.2.0/d@x/b@y 2000,1000' '192.0.2.0/e@x/b@y 95617584000,95617584001' \
		'192.0.2.5/f@x/b@y 1000,2000,192.0.2.5' 'ABCDEF0000000000000000000000000000000001 1,2'
	comes_back
	run -0 load_into "$STORE.says" <(dump -p)
	assert_line --regexp ':[0-9]+: 2 records, from this line on, were taken as they are, but have an address that is not written'
	assert_line --regexp ':[0-9]+: 2 records, .* have a whole address, or a network of another size'
	assert_line --regexp ':[0-9]+: 1 record was taken as it is, but has a network with its prefix, as in 192\.0\.2\.0/24'
	assert_line --regexp ': 2 records, .* have a sender or a recipient in < >; no request will ever ask'
	assert_line --regexp ': 2 records, .* have letters in upper case; no request'
	assert_line --regexp ': 3 records, .* have a sender that grey-check would fold, see --fold-senders'
	assert_line --regexp ': 1 record .* a first time that is after the last$'
	assert_line --regexp ': 1 record .* more than a year from now: times are in seconds, not milliseconds$'
	assert_equal "${#lines[@]}" 8
	rm -r "$STORE"
	make_text "$STORE/postgrey_clients.db" <<<$'2001:db8::1\n5,2000\n2001:db8:0:0:0:0:0:2\n5,2000\n192.0.2.1\n5,95617584000'
	comes_back -c
	run -0 grep -c . <<<"$SAID"
	assert_output 2
}

@test "dumped and loaded: the longest keys" {
	local long
	long=$(printf '%04075d' 0) # the line of the recipient has 4096 bytes then
	check < <(at 1000 "sender=x$long@example.n" "recipient=y$long@example.n" client_address=2001:db8:1111:2222:3333:4444:5555:6666) >/dev/null
	run -0 keys_and_values "$STORE"
	assert_equal "${#lines[@]}" 1
	comes_back
}

@test "100,000 records: all are loaded, into an empty store and again" {
	hex_records 'map { (sprintf("10.%d.%d.0/s%06d\@example.net/r\@example.org", $_ / 256 & 255, $_ & 255, $_ * 7919 % 100003),
		"1000,2000,$_") } 1 .. 100000' | make_db "$STORE/postgrey.db"
	dump -p >"$BATS_TEST_TMPDIR/want"
	load_into "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/want"
	load_into "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/want"
	"$BIN/grey-dump" -p -h "$BATS_TEST_TMPDIR/new" | cmp "$BATS_TEST_TMPDIR/want" -
	load_into "$BATS_TEST_TMPDIR/new" --delete "$BATS_TEST_TMPDIR/want"
	run -0 keys_and_values "$BATS_TEST_TMPDIR/new"
	assert_output ''
}

@test "as root: the file is root's, the store stays its owner's" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	local dir
	dir=$(work_dir)
	mkdir -m 700 "$dir/store"
	chown nobody: "$dir/store"
	printf '10.0.9.0\ta@x\tb@y\t1\t2\t3\n' >"$dir/input"
	chmod 600 "$dir/input"
	run -0 --separate-stderr load_into "$dir/store" "$dir/input"
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %U "$dir/store"/* | sort -u)" nobody
	mkdir -m 700 "$dir/out"
	run -0 --separate-stderr "$BIN/grey-dump" -h "$dir/store" --format=tsv -f "$dir/out/file"
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %U "$dir/out/file")" root
	assert_equal "$(cut -f 1-6 "$dir/out/file")" "$(cat "$dir/input")"
	assert_equal "$(stat -c %U "$dir/store"/* | sort -u)" nobody
	rm -rf "$dir"
}
