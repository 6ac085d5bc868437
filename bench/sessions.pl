#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# sessions.pl: SMTP sessions, each with a sender of its own, whose recipient must be deferred.
#
# usage: sessions.pl PORT CLIENTS SESSIONS SEED
#
# So many clients at a time have so many sessions in all, one after the other: greeting, EHLO, MAIL,
# RCPT, QUIT. Prints sessions a second, between tabs a 0. Exit: 0, 1 a reply that was not expected.
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($port, $clients, $sessions, $seed) = @ARGV;

sub reply {
	my ($socket, $want) = @_;
	my $line;
	do {
		$line = <$socket> // die "sessions.pl: the server has hung up\n";
	} while $line =~ /\A\d{3}-/;
	die "sessions.pl: $line" if $line !~ $want;
	return;
}

sub session {
	my ($name) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
		or die "sessions.pl: can't connect: $!\n";
	$socket->autoflush(1);
	reply($socket, qr/\A220 /);
	for my $step (
		["EHLO client.example.net", qr/\A250 /],
		["MAIL FROM:<$name\@example.net>", qr/\A250 /],
		['RCPT TO:<user@example.org>', qr/\A450 /],
		['QUIT', qr/\A221 /]
	) {
		print {$socket} "$step->[0]\r\n";
		reply($socket, $step->[1]);
	}
	return;
}

my $begun = clock_gettime(CLOCK_MONOTONIC);
my @pids;
for my $client (1 .. $clients) {
	my $pid = fork // die "sessions.pl: fork: $!\n";
	if (!$pid) {
		alarm 300;
		session("s$seed-$client-" . $_ . chr(97 + $_ % 26))
			for 1 .. int($sessions / $clients);
		exit 0;
	}
	push @pids, $pid;
}
my $failed = 0;
for my $pid (@pids) {
	waitpid $pid, 0;
	$failed ||= $?;
}
exit 1 if $failed;
my $done = int($sessions / $clients) * $clients;
printf "%.1f\t0\n", $done / (clock_gettime(CLOCK_MONOTONIC) - $begun);
