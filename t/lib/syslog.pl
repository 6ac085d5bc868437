#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# syslog.pl SOCKET FILE: appends what programs write to the syslog socket SOCKET to FILE, a line a
# datagram.
#
# The line is what syslog(3) sent, priority included: "<22>Feb 10 17:01:35 grey-check[42]:
# action=...". When the command returns, the socket is there and a process in the background reads
# it; its pid is in FILE.pid, and SIGTERM ends it, or that FILE was removed. For tests: see
# private-syslog for how SOCKET becomes /dev/log.

use strict;
use warnings;
use Fcntl qw(O_WRONLY O_APPEND O_CREAT);
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(SOCK_DGRAM);

@ARGV == 2 or die "usage: syslog.pl SOCKET FILE\n";
my ($path, $file) = @ARGV;

my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path)
	or die "syslog.pl: $path: $!\n";
chmod 0666, $path or die "syslog.pl: $path: $!\n";
sysopen my $out, $file, O_WRONLY | O_APPEND | O_CREAT, 0644
	or die "syslog.pl: $file: $!\n";

my $pid = fork() // die "syslog.pl: fork: $!\n";
if ($pid) {
	open my $pidfile, '>', "$file.pid" or die "syslog.pl: $file.pid: $!\n";
	print $pidfile "$pid\n";
	close $pidfile or die "syslog.pl: $file.pid: $!\n";
	exit 0;
}

# Nothing that the caller waits for may stay open here, bats' own descriptor 3 included.
POSIX::setsid();
chdir '/';
for my $fd (0 .. 255) {
	POSIX::close($fd) if $fd != fileno $socket && $fd != fileno $out;
}
while (1) {
	my $bits = '';
	vec($bits, fileno $socket, 1) = 1;
	if (select($bits, undef, undef, 10) > 0) {
		defined $socket->recv(my $line, 65536) or next;
		$line =~ s/[\r\n\0]+\z//;
		$line =~ s/\n/\\n/g;
		syswrite $out, "$line\n";
	} elsif ((stat $out)[3] == 0) {
		exit 0;
	}
}
