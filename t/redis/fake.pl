#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# fake.pl: a Redis server that does what a script says, for what a real one can't be made to do.
#
#     fake.pl [--upstream=SOCKET] [--seed=N] --port=FILE [--log=FILE] [RULE...]
#
# It listens on a free port of 127.0.0.1, which it writes to FILE. Each command goes to the real
# server behind SOCKET and its reply comes back, but for the commands that a RULE is about. Without
# a real server they get none. A RULE is [COUNT*]COMMAND=ACTION: COMMAND is the beginning of it in
# capitals ("SET", "CLUSTER SLOTS"), ANY, or CONNECT, which is a connection that is made; it holds
# for the first COUNT of them, or for all. The first rule that holds counts.
#
#     send:TEXT       TEXT instead of a reply; \r, \n and \xHH are those bytes, @PORT@ our own port
#     end:TEXT        the same, then the connection is closed
#     slots:MAP       the reply to CLUSTER SLOTS, MAP being FROM-TO@HOST:PORT,...
#     silence         no reply, nor to what comes later on this connection
#     late:MS         the reply, so many milliseconds later
#     swap:/RE/TEXT/  the reply, with what RE matches replaced
#     cut:BYTES       so many bytes of the reply, then the connection is closed
#     random:BYTES    up to so many random bytes instead of a reply
#     spoil:COUNT     the reply with so many of its bytes, at random, replaced by others
#
# The log has a line for each time that something came: the commands that came at once, " | "
# between them.

use strict;
use warnings;
use Getopt::Long qw(:config require_order);
use IO::Poll qw(POLLIN POLLHUP POLLERR);
use IO::Socket::INET;
use IO::Socket::UNIX;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use constant MANY => 1 << 40;
use constant LIFE => 900;    # seconds: then it ends, if nobody has ended it

my %option = (seed => 1);
GetOptions(\%option, 'upstream=s', 'seed=i', 'port=s', 'log=s') && defined $option{port}
	or die "usage: fake.pl [--upstream=SOCKET] [--seed=N] --port=FILE [--log=FILE] [RULE...]\n";
srand $option{seed};
$SIG{PIPE} = 'IGNORE';
alarm LIFE;
my @rules = map { rule($_) } @ARGV;

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 100, ReuseAddr => 1)
	or die "fake.pl: listen: $!\n";
my $port = $listener->sockport;
my $log;
if (defined $option{log}) {
	open $log, '>>', $option{log} or die "fake.pl: $option{log}: $!\n";
	$log->autoflush;
}
my $poll = IO::Poll->new;
$poll->mask($listener => POLLIN);
my %by_fd;

sub now { return clock_gettime(CLOCK_MONOTONIC) }

sub rule {
	my ($text) = @_;
	my ($count, $command, $action, $what) = $text =~ /\A(?:(\d+)\*)?([A-Z ]+)=([a-z]+):?(.*)\z/s
		or die "fake.pl: not a rule: $text\n";
	main->can("do_$action") or die "fake.pl: no such action: $action\n";
	return { left => $count // MANY, command => $command, action => main->can("do_$action"),
		what => $what };
}

sub bytes_of {
	my ($text) = @_;
	my %byte = (r => "\r", n => "\n", '\\' => '\\');
	$text =~ s/\@PORT\@/$port/g;
	$text =~ s{\\(?:x([0-9a-fA-F]{2})|(.))}{defined $1 ? chr hex $1 : $byte{$2} // $2}ges;
	return $text;
}

# The length of the first whole reply (or command) in these bytes; undef: it is not there yet.
sub whole {
	my ($text, $at) = @_;
	my $end = index $text, "\r\n", $at;
	return if $end < 0;
	my ($type, $count) = (substr($text, $at, 1), substr $text, $at + 1, $end - $at - 1);
	$end += 2;
	if ($type =~ /[\$!=]/) {
		$end += $count + 2 if $count ne '-1';
		return $end <= length $text ? $end : undef;
	}
	return $end if $type !~ /[*%~>]/ || $count eq '-1';
	for (1 .. ($type eq '%' ? 2 * $count : $count)) {
		$end = whole($text, $end) // return;
	}
	return $end;
}

sub words {
	my ($command) = @_;
	my @words;
	return split ' ', $command if $command !~ /\A\*/;
	my $at = index($command, "\r\n") + 2;
	while ($at < length $command) {
		my ($length) = substr($command, $at) =~ /\A\$(\d+)\r\n/ or last;
		push @words, substr $command, $at + 3 + length $length, $length;
		$at += 5 + length($length) + $length;
	}
	return @words;
}

sub reply_of_upstream {
	my ($client, $command) = @_;
	my ($reply, $length) = ('');
	my $upstream = $client->{upstream} or return;
	print {$upstream} $command;
	$upstream->flush;
	until (defined($length = whole($reply, 0))) {
		sysread $upstream, $reply, 65536, length $reply or return;
	}
	return $reply;
}

sub answer {
	my ($client, $text, $delay) = @_;
	return if $client->{silent} || !defined $text;
	my $at = now() + ($delay // 0) / 1000;
	my $queue = $client->{queue};
	$at = $queue->[-1][0] if @$queue && $queue->[-1][0] > $at;
	push @$queue, [$at, $text];
	return;
}

# The actions, each given the client, the rule's text and the command.
sub do_send { my ($client, $text) = @_; answer($client, bytes_of($text)); return }

sub do_end {
	my ($client, $text) = @_;
	answer($client, bytes_of($text));
	$client->{ends} = 1;
	return;
}

sub do_slots {
	my ($client, $map) = @_;
	my @parts = split /,/, $map;
	my $reply = '*' . @parts . "\r\n";
	for my $part (@parts) {
		my ($from, $to, $host, $at) = bytes_of($part) =~ /\A(\d+)-(\d+)@(.*):(\d+)\z/
			or die "fake.pl: not a map: $map\n";
		my @master = ("*3", "\$" . length($host), $host, ":$at", "\$40", "0" x 40);
		$reply .= join "\r\n", "*3", ":$from", ":$to", @master, "";
	}
	answer($client, $reply);
	return;
}

sub do_silence { my ($client) = @_; $client->{silent} = 1; return }

sub do_late {
	my ($client, $milliseconds, $command) = @_;
	answer($client, reply_of_upstream($client, $command), $milliseconds);
	return;
}

sub bulk { my ($text) = @_; return '$' . length($text) . "\r\n$text\r\n" }

sub do_swap {
	my ($client, $swap, $command) = @_;
	my ($from, $to) = $swap =~ m{\A/(.*)/(.*)/\z}s or die "fake.pl: not a swap: $swap\n";
	my $reply = reply_of_upstream($client, $command) // return;
	$to = bytes_of($to);
	# Texts may get longer or shorter: that of a reply, or those in a list without line ends.
	if ($reply =~ /\A[\$=]\d+\r\n(.*)\r\n\z/s) {
		$reply = bulk($1 =~ s/$from/$to/gr);
	} else {
		$reply =~ s{[\$=]\d+\r\n([^\r\n]*)\r\n}{bulk($1 =~ s/$from/$to/gr)}ge;
	}
	answer($client, $reply);
	return;
}

sub do_cut {
	my ($client, $bytes, $command) = @_;
	answer($client, substr reply_of_upstream($client, $command) // '', 0, $bytes);
	$client->{ends} = 1;
	return;
}

sub do_random {
	my ($client, $bytes) = @_;
	# Bytes that mean something come more often than others.
	my @bytes = ("\r\n", "\r\n", '$', '*', ':', '+', '-', '_', '%', ',', '0' .. '9', '-1', 'OK',
		map { chr } 0 .. 255);
	answer($client, join '', map { $bytes[rand @bytes] } 0 .. rand $bytes);
	return;
}

sub do_spoil {
	my ($client, $count, $command) = @_;
	my $reply = reply_of_upstream($client, $command) // return;
	substr $reply, rand length $reply, 1, chr rand 256 for 1 .. $count;
	answer($client, $reply);
	return;
}

sub do_pass {
	my ($client, undef, $command) = @_;
	answer($client, reply_of_upstream($client, $command));
	return;
}

sub obey {
	my ($client, $name, $command) = @_;
	my ($rule) = grep { $_->{left} > 0 && ($_->{command} eq 'ANY' && $name ne 'CONNECT'
		|| $name =~ /\A\Q$_->{command}\E\b/) } @rules;
	if (!$rule) {
		do_pass($client, '', $command) if defined $command;
		return;
	}
	$rule->{left}--;
	$rule->{action}->($client, $rule->{what}, $command);
	return;
}

sub welcome {
	my $socket = $listener->accept or return;
	my $client = { socket => $socket, input => '', queue => [] };
	if (defined $option{upstream}) {
		$client->{upstream} = IO::Socket::UNIX->new(Peer => $option{upstream})
			or warn "fake.pl: $option{upstream}: $!\n";
	}
	$by_fd{fileno $socket} = $client;
	$poll->mask($socket => POLLIN);
	obey($client, 'CONNECT');
	return;
}

sub part {
	my ($client) = @_;
	$poll->remove($client->{socket});
	delete $by_fd{fileno $client->{socket}};
	close $client->{socket};
	return;
}

# The next whole command in what came.
sub command {
	my ($client) = @_;
	my $length = $client->{input} =~ /\A\*/ ? whole($client->{input}, 0)
		: 1 + index $client->{input}, "\n";
	return if !$length;
	return substr $client->{input}, 0, $length, '';
}

sub listen_to {
	my ($client) = @_;
	my @seen;
	if (!sysread $client->{socket}, $client->{input}, 65536, length $client->{input}) {
		part($client);
		return;
	}
	while (!$client->{ends} && defined(my $command = command($client))) {
		my @words = words($command);
		push @seen, join ' ', @words;
		$words[0] = uc($words[0] // '');
		$words[1] = uc $words[1] if $words[0] eq 'CLUSTER' && @words > 1;
		obey($client, join(' ', @words), $command);
	}
	print {$log} join(' | ', @seen), "\n" if $log;
	return;
}

# Sends what is due; returns for how long nothing is.
sub pour {
	my ($client) = @_;
	my $queue = $client->{queue};
	while (@$queue && $queue->[0][0] <= now()) {
		my $text = (shift @$queue)->[1];
		my $done = syswrite $client->{socket}, $text;
		if (!defined $done) {
			part($client);
			return MANY;
		}
	}
	if ($client->{ends} && !@$queue) {
		part($client);
		return MANY;
	}
	return @$queue ? $queue->[0][0] - now() : MANY;
}

open my $out, '>', "$option{port}.new" or die "fake.pl: $option{port}: $!\n";
print {$out} "$port\n";
close $out;
rename "$option{port}.new", $option{port} or die "fake.pl: $option{port}: $!\n";
while (1) {
	my $patience = 60;
	for my $client (values %by_fd) {
		my $pause = pour($client);
		$patience = $pause if $pause < $patience;
	}
	next if $poll->poll($patience > 0 ? $patience : 0) <= 0;
	for my $socket ($poll->handles(POLLIN | POLLHUP | POLLERR)) {
		if ($socket == $listener) {
			welcome();
		} elsif (my $client = $by_fd{fileno $socket}) {
			listen_to($client);
		}
	}
}
