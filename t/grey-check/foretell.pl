#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# foretell.pl SEED COUNT GREY-CHECK OPTION...: does --explain say what grey-check then does? Asks
# one that keeps running COUNT random requests (of SEED) at random times, and before each the same
# of --explain, on the same store. What it says must be what is answered and logged, and what it
# foretells - from when until when a retry passes, when the record expires - is asked of --explain
# at that time, and one second beside it. Prints how often there was which reason. Exit: 0; 1 it
# said anything else, which is told.

use strict;
use warnings;
use File::Temp qw(tempfile);
use IPC::Open2;
use JSON::PP;

@ARGV >= 3 or die "usage: foretell.pl SEED COUNT GREY-CHECK OPTION...\n";
my ($seed, $count, @command) = @ARGV;
srand $seed;
$SIG{ALRM} = sub { die "foretell.pl: no end within 3000 seconds\n" };
alarm 3000;

my @clients = (
	['192.0.2.30', 'mail.example.net'], ['192.0.2.131', 'other.example.net'],
	['198.51.100.7', 'mx.listed.example'], ['203.0.113.9', 'mx.slow.example'],
	['2001:db8::1', 'six.example.net'], ['2001:DB8::ffff', 'unknown']);
my @senders = ('A@example.net', 'b+tag@example.net', '', 'boss@friends.example',
	'bound@example.net', 'list-123-x@example.com');
my @recipients = ('u@example.org', 'V@example.org', 'postmaster@example.org', 'hasty@example.org',
	'patient@sub.example.org',
	'stranger@elsewhere.example');

my ($from, $to, $log);
my $pid = start();
my $now = 1_000_000;
my (@recent, %seen);

for my $number (1 .. $count) {
	$now += step();
	my $request = @recent && rand() < 0.65 ? $recent[rand @recent]
		: [$clients[rand @clients], $senders[rand @senders],
		$recipients[rand @recipients]];
	push @recent, $request;
	shift @recent if @recent > 6;
	check($number, $request);
}
close $to;
waitpid $pid, 0;
die "seed $seed: grey-check ended with $?\n" if $?;
printf "%-26s %d\n", $_, $seen{$_} for sort keys %seen;
exit 0;

# Mostly some minutes, at times nothing, a week, or backwards.
sub step
{
	my $kind = rand;

	return 0 if $kind < 0.1;
	return 1 + int rand 60 if $kind < 0.3;
	return 60 + int rand 600 if $kind < 0.65;
	return 600 + int rand 7000 if $kind < 0.9;
	return 7000 + int rand 30_000 if $kind < 0.96;
	return 600_000 if $kind < 0.98;
	return -1 - int rand 900;
}

# Its log is read beside its answers.
sub start
{
	(my $file, my $name) = tempfile();
	open my $saved, '>&', \*STDERR or die;
	open STDERR, '>&', $file or die;
	my $child = open2($from, $to, @command, '--log=stderr', '--clock=request');
	open STDERR, '>&', $saved or die;
	open $log, '<', $name or die;
	unlink $name;
	return $child;
}

sub foretold
{
	my ($request, $time) = @_;
	my ($client, $sender, $recipient) = @$request;

	open my $out, '-|', @command, '--explain', "--time=$time", '--format=json',
		"--client-address=$client->[0]",
		"--client-name=$client->[1]", "--sender=$sender", "--recipient=$recipient"
		or die "$command[0]: $!\n";
	my $text = do { local $/; <$out> };
	close $out or die "seed $seed: --explain ended with $?\n";
	return decode_json($text);
}

sub answer_to
{
	my ($request) = @_;
	my ($client, $sender, $recipient) = @$request;

	print $to "request=smtpd_access_policy\nclient_address=$client->[0]\n",
		"client_name=$client->[1]\nsender=$sender\n",
		"recipient=$recipient\netrn_domain=\npolicy_test_time=$now\n\n";
	$to->flush;
	my $answer = <$from> // die "seed $seed: no answer\n";
	<$from>;
	my ($decision) = grep { /action=/ } readline $log;
	seek $log, 0, 1;
	chomp $answer;
	return ($answer, $decision // '');
}

sub check
{
	my ($number, $request) = @_;
	my $told = foretold($request, $now);
	my ($answer, $decision) = answer_to($request);
	my ($action, $reason, $missing) = $decision =~
		/action=(\w+), reason=([^,(]+?)(?: \((\d+)s missing\))?,/;
	my $wrong = sub {
		die "seed $seed, request $number at $now (@{$request->[0]} <$request->[1]> "
			. "<$request->[2]>): $_[0]\n",
			"foretold: ", JSON::PP->new->canonical->encode($told),
			"\nanswer:   $answer\nlogged:   $decision\n";
	};

	$seen{$told->{reason}}++;
	$wrong->('another answer') if $answer ne "action=$told->{answer}";
	$wrong->('another action') if $action ne $told->{action};
	$wrong->('another reason') if $reason ne $told->{reason};
	$wrong->('another wait') if defined $missing && $missing != $told->{wait};
	check_retry($request, $told, $wrong);
	check_expiry($request, $told, $wrong);
}

# Whether a retry at this time would pass.
sub passes
{
	my ($request, $time) = @_;

	return foretold($request, $time)->{action} eq 'pass';
}

sub check_retry
{
	my ($request, $told, $wrong) = @_;
	my ($first, $last) = @$told{'passes_from', 'passes_until'};

	return if !defined $first;
	$wrong->('the wait does not end when it passes') if $first != $now + $told->{wait};
	$wrong->('it passes before') if $first - 1 > $now && passes($request, $first - 1);
	return if $first > $last;
	$wrong->('it does not pass from then on') if !passes($request, $first);
	$wrong->('it does not pass until then') if !passes($request, $last);
	$wrong->('it passes after that') if passes($request, $last + 1);
}

sub check_expiry
{
	my ($request, $told, $wrong) = @_;
	my $end = $told->{expires};

	return if !defined $end || $told->{action} ne 'pass' || $told->{delay} == 0;
	$wrong->('it expires before')
		if foretold($request, $end - 1)->{reason} !~ /^(?:triplet found|client AWL)$/;
	$wrong->('it does not expire then') if foretold($request, $end)->{reason} ne 'new' &&
		!($told->{reason} eq 'client AWL' && foretold($request, $end)->{reason}
			ne 'client AWL');
}
