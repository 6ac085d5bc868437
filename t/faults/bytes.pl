#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# bytes.pl --template=DIR --store=DIR --bin=DIR --seeds=FIRST-LAST: four bytes of a page of
# postgrey.db are changed, a seed at a time, in a copy of the template, a store without logs.
# grey-expire, grey-dump and grey-check then run on it one after the other. Prints a line for each
# seed that went wrong, and at last how many seeds there were.

use strict;
use warnings;
use Getopt::Long;
use POSIX ();
use Time::HiRes qw(time);

use constant { PAGE => 4096, SECONDS_MAX => 2, KILL_AFTER => 20 };

my %option = (seeds => '1-100', slow => SECONDS_MAX);
GetOptions(\%option, 'template=s', 'store=s', 'bin=s', 'seeds=s', 'slow=i') or exit 2;

# Runs a program on the store; returns its exit code (or signal), output, complaints, seconds.
sub run_program {
	my ($input, $name, @options) = @_;
	my $begun = time;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', $input or die "$input: $!";
		open STDOUT, '>', "$option{store}.out" or die;
		open STDERR, '>', "$option{store}.err" or die;
		POSIX::setpgid(0, 0);
		alarm KILL_AFTER;
		exec "$option{bin}/$name", "--store=$option{store}", @options or die "$name: $!";
	}
	waitpid $pid, 0;
	my $code = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
	return { name => $name, code => $code,
		seconds => time - $begun, out => slurp("$option{store}.out"),
		err => slurp("$option{store}.err") };
}

sub slurp {
	my ($name) = @_;
	open my $file, '<:raw', $name or die "$name: $!";
	local $/ = undef;
	return <$file> // '';
}

sub copy_template {
	system 'rm', '-rf', $option{store};
	system 'cp', '-a', $option{template}, $option{store};
	return;
}

# Four bytes of one page get other values.
sub change {
	my ($seed) = @_;
	srand $seed;
	open my $file, '+<:raw', "$option{store}/postgrey.db" or die;
	my $page = int rand((-s $file) / PAGE);
	for (1 .. 4) {
		seek $file, $page * PAGE + int rand PAGE, 0;
		print {$file} chr int rand 256;
	}
	close $file or die;
	return $page;
}

# The records of a dump.
sub records {
	my ($result) = @_;
	return map { join("\t", (split /\t/)[0 .. 5]) => 1 } split /\n/, $result->{out};
}

# What each program must do whatever the file holds.
sub wrong_by_itself {
	my ($result) = @_;
	my @wrong;
	push @wrong, "took $result->{seconds} s" if $result->{seconds} > $option{slow};
	push @wrong, "ended with $result->{code}" if $result->{code} !~ /^[01]$/;
	push @wrong, 'failed without a word' if $result->{code} ne '0' && $result->{err} eq '';
	return map { "$result->{name} $_" } @wrong;
}

# What is there must be what the programs said.
sub wrong_in_dump {
	my ($dump, $said, $expected, $added) = @_;
	my %now = records($dump);
	my $lost = grep { !$now{$_} } keys %{$expected};
	my $new = grep { !$expected->{$_} } keys %now;
	my $all = keys %now;
	my ($deleted) = $said =~ / deleted=(\d+)/;
	$all += $deleted // 0;
	if (my ($salvaged) = $said =~ /.*postgrey\.db was corrupt: .*?(\d+) records salvaged/s) {
		return if abs($all - $added - $salvaged) == 0 && $new - $added <= 4;
		return "said $salvaged salvaged, has $all (deleted counted), $lost lost, $new new";
	}
	return if $all - $added == keys %{$expected} && $lost <= 4;
	return "said nothing, has $all (deleted counted), $lost lost, $new new";
}

my ($first, $last) = split /-/, $option{seeds};
open my $request, '>', "$option{store}.request" or die;
print {$request} "request=smtpd_access_policy\nclient_address=192.0.2.7\n",
	"client_name=mail.example.net\n",
	"sender=fuzz\@example.net\nrecipient=user\@example.org\n\n";
close $request or die;
copy_template();
my %expected = records(run_program('/dev/null', 'grey-dump', '--format=tsv'));
my ($wrong, $count) = (0, 0);
for my $seed ($first .. $last) {
	copy_template();
	my $page = change($seed);
	my $expire = run_program('/dev/null', 'grey-expire', '--log=stderr');
	my $dump = run_program('/dev/null', 'grey-dump', '--format=tsv');
	my $check = run_program("$option{store}.request", 'grey-check', '--log=stderr', '--quiet');
	my $again = run_program('/dev/null', 'grey-dump', '--format=tsv');
	my @wrong = map { wrong_by_itself($_) } $expire, $dump, $check, $again;
	my $said = $expire->{err};
	push @wrong, "grey-expire: $expire->{err}" if $expire->{code} ne '0';
	push @wrong, "grey-dump refuses: $dump->{err}"
		if $expire->{code} eq "0" && $dump->{code} ne "0"
		&& $dump->{err} !~ /decoded/;
	push @wrong, 'after grey-expire: ' . wrong_in_dump($dump, $said, \%expected, 0)
		if $dump->{code} eq '0' && wrong_in_dump($dump, $said, \%expected, 0);
	push @wrong, "grey-check: $check->{out}$check->{err}"
		if $check->{out} !~ /^action=DEFER_IF_PERMIT/;
	$said .= $check->{err};
	push @wrong, 'at last: ' . wrong_in_dump($again, $said, \%expected, 1)
		if $again->{code} eq '0' && wrong_in_dump($again, $said, \%expected, 1);
	push @wrong, "grey-dump refuses at last: $again->{err}"
		if $again->{code} ne "0" && $again->{err} !~ /decoded/;
	$count++;
	next if !@wrong;
	$wrong++;
	print "seed $seed, page $page: ", join('; ', @wrong) =~ s/\n/ /gr, "\n";
}
print "$count seeds, $wrong wrong\n";
