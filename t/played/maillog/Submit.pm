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

# What users do on their services, in 1000 sessions.
my @kinds = (mail => 760, auth => 70, fail => 80, reject => 40, mixed => 10, limit => 10,
	nonsmtp => 8, lost => 20, timeout => 4, toomany => 6, tls_error => 8, stage => 8,
	milter => 6, content => 4, hangup => 2, hold => 3, discard => 3);
my %play = (fail => \&Sessions::sasl, auth => \&only_login, mail => \&mail, reject => \&reject,
	mixed => \&mixed, limit => \&Sessions::limit, nonsmtp => \&Sessions::nonsmtp,
	lost => \&Sessions::lost, timeout => \&Sessions::timeout,
	toomany => \&Sessions::toomany, tls_error => \&Sessions::tls_error,
	stage => \&Sessions::by_stage, milter => \&Refuse::milter, content => \&Refuse::content,
	hangup => \&Sessions::hangup, hold => \&Hold::held, discard => \&Hold::discarded);

sub submission {
	my ($t) = @_;
	my $site = site();
	my $client = {addr => '192.0.2.' . (100 + int rand 100), name => 'laptop' . int(rand 99)
		. '.isp.example', last => {port => 40000 + int rand 9999}};
	my $s = Smtpd::begin($t, $site, $client, service => $site->{new}
		? pick('submission', 'submissions') : pick('submission', 'smtps'));
	return $play{$main::without{submission} ? pick(qw(mail auth fail)) : wpick(\@kinds)}->($s);
}

sub user {
	my ($s) = @_;
	Smtpd::hello($s);
	Smtpd::cmd($s, 'auth');
	$s->{sasl} = pick('alice', 'bob@example.org', 'carol');
	return 'user' . int(rand 99) . '@example.org';
}

sub only_login { my ($s) = @_; user($s); return Smtpd::over($s, quit => 1) }

sub mail {
	my ($s) = @_;
	my $from = user($s);
	Smtpd::cmd($s, 'mail');
	my @to = map { chance(0.8) ? remote_rcpt()
		: local_rcpt() } 1 .. wpick([1 => 80, 2 => 15, 6 => 5]);
	Smtpd::cmd($s, 'rcpt') for @to;
	if ($s->{site}{proxy} && chance(0.5) && !$main::without{'proxy-user'}) {
		Proxy::take($s, $from, \@to);
	}
	else { Smtpd::accept_message($s, Smtpd::open_message($s, $from, \@to)) }
	return Smtpd::over($s, quit => 1);
}

sub refused {
	my ($s, $from, $id) = @_;
	my $to = remote_rcpt();
	Smtpd::cmd($s, 'rcpt', 1);
	return Smtpd::reject($s, 'RCPT',
		"550 5.1.2 <$to>: Recipient address rejected: Domain not found",
		from => $from, to => $to, id => $id);
}

sub reject {
	my ($s) = @_;
	my $from = user($s);
	Smtpd::cmd($s, 'mail');
	refused($s, $from);
	return Smtpd::over($s, quit => 1);
}

sub mixed {
	my ($s) = @_;
	my $from = user($s);
	Smtpd::cmd($s, 'mail');
	Smtpd::cmd($s, 'rcpt');
	my $m = Smtpd::open_message($s, $from, [remote_rcpt()]);
	refused($s, $from, $m->{id});
	Smtpd::accept_message($s, $m);
	return Smtpd::over($s, quit => 1);
}

# A user on port 25: the line that shows the login moves the session.
sub login {
	my ($s) = @_;
	return Sessions::accepted($s) if $main::without{submission};
	return reject($s) if $s->{site}{new} && chance(0.2);
	return mail($s);
}

# A program on the same host, through smtpd.
sub loopback {
	my ($t) = @_;
	my $s = Smtpd::begin($t, site(), {addr => chance(0.2) ? '::1' : '127.0.0.1',
		name => 'localhost'}, loopback => 1);
	Sessions::start($s, 1);
	my @to = (chance(0.5) ? remote_rcpt() : local_rcpt());
	if (chance(0.05)) {
		Smtpd::reject($s, 'RCPT', Sessions::unknown_text('x@example.org'),
			from => 'app@example.org', to => 'x@example.org');
	}
	elsif ($s->{site}{proxy} && chance(0.5) && !$main::without{'proxy-user'}) {
		Proxy::take($s, 'app@example.org', \@to);
	}
	else {
		Smtpd::accept_message($s, Smtpd::open_message($s, 'app@example.org', \@to));
	}
	return Smtpd::over($s, quit => 1);
}

1;
