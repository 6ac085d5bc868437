#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# smtp.pl PORT [SECONDS] <SCRIPT: speaks SMTP to 127.0.0.1:PORT and prints the dialogue, for tests
# and the demo.
#
# The dialogue has a line for each line said: "S: 220 ..." (server), "C: EHLO ..." (client).
# A line of the script is a command: it is sent, and its reply read. Anything may be said, XCLIENT
# too. Special are
#   DATA            what follows, to a line with a single dot, is the message (dots are doubled
#   here). Where every RCPT
#                   since the last MAIL was refused the message is left out, as a well-behaved
#                   client would.
#   @watch FILE TEXT   from here on the lines added to the log FILE that hold TEXT are counted, for
#   the next two: @await N        goes on when there are N of them
#   @until N CMD    says CMD again and again until there are; %n in it is a running number
# SECONDS (20) is how long each reply, @await or @until may take.
# Exit: 0 the script was gone through, whatever the replies; 1 no connection, no reply in time, or
# hung up on.

use strict;
use warnings;
use Errno qw(EINTR);
use IO::Socket::INET;
use Time::HiRes qw(time sleep);

@ARGV >= 1 or die "usage: smtp.pl PORT [SECONDS] <SCRIPT\n";
my ($port, $limit) = @ARGV;
$limit //= 20;

my $buffer = '';
my ($watch_file, $watch_text, $watch_rest, $watch_count);
my $number = 0;
my $accepted = 0;       # RCPTs that the server took since the last MAIL

$| = 1;
my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => $limit)
	or give_up("no connection to 127.0.0.1:$port: $!");
read_reply();

while (defined(my $line = <STDIN>)) {
	chomp $line;
	if ($line =~ /^\@watch (\S+) (.+)/) {
		watch($1, $2);
	} elsif ($line =~ /^\@await (\d+)/) {
		repeat_until($1, sub { sleep 0.05 });
	} elsif ($line =~ /^\@until (\d+) (.+)/) {
		my $command = $2;
		repeat_until($1, sub { say_command($command =~ s/%n/++$number/er) });
	} elsif ($line =~ /^DATA$/i) {
		data();
	} else {
		say_command($line);
	}
}
exit 0;

sub give_up
{
	print "!: $_[0]\n";
	print STDERR "smtp.pl: $_[0]\n";
	exit 1;
}

sub say_command
{
	my ($command) = @_;

	send_text("$command\r\n");
	print "C: $command\n";
	my $code = read_reply();
	$accepted = 0 if $command =~ /^(?:MAIL|RSET)/i;
	$accepted++ if $command =~ /^RCPT/i && $code =~ /^2/;
	return $code;
}

sub data
{
	my @message;

	while (defined(my $line = <STDIN>)) {
		chomp $line;
		last if $line eq '.';
		push @message, $line;
	}
	return if $accepted == 0;
	return if say_command('DATA') !~ /^3/;
	send_text(join '', map { s/^\./../r . "\r\n" } @message);
	print "C: $_\n" for @message;
	say_command('.');
}

sub send_text
{
	my ($text) = @_;

	local $SIG{PIPE} = 'IGNORE';
	while (length $text) {
		my $n = syswrite $server, $text;
		next if !defined $n && $! == EINTR;
		give_up("cannot send: $!") if !defined $n;
		substr($text, 0, $n) = '';
	}
}

# Reads one reply, which may have several lines, and returns its code.
sub read_reply
{
	my $deadline = time + $limit;

	while (1) {
		while ($buffer =~ s/^([^\n]*?)\r?\n//) {
			my $line = $1;
			print "S: $line\n";
			return $1 if $line =~ /^(\d{3})(?: |\z)/;
		}
		my $bits = '';
		vec($bits, fileno $server, 1) = 1;
		my $left = $deadline - time;
		give_up("no reply within $limit s") if $left <= 0;
		next if select($bits, undef, undef, $left) <= 0;
		my $n = sysread $server, $buffer, 4096, length $buffer;
		give_up('the server closed the connection') if !$n;
	}
}

sub watch
{
	my ($path, $text) = @_;

	open $watch_file, '<', $path or give_up("$path: $!");
	sysseek $watch_file, 0, 2;
	($watch_text, $watch_rest, $watch_count) = ($text, '', 0);
}

sub watched
{
	while (sysread $watch_file, $watch_rest, 65536, length $watch_rest) {
		while ($watch_rest =~ s/^([^\n]*)\n//) {
			$watch_count++ if index($1, $watch_text) >= 0;
		}
	}
	return $watch_count;
}

sub repeat_until
{
	my ($count, $action) = @_;
	my $deadline = time + $limit;

	die "smtp.pl: no \@watch before this\n" if !defined $watch_file;
	while (watched() < $count) {
		give_up("not $count lines with '$watch_text' within $limit s") if time > $deadline;
		$action->();
	}
}
