#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Pages of a database that form a ring: a walk whose keys do not grow ends, says so, and the database is repaired.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

# make_ring WHICH: of the leaves in their order, leaf WHICH (a number of Perl, -1 is the last) leads to the first one. The
# links of a page are its fifth and sixth number, its type is its 26th byte.
make_ring()
{
	perl -e '
		my ($which, $name) = @ARGV;
		open my $file, "+<:raw", $name or die;
		my %next;
		for my $page (0 .. (-s $file) / 4096 - 1) {
			seek $file, 4096 * $page, 0;
			read $file, my $data, 4096;
			my ($before, $after) = unpack "x12LL", $data;
			$next{$page} = [$before, $after] if ord(substr $data, 25, 1) == 5;
		}
		my ($first) = grep { !$next{$_}[0] } sort { $a <=> $b } keys %next;
		my @leaves = ($first);
		push @leaves, $next{$leaves[-1]}[1] while $next{$leaves[-1]}[1];
		seek $file, 4096 * $leaves[$which] + 16, 0;
		print $file pack "L", $leaves[0];' -- "$1" "$STORE/postgrey.db"
}

make_records()
{
	fill_store 2000
	leave_databases
	cp -a "$STORE" "$DIR/template"
}

copy_template()
{
	rm -rf "$STORE"
	cp -a "$DIR/template" "$STORE"
	make_ring "$1"
}

# What it writes without an end would fill the disk. The region of the cache has 16 to 21 MB, as Berkeley DB was built.
in_bounds()
{
	(
		ulimit -t 4 -f 40000
		"$@"
	)
}

@test "grey-dump of a ring ends soon, and says that the database is damaged" {
	local which

	make_records
	for which in 0 1 -2 -1; do
		copy_template "$which"
		run -1 --separate-stderr in_bounds "$BIN/grey-dump" "--store=$STORE" -p
		assert_regex "$stderr" "grey-dump: $STORE: a database is damaged; the next program that writes repairs it"
		run -0 --separate-stderr check < <(request next@example.net)
		assert_output "$DEFERRED"
		assert_regex "$stderr" 'postgrey.db was corrupt: kept as .*, 2000 records salvaged'
		run -0 count_rows
		assert_output 2001
		run -0 whole
	done
}

@test "grey-expire and grey-load over a ring repair it, end, and see each record" {
	local which

	make_records
	for which in 0 1 -2 -1; do
		copy_template "$which"
		run -0 --separate-stderr in_bounds "$BIN/grey-expire" "--store=$STORE" --log=stderr -v --compact
		assert_regex "$stderr" 'postgrey.db was corrupt: kept as .*, 2000 records salvaged'
		assert_line 'greylist: 2000 records'
		run -0 count_rows
		assert_output 2000
		run -0 whole
	done
}

@test "a check goes on beside a ring, and nothing is lost" {
	make_records
	copy_template 1
	run -0 --separate-stderr in_bounds check < <(requests 2000)
	run -0 --separate-stderr in_bounds "$BIN/grey-expire" "--store=$STORE" --log=none
	run -0 count_rows
	assert_output 2000
}
