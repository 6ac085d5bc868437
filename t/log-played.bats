#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What t/lib/maillog.pl plays is what could happen: else its truth is none.

setup()
{
	load lib/common
}

@test "played: no client has two connections from one port to the same site at a time" {
	# shellcheck disable=SC2016 # it is Perl
	run -0 perl -I "$ROOT/t/lib/maillog" -MWorld -e '
		srand 1;
		my ($twice, %seen) = 0;
		my $client = {spam => 1};
		for my $t (1 .. 2000) {
			my $site = $t % 2;
			$twice++ if $seen{"$site " . World::port(1000 + $t / 10, {number => $site}, $client)}++;
		}
		print "$twice\n"'
	assert_output 0
}
