#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# stop.pl: stops a command as ^Z does, again and again, and looks whether the lock is free then.
#
#     stop.pl --lock=FILE --stops=COUNT COMMAND [ARGUMENT...]
#
# The command, which goes on until it is ended, is a group of processes of its own, as a shell makes
# it: one without a parent in another group would not be stopped. Prints how often it was stopped.

use strict;
use warnings;
use Fcntl qw(LOCK_EX LOCK_NB LOCK_UN);
use Getopt::Long qw(:config require_order);
use Time::HiRes qw(sleep time);

GetOptions('lock=s' => \my $lock, 'stops=i' => \my $stops) && @ARGV
	or die "usage: stop.pl --lock=FILE --stops=COUNT COMMAND [ARGUMENT...]\n";
my $group = fork // die "stop.pl: fork: $!\n";
if (!$group) {
	setpgrp;
	exec { $ARGV[0] } @ARGV or exit 127;
}
setpgrp $group, $group;
END { kill -9 => $group if $group }
alarm 120;

# The states of the group's processes, but for the shell that starts one after the other.
sub states {
	my @states;
	for my $file (glob '/proc/[0-9]*/stat') {
		open my $stat, '<', $file or next;
		my ($pid, $state, $pgrp) = (<$stat> // '') =~ /^(\d+) .*\) (.) \d+ (\d+) / or next;
		push @states, $state if $pgrp == $group && $pid != $group && $state ne 'Z';
	}
	return @states;
}

open my $file, '+<', $lock or die "stop.pl: $lock: $!\n";
my ($stopped, $held) = (0, 0);
for (1 .. $stops) {
	sleep rand 0.02;
	kill -20 => $group;
	my $end = time + 5;
	while (grep { $_ ne 'T' } my @states = states()) {
		die "stop.pl: it is not stopped: @states\n" if time > $end;
	}
	$stopped++;
	flock $file, LOCK_EX | LOCK_NB or $held++;
	flock $file, LOCK_UN;
	kill CONT => -$group;
}
print "$stopped stops, $held with the lock held\n";
