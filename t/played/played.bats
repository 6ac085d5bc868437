#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What t/played/maillog.pl plays is what could happen: else its truth is none.

setup()
{
	load ../lib/common
}

@test "played: no client has two connections from one port to the same site at a time" {
	# shellcheck disable=SC2016 # it is Perl
	run -0 perl -I "$ROOT/t/played/maillog" -MWorld -e '
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

@test "played: an address that stands twice in an envelope is one recipient that is deferred" {
	# shellcheck disable=SC2016 # it is Perl
	run -0 perl -I "$ROOT/t/played/maillog" -MSim -MMail -e '
		my $message = {};
		my @rcpts = ({to => "a\@b"}, {to => "a\@b"}, {to => "c\@d"});
		Mail::deferral($message, $_)->() for @rcpts;
		Mail::defer_over($message, $_) for @rcpts[0, 1];
		print "$T{deferred_attempts} $T{deferred_rcpts} $T{deferred_waiting}\n"'
	assert_output '3 2 1'
}
