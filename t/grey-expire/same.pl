#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# same.pl SEED ROUNDS DIRECTORY BIN: drives two stores with the same random requests, on one clock.
# On the first, grey-expire runs between them, on the second it never does: all answers must be the
# same. At the end both are expired, and must hold the same records. The exit code is 1 if anything
# was different.

use strict;
use warnings;
use POSIX ();
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC);

@ARGV == 4 or die "usage: same.pl SEED ROUNDS DIRECTORY BIN\n";
my ($seed, $rounds, $directory, $bin) = @ARGV;
srand $seed;
$| = 1;
alarm 3000;

sub pick { return $_[rand @_] }

# Small, so that much expires.
my ($delay, $max_age, $window) = (pick(0, 60, 60, 300), pick(1000, 20_000), pick(200, 500, 5000));
my @policy = ("--delay=${delay}s", "--max-age=${max_age}s", "--retry-window=${window}s",
	'--auto-whitelist-clients=' . pick(0, 1, 2, 5));
my @lists = map { "--whitelist-$_=/dev/null" } qw(clients recipients senders);
my $clock = 1_500_000_000;
my ($asked, $passed, $deleted, $expiries) = (0) x 4;

sub system_or_die {
	my @command = @_;
	system(@command) == 0 or die "same.pl: seed $seed: @command: status $?\n";
	return;
}

# What somebody else left, among it what can't be read; most are of the triplets that are asked for.
sub fill {
	my ($store) = @_;
	mkdir $store, 0700 or die "same.pl: $store: $!\n";
	for my $table (['triplets', 'postgrey.db'], ['clients', 'postgrey_clients.db']) {
		open my $load, '|-', 'db_load', '-T', '-t', 'btree', "$store/$table->[1]"
			or die "same.pl: db_load: $!\n";
		for my $n (0 .. 39) {
			my $key = $table->[0] eq 'clients' ? address($n % 8)
				: network($n % 8) . ".0/s$n\@example.net/r\@example.org";
			my $last = $clock - pick(0, $delay, $window, $max_age, -1000,
				int rand 2 * $max_age) - pick(0, 0, 1);
			my $first = $table->[0] eq 'clients' ? $n % 7
				: $last - pick(0, $delay, 10 * $delay);
			print {$load} "$key\n", rand() < 0.1 ? pick('x', '1', '1,x', '-1,1')
				: "$first,$last", "\n"
				if rand() < 0.7 && ($table->[0] ne 'clients' || $n < 8);
		}
		close $load or die "same.pl: db_load: status $?\n";
	}
	return;
}

sub network { my ($n) = @_; return "192.0.$n" }

sub address { my ($n) = @_; return network($n) . '.7' }

sub start {
	my ($store) = @_;
	socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
		or die "same.pl: socketpair: $!\n";
	my $pid = fork // die "same.pl: fork: $!\n";
	if (!$pid) {
		open STDIN, '<&', $theirs or POSIX::_exit(126);
		open STDOUT, '>&', $theirs or POSIX::_exit(126);
		close $ours;
		exec "$bin/grey-check", "--store=$store", '--clock=request', '--log=none', @policy,
			@lists or POSIX::_exit(127);
	}
	close $theirs;
	return { socket => $ours, pid => $pid };
}

sub ask {
	my ($check, $request) = @_;
	local $/ = "\n\n";
	syswrite $check->{socket}, $request;
	my $answer = readline($check->{socket}) // 'none';
	chomp $answer;
	# The date is the system's, not the clock's of the requests.
	return $answer =~ s/; \w+, \d+ \w+ \d+ [\d:]+ \S+\z//r;
}

sub expire {
	my ($store, @more) = @_;
	open my $out, '-|', "$bin/grey-expire", "--store=$store", '-v', "--now=$clock", @policy,
		@more or die "same.pl: $!\n";
	while (my $line = <$out>) {
		$deleted += $1 if $line =~ /^[a-z-]+: (\d+) (?:max-age|retry-window|unreadable)$/;
	}
	close $out or die "same.pl: seed $seed: grey-expire ended with status $?\n";
	return;
}

sub dump_of {
	my ($store) = @_;
	return join '',
		map { qx(flock "$store/grey.lock" db_dump -p -h "$store" $_) } 'postgrey.db',
		'postgrey_clients.db';
}

my @stores = ("$directory/expired", "$directory/kept");
fill($stores[0]);
system_or_die('cp', '-a', @stores);
my @checks = map { start($_) } @stores;
for my $round (1 .. $rounds) {
	# Often to a limit exactly, or one second less or more.
	$clock += rand() < 0.2 ? pick($delay, $window, $window, $max_age) + pick(0, 1)
		: pick(0, 1, int rand 20, int $delay / 4);
	if (rand() < 0.3) {
		expire($stores[0], rand() < 0.2 ? '--compact' : ());
		$expiries++;
	}
	for (1 .. 1 + int rand 4) {
		my $n = int rand 40;
		my $request = "request=smtpd_access_policy\nclient_address=" . address($n % 8)
			. "\nclient_name=mail.example.net\nsender=s$n\@example.net\n"
			. "recipient=r\@example.org\npolicy_test_time=$clock\n\n";
		my ($one, $other) = map { ask($_, $request) } @checks;
		$asked++;
		$passed++ if $one !~ /Greylisted/;
		die "same.pl: seed $seed, @policy, round $round, clock $clock: after expiry $one, "
			. "without $other, to\n$request"
			if $one ne $other || $one !~ /^action=/;
	}
}
for my $check (@checks) {
	close $check->{socket};
	waitpid $check->{pid}, 0;
	die "same.pl: seed $seed: grey-check ended with status $?\n" if $?;
}
expire($_) for @stores;
die "same.pl: seed $seed, @policy: other records are left\n"
	if dump_of($stores[0]) ne dump_of($stores[1]);
print "same: seed $seed, @policy, $asked answers, $passed passed, $expiries expiries, $deleted "
	. "records deleted\n";
