# SPDX-License-Identifier: BSD-2-Clause
# The rows of a store, read with db_dump, or grey-dump where that can't read it, and their
# comparison.
package Replay::Rows;
use strict;
use warnings;
use Exporter 'import';
use Fcntl ':flock';
use FindBin;
our @EXPORT_OK = qw(compare);

my @FILES = ('postgrey.db', 'postgrey_clients.db');
my $SHOWN = 3;
my $GREY_DUMP = ($ENV{GREY_BIN} || "$FindBin::Bin/../../bin") . '/grey-dump';

# Key => value of one database, as db_dump -p prints them. grey-check's lock is taken first, if it
# has one there, since db_dump knows nothing of it; postgrey has no lock, but it rests while nobody
# asks it.
sub rows
{
	my ($directory, $file) = @_;
	return dump_of($GREY_DUMP, '--config=none', '-p', "--store=lmdb:$directory",
		$file eq $FILES[1] ? '-c' : ()) if -e "$directory/greylist.mdb";
	return {} unless -e "$directory/$file";
	if (-e "$directory/grey.lock") {
		open(my $lock, '<', "$directory/grey.lock")
			or die "can't open $directory/grey.lock: $!\n";
		flock($lock, LOCK_EX) or die "can't lock $directory/grey.lock: $!\n";
		return dump_of('db_dump', '-p', '-h', $directory, $file);
	}
	return dump_of('db_dump', '-p', '-h', $directory, $file);
}

sub dump_of
{
	my (@command) = @_;
	open(my $in, '-|', @command) or die "can't run $command[0]: $!\n";
	my @line = <$in>;
	close($in) or die "@command failed\n";
	chomp @line;
	shift @line while @line && $line[0] ne 'HEADER=END';
	die "@command printed no rows\n" if @line < 2 || pop @line ne 'DATA=END';
	shift @line;
	return { map { s/^ //r } @line };
}

# What is wrong with the third field that grey-check writes behind first,last: octet (the last one
# of an IPv4 address, a whole IPv6 address), address (a whole one), none, any.
sub host_fault
{
	my ($key, $value, $rule) = @_;
	my (undef, undef, $host) = split /,/, $value, 3;
	return defined $host if $rule eq 'none';
	return 1 unless defined $host;
	return $host !~ /^[0-9a-f:.]*:[0-9a-f:.]*$/i if $key =~ m{^[0-9a-f]*:};
	return $rule eq 'octet' ? $host !~ /^\d{1,3}$/ : $host !~ /^\d+\.\d+\.\d+\.\d+$/;
}

# Compares every row of both databases. $host is the rule for the third field, "any" for none; it is
# not compared. Returns lines of text about the first differences, none if all are equal, and the
# times that stand in those rows.
sub compare
{
	my ($oracle, $peer, $host) = @_;
	my (@fault, %time);
	for my $file (@FILES) {
		my ($left, $right) = (rows($oracle, $file), rows($peer, $file));
		for my $key (sort keys %{ { %$left, %$right } }) {
			my ($mine, $its) = map { defined $_->{$key} ? $_->{$key} : 'no row' } $left,
				$right;
			my ($a, $b) = map { s/^(\d+,\d+),.*$/$1/r } $mine, $its;
			next if $a eq $b && ($host eq 'any' || $file ne $FILES[0]
				|| !host_fault($key, $its, $host));
			push @fault, "$file $key\n    postgrey:  $mine\n    the other: $its\n";
			$time{$_} = 1 for "$a,$b" =~ /(\d+)/g;
			return (\@fault, \%time) if @fault == $SHOWN;
		}
	}
	return (\@fault, \%time);
}

1;
