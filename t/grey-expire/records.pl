#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# records.pl SEED COUNT NOW DELAY MAX-AGE RETRY-WINDOW triplets|clients: prints so many random
# records, key and value in turn, as db_load -T reads them. Their ages lie around all the limits,
# some are of the future, some can't be read.

use strict;
use warnings;

@ARGV == 7 or die "usage: records.pl SEED COUNT NOW DELAY MAX-AGE RETRY-WINDOW triplets|clients\n";
my ($seed, $count, $now, $delay, $max_age, $window, $table) = @ARGV;
srand $seed;

my @unreadable = ('nonsense', '', '1000', '1000,', ',1000', ',', '-1000,1000', '1000,-1000',
	'1000 ,1000', '1000,1000x',
	'0x10,1000', '1000000000000,1', '1,1000000000000', '1e9,1000', '+1,1000');

sub pick { return $_[rand @_] }

sub near { my ($what) = @_; return $what + int(rand 5) - 2 }

# Seconds since a record was used the last time.
sub age {
	my $kind = rand;
	return near(pick(0, $max_age, $window, $delay)) if $kind < 0.6;
	return int rand 2 * ($max_age + $window) if $kind < 0.9;
	return int rand $window + 1 if $kind < 0.95;
	return -int rand 100 * 86400;
}

# From the first time to the last; not every file is in its right mind.
sub span { return pick(0, near($delay), near($delay), int rand 10 * $delay + 1, -int rand 1000) }

sub positive { my ($n) = @_; return $n < 0 ? 0 : $n }

sub triplet {
	my $last = positive($now - age());
	my $first = positive($last - span());
	return "$first,$last" . pick('', '', ',17', ',2001:db8::7', ',');
}

sub client { return int(rand 12) . ',' . positive($now - age()) . pick('', '', '', ',9') }

for my $n (1 .. $count) {
	my $key = sprintf '10.%d.%d.', rand 200, rand 256;
	$key .= $table eq 'clients' ? $n : "0/s$n\@example.net/r\@example.org";
	$key = 'x' x int(rand 300) . $key if rand() < 0.02;
	my $value = rand() < 0.05 ? pick(@unreadable) : $table eq 'clients' ? client() : triplet();
	print "$key\n$value\n";
}
