#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump on stores that nobody works on: byte for byte what db_dump prints.

# Perl has its own dollar signs. STORE is set again in the subshells that bats makes. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2030,SC2031,SC2153,SC2154
load ../lib/dump

@test "the seed's record is shown as db_dump shows it" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	is_like_db_dump
	run -0 --separate-stderr dump -p
	assert_output 'VERSION=3
format=print
type=btree
db_pagesize=4096
HEADER=END
 83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp
 1234254582,1234254582,5
DATA=END'
	assert_equal "$stderr" ''
}

@test "what grey-check has written, in both databases, is shown as db_dump shows it" {
	check --auto-whitelist-clients=1 < <(at 1000; at 1300; at 1301 client_address=2001:db8::1; at 1302 sender=) >/dev/null
	is_like_db_dump
	run -0 --separate-stderr dump -p -c
	assert_line --index 5 ' 192.0.2.30'
	assert_line --index 6 ' 1,1300'
	local clients=$output
	run -0 --separate-stderr dump -p postgrey_clients.db
	assert_output "$clients"
	run -0 --separate-stderr "$BIN/grey-dump" -p "$STORE/postgrey_clients.db"
	assert_output "$clients"
	run -0 --separate-stderr "$BIN/grey-dump" -pc "$STORE/postgrey.db"
	assert_output "$clients"
}

@test "all byte values in keys and values, doubled, at the front and the end" {
	hex_records 'map { my $c = chr; ($c, $c, "k$c", "v$c$c", "$c${c}k", "${c}v") } 0 .. 255' | make_db "$STORE/postgrey.db"
	hex_records '(join("", map { chr } 0 .. 255), join("", map { chr } reverse 0 .. 255))' |
		make_db "$STORE/postgrey_clients.db"
	is_like_db_dump
}

@test "each byte value at each of 17 places among letters" {
	hex_records 'map { my $c = $_; map { ("$c.$_", "a" x $_ . chr($c) . "b" x (16 - $_)) } 0 .. 16 } 0 .. 255' |
		make_db "$STORE/postgrey.db"
	is_like_db_dump
}

@test "empty keys and empty values" {
	hex_records '("", "value", "key", "", "z", "y")' | make_db "$STORE/postgrey.db"
	hex_records '("", "")' | make_db "$STORE/postgrey_clients.db"
	is_like_db_dump
}

@test "keys and values longer than a page, up to 5 MB" {
	hex_records 'map { ("k" x $_ . "e", "\\v" x $_) } 1, 1000, 4000, 4096, 16384, 65536, 200000' | make_db "$STORE/postgrey.db"
	hex_records '("a", 1, "big", "x\0\\" x 1747627, "bigger", "\\" x 5242880, "c", 2)' | make_db "$STORE/postgrey_clients.db"
	is_like_db_dump
}

@test "databases without records" {
	make_db "$STORE/postgrey.db" </dev/null
	make_db "$STORE/postgrey_clients.db" db_pagesize=512 </dev/null
	is_like_db_dump
	check </dev/null
	is_like_db_dump
}

@test "100,000 records" {
	hex_records 'map { (sprintf("10.%d.%d.0/s%06d\@example.net/r\@example.org", $_ / 256, $_ & 255, $_), "1000,2000,$_") } 1 .. 100000' |
		make_db "$STORE/postgrey.db"
	is_like_db_dump
	run -0 bash -c '"$BIN/grey-dump" -p -h "$0" | grep -c "^ 10[.]"' "$STORE"
	assert_output 100000
}

@test "other page sizes, minimum keys, checksums" {
	local header n=0
	local headers=(db_pagesize=512 db_pagesize=1024 db_pagesize=8192 db_pagesize=65536 bt_minkey=4 chksum=1
		'db_pagesize=512 bt_minkey=3 chksum=1' recnum=1 db_lorder=4321 'db_lorder=4321 chksum=1')

	for header in "${headers[@]}"; do
		STORE=$BATS_TEST_TMPDIR/$((++n))
		# shellcheck disable=SC2086
		hex_records 'map { ("key " . $_ * 7919 % 1000, "v" x $_) } 1 .. 1000' | make_db "$STORE/postgrey.db" $header
		# shellcheck disable=SC2086
		hex_records '("10.0.0.1", "5,1000")' | make_db "$STORE/postgrey_clients.db" $header
		is_like_db_dump || fail "with $header"
	done
}

@test "databases with duplicates, sorted or not: each is shown once, in db_dump's order" {
	local header n=0

	for header in 'duplicates=1' 'duplicates=1 dupsort=1' 'db_pagesize=512 duplicates=1' 'db_pagesize=512 duplicates=1 dupsort=1'; do
		STORE=$BATS_TEST_TMPDIR/$((++n))
		# shellcheck disable=SC2086
		hex_records 'map { ("key " . $_ % 7, sprintf("%04d", $_ * 7919 % 1000)) } 1 .. 300' | make_db "$STORE/postgrey.db" $header
		# shellcheck disable=SC2086
		hex_records 'map { ("one", sprintf("%05d", $_ * 7919 % 20011)) } 1 .. 20000' | make_db "$STORE/postgrey_clients.db" $header
		is_like_db_dump || fail "with $header"
	done
}

@test "duplicates that are long, and the same" {
	hex_records 'map { ("key", $_ % 3 ? "x" x 70000 : "same") } 1 .. 60' | make_db "$STORE/postgrey.db" duplicates=1
	hex_records 'map { ("key", "same", "", "") } 1 .. 3000' | make_db "$STORE/postgrey_clients.db" duplicates=1 db_pagesize=512
	is_like_db_dump
}

@test "random stores of random page sizes" {
	local seed

	for ((seed = 1; seed <= $(as_long 3); seed++)); do
		STORE=$BATS_TEST_TMPDIR/$seed
		hex_records "srand $seed; map { my \$max = 1 + int exp rand 10;
			(pack('C*', map { rand 256 } 0 .. rand 40) . \$_, pack('C*', map { rand 256 } 1 .. rand \$max)) } 1 .. 300" |
			make_db "$STORE/postgrey.db" "db_pagesize=$((512 << seed % 8))"
		is_like_db_dump || fail "seed $seed"
	done
}

@test "-N is taken, -p also behind it; a directory in front of the database is the store" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -0 --separate-stderr dump -p
	local printed=$output
	run -0 --separate-stderr dump
	local hex=$output
	run -0 --separate-stderr dump -N
	assert_output "$hex"
	run -0 --separate-stderr dump -pN
	assert_output "$printed"
	run -0 --separate-stderr dump -Np postgrey.db
	assert_output "$printed"
	run -0 --separate-stderr "$BIN/grey-dump" -p "$STORE/postgrey.db"
	assert_output "$printed"
	run -0 --separate-stderr "$BIN/grey-dump" -p "--store=bdb:$STORE"
	assert_output "$printed"
	cd "$STORE"
	run -0 --separate-stderr "$BIN/grey-dump" -p ./postgrey.db
	assert_output "$printed"
}

@test "db_load reads all that grey-dump prints" {
	hex_records 'map { (chr() . "\\k", chr() . "\n\\") } 0 .. 255' | make_db "$STORE/postgrey.db" db_pagesize=2048
	dump -p | db_load "$BATS_TEST_TMPDIR/p.db"
	dump | db_load "$BATS_TEST_TMPDIR/x.db"
	db_dump "$STORE/postgrey.db" >"$BATS_TEST_TMPDIR/want"
	db_dump "$BATS_TEST_TMPDIR/p.db" | cmp "$BATS_TEST_TMPDIR/want" -
	db_dump "$BATS_TEST_TMPDIR/x.db" | cmp "$BATS_TEST_TMPDIR/want" -
}
