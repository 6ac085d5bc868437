#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# advise.pl - makes greylists, and counts what grey-dump --advise is to say of them
#
# usage: advise.pl make SEED NOW >TSV
#        advise.pl check NOW TSV <JSON
#
# The figures come from the TSV, each by a loop over all pairs or all rows, without what the
# program spares itself. Prints what differs; the exit code is 1 then.
use strict;
use warnings;
use JSON::PP ();

my $WINDOW = 2 * 86400;
my $DELAY = 300;
my @FIGURES = qw(began came_back passed gave_up records records_passed networks silent_networks
    silent_triplets far_apart);

sub make {
	my ($seed, $now) = @_;
	srand $seed;
	my %seen;
	for (1 .. 1500) {
		my $v6 = rand() < 0.2;
		my $network =
		    $v6 ? sprintf('2001:db%d:%x:%x:0:0:0:0', 8 + int rand 2, rand 3, rand 4)
		    : join q{.}, 192, int rand 2, int(rand 4), 0;
		my $sender = sprintf 's%d@%s', rand 40, (qw(example.com example.net))[ rand 2 ];
		my $recipient = sprintf 'r%d@example.org', rand 3;
		next if $seen{"$network $sender $recipient"}++;
		my $first = $now - int rand(rand() < 0.5 ? 3 * 86400 : 30 * 86400);
		my $took = rand() < 0.5 ? 0 : int exp rand log 90000;
		$took = $now - $first if $first + $took > $now;
		# All bounds are whole hours: the seconds until grey-dump runs must not matter.
		my @ages = map { ($now - $_) % 3600 } $first, $first + $took;
		next if grep { $_ < 100 || $_ > 3500 } @ages;
		print join("\t", $network, $sender, $recipient, $first, $first + $took), "\t\n";
	}
	return 0;
}

# The place that a network or an entry is in.
sub near {
	my ($network) = @_;
	return $network =~ /\A(\d+[.]\d+)[.]/ ? $1 : join q{:}, (split /:/, $network)[ 0, 1 ];
}

sub told {
	my ($now, @rows) = @_;
	my %is = map { ($_ => 0) } @FIGURES;
	my (%waits, %delays, %kept, %kept_passed, %network, %mail);
	my @bounds = (60, 120, 180, 240, 300, 600, 900, 1800, 3600, 10800, 43200);
	for my $row (@rows) {
		my ($network, $sender, $recipient, $first, $last) = @$row;
		my $took = $last - $first;
		my $young = $now - $first <= $WINDOW;
		$is{began} += $young;
		$is{came_back} += $young && $took > 0;
		$is{passed} += $young && $took >= $DELAY;
		$is{gave_up} += $took > 0 && $took < $DELAY && $now - $last > 43200;
		$is{records}++;
		$is{records_passed} += $took >= $DELAY;
		if ($took > 0) {
			$waits{ (grep { $took >= $_ } 0, @bounds)[-1] }++;
			$delays{$_} += $took >= $_ for 30, 60, 120, 180, 240, 300, 600, 900, 1800;
		}
		for my $days (3, 7, 14, 21, 28, 35) {
			next if $now - $last > $days * 86400;
			$kept{ $days * 86400 }++;
			$kept_passed{ $days * 86400 } += $took >= $DELAY;
		}
		push @{ $network{$network} }, $row;
		push @{ $mail{"$sender $recipient"} }, $row;
	}
	for my $of (values %network) {
		$is{networks}++;
		next if grep { $_->[4] > $_->[3] || $now - $_->[4] < 3600 } @$of;
		$is{silent_networks}++;
		$is{silent_triplets} += @$of;
	}
	my %pool;
	for my $mail (sort keys %mail) {
		my %place;
		push @{ $place{ near($_->[0]) } }, $_ for @{ $mail{$mail} };
		my $found = 0;
		for my $place (keys %place) {
			my @in = sort { $a->[3] <=> $b->[3] } @{ $place{$place} };
			my %counts;
			for my $i (1 .. $#in) {
				next if $in[$i][3] - $in[ $i - 1 ][3] > $WINDOW;
				$counts{ $in[$_][0] } = $in[$_] for $i - 1, $i;
			}
			next if !%counts;
			$found = 1;
			my ($domain) = $mail =~ /@(\S+)/;
			my $pool = $pool{"$place $domain"} //=
			    { mails => 0, passed => 0, networks => {} };
			$pool->{mails}++;
			$pool->{passed} += grep { passed($now, $_) } values %counts;
			$pool->{networks}{$_} = 1 for keys %counts;
		}
		$is{far_apart} += !$found && keys %place > 1;
	}
	$is{waits} = \%waits;
	$is{delays} = \%delays;
	$is{kept} = \%kept;
	$is{kept_passed} = \%kept_passed;
	for my $pool (values %pool) {
		my $networks = keys %{ $pool->{networks} };
		$pool = "$pool->{mails} $networks $pool->{passed}";
	}
	$is{pools} = \%pool;
	return \%is;
}

sub passed {
	my ($now, $row) = @_;
	return $row->[4] - $row->[3] >= $DELAY && $now - $row->[4] <= 35 * 86400;
}

# The JSON in the form of told().
sub said {
	my $json = JSON::PP::decode_json(do { local $/ = undef; readline STDIN });
	my %is = map { ($_ => $json->{$_}) } @FIGURES;
	my @waits = grep { $_->{count} } @{ $json->{waits} };
	$is{waits} = { map { ($_->{from} => $_->{count}) } @waits };
	$is{delays} = { map { ($_->{delay} => $_->{count}) } @{ $json->{delays} } };
	$is{kept} = { map { ($_->{max_age} => $_->{kept}) } @{ $json->{max_ages} } };
	$is{kept_passed} = { map { ($_->{max_age} => $_->{passed}) } @{ $json->{max_ages} } };
	$is{pools} = {};
	for my $pool (@{ $json->{pools} }) {
		my $place = near($pool->{entry});
		$is{pools}{"$place $pool->{domain}"} =
		    "$pool->{mails} $pool->{networks} $pool->{passed}";
	}
	return \%is;
}

sub check {
	my ($now, $file) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	my @rows = map { chomp; [ split /\t/ ] } <$in>;
	close $in or die "$file: $!\n";
	my $form = JSON::PP->new->canonical->pretty;
	my ($told, $said) = map { $form->encode($_) } told($now, @rows), said();
	return 0 if $told eq $said;
	print "to be said: $told\nsaid: $said\n";
	return 1;
}

my ($what, @more) = @ARGV;
exit make(@more) if defined $what && $what eq 'make' && @more == 2;
exit check(@more) if defined $what && $what eq 'check' && @more == 2;
print {*STDERR} "usage: advise.pl make SEED NOW >TSV\n       advise.pl check NOW TSV <JSON\n";
exit 2;
