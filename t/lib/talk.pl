#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# talk.pl - many connections to one policy server, in an order that a test says
#
# usage: talk.pl unix:PATH|inet:PORT <COMMANDS
#
# A command a line; NAMES are those of connections, with blanks between:
#   open NAMES            connects
#   ask NAME [ATTRIBUTE=VALUE]...   sends a request
#   front NAME [...]      sends the first half of one, back NAME [...] the second
#   raw NAME TEXT         sends the text, in which \n and \0 are what they are in C
#   answer NAMES          prints "NAME: " and the action of each one's next answer
#   silent NAMES          prints "NAME: nothing" where nothing has come
#   shut NAMES            no more is sent
#   closed NAMES          prints "NAME: closed" when the server has closed it
#   close NAMES
#   run COMMAND           a command of the shell, which ends before the next line is looked at
# Exit: 0, 1 an answer that is none, or one that does not come within 20 seconds.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket qw(SHUT_WR);

my $address = shift // die "usage: talk.pl unix:PATH|inet:PORT\n";
my (%socket, %input);
my %ask = (
	request => 'smtpd_access_policy',
	client_address => '192.0.2.30',
	client_name => 'mail.example.net',
	sender => 'a@example.net',
	recipient => 'b@example.org'
);

sub connected
{
	return $address =~ /\Aunix:(.*)/
	    ? IO::Socket::UNIX->new(Peer => $1)
	    : IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $address =~ s/.*://r);
}

sub request
{
	my %given = map { split /=/, $_, 2 } @_;
	my %all = (%ask, %given);
	return join '', map({"$_=$all{$_}\n"} sort keys %all), "\n";
}

sub put
{
	my ($name, $text) = @_;
	my $sent = syswrite $socket{$name}, $text;
	die "$name: can't send\n" if !defined $sent || $sent != length $text;
	return;
}

sub answer
{
	my ($name) = @_;
	while ($input{$name} !~ /\n\n/) {
		my $n = sysread $socket{$name}, $input{$name}, 65_536, length $input{$name};
		die "$name: no answer, but: $input{$name}\n" if !$n;
	}
	my ($action, $rest) = $input{$name} =~ /\A(action=[^\n]*)\n(?:[^\n]+\n)*\n(.*)\z/s
	    or die "$name: not an answer: $input{$name}\n";
	$input{$name} = $rest;
	print "$name: $action\n";
	return;
}

sub silent
{
	my ($name) = @_;
	my $set = '';
	vec($set, fileno $socket{$name}, 1) = 1;
	my $has = $input{$name} ne '' || select $set, undef, undef, 0;
	print "$name: ", $has ? "something\n" : "nothing\n";
	return;
}

sub closed
{
	my ($name) = @_;
	my $n = sysread $socket{$name}, my $rest, 1;
	die "$name: still open\n" if $n;
	print "$name: closed\n";
	return;
}

$SIG{PIPE} = 'IGNORE';
$| = 1;
while (my $line = <STDIN>) {
	alarm 20;
	my ($command, @rest) = split ' ', $line;
	next if !defined $command || $command =~ /\A#/;
	if ($command eq 'run') {
		system($line =~ s/\A\s*run\s+//r) == 0 or die "failed: $line";
	} elsif ($command eq 'raw') {
		my ($name, $text) = $line =~ /\A\s*raw\s+(\S+)\s(.*)\n/;
		put($name, $text =~ s/\\([n0])/$1 eq 'n' ? "\n" : "\0"/ger);
	} elsif ($command =~ /\A(?:ask|front|back)\z/) {
		my $text = request(@rest[1 .. $#rest]);
		my $half = length($text) / 2;
		put($rest[0],
			  $command eq 'ask'   ? $text
			: $command eq 'front' ? substr $text, 0, $half
			:                       substr $text, $half);
	} else {
		for my $name (@rest) {
			if ($command eq 'open') {
				$socket{$name} = connected() or die "$name: can't connect: $!\n";
				$input{$name} = '';
			} elsif ($command eq 'shut') {
				shutdown $socket{$name}, SHUT_WR;
			} elsif ($command eq 'close') {
				close $socket{$name};
			} else {
				my %do = (answer => \&answer, silent => \&silent);
				($do{$command} // \&closed)->($name);
			}
		}
	}
}
