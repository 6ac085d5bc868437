#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# mx-clients.pl: all kinds of clients of the mail server of postscreen.bash, at the same time, to
# know what its log should tell.
#
#   mx-clients.pl traffic   they come, each from an address of its own, and go. Prints what became
#   of them, a line a
#                           figure of log-stats: "postscreen.blocked 4"
#   mx-clients.pl open      one connects and says nothing until the server goes away
#
# The figures come from what the clients said and were answered, never from the log. Which of the
# two answers, postscreen or smtpd, is told by the name in the greeting. What becomes of a message
# after it was taken is told by its recipients. Exit: 0, or 1 when an answer was not the expected
# one.

use strict;
use warnings;
use Errno qw(EINTR);
use IO::Socket::IP;
use Time::HiRes qw(time sleep);

my $SERVER = '192.0.2.25';
my $SERVER6 = '2001:db8::25';
my $LIMIT = 30;                 # seconds that a reply may take

# What becomes of the recipients (see postscreen.bash); all other mailboxes get one copy.
my %DELIVERED = ('team@example.org' => 3, 'pair@local.example.org' => 2, 'full@example.org' => 0,
	'wait@example.org' => 0);
my %BOUNCED = ('full@example.org' => 1);
my %DEFERRED = ('wait@example.org' => 1, 'later@example.org' => 1);
my %NO_FILE = ('later@example.org' => 1);

my %truth;
my %triplet;                    # 1 greylisted, 2 passed

my @CLIENTS = (
	# They are greylisted and come back until they are let in.
	sub { comes_back([qw(203.0.113.11)], 'one@example.net', 'u1@example.org') },
	sub {
		comes_back([qw(203.0.113.12)], 'two@example.net', 'u1@example.org',
			'u2@example.org');
	},
	sub { comes_back([qw(203.0.113.13)], '', 'u3@example.org') },
	sub {
		comes_back([qw(203.0.113.21 203.0.113.22 203.0.113.23)], 'pool@example.net',
			'team@example.org');
	},
	sub {
		comes_back([qw(2001:db8::31 2001:db8::32)], 'six@example.net', 'u1@example.org')
			if has_ipv6();
	},

	# These never do, or would not be let in anyway.
	sub { comes_once('203.0.113.41', 'gone@example.net', 'u1@example.org', 'u2@example.org') },
	sub {
		comes_once('203.0.113.42', 'guess@example.net', 'nobody1@example.org',
			'nobody2@example.org');
	},

	# postscreen's.
	sub { talks_early('198.51.100.31', 1) },
	sub { talks_early('198.51.100.32', 2) },
	sub { talks_early('198.51.100.33', 3) },
	sub { talks_early('198.51.100.33', 1) },
	sub { talks_early('198.51.100.34', 0) },
	(map { my $n = $_; sub { hangs_up("198.51.100.4$n") } } 1 .. 3),
	sub { hangs_up('198.51.100.41') },
	sub { is_denied('198.51.100.65', 1); is_denied('198.51.100.65', 2) },
	sub { is_denied('198.51.100.66', 1) },
	sub { quits('198.51.100.51') },
	sub { speaks_http('198.51.100.52') },
	sub { talks_over('198.51.100.53') },

	# On postscreen's list of those to be let through, and on grey-check's.
	sub { sends('192.0.2.70', 'a70@example.net', ['u1@example.org']) },
	sub {
		sends('192.0.2.71', 'a71@example.net', ['u1@example.org', 'u2@example.org'],
			again => 1);
	},
	sub { sends('192.0.2.72', 'a72@example.net', ['team@example.org', 'u1@example.org']) },
	sub { sends('192.0.2.73', 'a73@example.net', ['pair@local.example.org']) },
	sub { sends('192.0.2.74', 'a74@example.net', ['nobody@example.org', 'u2@example.org']) },
	sub { sends('192.0.2.75', 'u3@example.org', ['full@example.org', 'u1@example.org']) },
	sub { sends('192.0.2.76', 'a76@example.net', ['full@example.org']) },
	sub { sends('192.0.2.77', 'a77@example.net', ['wait@example.org', 'u1@example.org']) },
	sub { sends('192.0.2.78', 'a78@example.net', ['later@example.org']) },
	sub { sends('192.0.2.79', 'filtered@example.net', ['u1@example.org', 'u2@example.org']) },
	sub { sends('192.0.2.80', 'warned@example.net', ['u1@example.org'], warnings => 1) },
	sub { sends('192.0.2.81', 'a81@example.net', [map { "nobody$_\@example.org" } 1 .. 3]) },
	sub { sends('192.0.2.82', 'a82@example.net', ['u1@example.org'], helo => 'bad_name..') },
	sub { sends('192.0.2.83', 'nodomain', ['u1@example.org']) },
	sub { sends('192.0.2.84', 'a84@example.net', ['u1@elsewhere.example']) },
	sub { sends('192.0.2.85', 'a85@example.net', ['u1@example.org'], size => 999_999_999) },
	sub { sends('192.0.2.86', 'late@example.net', ['u1@example.org']) },
	sub {
		sends('192.0.2.87', 'a87@example.net', ['u1@example.org'], subject => 'buy-this',
			by_cleanup => 1);
	},
	sub { sends('192.0.2.88', 'a88@example.net', ['u1@example.org'], lost => 1) },
	sub { quits('192.0.2.89') },
	sub { hangs_up_later('192.0.2.90') },
	sub { speaks_http('192.0.2.91') },

	# Not from outside: submission, and a program on this host.
	sub {
		sends('192.0.2.200', 'u1@example.org', ['u2@example.org', 'u3@example.org'],
			port => 587);
	},
	sub { sends('192.0.2.201', 'u1@example.org', ['nobody@example.org'], port => 587) },
	sub { sends('127.0.0.1', 'root@example.org', ['u1@example.org'], port => 10025) },
);

@ARGV == 1 && $ARGV[0] =~ /^(?:traffic|open)\z/ or die "usage: mx-clients.pl traffic|open\n";
$SIG{PIPE} = 'IGNORE';
if ($ARGV[0] eq 'open') {
	stays();
	report();
	exit 0;
}
exit all_at_once();

sub all_at_once
{
	my (@children, $failed);

	for my $client (@CLIENTS) {
		my $pid = open(my $pipe, '-|') // die "mx-clients.pl: fork: $!\n";
		if (!$pid) {
			alarm 2 * $LIMIT;
			$client->();
			report();
			exit 0;
		}
		push @children, $pipe;
	}
	for my $pipe (@children) {
		while (<$pipe>) {
			/^(\S+) (\d+)$/ or die "mx-clients.pl: $_";
			$truth{$1} += $2;
		}
		close $pipe or $failed = 1;
	}
	report();
	return $failed ? 1 : 0;
}

sub report
{
	for (values %triplet) {
		tally('greylist.triplets');
		tally($_ == 2 ? 'greylist.passed' : 'greylist.still_open');
	}
	%triplet = ();
	print "$_ $truth{$_}\n" for sort keys %truth;
	close STDOUT or die "mx-clients.pl: $!\n";
}

sub tally
{
	my ($name, $count) = @_;

	$truth{$name} += $count // 1;
}

# ---- the clients

# From one of these addresses after the other, until all recipients were taken: at once, or one
# after the other where the delay of one is over a moment before that of another.
sub comes_back
{
	my ($addresses, $sender, @recipients) = @_;
	my $end = time + $LIMIT;
	my $greylisted = 0;

	for (my $n = 0; time < $end; $n++) {
		my $session = arrive($addresses->[$n % @$addresses]);
		$session->{greylisted} = 0;
		hello($session);
		my %taken = map { $_ => 1 } message($session, $sender, \@recipients);
		leave($session);
		$greylisted += $session->{greylisted};
		@recipients = grep { !$taken{$_} } @recipients;
		if (!@recipients) {
			$greylisted > 0 or fail($session, 'taken without having been greylisted');
			return;
		}
		sleep 0.35 if $session->{by} eq 'smtpd';
	}
	die "mx-clients.pl: $sender was not let in\n";
}

# Until smtpd has answered it once.
sub comes_once
{
	my ($address, $sender, @recipients) = @_;
	my $session;

	do {
		$session = arrive($address);
		hello($session);
		message($session, $sender, \@recipients) == 0
			or fail($session, 'a recipient was taken');
		leave($session);
	} until $session->{by} eq 'smtpd';
}

sub talks_early
{
	my ($address, $recipients) = @_;
	my $session = call($address);

	$session->{marked} = 1;
	$session->{by} = 'postscreen';
	say_it($session, 'EHLO early.example');
	if ($recipients == 0) {
		awaited($session, qr/^220-.* postscreen$/);
		hang_up($session);
	} else {
		# No more of the greeting is said, but what it comes to.
		my ($code, $text) = reply($session);
		if ($code == 521) {
			thrown_out($session);
		} else {
			expect($session, $code, $text, 2);
			message($session, 'early@example.net',
				[map { "u$_\@example.org" } 1 .. $recipients]);
		}
		leave($session);
	}
	$truth{'postscreen.blocked'} or fail($session, 'not blocked');
}

sub hangs_up
{
	my ($address) = @_;
	my $session = call($address);

	awaited($session, qr/^220-/);
	hang_up($session);
}

sub is_denied
{
	my ($address, $recipients) = @_;
	my $session = arrive($address);

	if (!$session->{over}) {
		hello($session);
		message($session, 'denied@example.net',
			[map { "u$_\@example.org" } 1 .. $recipients]);
	}
	leave($session);
	$truth{'postscreen.blocked'} or fail($session, 'not blocked');
}

sub quits
{
	my ($address) = @_;

	leave(arrive($address));
}

sub hangs_up_later
{
	my ($address) = @_;
	my $session = arrive($address);

	hello($session);
	hang_up($session);
}

sub speaks_http
{
	my ($address) = @_;
	my $session = arrive($address);

	say_it($session, 'GET / HTTP/1.1');
	my ($code, $text) = reply($session);
	$code == ($session->{by} eq 'smtpd' ? 221 : 521) or fail($session, "answered $code $text");
	if ($session->{by} eq 'smtpd') {
		$session->{refused}++;
		tally('table-recipient.smtpd');
	}
	$session->{marked} = 1;
	hang_up($session);
}

# Commands before their replies, without leave. smtpd takes that with good humour, postscreen does
# not.
sub talks_over
{
	my ($address) = @_;
	my $session = arrive($address);

	hello($session);
	$session->{marked} = 1;
	say_it($session, "MAIL FROM:<over\@example.net>\r\nRCPT TO:<nobody\@example.org>");
	expect($session, reply($session), 2);
	refused($session, 'over@example.net', 'nobody@example.org', reply($session));
	leave($session);
}

# sends FROM, SENDER, RECIPIENTS, ...: a message, and again the same one where that is asked for.
sub sends
{
	my ($address, $sender, $recipients, %o) = @_;
	my $session = arrive($address, $o{port});

	hello($session, $o{helo});
	message($session, $sender, $recipients, %o);
	message($session, $sender, $recipients, %o) if $o{again};
	leave($session) if !$session->{over};
}

sub stays
{
	alarm 2 * $LIMIT;
	my $session = call('203.0.113.99');
	1 while defined read_line($session);
	tally('postscreen.open');
}

sub has_ipv6
{
	my $socket = IO::Socket::IP->new(LocalHost => $SERVER6, Listen => 1);
	return defined $socket;
}

# ---- a session

sub call
{
	my ($address, $port) = @_;
	$port //= 25;
	my $server = $address =~ /:/ ? $SERVER6 : $address =~ /^127\./ ? '127.0.0.1' : $SERVER;
	my $socket = IO::Socket::IP->new(PeerHost => $server, PeerPort => $port,
		LocalHost => $address, Timeout => $LIMIT)
		or die "mx-clients.pl: no connection from $address to $server port $port: $@\n";
	my $session = { socket => $socket, address => $address, mx => $port == 25, port => $port,
		buffer => '', by => '',
		early => 0, refused => 0, accepted => 0, later => 0, dialogue => '' };
	tally('postscreen.connects') if $session->{mx};
	return $session;
}

# Connects and waits for its turn.
sub arrive
{
	my ($address, $port) = @_;
	my $session = call($address, $port);

	greeting($session);
	return $session;
}

sub greeting
{
	my ($session) = @_;
	my ($code, $text) = reply($session);

	if ($code == 521) {
		$session->{by} = 'postscreen';
		thrown_out($session);
		return;
	}
	$code == 220 && $text =~ / (postscreen|smtpd)$/ or fail($session, 'this is no greeting');
	$session->{by} = $1;
	if ($session->{mx} && $session->{by} eq 'smtpd') {
		tally('postscreen.handed_off');
		tally('smtpd.connects');
	}
}

# Without a word about any recipient.
sub thrown_out
{
	my ($session) = @_;

	$session->{refused} = 1;
	$session->{over} = 1;
	tally('table-recipient.postscreen');
}

sub hello
{
	my ($session, $name) = @_;

	expect($session, command($session, 'EHLO ' . ($name // 'client.example.net')), 2);
}

# Returns how many recipients of it were taken with it.
sub message
{
	my ($session, $sender, $recipients, %o) = @_;
	my @taken;

	my ($code, $text) = command($session, "MAIL FROM:<$sender>"
		. ($o{size} ? " SIZE=$o{size}" : ''));
	if ($code !~ /^2/) {
		refused($session, $sender, '', $code, $text);
		return 0;
	}
	for my $recipient (@$recipients) {
		($code, $text) = command($session, "RCPT TO:<$recipient>");
		if ($code =~ /^2/) {
			push @taken, $recipient;
		} else {
			refused($session, $sender, $recipient, $code, $text);
		}
	}
	tally('smtpd.reject_warnings', $o{warnings}) if $o{warnings};
	return 0 if !@taken;
	expect($session, command($session, 'DATA'), 3);
	my $subject = $o{subject} // 'test';
	my $text_sent =
		"From: <$sender>\r\nTo: someone\r\nSubject: $subject\r\n\r\nreject: DATA from "
		. "nobody\r\n";
	send_text($session, $text_sent);
	if ($o{lost}) {
		hang_up($session);
		return 0;
	}
	($code, $text) = command($session, '.');
	if ($code !~ /^2/) {
		refused($session, $sender, '', $code, $text, $o{by_cleanup});
		return 0;
	}
	taken($session, $sender, @taken);
	return @taken;
}

# A refusal was read. By cleanup: no reject of smtpd's, but this message's end all the same.
sub refused
{
	my ($session, $sender, $recipient, $code, $text, $by_cleanup) = @_;

	$code =~ /^[45]/ or fail($session, "$code is no refusal");
	if ($session->{by} eq 'postscreen') {
		if ($text =~ /^4\.3\.2 /) {
			$session->{later}++;
		} else {
			$session->{refused}++;
			tally('table-recipient.postscreen');
		}
		return;
	}
	return if !$session->{mx};
	$session->{refused}++;
	tally('smtpd.rejects') if !$by_cleanup;
	tally('table-recipient.smtpd');
	if ($text =~ /Greylisted/) {
		$session->{greylisted}++;
		tally('greylist.greylisted');
		$triplet{triplet($session, $sender, $recipient)} //= 1;
	}
}

# A message was taken, for these recipients.
sub taken
{
	my ($session, $sender, @recipients) = @_;
	my ($delivered, $bounced, $deferred) = (0, 0, 0);

	$session->{accepted}++;
	tally($session->{mx} ? 'messages.received' : 'messages.submitted');
	for my $recipient (@recipients) {
		my $key = triplet($session, $sender, $recipient);
		$triplet{$key} = 2 if $triplet{$key};
		my $copies = $DELIVERED{$recipient} // 1;
		$delivered += $copies;
		tally('files', $copies) if !$NO_FILE{$recipient};
		$bounced += $BOUNCED{$recipient} // 0;
		$deferred += $DEFERRED{$recipient} // 0;
	}
	# Who sent it is told once. Nobody can be told out there: no mail leaves.
	if ($bounced) {
		$sender =~ /\@example\.org$/ ? tally('files') : $bounced++;
	}
	tally('recipients.delivered', $delivered);
	tally('recipients.bounced', $bounced);
	tally('recipients.deferred', $deferred);
	tally('table-recipient.delivered', $delivered) if $session->{mx};
	tally('messages.delivered') if $delivered;
	tally('messages.deferred') if $deferred;
}

sub triplet
{
	my ($session, $sender, $recipient) = @_;
	my $network = $session->{address} =~ s/(?:\.\d+|::\w+)\z//r;

	return lc "$network/$sender/$recipient";
}

sub leave
{
	my ($session) = @_;

	command($session, 'QUIT') if !$session->{over};
	hang_up($session);
}

# The session is over: what was it?
sub hang_up
{
	my ($session) = @_;

	close $session->{socket};
	$session->{over} = 1;
	return if !$session->{mx};
	if ($session->{by} eq 'smtpd') {
		if ($session->{accepted}) {
			tally('smtpd.accepted_sessions');
		} elsif ($session->{refused}) {
			tally('smtpd.rejected_sessions');
		}
	} elsif ($session->{refused}) {
		tally('postscreen.blocked');
	} elsif ($session->{later} && !$session->{marked}) {
		tally('postscreen.come_back');
	} elsif ($session->{marked}) {
		tally('postscreen.blocked');
		tally('table-recipient.postscreen');
	} else {
		tally('postscreen.gave_up');
	}
}

# ---- lines

sub command
{
	my ($session, $command) = @_;

	say_it($session, $command);
	return reply($session);
}

sub say_it
{
	my ($session, $line) = @_;

	send_text($session, "$line\r\n");
}

sub send_text
{
	my ($session, $text) = @_;

	$session->{dialogue} .= $text =~ s/^/C: /gmr;
	while (length $text) {
		my $n = syswrite $session->{socket}, $text;
		next if !defined $n && $! == EINTR;
		defined $n or fail($session, "cannot send: $!");
		substr($text, 0, $n) = '';
	}
}

# The code and the text of the reply's last line.
sub reply
{
	my ($session) = @_;

	while (1) {
		my $line = read_line($session)
			// fail($session, 'the server closed the connection');
		return ($1, $2) if $line =~ /^(\d{3}) (.*)/;
	}
}

sub awaited
{
	my ($session, $pattern) = @_;
	my $line = read_line($session);

	defined $line && $line =~ $pattern or fail($session, "not $pattern");
}

sub expect
{
	my ($session, $code, $text, $first) = @_;

	$code =~ /^$first/ or fail($session, "$code is not a $first..");
}

# One line; undef where the server has closed the connection.
sub read_line
{
	my ($session) = @_;
	my $end = time + $LIMIT;

	while (1) {
		if ($session->{buffer} =~ s/^([^\n]*?)\r?\n//) {
			$session->{dialogue} .= "S: $1\n";
			return $1;
		}
		my $bits = '';
		vec($bits, fileno $session->{socket}, 1) = 1;
		my $left = $end - time;
		fail($session, "no reply within $LIMIT s") if $left <= 0;
		next if select($bits, undef, undef, $left) <= 0;
		return if !sysread $session->{socket}, $session->{buffer}, 4096,
			length $session->{buffer};
	}
}

sub fail
{
	my ($session, $text) = @_;

	print STDERR "mx-clients.pl: $session->{address} port $session->{port}: $text\n",
		$session->{dialogue};
	exit 1;
}
