#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# socket.pl: runs a command behind a socket, as spawn(8) and inetd do.
#
#     socket.pl [--own-stderr] COMMAND [ARGUMENT...]
#
# One socket is the command's descriptors 0, 1 and 2, or with --own-stderr 0 and 1 only. What comes
# in on standard input is sent through it, what comes back goes to standard output, at once in both
# directions. The exit code is the command's, 128 + N if signal N killed it, 124 if it did not end
# within 60 seconds.

use strict;
use warnings;
use IO::Select;
use POSIX qw(WIFSIGNALED WTERMSIG WEXITSTATUS);
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC SHUT_WR);

my $fds = 2;
if (@ARGV && $ARGV[0] eq '--own-stderr') {
	shift;
	$fds = 1;
}
@ARGV or die "usage: socket.pl [--own-stderr] COMMAND [ARGUMENT...]\n";
socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
	or die "socket.pl: socketpair: $!\n";
my $pid = fork // die "socket.pl: fork: $!\n";
if (!$pid) {
	POSIX::dup2(fileno $theirs, $_) for 0 .. $fds;
	exec { $ARGV[0] } @ARGV or POSIX::_exit(127);
}
close $theirs;
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { kill KILL => $pid; exit 124 };
# Whoever ends this ends the command.
$SIG{TERM} = sub { kill TERM => $pid };
alarm 60;

sub write_all {
	my ($out, $data) = @_;
	my $done = 0;
	while ($done < length $data) {
		my $n = syswrite $out, $data, length($data) - $done, $done;
		return 0 if !defined $n && !$!{EINTR};
		$done += $n // 0;
	}
	return 1;
}

my $inputs = IO::Select->new($ours, \*STDIN);
while ($inputs->exists($ours)) {
	for my $in ($inputs->can_read) {
		my $n = sysread $in, my $data, 65536;
		next if !defined $n && $!{EINTR};
		if (!$n) {
			$inputs->remove($in);
			shutdown $ours, SHUT_WR if $in == \*STDIN;
		} elsif ($in == $ours) {
			write_all(\*STDOUT, $data);
		} elsif (!write_all($ours, $data)) {
			$inputs->remove($in);
		}
	}
}
1 while waitpid($pid, 0) == -1 && $!{EINTR};
exit(WIFSIGNALED($?) ? 128 + WTERMSIG($?) : WEXITSTATUS($?));
