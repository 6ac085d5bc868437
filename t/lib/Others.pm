# SPDX-License-Identifier: BSD-2-Clause
# Others: how much time a machine has spent on others than this test and its children.
#
#     my $others = Others->new(sub { pids of the children that run });
#     my $before = $others->seconds;
#     ...
#     my $took = $seconds - ($others->seconds(0) - $before);
#
# Who promises an answer within some seconds can't keep that while the machine works for somebody
# else. So a test that holds a program to its promise takes off what the others had, in seconds of
# the whole machine: nothing on an idle one; on two processors with two hogs, one second in two.
package Others;
use strict;
use warnings;
use POSIX qw(_SC_CLK_TCK);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use constant FRESH => 0.2;    # seconds for which what was read counts

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or return '';
	local $/ = undef;
	my $text = <$in>;
	close $in;
	return $text // '';
}

sub new {
	my ($class, $children) = @_;
	my $processors = () = slurp('/proc/stat') =~ /^cpu[0-9]/mg;
	return bless {
		children => $children,
		ticks => POSIX::sysconf(_SC_CLK_TCK) * ($processors || 1),
		read_at => 0,
		seconds => 0,
	}, $class;
}

# What was neither idle nor waiting for a disk: user, nice, system, irq, softirq, steal.
sub busy {
	my ($total) = slurp('/proc/stat') =~ /^cpu +(.*)$/m or return 0;
	my @ticks = split ' ', $total;
	my $sum = 0;
	$sum += $ticks[$_] // 0 for 0 .. 2, 5 .. 7;
	return $sum;
}

# Of this process, of its children that were waited for, and of those that run.
sub ours {
	my ($self) = @_;
	my (undef, @ticks) = POSIX::times();
	my $sum = 0;
	$sum += $_ for @ticks;
	for my $pid ($self->{children}->()) {
		my ($rest) = slurp("/proc/$pid/stat") =~ /\) (.*)/ or next;
		my ($user, $system) = (split ' ', $rest)[11, 12];
		$sum += $user + $system;
	}
	return $sum;
}

# seconds([AGE]): since some point in time, as of AGE seconds ago at most.
sub seconds {
	my ($self, $age) = @_;
	my $now = clock_gettime(CLOCK_MONOTONIC);
	if ($now - $self->{read_at} > ($age // FRESH)) {
		$self->{seconds} = (busy() - $self->ours) / $self->{ticks};
		$self->{read_at} = $now;
	}
	return $self->{seconds};
}

1;
