# SPDX-License-Identifier: BSD-2-Clause
# Lost - lines that a maillog of maillog.pl has lost: the end of one session and the beginning of
# the next one of the same process
#
# What names another client is of another session: the first one has ended, unseen, and the second
# one has begun. These clients are nobody else's.
package Lost;
use strict;
use warnings;
use Sim;
use World;
use Smtpd;
use Sessions;

sub scenario {
	my ($t) = @_;
	my $site = site(new => pick(0, 1));
	my $first = first($t, $site, pick(qw(quiet refused refused loopback accepted)));
	my $next = Smtpd::begin($first->{t} + d(5, 300), $site, fresh('grey'), after => $first);
	return second($next, $site->{proxy} ? 'reject' : pick(qw(reject reject accept limit lost
		disconnect)));
}

# A session whose disconnect line is missing.
sub first {
	my ($t, $site, $what) = @_;
	my $loopback = $what eq 'loopback';
	my $s = Smtpd::begin($t, $site, $loopback ? {addr => '127.0.0.1', name => 'localhost'}
		: fresh('grey'), loopback => $loopback);
	return $s if $what eq 'quiet';
	Sessions::start($s);
	my $to = nobody();
	Smtpd::reject($s, 'RCPT', Sessions::unknown_text($to), from => 'x@lost.example', to => $to)
		if $what eq 'refused';
	Smtpd::accept_message($s, Smtpd::open_message($s, 'y@lost.example', [local_rcpt()]))
		if $what eq 'accepted' && !$site->{proxy};
	return $s;
}

sub second {
	my ($s, $what) = @_;
	return Smtpd::over($s, quit => 1) if $what eq 'disconnect';
	if ($what eq 'accept') {
		$s->{proto} = 'ESMTP';
		Smtpd::accept_message($s,
			Smtpd::open_message($s, 'z@lost.example', [local_rcpt()]));
	}
	elsif ($what eq 'limit') { Smtpd::limit($s, 'Message delivery request rate') }
	elsif ($what eq 'lost') { Smtpd::lost($s, 'lost connection', 'RCPT') }
	else {
		my $to = nobody();
		$s->{proto} = 'ESMTP';
		Smtpd::reject($s, 'RCPT', Sessions::unknown_text($to), from => 'z@lost.example',
			to => $to);
	}
	return Smtpd::over($s, quit => 1);
}

1;
