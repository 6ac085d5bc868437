# SPDX-License-Identifier: BSD-2-Clause
# Random choices for the replay. All of them come from Perl's own rand(), so srand(seed) fixes the
# whole run.
package Replay::Random;
use strict;
use warnings;
use Exporter 'import';
use List::Util 'shuffle';
our @EXPORT_OK = qw(between chance pick deal digits tag_like shuffle);

# an integer from $low to $high, both included
sub between { my ($low, $high) = @_; return $low + int(rand($high - $low + 1)) }

sub chance { my ($probability) = @_; return rand() < $probability }

sub pick { return $_[int(rand(@_))] }

# Deals from a shuffled deck of @{$all} and shuffles again when it is used up: random order, but
# nothing is left out.
my %deck;

sub deal
{
	my ($all) = @_;
	my $left = $deck{$all} ||= [];
	@$left = shuffle(@$all) unless @$left;
	return pop @$left;
}

# forget the half-used decks of an earlier run
sub restart { my ($seed) = @_; %deck = (); srand($seed); return }

# a number of 1 to $most digits, as text; leading zeros occur
sub digits { my ($most) = @_; return join('', map { int(rand(10)) } 1 .. between(1, $most)) }

# what BATV calls a tag: ten of [0-9a-z]
sub tag_like { return join('', map { pick('0' .. '9', 'a' .. 'z') } 1 .. 10) }

1;
