# SPDX-License-Identifier: BSD-2-Clause
# Hold - mail that maillog.pl's servers take, and then hold, release, delete or throw away
#
# A session whose mail is held has brought it: the message is received when it is held. One whose
# mail is discarded is done. What decides either is in one second, so that no end of the file parts
# it.
package Hold;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Smtpd;

sub stage { return pick('RCPT', 'RCPT', 'RCPT', 'MAIL', 'CONNECT') }

sub what_triggers {
	my ($s, $stage, $action) = @_;
	return ($stage eq 'RCPT' ? '<x@example.org>: Recipient address' : $stage eq 'MAIL'
		? '<odd@sender.example>: Sender address' : "<$s->{bare}>: Client host")
		. " triggers $action action";
}

# smtpd(8) does ACTION (hold, discard, or a milter's) before there is a queue id; true if its line
# says who the sender is.
sub early {
	my ($s, $action, $from) = @_;
	my $stage = stage();
	my $word = uc($action =~ s/milter-//r);
	Smtpd::act($s, $action, $stage, $action =~ /milter/
		? "milter triggers $word action" : what_triggers($s, $stage, $word),
		$stage eq 'CONNECT' ? () : (from => $from), $stage eq 'RCPT'
		? (to => 'x@example.org') : ());
	return $stage ne 'CONNECT';
}

# A session that says all it has to say within a second; it began long enough before.
sub quick {
	my ($s) = @_;
	Sessions::start($s, 1);
	$s->{quick} = 1;
	$s->{t} = in_one_second($s->{t} + 0.01, 0.2);
	return;
}

sub held {
	my ($s) = @_;
	return Sessions::accepted($s) if $s->{site}{proxy} || $main::without{hold};
	quick($s);
	my ($site, $how) = ($s->{site}, pick(qw(hold header milter milter-hold)));
	my $from = sender();
	my $named = $how =~ /hold/ ? early($s, $how, $from) : 1;
	my $m = Smtpd::open_message($s, $from, [Sessions::some()], scanned => 1);
	$m->{root}{held} = 1;
	Smtpd::cmd($s, 'data');
	Mail::message_id($s->{t} + 0.001, $m);
	my $held = Smtpd::settled($s, $m, sub {
		$s->{taken}++;
		$T{messages_held}++;
		Mail::sender_seen($m) if $named;
		return Mail::received($m);
	});
	my %o = (hook => $held);
	if ($how eq 'header') {
		Smtpd::cleanup_act($s, $m, 'hold', 'header X-Spam: yes', 'hold it', %o);
	}
	elsif ($how eq 'milter') {
		Smtpd::cleanup_act($s, $m, 'milter-hold', 'END-OF-MESSAGE',
			'milter triggers HOLD action', %o);
	}
	Smtpd::over($s, quit => 1, $how =~ /hold/ ? %o : ());
	my $later = $s->{t} + d(600, 20000);
	at($later, sub { return release($later, $site, $m) }) if chance(0.8);
	return;
}

sub postsuper {
	my ($site) = @_;
	return "$site->{inst}/postsuper[" . (300 + int rand 60000) . ']';
}

# Let go, or deleted; the hold is over.
sub release {
	my ($t, $site, $m) = @_;
	my $tag = postsuper($site);
	if (chance(0.2)) {
		line($t, $site, $tag, "$m->{id}: removed", 'postsuper.removed');
		free_id($t, $site, $m->{id});
		return line($t, $site, $tag, 'Deleted: 1 message', 'postsuper.summary');
	}
	line($t, $site, $tag, "$m->{id}: released from hold", 'postsuper.released', sub {
		$T{messages_released}++;
		return;
	});
	line($t, $site, $tag, 'Released from hold: 1 message', 'postsuper.summary');
	return Mail::enqueue($t + 1, $m);
}

sub may {
	my ($m) = @_;
	return !$m->{notice} && $m->{root}{kind} ne 'none' && !$m->{root}{held}
		&& !$main::without{hold};
}

# The postmaster puts what waits for its next attempt on hold, and lets it go; AGAIN is the attempt.
sub waiting {
	my ($t, $m, $again) = @_;
	my ($site, $tag) = ($m->{site}, postsuper($m->{site}));
	$m->{root}{held} = 1;
	line($t, $site, $tag, "$m->{id}: placed on hold", 'postsuper.hold', sub {
		$T{messages_held}++;
		return;
	});
	line($t, $site, $tag, 'Placed on hold: 1 message', 'postsuper.summary');
	my $later = $t + d(300, 6000);
	line($later, $site, $tag, "$m->{id}: released from hold", 'postsuper.released', sub {
		$T{messages_released}++;
		return;
	});
	line($later, $site, $tag, 'Released from hold: 1 message', 'postsuper.summary');
	return at($later + 2, sub { return $again->($later + 2) });
}

# Taken from the client, and thrown away.
sub discarded {
	my ($s) = @_;
	return Sessions::accepted($s) if $s->{site}{proxy} || $main::without{discard};
	quick($s);
	my ($how, $early, $from) = (pick(qw(discard milter-discard)), chance(0.5), sender());
	early($s, $how, $from) if $early;
	my $m = Smtpd::open_message($s, $from, [Sessions::some()]);
	Smtpd::cmd($s, 'data');
	Mail::message_id($s->{t} + 0.001, $m) if chance(0.5);
	Smtpd::cleanup_act($s, $m, $how, $how eq 'discard' ? 'header Subject: junk'
		: 'END-OF-MESSAGE', $how eq 'discard' ? '' : 'milter triggers DISCARD action')
		if !$early;
	Smtpd::cancelled($s, $m, 'discarded', $early ? Smtpd::discards($s) : undef);
	return Smtpd::over($s, quit => 1,
		$early ? (hook => Smtpd::settled($s, $m, Smtpd::discards($s))) : ());
}

1;
