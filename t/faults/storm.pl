#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# storm.pl: kills grey-check processes at random while they work on one store, and proves that no
# answer was wrong, none was late, and nothing that was answered is lost.
#
#     storm.pl [--processes=N] [--kills=PER-SECOND] [--restart-after=SECONDS] [--time=SECONDS]
#     [--seed=NUMBER] [--also=GREY-CHECK]
#         [--aim] --store=[lmdb:]DIRECTORY GREY-CHECK [OPTION...]
#
# Each connection is a process of its own, whose descriptors 0, 1 and 2 are one socket, as spawn(8)
# does it, with one request under way. Three of four requests bring a triplet that was never seen;
# the fourth comes back with one that was answered before, later than the delay by the clock in the
# request, and must pass: a record that was lost, or an answer without a store (DUNNO, see
# --on-error), shows at once. The exit code is 1 if anything was wrong. With --aim those are killed
# that grey.lock names as being inside the store: the next one has to recover it, and the storm
# lasts until one did. Without, few of those who are killed are inside. With --also every other
# process that is started is that program. The directory belongs to the
# user that grey-check is to run as; db_dump and db_verify, or mdb_dump, must be installed. LMDB has
# nothing to recover: there its file is looked through at the end.

use strict;
use warnings;
use Fcntl qw(F_SETFL O_NONBLOCK);
use FindBin;
use Getopt::Long qw(:config require_order);
use IO::Poll qw(POLLIN POLLHUP POLLERR);
use POSIX qw(WNOHANG WIFSIGNALED WTERMSIG);
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);
use lib "$FindBin::Bin/../lib";
use Others;

use constant {
	NEW_AT => 1_500_000_000,    # the clock in requests with a new triplet
	BACK_AT => 1_500_000_400,   # and in those that come back
	# seconds: no answer may take longer, those that others had the machine not counted
	LATEST => 2,
	PATIENCE => 60,             # seconds: with --aim one recovery is waited for
	COMPLAINTS => 20,           # this many are printed
};

my ($processes, $kills, $restart_after, $time, $seed, $aim, $store, $also)
	= (50, 10, 0, 30, $$, 0, undef, undef);
GetOptions('processes=i' => \$processes, 'kills=f' => \$kills, 'restart-after=f' => \$restart_after,
	'time=f' => \$time, 'seed=i' => \$seed, 'aim' => \$aim, 'store=s' => \$store,
	'also=s' => \$also)
	&& defined $store && @ARGV
	or die "usage: storm.pl [--option=value ...] --store=DIRECTORY GREY-CHECK [OPTION...]\n";
my @command = (@ARGV, "--store=$store", '--clock=request', '--delay=300', '--max-age=36500',
	'--log=none');
my @programs = ($command[0], $also // ());
my $lmdb = $store =~ s/\Almdb://;
my $lock = $lmdb ? "$store/grey.state" : "$store/grey.lock";
srand $seed;
$SIG{PIPE} = 'IGNORE';

my ($complaints, $requests, $answers, $killed, $slowest) = (0, 0, 0, 0, 0);
my $dead = 0;                # killed in the storm, and at its end
my $first_generation;        # of the store, when the first answer came
my $triplets = 0;            # how many were asked about; a triplet is known by its number
my @fresh;                   # those that were answered and did not come back yet
# number => answered as new, answered as passed, came back without an answer
my (%seen, %passed, %asked);
# pid => its connection; a killed process that was not reaped yet is not among them
my %running;
my %dying;                   # pid => we killed it
my %by_fd;                   # its socket => the connection
my @waiting;                 # [time, connection]: those to be restarted
my $poll = IO::Poll->new;
my $others = Others->new(sub { keys %running, keys %dying });

sub now { return clock_gettime(CLOCK_MONOTONIC) }

sub complain {
	my ($text) = @_;
	print "storm: $text\n" if ++$complaints <= COMPLAINTS;
	print "storm: and more\n" if $complaints == COMPLAINTS + 1;
	return;
}

# magic, version, holder, generation: see bdb_lock.h and lmdb_lock.h
sub lock_page {
	open my $in, '<:raw', $lock or return (0) x 4;
	read($in, my $page, 24) == 24 or return (0) x 4;
	return unpack 'a8 L L Q', $page;
}

# One more with each recovery, but a store that is made begins with a number that no other one had.
sub generation { return (lock_page())[3] }

sub recoveries { return defined $first_generation ? generation() - $first_generation : 0 }

sub network { my ($n) = @_; return sprintf '10.%d.%d', $n >> 16 & 255, $n >> 8 & 255 }

sub key { my ($n) = @_; return network($n) . ".0/s${n}x\@storm.example/r\@example.org" }

sub address { my ($n) = @_; return network($n) . '.' . ($n & 255) }

sub request {
	my ($n, $at) = @_;
	return "request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=" . address($n)
		. "\nclient_name=client.example.net\nsender=s${n}x\@storm.example\n"
		. "recipient=r\@example.org\n"
		. "policy_test_time=$at\n\n";
}

sub start {
	my ($connection) = @_;
	socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
		or die "storm.pl: socketpair: $!\n";
	push @programs, my $program = shift @programs;
	my $pid = fork // die "storm.pl: fork: $!\n";
	if (!$pid) {
		POSIX::dup2(fileno $theirs, $_) for 0 .. 2;
		exec {$program} @command or POSIX::_exit(127);
	}
	close $theirs;
	fcntl $ours, F_SETFL, O_NONBLOCK or die "storm.pl: fcntl: $!\n";
	%$connection = (pid => $pid, socket => $ours, buffer => '', killed => 0);
	$running{$pid} = $connection;
	$by_fd{fileno $ours} = $connection;
	$poll->mask($ours => POLLIN);
	ask($connection);
	return;
}

sub ask {
	my ($connection) = @_;
	my $back = @fresh && rand() < 0.25;
	my $n = $back ? splice(@fresh, int rand @fresh, 1) : $triplets++;
	$asked{$n} = 1 if $back;
	@$connection{qw(number back asked_at others)} = ($n, $back, now(), $others->seconds);
	my $text = request($n, $back ? BACK_AT : NEW_AT);
	$requests++;
	# A request fits into an empty socket; a process that has died takes nothing, which its end
	# will show.
	my $done = syswrite $connection->{socket}, $text;
	complain("a request was written in part, $done bytes")
		if defined $done && $done != length $text;
	return;
}

sub take_answer {
	my ($connection, $text) = @_;
	my ($n, $back) = @$connection{qw(number back)};
	my $took = now() - $connection->{asked_at};

	$first_generation = generation() if !$answers++;
	if ($text !~ ($back ? qr/\Aaction=PREPEND X-Greylist: delayed 400 seconds /
			: qr/\Aaction=DEFER_IF_PERMIT Greylisted/)) {
		complain('wrong answer to ' . ($back ? 'the retry of ' : 'the new ') . key($n)
			. ": $text");
	}
	if ($back) {
		$passed{$n} = 1;
		delete $asked{$n};
	} else {
		$seen{$n} = 1;
		push @fresh, $n;
	}
	$connection->{number} = undef;
	return if $connection->{killed};
	$slowest = $took if $took > $slowest;
	complain(sprintf 'an answer took %.2f s: %s', $took, key($n))
		if is_late($connection, $took);
	return;
}

sub is_late {
	my ($connection, $took) = @_;
	return $took > LATEST && $took - ($others->seconds(0) - $connection->{others}) > LATEST;
}

# What came in on a connection; after its end, it is to be restarted.
sub take_input {
	my ($connection, $go_on) = @_;
	my $n = sysread $connection->{socket}, $connection->{buffer}, 65536,
		length $connection->{buffer};

	return if !defined $n && $!{EAGAIN};
	if ($n) {
		return if $connection->{buffer} !~ s/\A(.*)\n\n//;
		take_answer($connection, $1);
		complain("more than one answer: $connection->{buffer}")
			if $connection->{buffer} ne '';
		ask($connection) if $go_on && !$connection->{killed};
		return;
	}
	complain("process $connection->{pid} closed its socket") if !$connection->{killed};
	$poll->remove($connection->{socket});
	delete $by_fd{fileno $connection->{socket}};
	close $connection->{socket};
	push @waiting, [now() + $restart_after, $connection];
	return;
}

sub kill_one {
	my @candidates = keys %running;
	return 0 if !@candidates;
	my $pid = $aim ? holder() : $candidates[rand @candidates];
	return 0 if !$pid;
	kill_process($pid);
	$killed++;
	return 1;
}

# The process that is inside the store, if one can be caught there. It is stopped, so that it stays
# inside.
sub holder {
	for (1 .. 100) {
		my $pid = (lock_page())[2];
		next if !$pid || !$running{$pid};
		kill STOP => $pid;
		1 until is_stopped($pid);
		return $pid if (lock_page())[2] == $pid;
		kill CONT => $pid;
	}
	return 0;
}

sub is_stopped {
	my ($pid) = @_;
	open my $in, '<', "/proc/$pid/stat" or return 1;
	my $line = <$in> // '';
	close $in;
	return $line !~ /\) [RSD] /;
}

sub kill_process {
	my ($pid) = @_;
	my $connection = delete $running{$pid};
	complain_if_overdue($connection);
	$connection->{killed} = $dying{$pid} = 1;
	$dead++;
	kill KILL => $pid;
	return;
}

sub reap {
	while ((my $pid = waitpid -1, WNOHANG) > 0) {
		my $status = $?;
		my $ours = delete $dying{$pid};
		delete $running{$pid};
		next if $ours && WIFSIGNALED($status) && WTERMSIG($status) == 9;
		complain(sprintf 'process %d ended by itself, status 0x%04x', $pid, $status);
	}
	return;
}

# A request that is under way for longer than allowed, and may never be answered.
sub complain_if_overdue {
	my ($connection) = @_;
	return if !defined $connection->{number} || !is_late($connection,
		now() - $connection->{asked_at});
	complain('no answer yet: ' . key($connection->{number}));
	return;
}

sub rage {
	my $end = now() + $time;
	my ($next_kill, $next_look) = (now(), now());

	start({}) for 1 .. $processes;
	while (1) {
		my $now = now();
		last if $now >= $end
			&& !($aim && !$lmdb && recoveries() == 0 && $now < $end + PATIENCE);
		if ($kills > 0 && $now >= $next_kill) {
			# The store is there first; who can't be caught inside is tried again.
			$next_kill += 1 / $kills if $answers && kill_one();
		}
		if ($now >= $next_look) {
			reap();
			$next_look = $now + 0.2;
			return if $complaints > COMPLAINTS;
		}
		start((shift @waiting)->[1]) while @waiting && $waiting[0][0] <= $now;
		my $pause = ($kills > 0 && $next_kill < $next_look ? $next_kill : $next_look)
			- now();
		next if $poll->poll($pause > 0 ? $pause : 0) <= 0;
		take_input($by_fd{fileno $_}, 1) for $poll->handles(POLLIN | POLLHUP | POLLERR);
	}
	return;
}

# The answers still under way; then all are killed, some of them inside the store.
sub calm_down {
	my $end = now() + LATEST + 1 - $others->seconds(0);
	while (now() < $end + $others->seconds && grep { defined $_->{number} } values %by_fd) {
		next if $poll->poll(0.1) <= 0;
		take_input($by_fd{fileno $_}, 0) for $poll->handles(POLLIN | POLLHUP | POLLERR);
	}
	kill_process($_) for grep { defined $running{$_}{number} } keys %running;
	ask($_) for values %running;
	kill_process($_) for keys %running;
	$end = now() + 10;
	while (%dying && now() < $end) {
		reap();
		sleep 0.01;
	}
	complain((scalar keys %dying) . ' processes did not end') if %dying;
	for my $connection (values %by_fd) {
		take_input($connection, 0) while $by_fd{fileno($connection->{socket}) // -1};
	}
	return;
}

# One process as after a boot: it recovers, answers, and ends in order. Recovery itself is timed
# too.
# Of a file that is new to it LMDB's engine looks at each page, and repairs what is not sound.
sub start_clean {
	my $connection = {};
	unlink $lock if $lmdb;
	start($connection);
	my $end = now() + 10;
	while (defined $connection->{number} && now() < $end) {
		take_input($connection, 0) if $poll->poll(0.1) > 0;
	}
	$connection->{killed} = 1;
	shutdown $connection->{socket}, 1;
	waitpid $connection->{pid}, 0;
	complain(sprintf 'the last process ended with 0x%04x', $?) if $?;
	return;
}

# Berkeley DB's tools know nothing of our lock: flock(1) holds it for them. They read the files,
# after a checkpoint: the regions have too few mutexes for a tool that fills the whole cache
# (BDB2034).
sub tool {
	my ($name, @arguments) = @_;
	open my $out, '-|', 'flock', "$store/grey.lock", $name, @arguments
		or die "storm.pl: flock: $!\n";
	return $out;
}

sub check_files {
	return if $lmdb;
	my $checkpoint = tool('db_checkpoint', '-1', '-h', $store);
	close $checkpoint or complain("db_checkpoint: status $?");
	for my $name ('postgrey.db', 'postgrey_clients.db') {
		my $verify = tool('db_verify', '-q', "$store/$name");
		close $verify or complain("db_verify $name: status $?");
	}
	return;
}

sub dump_table {
	my ($name) = @_;
	return tool('db_dump', '-p', "$store/$name") if !$lmdb;
	my $table = $name eq 'postgrey.db' ? 'triplets' : 'clients';
	open my $out, '-|', 'mdb_dump', '-n', '-p', '-s', $table, "$store/greylist.mdb"
		or die "storm.pl: mdb_dump: $!\n";
	return $out;
}

sub read_rows {
	my ($name, $row) = @_;
	my ($body, $key);
	my $dump = dump_table($name);
	while (my $line = <$dump>) {
		chomp $line;
		$body = 0 if $line =~ /\ADATA=END/;
		if ($body) {
			if (defined $key) {
				$row->($key, substr $line, 1);
				$key = undef;
			} else {
				$key = substr $line, 1;
			}
		}
		$body = 1 if $line =~ /\AHEADER=END/;
	}
	close $dump or complain("db_dump $name: status $?");
	return;
}

sub check_triplets {
	my %left = map { $_ => 1 } keys %seen;
	read_rows('postgrey.db', sub {
		my ($key, $value) = @_;
		my ($n) = $key =~ m{/s(\d+)x\@} or return complain("strange key: $key");
		complain("strange key: $key") if $key ne key($n);
		delete $left{$n};
		my $host = $n & 255;
		my ($first, $last) = (NEW_AT, NEW_AT);
		return if $asked{$n} && $value =~ /\A$first,(?:$last|@{[BACK_AT]}),$host\z/;
		$last = BACK_AT if $passed{$n};
		complain("$key: expected $first,$last,$host, found $value")
			if $value ne "$first,$last,$host";
	});
	complain('answered and lost: ' . key($_)) for keys %left;
	return;
}

sub check_clients {
	my %left = map { address($_) => 1 } keys %passed;
	my $expected = '1,' . BACK_AT;
	read_rows('postgrey_clients.db', sub {
		my ($key, $value) = @_;
		delete $left{$key};
		complain("$key: expected $expected, found $value") if $value ne $expected;
	});
	complain("counted and lost: $_") for keys %left;
	return;
}

rage();
complain(recoveries() . ' recoveries, and nobody was killed')
	if !$killed && !$lmdb && recoveries();
calm_down();
start_clean();
check_files();
check_triplets();
check_clients();
for my $left (map { s{.*/}{}r } glob "$store/*.corrupt-* $store/repair.* $store/*.new") {
	complain("left behind: $left") if $left !~ /\Alog\.\d{10}\z/;
}
# Only one who died inside the store leaves something to recover from.
my $recoveries = $lmdb ? 0 : recoveries();
complain("$recoveries recoveries, but $dead processes were killed") if $recoveries > $dead;
printf "storm: seed %d, %d processes, %d requests, %d answers, %d kills, %d recoveries, slowest "
	. "answer %.3f s, "
	. "%d triplets and %d clients stored, %d complaints\n", $seed, $processes, $requests,
	$answers, $killed, $recoveries,
	$slowest, scalar keys %seen, scalar keys %passed, $complaints;
exit($complaints ? 1 : 0);
