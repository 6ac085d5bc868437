#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# replace-lists.pl SECONDS SOCKET LIST: asks a grey-check behind a policy socket without a pause,
# over 4 connections, while its list of clients, the file LIST, is replaced again and again by one
# of two versions. Both let 192.0.2.1 pass, neither 198.51.100.1, and only one of them 203.0.113.1.
# Prints what was counted. Exit: 0; 1 an answer was wrong, or the last version did not count within
# 15 seconds (it takes 3, on a machine that has time).

use strict;
use warnings;
use IO::Handle;
use IO::Socket::UNIX;
use Time::HiRes qw(time sleep);

@ARGV == 3 or die "usage: replace-lists.pl SECONDS SOCKET LIST\n";
my ($seconds, $socket, $list) = @ARGV;
my $end = time + $seconds;
my @filler = map { "filler$_.example" } 1 .. 3000;
my $version = 0;

$SIG{ALRM} = sub { die "replace-lists.pl: no end within ", $seconds + 30, " seconds\n" };
alarm $seconds + 30;
put($version);

my @workers = map { start($_) } 1 .. 4;
my $replaced = 0;
srand 7;
while (time < $end) {
	put($version = 1 - $version);
	$replaced++;
	# Some live long enough to be read, some do not.
	sleep rand() < 0.3 ? 0.01 : rand 0.9;
}
# The last is one that the workers can tell from the one before.
put($version = 1 - $version);
my $last = time;

my ($wrong, $asked, $changes, $slowest) = (0, 0, 0, 0);
for my $worker (@workers) {
	print { $worker->{in} } "$version $last\n";
	close $worker->{in};
	my $line = readline $worker->{out};
	waitpid $worker->{pid}, 0;
	die "replace-lists.pl: a worker ended with $?\n" if $? || !defined $line;
	my ($w, $a, $c, $s) = split ' ', $line;
	$wrong += $w;
	$asked += $a;
	$changes += $c;
	$slowest = $s if $s > $slowest;
}
print "replaced $replaced times, asked $asked times, $changes changes seen, the last after "
	. "$slowest s, $wrong wrong answers\n";
exit($wrong == 0 && $slowest <= 15 && $replaced >= 10 && $asked >= 1000 && $changes >= 8 ? 0 : 1);

sub put
{
	my ($which) = @_;
	my @entries = ('192.0.2.1', @filler, $which ? '203.0.113.1' : (), 'end.example');

	open my $out, '>', "$list.new" or die "$list.new: $!\n";
	print $out map { "$_\n" } @entries;
	close $out or die;
	rename "$list.new", $list or die;
}

# A worker asks until it is told the last version, and then until that counts.
sub start
{
	my ($number) = @_;

	pipe my $in_read, my $in_write or die;
	pipe my $out_read, my $out_write or die;
	my $pid = fork // die;
	if (!$pid) {
		close $in_write;
		close $out_read;
		work($number, $in_read, $out_write);
		exit 0;
	}
	close $in_read;
	close $out_write;
	$in_write->autoflush;
	return { pid => $pid, in => $in_write, out => $out_read };
}

sub work
{
	my ($number, $in, $out) = @_;
	my ($wrong, $asked, $changes, $before, $told) = (0, 0, 0);

	alarm $seconds + 20;
	my $server = IO::Socket::UNIX->new(Peer => $socket) or die "$socket: $!\n";
	$in->blocking(0);
	while (1) {
		$wrong++ if !ask($server, '192.0.2.1', "s$number.$asked");
		$wrong++ if ask($server, '198.51.100.1', "s$number.$asked");
		my $passes = ask($server, '203.0.113.1', "s$number.$asked");
		$asked += 3;
		$changes++ if defined $before && $before != $passes;
		$before = $passes;
		my $line = readline $in;
		$told = [split ' ', $line] if defined $line;
		next if !$told;
		last if $passes == $told->[0] || time > $told->[1] + 10;
	}
	printf $out "%d %d %d %.2f\n", $wrong, $asked, $changes, time - $told->[1];
	close $out;
}

# 1: it passes, 0: it is greylisted.
sub ask
{
	my ($server, $address, $sender) = @_;

	print $server "request=smtpd_access_policy\nclient_address=$address\n",
		"client_name=unknown\nsender=$sender\@example.net\n",
		"recipient=user\@example.org\n\n" or die "$socket: $!\n";
	$server->flush;
	my $answer = readline $server;
	readline $server;
	die "$socket: no answer\n" if !defined $answer;
	return 1 if $answer eq "action=DUNNO\n";
	return 0 if $answer =~ /^action=DEFER_IF_PERMIT Greylisted/;
	die "$socket: $answer";
}
