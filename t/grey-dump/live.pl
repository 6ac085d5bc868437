#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# live.pl - asks some grey-checks on one store all the time, while other programs read and write it,
# or die in it
#
# usage: live.pl MODE REQUESTS BIN STORE
#
# MODE says what runs beside, again and again until all requests are answered and it has ended, or
# was killed, 40 times:
#   dump        grey-dump: its keys must ascend, and hold all that was answered before it began
#   kill-dump   grey-dump, killed after 0 to 30 ms
#   load        grey-load, of 500 records more each time
#   kill-load   the same, killed after 0 to 30 ms; at last all are loaded once more
# Prints what is wrong, and what was done.
use strict;
use warnings;
use IPC::Open2;
use POSIX ':sys_wait_h';
use Time::HiRes qw(sleep time);

my ($mode, $requests, $bin, $store) = @ARGV;
my ($checks, $runs_min, $new_at, $back_at) = (4, 40, 1_700_000_000, 1_700_000_400);
my $loaded = $mode eq 'load' ? 500 : 1500;
# that many records are there before, so that a dump takes time
my $there = $mode eq 'kill-dump' ? 100_000 : 0;
my ($seed, $wrong) = (20261122, 0);
my $file = "$store.beside";
my (@children, %back, @due);
my ($asked, $answered, $runs, $loads, $done, $killed) = (0) x 6;
$SIG{PIPE} = 'IGNORE';
srand $seed;

sub complain { my ($text) = @_; print "$text\n" if ++$wrong <= 20; return }

sub network { my ($n) = @_; return sprintf '10.%d.%d', $n >> 8 & 255, $n & 255 }

sub key { my ($n) = @_; return network($n) . ".0/s${n}x\@live.example/r\@example.org" }

sub request {
	my ($n, $at) = @_;
	return "request=smtpd_access_policy\nclient_address=" . network($n)
		. ".7\nclient_name=client.example.net\n"
		. "sender=s${n}x\@live.example\nrecipient=r\@example.org\npolicy_test_time=$at\n\n";
}

sub make_store {
	mkdir $store, 0700;
	open my $out, '|-', 'db_load', '-T', '-t', 'btree', "$store/postgrey.db"
		or die "db_load: $!\n";
	print $out map { sprintf "172.16.%d.0/there%dx\@live.example/r\@example.org\n%d,%d\n",
		$_ & 255, $_, $new_at, $new_at } 1 .. $there;
	close $out or die "db_load failed\n";
	return;
}

sub start_checks {
	for (1 .. $checks) {
		my $pid = open2(my $from, my $to, "$bin/grey-check", "--store=$store",
			'--clock=request', '--max-age=36500', '--log=none',
			map { "--whitelist-$_=/dev/null" } qw(clients recipients senders));
		push @children, {pid => $pid, from => $from, to => $to};
	}
	return;
}

# One request to each, then the answers: all are at work at the same time.
sub ask_all {
	for my $child (@children) {
		my $back = @due && rand() < 0.3;
		my $n = $back ? splice @due, int rand @due, 1 : $asked++;
		@$child{qw(n back)} = ($n, $back);
		my $text = request($n, $back ? $back_at : $new_at);
		(syswrite($child->{to}, $text) // 0) == length $text
		or complain("a grey-check takes no request: $!");
	}
	for my $child (@children) {
		my $line = readline $child->{from};
		my $empty = readline $child->{from};
		my $want = $child->{back} ? qr/\Aaction=PREPEND X-Greylist: delayed 400 seconds /
			: qr/\Aaction=DEFER_IF_PERMIT Greylisted/;
		complain("$child->{n}: wrong answer: " . ($line // 'none'))
			if !defined $line || $line !~ $want || ($empty // '') ne "\n";
		$answered++;
		if ($child->{back}) { $back{$child->{n}} = 1 }
		else { push @due, $child->{n} }
	}
	return;
}

sub load_key {
	my ($n) = @_;
	return sprintf '192.168.%d.0/l%dx@live.example/r@example.org', $n & 255, $n;
}

sub write_load {
	my ($from, $to) = @_;
	open my $out, '>', "$file.in" or die "$file.in: $!\n";
	print $out map { load_key($_) =~ tr,/,\t,r . "\t1700000000\t1700000500\t" . ($_ & 255)
		. "\n" } $from .. $to - 1;
	close $out or die "$file.in: $!\n";
	return;
}

sub start_beside {
	my %beside = (answered => $asked, kill_at => $mode =~ /kill/ ? time + rand 0.03 : undef);
	if ($mode =~ /load/) {
		write_load($loads, $loads + $loaded);
		$loads += $loaded;
	}
	$beside{pid} = fork // die "fork: $!\n";
	if (!$beside{pid}) {
		open STDOUT, '>', "$file.out" or POSIX::_exit(126);
		open STDERR, '>', "$file.err" or POSIX::_exit(126);
		{
			exec $mode =~ /load/ ? ("$bin/grey-load", "--store=$store", "$file.in")
				: ("$bin/grey-dump", '-p', "--store=$store");
		}
		POSIX::_exit(127);
	}
	return \%beside;
}

sub said {
	open my $in, '<', "$file.err" or return '';
	return join '', <$in>;
}

sub keys_of {
	my ($path) = @_;
	my ($n, @keys) = (0);
	open my $in, '<', $path or die "$path: $!\n";
	while (<$in>) { push @keys, $1 if /^ (.*)/ && $n++ % 2 == 0 }
	return @keys;
}

sub look_at_dump {
	my ($beside) = @_;
	my @keys = keys_of("$file.out");
	my %keys = map { $_ => 1 } @keys;
	for (1 .. $#keys) {
		complain("$keys[$_ - 1] stands before $keys[$_]") if $keys[$_ - 1] ge $keys[$_];
	}
	for (0 .. $beside->{answered} - 1) {
		complain('answered before the dump began, and not in it: ' . key($_))
			if !$keys{key($_)}
	}
	return;
}

sub counted_runs { return $mode =~ /kill/ ? $killed : $runs }

# True: it has ended.
sub look_after {
	my ($beside) = @_;
	if (defined $beside->{kill_at} && time >= $beside->{kill_at}) {
		kill KILL => $beside->{pid};
		$beside->{kill_at} = undef;
	}
	return 0 if waitpid($beside->{pid}, WNOHANG) == 0;
	$runs++;
	my $status = $?;
	if ($mode =~ /kill/ && $status == 9) {
		$killed++;
		return 1;
	}
	complain("status $status beside: " . said()) if $status || said() ne '';
	$done++;
	look_at_dump($beside) if $mode eq 'dump';
	return 1;
}

sub end_checks {
	close $_->{to} for @children;
	for my $child (@children) {
		waitpid $child->{pid}, 0;
		complain("a grey-check ended with $?") if $?;
	}
	return;
}

sub rows {
	my %rows = map { / / ? split(/\t/, substr $_, 1) : () } split /\n/,
		`flock '$store/grey.lock' db_dump -p -h '$store' postgrey.db` =~
		s/\A.*?\nHEADER=END\n//sr =~ s/\n (\d+,)/\t$1/gr;
	return \%rows;
}

sub check_rows {
	my $rows = rows();
	for (0 .. $asked - 1) {
		my ($have, $want) = (delete $rows->{key($_)}, "$new_at,"
			. ($back{$_} ? $back_at : $new_at) . ',7');
		complain(key($_) . ": $want was answered, there is " . ($have // 'nothing'))
			if ($have // '') ne $want;
	}
	for (0 .. $loads - 1) {
		my ($have, $want) = (delete $rows->{load_key($_)},
			'1700000000,1700000500,' . ($_ & 255));
		complain(load_key($_) . ': loaded, there is ' . ($have // 'nothing'))
			if ($have // '') ne $want;
	}
	complain("not expected: $_") for grep { !m{/there} } keys %$rows;
	complain(grep({ m{/there} } keys %$rows) . " records of $there are left")
		if grep({ m{/there} } keys %$rows) != $there;
	for my $name ('postgrey.db', 'postgrey_clients.db') {
		system('flock', "$store/grey.lock", 'sh', '-c',
			"db_checkpoint -1 -h '$store' && db_verify -q '$store/$name'") == 0
			or complain("db_verify $name: $?");
	}
	return;
}

make_store() if $there;
start_checks();
ask_all();
my $beside = start_beside();
my $end = time + 60;
while (($answered < $requests || counted_runs() < $runs_min) && time < $end) {
	ask_all();
	$beside = start_beside() if look_after($beside);
}
while (!look_after($beside)) { sleep 0.01 }
if ($mode eq 'kill-load') {
	write_load(0, $loads);
	system("$bin/grey-load", "--store=$store", "$file.in") == 0
		or complain("the last grey-load: $?");
}
end_checks();
check_rows();
complain("left behind: $_") for glob "$store/*.corrupt-* $store/repair.*";
complain("only $answered answers and $runs runs beside")
	if $answered < $requests || counted_runs() < $runs_min;
print "$answered answers, $runs runs beside, $done of them to their end, $killed killed, $wrong "
	. "wrong\n";
exit($wrong > 0);
