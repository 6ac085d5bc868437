#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# storm.pl: grey-check processes under full load on one store, to which something happens, and what
# became of their answers.
#
#     storm.pl [--processes=N] [--time=SECONDS] [--at=SECONDS:COMMAND]... [--slots=FROM-TO]
#         [--deadline=MS] [--seed=N] [--said=FILE] GREY-CHECK [OPTION...]
#
# Each connection is a process of its own, on a socket as under spawn(8), with one request under
# way. Three of four bring a triplet that was never seen; the fourth comes back with one that was
# answered before, later than the delay by the clock in the request. COMMAND, for sh, is run in the
# background at SECONDS. When the time is over, all triplets that were answered and did not come
# back do so: until then the store must be itself again. What grey-check says goes to FILE.
#
# The last line of output are figures, NAME=VALUE:
#     requests   how many were answered, those of the end included
#     new, back  of them: triplets that were new, and that came back
#     open       answered without a store, DUNNO
#     elsewhere  of them: of a network whose slot is not in --slots
#     lost       triplets that were answered and are new again when they come back
#     wrong      any other answer that is not the right one; each is shown
#     slowest    milliseconds of the slowest answer
#     late       answers that took longer than --deadline and 50 ms
#     excused    of them: not without the time that the machine spent on others
#     from, to   seconds of the first and the last that was answered without a store; - for none
# The exit code is 1 if something was wrong: an answer, the end of a process, a store that did not
# become itself again.

use strict;
use warnings;
use Fcntl qw(F_SETFL O_NONBLOCK);
use FindBin;
use Getopt::Long qw(:config require_order);
use IO::Poll qw(POLLIN POLLHUP POLLERR);
use POSIX qw(WNOHANG);
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC);
use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);
use lib "$FindBin::Bin/../lib";
use Others;

use constant {
	NEW_AT => 1_500_000_000,    # the clock in requests with a new triplet
	BACK_AT => 1_500_000_400,   # and in those that come back
	GRACE => 50,                # milliseconds
	PATIENCE => 30,             # seconds: until then the store is to be itself again
	PAUSE => 0.05,              # seconds between two tries then
	LAST_WAIT => 150,           # seconds until all that runs has ended; what has not is killed
	COMPLAINTS => 10,           # this many are printed
};

my %option = (processes => 12, time => 5, at => [], deadline => 500, seed => $$);
GetOptions(\%option, 'processes=i', 'time=f', 'at=s@', 'slots=s', 'deadline=i', 'seed=i', 'said=s')
	&& @ARGV or die "usage: storm.pl [--option=value ...] GREY-CHECK [OPTION...]\n";
my @command = (@ARGV, '--clock=request', '--delay=300', '--max-age=36500', '--log=none');
my ($slots_from, $slots_to) = ($option{slots} // '0-16383') =~ /\A(\d+)-(\d+)\z/
	or die "storm.pl: --slots is FROM-TO\n";
srand $option{seed};
$SIG{PIPE} = 'IGNORE';

my %figure = map { $_ => 0 } qw(requests new back open elsewhere lost wrong slowest late excused);
my $complaints = 0;
my $triplets = 0;           # how many were asked about; a triplet is known by its number
my %doubtful;               # those whose retry was answered without the store, in the end
my @fresh;                  # those that were answered and did not come back yet
my $ends;                   # they come back now; nothing new is asked
my $pause_until = 0;        # until then they don't: there is no store
my (%by_fd, %running);      # the connections; pid => what runs
my %event;                  # pid => the command of --at that runs
my $poll = IO::Poll->new;
my $began = now();
my $end = $began + $option{time};
my $others = Others->new(sub { keys %running });

sub now { return clock_gettime(CLOCK_MONOTONIC) }

sub complain {
	my ($text) = @_;
	print "storm: $text\n" if ++$complaints <= COMPLAINTS;
	return;
}

sub network { my ($n) = @_; return sprintf '10.%d.%d.0', $n >> 8 & 255, $n & 255 }

sub key { my ($n) = @_; return network($n) . "/s${n}x\@storm.example/r\@example.org" }

# The slot of a cluster that a network's records are in: CRC16, as XMODEM has it.
sub slot {
	my ($text) = @_;
	my $crc = 0;
	for my $byte (unpack 'C*', $text) {
		$crc ^= $byte << 8;
		$crc = $crc & 0x8000 ? ($crc << 1 ^ 0x1021) & 0xffff : $crc << 1 for 1 .. 8;
	}
	return $crc % 16_384;
}

sub is_elsewhere {
	my ($n) = @_;
	my $slot = slot(network($n));
	return $slot < $slots_from || $slot > $slots_to;
}

sub request {
	my ($n, $at) = @_;
	my $address = network($n) =~ s/0\z/7/r;
	return "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=$address\n"
		. "client_name=client.example.net\nsender=s${n}x\@storm.example\n"
		. "recipient=r\@example.org\npolicy_test_time=$at\n\n";
}

sub start {
	my ($program, @arguments) = @_;
	my $pid = fork // die "storm.pl: fork: $!\n";
	return $pid if $pid;
	exec {$program} $program, @arguments or POSIX::_exit(127);
}

sub start_check {
	socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
		or die "storm.pl: socketpair: $!\n";
	open my $said, '>>', $option{said} // '/dev/null' or die "storm.pl: $option{said}: $!\n";
	my $pid = fork // die "storm.pl: fork: $!\n";
	if (!$pid) {
		POSIX::dup2(fileno $theirs, $_) for 0, 1;
		POSIX::dup2(fileno $said, 2);
		exec {$command[0]} @command or POSIX::_exit(127);
	}
	fcntl $ours, F_SETFL, O_NONBLOCK or die "storm.pl: fcntl: $!\n";
	my $connection = { pid => $pid, socket => $ours, buffer => '' };
	$running{$pid} = $connection;
	$by_fd{fileno $ours} = $connection;
	$poll->mask($ours => POLLIN);
	ask($connection);
	return;
}

# What comes next: a number, and whether it comes back. Nothing, if there is nothing any more.
sub next_triplet {
	if ($ends) {
		return if !@fresh;
		return (pop @fresh, 1);
	}
	return (splice(@fresh, int rand @fresh, 1), 1) if @fresh > 100 && rand() < 0.25;
	return ($triplets++, 0);
}

sub ask {
	my ($connection) = @_;
	my ($n, $back) = next_triplet();
	@$connection{qw(number back asked_at others)} = ($n, $back, now(), $others->seconds);
	return if !defined $n;
	my $request = request($n, $back ? BACK_AT : NEW_AT);
	$request =~ s/\n\n\z/\npolicy_test_probe=1\n\n/ if $doubtful{$n};
	syswrite $connection->{socket}, $request;
	return;
}

sub take_answer {
	my ($connection, $text) = @_;
	my ($n, $back) = @$connection{qw(number back)};
	$figure{requests}++;
	$figure{$back ? 'back' : 'new'}++;
	take_time($connection);
	return take_doubtful($n, $text) if $doubtful{$n};
	if ($text =~ /\Aaction=DEFER_IF_PERMIT Greylisted/) {
		$back ? $figure{lost}++ : push @fresh, $n;
	} elsif ($text eq 'action=DUNNO') {
		take_open($n, $back);
	} elsif (!$back || $text !~ /\Aaction=PREPEND X-Greylist: delayed 400 seconds /) {
		$figure{wrong}++;
		complain('wrong answer to ' . ($back ? 'the retry of ' : 'the new ') . key($n)
			. ": $text");
	}
	return;
}

# Of one whose retry was answered without the store nobody knows whether that was stored, late: then
# it has passed before, and nothing in an answer tells this from one without the store.
sub take_doubtful {
	my ($n, $text) = @_;
	my ($reason) = $text =~ /^grey_check_reason=(.*)$/m;
	$reason //= 'no reason';
	if ($reason eq 'unavailable') {
		take_open($n, 1);
	} elsif ($reason eq 'new' || $reason eq 'early-retry') {
		$figure{lost}++;
	} elsif ($reason ne 'triplet found') {
		$figure{wrong}++;
		complain('wrong answer to the probe for ' . key($n) . ": $text");
	}
	return;
}

sub take_time {
	my ($connection) = @_;
	my $took = 1000 * (now() - $connection->{asked_at});
	$figure{slowest} = $took if $took > $figure{slowest};
	return if $took <= $option{deadline} + GRACE;
	$figure{late}++;
	$took -= 1000 * ($others->seconds(0) - $connection->{others});
	$figure{excused}++ if $took <= $option{deadline} + GRACE;
	return;
}

sub take_open {
	my ($n, $back) = @_;
	$figure{open}++;
	$figure{elsewhere}++ if is_elsewhere($n);
	$figure{from} //= now() - $began;
	$figure{to} = now() - $began;
	# At the end it has to come back; before that nobody knows whether it is stored.
	return if !$ends;
	$pause_until = now() + PAUSE;
	return if !$back;
	$doubtful{$n} = 1;
	unshift @fresh, $n;
	return;
}

sub take_input {
	my ($connection) = @_;
	my $n = sysread $connection->{socket}, $connection->{buffer}, 65536,
		length $connection->{buffer};
	return if !defined $n && $!{EAGAIN};
	if (!$n) {
		complain("process $connection->{pid} closed its socket");
		forget($connection);
		return;
	}
	return if $connection->{buffer} !~ s/\A(.*?)\n\n//s;
	take_answer($connection, $1);
	complain("more than one answer: $connection->{buffer}") if $connection->{buffer} ne '';
	$connection->{number} = undef;
	ask($connection) if now() >= $pause_until;
	return;
}

sub forget {
	my ($connection) = @_;
	$poll->remove($connection->{socket});
	delete $by_fd{fileno $connection->{socket}};
	close $connection->{socket};
	return;
}

sub turn {
	my ($until) = @_;
	my $pause = $until - now();
	return if $poll->poll($pause > 0 ? $pause : 0) <= 0;
	take_input($by_fd{fileno $_}) for $poll->handles(POLLIN | POLLHUP | POLLERR);
	return;
}

sub give_up {
	complain(($running{$_} ? 'a grey-check' : $event{$_}) . " does not end, process $_")
		for keys %running, keys %event;
	kill KILL => keys %running, keys %event;
	$end = now() + LAST_WAIT;
	return;
}

my @events = sort { $a->[0] <=> $b->[0] } map { [/\A([\d.]+):(.*)\z/s] } @{ $option{at} };
start_check() for 1 .. $option{processes};
while (now() < $end && %by_fd) {
	if (@events && now() >= $began + $events[0][0]) {
		my $command = (shift @events)->[1];
		$event{start('/bin/sh', '-c', $command)} = $command;
	}
	my $next = @events ? $began + $events[0][0] : $end;
	turn($next < $end ? $next : $end);
}

# Those that wait for something to come back have nothing to ask until then.
$ends = 1;
$end = now() + PATIENCE;
while (%by_fd && now() < $end && (@fresh || grep { defined $_->{number} } values %by_fd)) {
	for my $connection (now() < $pause_until ? () : values %by_fd) {
		ask($connection) if @fresh && !defined $connection->{number};
	}
	turn(now() + PAUSE);
}
complain(@fresh . ' triplets could not come back') if @fresh;
for my $connection (values %by_fd) {
	complain('no answer: ' . key($connection->{number})) if defined $connection->{number};
	forget($connection);
}
$end = now() + LAST_WAIT;
while (%running || %event) {
	my $pid = waitpid -1, WNOHANG;
	if ($pid == 0) {
		give_up() if now() >= $end;
		sleep PAUSE;
		next;
	}
	last if $pid < 0;
	complain(sprintf 'process %d ended with status 0x%04x', $pid, $?)
		if delete $running{$pid} && $? != 0 && !($? == 256 && $figure{open});
	my $command = delete $event{$pid};
	complain(sprintf 'status 0x%04x: %s', $?, $command) if defined $command && $?;
}
$_ = defined $_ ? sprintf '%.2f', $_ : '-' for @figure{qw(from to)};
$figure{slowest} = sprintf '%.0f', $figure{slowest};
print join(' ', map { "$_=$figure{$_}" } qw(requests new back open elsewhere lost wrong slowest
	late excused from to)), "\n";
exit($complaints ? 1 : 0);
