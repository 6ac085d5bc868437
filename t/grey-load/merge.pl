#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# merge.pl - merges two random stores in both orders, and more than once, in random forms, and
# compares with a model
#
# usage: merge.pl SEED BIN DIRECTORY
#
# Prints what differs, and the number of records. DIRECTORY is made.
use strict;
use warnings;

my ($seed, $bin, $dir) = @ARGV;
my %names = (triplets => 'postgrey.db', clients => 'postgrey_clients.db');
my $wrong = 0;
srand $seed;
mkdir $dir, 0700 or die "$dir: $!\n";

sub pick { return $_[rand @_] }

sub random_text {
	my ($max) = @_;
	return join '',
		map { pick('a' .. 'e', map { chr } 0 .. 255) =~ s{[/@]}{-}r } 1 .. rand $max;
}

sub random_triplet_key {
	my ($n) = @_;
	return sprintf '%040x', $n * 7919 if rand() < 0.1;
	my $network = pick("10.0.$n.0", "10.0.$n.1/32", "2001:db8:$n:0:0:0:0:0",
		"2001:db8:0:0:0:0:0:$n/128");
	my $sender = rand() < 0.1 ? '' : random_text(8) . (rand() < 0.2 ? '/' : '')
		. pick('a@x', "$n\@y");
	return "$network/$sender/" . random_text(8) . "r\@$n";
}

sub random_value {
	my ($table) = @_;
	return int(rand 5) . ',' . int rand 5 if $table eq 'clients';
	my $first = int rand 5;
	return "$first," . ($first + int rand 3) . (rand() < 0.6 ? ','
		. pick(int rand 256, '10.0.0.' . int rand 256, random_text(10) . 'h') : '');
}

# Those of one table: key => value, for two stores that have keys in common.
sub random_stores {
	my ($table) = @_;
	my @keys = map { $table eq 'clients' ? pick("10.0.0.$_", "2001:DB8:0:0:0:0:0:$_",
		sprintf '%040x', $_) : random_triplet_key($_) } 1 .. 120;
	return map { my %store = map { rand() < 0.7 ? ($_ => random_value($table)) : () } @keys;
		\%store } 1, 2;
}

sub merge_values {
	my ($table, $x, $y) = @_;
	return $x // $y if !defined $x || !defined $y;
	my @x = split /,/, $x, 3;
	my @y = split /,/, $y, 3;
	if ($table eq 'clients') {
		return join ',', map { $x[$_] > $y[$_] ? $x[$_] : $y[$_] } 0, 1;
	}
	my $first = $x[0] < $y[0] ? $x[0] : $y[0];
	my $last = $x[1] > $y[1] ? $x[1] : $y[1];
	my $host = $x[1] > $y[1] ? $x[2] : $x[1] < $y[1] ? $y[2]
		: (sort map { $_ // '' } $x[2], $y[2])[1];
	return join ',', $first, $last, defined $host && $host ne '' ? $host : ();
}

sub make_store {
	my ($path, %tables) = @_;
	mkdir $path, 0700;
	for my $table (keys %tables) {
		open my $out, '|-', 'db_load', "$path/$names{$table}" or die "db_load: $!\n";
		print $out "VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n",
			(map { ' ' . unpack('H*', $_) . "\n " . unpack('H*', $tables{$table}{$_})
				. "\n" } keys %{$tables{$table}}), "DATA=END\n";
		close $out or die "db_load failed\n";
	}
	return;
}

sub read_table {
	my ($path, $table) = @_;
	open my $in, '-|', 'db_dump', '-h', $path, $names{$table} or die "db_dump: $!\n";
	my @bytes = map { /^ (.*)/ ? pack 'H*', $1 : () } <$in>;
	close $in or die "db_dump failed\n";
	return {@bytes};
}

sub show {
	my ($text) = @_;
	return defined $text ? $text =~ s/([^!-\[\]-~])/sprintf '\\x%02x', ord $1/ger : 'nothing';
}

sub load {
	my ($from, $to) = @_;
	for my $table (qw(triplets clients)) {
		my $c = $table eq 'clients' ? '-c' : '';
		my $form = pick("db_dump -h $from $names{$table}",
			"db_dump -p -h $from $names{$table}",
			map { "$bin/grey-dump -h $from $c $_" } '', '-p', '--format=tsv',
			'--format=json');
		my $file = rand() < 0.5;
		my $status = system 'bash', '-c', "set -o pipefail; " .
			($file ? "$form >$dir/file && $bin/grey-load -h $to $c $dir/file"
				: "$form | $bin/grey-load $c --store=$to");
		next if $status == 0;
		print "$form: status $status\n";
		$wrong++;
	}
	return;
}

sub compare {
	my ($path, %want) = @_;
	for my $table (qw(triplets clients)) {
		my $have = read_table($path, $table);
		for (sort keys %{{%$have, %{$want{$table}}}}) {
			my ($h, $w) = ($have->{$_}, $want{$table}{$_});
			next if defined $h && defined $w && $h eq $w;
			printf "%s, %s: %s is %s, must be %s\n", $path =~ s,.*/,,r, $table,
				show($_), show($h), show($w) if ++$wrong <= 20;
		}
	}
	return;
}

my (%a, %b, %both);
for my $table (qw(triplets clients)) {
	($a{$table}, $b{$table}) = random_stores($table);
	$both{$table}{$_} = merge_values($table, $a{$table}{$_}, $b{$table}{$_})
		for keys %{$a{$table}}, keys %{$b{$table}};
}
make_store("$dir/a", %a);
make_store("$dir/b", %b);
load(@$_) for ["$dir/a", "$dir/ab"], ["$dir/b", "$dir/ab"];
compare("$dir/ab", %both);
load(@$_) for ["$dir/b", "$dir/ba"], ["$dir/a", "$dir/ba"];
compare("$dir/ba", %both);
load(@$_) for ["$dir/a", "$dir/ba"], ["$dir/ab", "$dir/ba"], ["$dir/b", "$dir/ba"];
compare("$dir/ba", %both);
load("$dir/b", "$dir/a");
compare("$dir/a", %both);
printf "seed %d: %d triplets, %d clients, %d wrong\n", $seed, scalar keys %{$both{triplets}},
	scalar keys %{$both{clients}}, $wrong;
exit($wrong > 0);
