#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=once
# grey-load stores in the order of keys, whatever the order of its input is.

load ../lib/common

setup()
{
	need_program grey-load
	STORE=$BATS_TEST_TMPDIR/store
}

# dump_of: lines of key and value, with a tab between, as db_dump -p prints them.
dump_of()
{
	printf 'VERSION=3\nformat=print\ntype=btree\nHEADER=END\n'
	sed 's/^/ /; s/\t/\n /'
	echo DATA=END
}

records()
{
	"$BIN/grey-dump" --config=none -p --store="$1" | sed '1,/^HEADER=END/d'
}

@test "a shuffled input makes the same greylist as a sorted one" {
	perl -e 'print "192.0.2.0/$_\@example.com/b\@example.org\t1000,", 2000 + $_, ",7\n" for 10000 .. 15000' \
		>"$BATS_TEST_TMPDIR/sorted"
	shuf --random-source=<(yes) "$BATS_TEST_TMPDIR/sorted" | dump_of | "$BIN/grey-load" --config=none --store="$STORE"
	dump_of <"$BATS_TEST_TMPDIR/sorted" | sed '1,/^HEADER=END/d' >"$BATS_TEST_TMPDIR/wanted"
	records "$STORE" | cmp "$BATS_TEST_TMPDIR/wanted"
}

@test "with --replace the last record of a key counts, wherever it stands" {
	perl -e 'print "192.0.2.0/k$_\@example.com/b\@example.org\t1000,", $_ < 3 ? 3000 : 2000, "\n" for map { $_ % 7 } 0 .. 700;
		print "192.0.2.0/k$_\@example.com/b\@example.org\t1000,1500\n" for reverse 0 .. 6' |
		dump_of | "$BIN/grey-load" --config=none --replace --store="$STORE"
	run -0 records "$STORE"
	assert_equal "$(grep -c ' 1000,1500$' <<<"$output")" 7
	assert_equal "${#lines[@]}" 15
}

# More than it sorts at once.
@test "of an input of 60 MB each record is stored, and the last of a key counts" {
	perl -e 'my $long = "x" x 8000;
		print "192.0.2.0/", $_ * 7919 % 7500 + 10000, "$long\@example.com/b\@example.org\t1000,$_\n" for 1000 .. 8499;
		print "192.0.2.0/10000$long\@example.com/b\@example.org\t1000,7\n"' |
		dump_of | "$BIN/grey-load" --config=none --replace --store="$STORE"
	records "$STORE" >"$BATS_TEST_TMPDIR/records"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/records")" -eq 15001 ]
	[ "$(sed -n 2p "$BATS_TEST_TMPDIR/records")" = ' 1000,7' ]
	[ "$(grep -c '^ 1000,[0-9]*$' "$BATS_TEST_TMPDIR/records")" -eq 7500 ]
}
