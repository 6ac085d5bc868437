# SPDX-License-Identifier: BSD-2-Clause
# Submit - sessions of maillog.pl that are no mail from outside: logged-in users, and programs on
# the same host
package Submit;
use strict;
use warnings;
use Sim;
use World;
use Smtpd;
use Sessions;

# Logged-in users, on their own services; some only log in, some fail.
sub submission {
	my ($t) = @_;
	my $site = site();
	my $client = {addr => '192.0.2.' . (100 + int rand 100), name => 'laptop' . int(rand 99)
		. '.isp.example', last => {port => 40000 + int rand 9999}};
	my $what = wpick([mail => 80, auth => 8, fail => 8, reject => 4]);
	my $s = Smtpd::begin($t, $site, $client, service => $site->{new}
		? pick('submission', 'submissions') : pick('submission', 'smtps'));
	if ($what eq 'fail') { return Sessions::sasl($s) }
	Smtpd::hello($s);
	Smtpd::cmd($s, 'auth');
	$s->{sasl} = pick('alice', 'bob@example.org', 'carol');
	return Smtpd::over($s, quit => 1) if $what eq 'auth';
	Smtpd::cmd($s, 'mail');
	my $from = 'user' . int(rand 99) . '@example.org';
	if ($what eq 'reject') {
		my $to = remote_rcpt();
		Smtpd::reject($s, 'RCPT',
			"550 5.1.2 <$to>: Recipient address rejected: Domain not found",
			from => $from, to => $to);
		return Smtpd::over($s, quit => 1);
	}
	my @to = map { chance(0.8) ? remote_rcpt()
		: local_rcpt() } 1 .. wpick([1 => 80, 2 => 15, 6 => 5]);
	Smtpd::cmd($s, 'rcpt') for @to;
	Smtpd::accept_message($s, Smtpd::open_message($s, $from, \@to));
	return Smtpd::over($s, quit => 1);
}

# A program on the same host, through smtpd.
sub loopback {
	my ($t) = @_;
	my $s = Smtpd::begin($t, site(), {addr => chance(0.2) ? '::1' : '127.0.0.1',
		name => 'localhost'}, loopback => 1);
	Sessions::start($s, 1);
	if (chance(0.05)) {
		Smtpd::reject($s, 'RCPT', Sessions::unknown_text('x@example.org'),
			from => 'app@example.org', to => 'x@example.org');
	}
	else {
		Smtpd::accept_message($s, Smtpd::open_message($s, 'app@example.org',
			[chance(0.5) ? remote_rcpt() : local_rcpt()]));
	}
	return Smtpd::over($s, quit => 1);
}

1;
