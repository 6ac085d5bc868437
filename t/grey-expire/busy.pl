#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# busy.pl: grey-expire at work while grey-check answers on many connections, and proof that just the
# right records go.
#
#     busy.pl [--connections=N] [--old=N] [--fresh=N] [--kills=N] [--option=OPTION ...] [--seed=N]
#     --store=DIRECTORY BIN
#
# The store is filled with old triplets, all expired, and fresh ones. While grey-expire runs, all
# connections ask: for old triplets again, from the last key to the first and at random, each of
# which then has a new time and must stay; for new ones; and for ones that are expired at once,
# since the clock in their requests is an old one. With --kills grey-expire is killed so often, some
# milliseconds after its start, or ended by SIGTERM, and started again. At the end one more runs;
# then there must be exactly what was answered, and what was fresh. No answer may be wrong, or take
# over 2 s. --option is given to all but the last. The exit code is 1 if anything was wrong.

use strict;
use warnings;
use Fcntl qw(F_SETFL O_NONBLOCK);
use FindBin;
use Getopt::Long;
use IO::Poll qw(POLLIN POLLHUP POLLERR);
use POSIX qw(WNOHANG WIFSIGNALED WTERMSIG);
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
use lib "$FindBin::Bin/../lib";
use Others;

use constant {
	NOW => 1_500_000_000,    # the clock of grey-expire, and of requests
	# when old triplets were seen, and the clock in requests that make some
	OLD => 1_490_000_000,
	# seconds: no answer may take longer, those that others had the machine not counted
	LATEST => 2,
	COMPLAINTS => 10,        # this many are printed
};

my ($connections, $old, $fresh, $kills, $seed, $store, @options) = (10, 20_000, 2000, 0, $$);
GetOptions('connections=i' => \$connections, 'old=i' => \$old, 'fresh=i' => \$fresh,
	'kills=i' => \$kills,
	'seed=i' => \$seed, 'option=s' => \@options, 'store=s' => \$store)
	&& defined $store && @ARGV == 1
	or die "usage: busy.pl [--option=value ...] --store=DIRECTORY BIN\n";
my ($bin) = @ARGV;
my @check = ("$bin/grey-check", "--store=$store", '--clock=request', '--log=none',
	map { "--whitelist-$_=/dev/null" } qw(clients recipients senders));
my @expire = ("$bin/grey-expire", "--store=$store", '--now=' . NOW);
srand $seed;
$SIG{PIPE} = 'IGNORE';

my ($complaints, $answers, $slowest, $killed, $ended, $again) = (0) x 6;
my $from_behind = $old;    # the next old triplet to be asked for, from the last key to the first
my $made = 0;              # how many triplets that were not there
my (%kept, %gone);         # key => expected value; key => 1: was answered, and is expired
my %by_fd;                 # socket => connection
my $expiring;              # the pid of grey-expire, while it runs
my $poll = IO::Poll->new;
my $others = Others->new(sub { map({ $_->{pid} } values %by_fd), $expiring // () });

sub now { return clock_gettime(CLOCK_MONOTONIC) }

sub complain {
	my ($text) = @_;
	print "busy: $text\n" if ++$complaints <= COMPLAINTS;
	return;
}

sub network { my ($n) = @_; return sprintf '10.%d.%d', $n >> 8 & 255, $n & 255 }

sub key { my ($kind, $n) = @_; return network($n) . ".0/$kind$n\@example.net/r\@example.org" }

sub value { my ($time) = @_; return "$time,$time,7" }

sub fill {
	open my $load, '|-', 'db_load', '-T', '-t', 'btree', "$store/postgrey.db"
		or die "busy.pl: db_load: $!\n";
	print {$load} key('old', $_), "\n", value(OLD), "\n" for 0 .. $old - 1;
	for my $n (0 .. $fresh - 1) {
		$kept{key('fresh', $n)} = value(NOW - 10);
		print {$load} key('fresh', $n), "\n", value(NOW - 10), "\n";
	}
	close $load or die "busy.pl: db_load: status $?\n";
	return;
}

# An old triplet, a new one, or one that is expired as soon as it is there.
sub choose {
	my $kind = rand;
	return ('old', --$from_behind, NOW) if $kind < 0.3 && $from_behind > 0;
	return ('old', int rand $old, NOW) if $kind < 0.6;
	return ('new', $made++, NOW) if $kind < 0.8;
	return ('soon', $made++, OLD);
}

sub ask {
	my ($connection) = @_;
	my ($kind, $n, $time) = choose();
	@$connection{qw(key time asked_at others)} = (key($kind, $n), $time, now(),
		$others->seconds);
	my $text = "request=smtpd_access_policy\nclient_address=" . network($n)
		. ".7\nclient_name=mail.example.net\n"
		. "sender=$kind$n\@example.net\nrecipient=r\@example.org\n"
		. "policy_test_time=$time\n\n";
	complain('a request could not be written')
		if (syswrite($connection->{socket}, $text) // 0) != length $text;
	return;
}

sub start_check {
	my $connection = { buffer => '' };
	socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
		or die "busy.pl: socketpair: $!\n";
	my $pid = fork // die "busy.pl: fork: $!\n";
	if (!$pid) {
		POSIX::dup2(fileno $theirs, $_) for 0, 1;
		exec { $check[0] } @check or POSIX::_exit(127);
	}
	close $theirs;
	fcntl $ours, F_SETFL, O_NONBLOCK or die "busy.pl: fcntl: $!\n";
	@$connection{qw(socket pid)} = ($ours, $pid);
	$by_fd{fileno $ours} = $connection;
	$poll->mask($ours => POLLIN);
	ask($connection);
	return;
}

sub take_answer {
	my ($connection, $text) = @_;
	my ($key, $time) = @$connection{qw(key time)};
	my $took = now() - $connection->{asked_at};

	$answers++;
	complain("wrong answer to $key: $text") if $text !~ /\Aaction=DEFER_IF_PERMIT Greylisted/;
	complain(sprintf 'an answer took %.2f s: %s', $took, $key)
		if $took > LATEST && $took - ($others->seconds(0) - $connection->{others}) > LATEST;
	$slowest = $took if $took > $slowest;
	$gone{$key} = 1 if $time == OLD;
	$again++ if $key =~ /old/ && !exists $kept{$key};
	$kept{$key} = value($time) if $time == NOW;
	$connection->{key} = undef;
	return;
}

# Waits for answers, at most so long, and asks again.
sub attend {
	my ($pause, $go_on) = @_;
	return if $poll->poll($pause) <= 0;
	for my $handle ($poll->handles(POLLIN | POLLHUP | POLLERR)) {
		my $connection = $by_fd{fileno $handle};
		my $n = sysread $handle, $connection->{buffer}, 65536, length $connection->{buffer};
		die "busy.pl: a grey-check ended by itself\n" if !$n;
		next if $connection->{buffer} !~ s/\A(.*)\n\n//;
		take_answer($connection, $1);
		ask($connection) if $go_on;
	}
	return;
}

sub start_expire {
	my (@command) = @_;
	my $pid = fork // die "busy.pl: fork: $!\n";
	return $expiring = $pid if $pid;
	close STDIN;
	exec { $command[0] } @command or POSIX::_exit(127);
}

# Attends until it has ended, or for so many seconds; true: it has.
sub attend_until_end_of {
	my ($pid, $seconds) = @_;
	my $end = now() + $seconds;
	while ((my $left = $end - now()) > 0) {
		attend($left < 0.002 ? $left : 0.002, 1);
		next if waitpid($pid, WNOHANG) == 0;
		complain(sprintf 'grey-expire ended with 0x%04x', $?) if $?;
		return 1;
	}
	return 0;
}

# All that was killed left the store so that the next one goes on.
sub storm {
	for (1 .. $kills) {
		my $pid = start_expire(@expire, @options);
		next if attend_until_end_of($pid, rand 0.05);
		# Before it has set its handlers, SIGTERM kills it too.
		my $signal = rand() < 0.2 ? 'TERM' : 'KILL';
		kill $signal => $pid;
		attend(0.01, 1) while waitpid($pid, WNOHANG) == 0;
		WIFSIGNALED($?) ? $killed++ : $ended++;
		complain(sprintf 'grey-expire ended with 0x%04x', $?) if !WIFSIGNALED($?) && $?;
		complain("grey-expire died of signal " . WTERMSIG($?))
			if WIFSIGNALED($?) && WTERMSIG($?) !~ /\A(?:9|15)\z/;
		return if $complaints >= COMPLAINTS;
	}
	return;
}

sub calm_down {
	my $end = now() + LATEST + 1 - $others->seconds(0);
	attend(0.1, 0) while now() < $end + $others->seconds
		&& grep { defined $_->{key} } values %by_fd;
	complain("no answer: $_->{key}") for grep { defined $_->{key} } values %by_fd;
	for my $connection (values %by_fd) {
		close $connection->{socket};
		waitpid $connection->{pid}, 0;
		complain(sprintf 'grey-check ended with 0x%04x', $?) if $?;
	}
	return;
}

# Berkeley DB's tools know nothing of our lock: flock(1) holds it for them.
sub check_records {
	system('flock', "$store/grey.lock", 'db_checkpoint', '-1', '-h', $store) == 0
		or complain("db_checkpoint: status $?");
	for my $name ('postgrey.db', 'postgrey_clients.db') {
		system('flock', "$store/grey.lock", 'db_verify', '-q', "$store/$name") == 0
			or complain("db_verify $name: status $?");
	}
	my %left = %kept;
	my ($body, $key);
	open my $dump, '-|', 'flock', "$store/grey.lock", 'db_dump', '-p', "$store/postgrey.db"
		or die "busy.pl: flock: $!\n";
	while (my $line = <$dump>) {
		chomp $line;
		$body = 0 if $line =~ /\ADATA=END/;
		if ($body && defined $key) {
			my $expected = delete $left{$key};
			complain(defined $expected ? "$key: expected $expected, found" . $line
				: "not expired: $key")
				if !defined $expected || " $expected" ne $line;
			$key = undef;
		} elsif ($body) {
			$key = substr $line, 1;
		}
		$body = 1 if $line =~ /\AHEADER=END/;
	}
	close $dump or complain("db_dump: status $?");
	complain("answered and lost: $_") for keys %left;
	return;
}

fill();
start_check() for 1 .. $connections;
storm();
# One that runs to its end while checks go on, as from cron; what is made behind its back is for the
# last one.
my $pid = start_expire(@expire, @options);
complain('grey-expire did not end') if !attend_until_end_of($pid, 60);
calm_down();
system(@expire) == 0 or complain("the last grey-expire: status $?");
check_records();
printf "busy: seed %d, %d answers, slowest %.3f s, %d of %d old triplets asked for again, %d "
	. "expired at once, "
	. "%d killed, %d ended by SIGTERM, %d complaints\n", $seed, $answers, $slowest, $again,
	$old, scalar keys %gone,
	$killed, $ended, $complaints;
exit($complaints ? 1 : 0);
