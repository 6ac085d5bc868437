#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# serve-storm.pl: kills a grey-check --serve again and again while many clients ask it, and proves
# that no answer was wrong, none was late, and nothing that was answered is lost.
#
#     serve-storm.pl [--clients=N] [--kills=PER-SECOND] [--stops=PER-SECOND] [--time=SECONDS]
#         [--seed=NUMBER] --socket=PATH GREY-CHECK [OPTION...]
#
# Who starts the server again is this script, as systemd does; clients connect again, as Postfix's
# do, and ask once more what was not answered. Three of four requests bring a triplet that was never
# seen; the fourth comes back with one that was answered before, later than the delay by the clock
# in the request, and must pass. In the end a process that is not a server is asked for each triplet
# once more. With --stops the server is stopped for a fifth of a second now and then. The exit code
# is 1 if anything was wrong, also if the server or the last process does not end: that one gets
# SIGABRT, so that it is seen where it stands.

use strict;
use warnings;
use FindBin;
use Getopt::Long qw(:config require_order);
use IO::Poll qw(POLLIN POLLHUP POLLERR);
use IO::Socket::UNIX;
use POSIX ();
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);
use lib "$FindBin::Bin/../lib";
use Others;

use constant {
	NEW_AT => 1_500_000_000,     # the clock in requests with a new triplet
	BACK_AT => 1_500_000_400,    # in those that come back,
	END_AT => 1_500_000_800,     # and at the end
	LATEST => 2,                 # seconds, those that others had the machine not counted
	COMPLAINTS => 20,            # this many are printed
	END_WITHIN => 60,            # seconds, for the server or the last process
};

my ($clients, $kills, $stops, $time, $seed, $path) = (50, 10, 0, 5, $$, undef);
GetOptions('clients=i' => \$clients, 'kills=f' => \$kills, 'stops=f' => \$stops,
	'time=f' => \$time, 'seed=i' => \$seed, 'socket=s' => \$path)
	&& defined $path && @ARGV
	or die "usage: serve-storm.pl [--option=value ...] --socket=PATH GREY-CHECK [OPTION...]\n";
my @command = (@ARGV, '--clock=request', '--delay=300', '--max-age=36500',
	'--auto-whitelist-clients=0');
srand $seed;
$SIG{PIPE} = 'IGNORE';

my ($complaints, $answers, $killed, $stopped, $slowest, $triplets) = (0) x 6;
my ($server, $continue_at);      # its pid; when it goes on, if it is stopped
my @fresh;                       # triplets that were answered and did not come back yet
my (%seen, %passed);             # number => answered as new; as passed
my %by_fd;
my @unconnected;
my $poll = IO::Poll->new;
my $others = Others->new(sub { $server });

sub now { return clock_gettime(CLOCK_MONOTONIC) }

sub complain {
	my ($text) = @_;
	print "serve-storm: $text\n" if ++$complaints <= COMPLAINTS;
	return;
}

sub request {
	my ($n, $at) = @_;
	my $address = sprintf '10.%d.%d.%d', $n >> 16 & 255, $n >> 8 & 255, $n & 255;
	return "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=$address\n"
		. "client_name=client.example.net\nsender=s${n}x\@storm.example\n"
		. "recipient=r\@example.org\npolicy_test_time=$at\n\n";
}

sub start_server {
	$server = fork // die "serve-storm.pl: fork: $!\n";
	return if $server;
	open STDIN, '<', '/dev/null' or POSIX::_exit(126);
	exec @command, "--serve=unix:$path" or POSIX::_exit(127);
}

# What was under way and not answered is asked again.
sub ask {
	my ($client) = @_;
	if (!defined $client->{number}) {
		my $back = @fresh && rand() < 0.25;
		$client->{number} = $back ? splice(@fresh, int rand @fresh, 1) : $triplets++;
		@$client{qw(back again)} = ($back, 0);
	}
	@$client{qw(asked_at others)} = (now(), $others->seconds);
	syswrite $client->{socket}, request($client->{number}, $client->{back} ? BACK_AT : NEW_AT);
	return;
}

sub connect_client {
	my ($client) = @_;
	my $socket = IO::Socket::UNIX->new(Peer => $path) or return 0;
	@$client{qw(socket buffer)} = ($socket, '');
	$by_fd{fileno $socket} = $client;
	$poll->mask($socket => POLLIN);
	ask($client);
	return 1;
}

# One that was asked a second time may have passed the first time.
sub is_right {
	my ($client, $text) = @_;
	return $text =~ /\Aaction=DEFER_IF_PERMIT Greylisted/ if !$client->{back};
	return 1 if $client->{again} && $text eq 'action=DUNNO';
	return $text =~ /\Aaction=PREPEND X-Greylist: delayed 400 seconds /;
}

sub take_answer {
	my ($client, $text) = @_;
	my $n = $client->{number};
	my $took = now() - $client->{asked_at} - ($others->seconds(0) - $client->{others});
	$answers++;
	$slowest = $took if $took > $slowest;
	complain(sprintf 'an answer took %.2f s', $took) if $took > LATEST;
	complain('wrong answer to ' . ($client->{back} ? 'the retry of' : 'the new') . " $n: $text")
		if !is_right($client, $text);
	if ($client->{back}) {
		$passed{$n} = 1;
	} else {
		$seen{$n} = 1;
		push @fresh, $n;
	}
	$client->{number} = undef;
	return;
}

sub take_input {
	my ($client, $go_on) = @_;
	my $n = sysread $client->{socket}, $client->{buffer}, 65_536, length $client->{buffer};
	if ($n) {
		return if $client->{buffer} !~ s/\A(.*)\n\n//;
		take_answer($client, $1);
		complain("more than one answer: $client->{buffer}") if $client->{buffer} ne '';
		ask($client) if $go_on;
		return;
	}
	$poll->remove($client->{socket});
	delete $by_fd{fileno $client->{socket}};
	close $client->{socket};
	$client->{again} = 1;
	push @unconnected, $client;
	return;
}

# Does it, or complains of who keeps it from being done, and ends that.
sub within {
	my ($work, $pid) = @_;
	local $SIG{ALRM} = sub {
		complain('process ' . $pid->() . ' does not end');
		kill ABRT => $pid->();
	};
	alarm END_WITHIN;
	$work->();
	alarm 0;
	return;
}

# SIGCONT first: a process that is on its way out may be about to stop for LeakSanitizer, which
# would wait for that for ever.
sub kill_server {
	my ($signal) = @_;
	kill CONT => $server if $signal ne 'KILL';
	kill $signal => $server;
	$continue_at = undef;
	within(sub { waitpid $server, 0 }, sub { $server });
	my $wanted = $signal eq 'KILL' ? 9 : 0;
	complain(sprintf 'the server ended with 0x%04x', $?) if $? != $wanted;
	return;
}

sub shake {
	my ($next) = @_;
	my $now = now();
	if (defined $continue_at && $now >= $continue_at) {
		kill CONT => $server;
		$continue_at = undef;
	}
	if ($kills && $now >= $next->{kill}) {
		$next->{kill} += 1 / $kills;
		kill_server('KILL');
		$killed++;
		start_server();
	}
	if ($stops && !defined $continue_at && $now >= $next->{stop}) {
		$next->{stop} = $now + 0.2 + 1 / $stops;
		$continue_at = $now + 0.2;
		kill STOP => $server;
		$stopped++;
	}
	return;
}

sub rage {
	my $end = now() + $time;
	my $next = { kill => now() + 0.5, stop => now() + 0.6 };
	start_server();
	@unconnected = map { {} } 1 .. $clients;
	while (now() < $end && $complaints <= COMPLAINTS) {
		shake($next);
		@unconnected = grep { !connect_client($_) } @unconnected;
		next if $poll->poll(0.01) <= 0;
		take_input($by_fd{fileno $_}, 1) for $poll->handles(POLLIN | POLLHUP | POLLERR);
	}
	return;
}

# What is under way when it is told to end is answered; then it ends in order. Some clients may not
# know yet that the last server was killed.
sub calm_down {
	my $end = now() + END_WITHIN;
	kill CONT => $server;
	while (now() < $end && (@unconnected || grep { defined $_->{number} } values %by_fd)) {
		@unconnected = grep { !connect_client($_) } @unconnected;
		next if $poll->poll(0.01) <= 0;
		take_input($by_fd{fileno $_}, 0) for $poll->handles(POLLIN | POLLHUP | POLLERR);
	}
	complain('requests without an answer')
		if @unconnected || grep { defined $_->{number} } values %by_fd;
	kill_server('TERM');
	complain('the socket is still there') if -e $path;
	return;
}

sub check_all {
	my @numbers = sort { $a <=> $b } keys %seen;
	open my $out, '>', "$path.requests" or die "$path.requests: $!\n";
	print {$out} map { request($_, END_AT) } @numbers;
	close $out or die "$path.requests: $!\n";
	my $pid = open my $in, '-|', 'sh', '-c', 'file=$1; shift; exec "$@" <"$file"', 'sh',
		"$path.requests", @command
		or die "serve-storm.pl: $!\n";
	my @answers;
	within(sub { @answers = grep {/./} <$in> }, sub { $pid });
	close $in or complain("the last process ended with $?");
	for my $i (0 .. $#numbers) {
		my $n = $numbers[$i];
		my $is = $answers[$i] // "nothing\n";
		my $right = $passed{$n} ? qr/\Aaction=DUNNO$/
			: qr/\Aaction=PREPEND .* delayed 800 /;
		complain("answered and lost: $n, $is") if $is !~ $right;
	}
	return;
}

rage();
calm_down();
check_all();
printf "serve-storm: seed %d, %d clients, %d answers, %d kills, %d stops, slowest answer %.3f s, "
	. "%d triplets, of which %d came back, %d complaints\n", $seed, $clients, $answers, $killed,
	$stopped, $slowest, scalar keys %seen, scalar keys %passed, $complaints;
exit($complaints ? 1 : 0);
