# SPDX-License-Identifier: BSD-2-Clause
# Postscreen - sessions of postscreen(8): what it logs, and how each ended
#
# A session is open from its CONNECT line on; the line that settles it (DISCONNECT, PASS .., the
# smtpd's connect) carries the verdict. Marked clients of sites in ignore mode are handed off
# without a word and never hang up.
package Postscreen;
use strict;
use warnings;
use Sim;
use World;

my @lists = ('zen.spamhaus.org', 'bl.spamcop.net', 'b.barracudacentral.org', 'dnsbl.sorbs.net',
	'psbl.surriel.com', 'list.dnswl.org');
my @greets = ('EHLO ylmf-pc\r\n', 'EHLO User\r\n', 'HELO x\r\n',
	'\026\003\001\002\000\001\000\001\374\003\003', 'GET / HTTP/1.1\r\nHost: mx\r\n',
	'EHLO [127.0.0.1]\r\nMAIL FROM:<a@b>\r\n');

# A session object: T is its clock.
sub begin {
	my ($t, $site, $client, $before) = @_;
	my $p = {t => $t, site => $site, client => $client, rejects => 0,
		tag => fixed_pid($site, 'postscreen'),
		key => $before ? $before->{key} : "[$client->{addr}]:" . port($t, $site, $client)};
	my $settle = $before && verdict($before, 'handed_off');
	say_($p, "CONNECT from $p->{key} to [192.0.2." . (25 + $site->{number}) . ']:25',
			'psc.connect', sub {
		$T{psc_connects}++;
		$T{psc_open}++;
		$settle->() if $settle;
		return;
	});
	return $p;
}

sub say_ {
	my ($p, $text, $class, $hook, $repeats) = @_;
	line($p->{t}, $p->{site}, "$p->{site}{inst}/$p->{tag}", $text, $class, $hook, $repeats);
	return;
}

sub wait_ { my ($p, $least, $more) = @_; $p->{t} += d($least, $more); return }

# HOOK that settles the session.
sub verdict {
	my ($p, $verdict) = @_;
	return sub {
		return if $p->{settled}++;
		$T{psc_open}--;
		$T{"psc_$verdict"}++;
		tally('top.clients', $p->{client}{addr}) if $verdict eq 'blocked';
		$T{recipient_postscreen}++ if $verdict eq 'blocked' && !$p->{rejects};
		return;
	};
}

sub over {
	my ($p, $verdict) = @_;
	return say_($p, "DISCONNECT $p->{key}", 'psc.disconnect', verdict($p, $verdict));
}

sub hangup {
	my ($p, $where) = @_;
	wait_($p, 0.1, 4);
	return say_($p, sprintf('HANGUP after %.2g from %s in tests %s SMTP handshake', d(0, 9),
		$p->{key}, $where), 'psc.hangup');
}

# A refused recipient; the text of the clean client's 450 4.3.2 does not count as refused.
sub refuse_rcpt {
	my ($p, $reply, $from, $to, $repeats) = @_;
	wait_($p, 0.1, 1.5);
	my $clean = $reply =~ /^450 4\.3\.2/;
	my $helo = $p->{helo} //= helo($p->{client});
	my $proto = $p->{proto} //= chance(0.8) ? 'ESMTP' : 'SMTP';
	return say_($p,
		"NOQUEUE: reject: RCPT from $p->{key}: $reply; from=<$from>, to=<$to>, "
		. "proto=$proto, helo=<$helo>", 'psc.reject_rcpt',
		$clean ? undef : sub {
			$p->{rejects}++;
			$T{recipient_postscreen}++;
			return;
		}, $repeats);
}

sub refuse_mail {
	my ($p, $reply) = @_;
	starttls($p) if chance(0.1);
	my $from = sender();
	refuse_rcpt($p, $reply, $from, local_rcpt())
		for 1 .. wpick([1 => 80, 2 => 10, 3 => 6, 7 => 2]);
	refuse_rcpt($p, $reply, $from, nobody(), 1 + int rand 4) if chance(0.01);
	return;
}

# tlsproxy says the same words of the same address and port.
sub starttls {
	my ($p) = @_;
	my ($site, $tag) = ($p->{site}, fixed_pid($p->{site}, 'tlsproxy'));
	wait_($p, 0.05, 0.2);
	line($p->{t}, $site, "$site->{inst}/$tag", "CONNECT from $p->{key}", 'tlsproxy.connect');
	line($p->{t} + 0.04, $site, "$site->{inst}/$tag",
		"Anonymous TLS connection established from $p->{key}: TLSv1.3 with cipher "
		. "TLS_AES_256_GCM_SHA384 (256/256 bits)",
		'tlsproxy.tls');
	line($p->{t} + 8, $site, "$site->{inst}/$tag", "DISCONNECT $p->{key}",
		'tlsproxy.disconnect');
	wait_($p, 0.1, 0.2);
	return;
}

sub listed {
	my ($p) = @_;
	for (1 .. wpick([1 => 60, 2 => 30, 3 => 10])) {
		line($p->{t} + d(0.01, 1), $p->{site}, "$p->{site}{inst}/"
			. fixed_pid($p->{site}, 'dnsblog'),
			"addr $p->{client}{addr} listed by domain " . pick(@lists) . ' as 127.0.'
			. pick('0.2', '0.3', '0.4', '0.11', '5.1'), 'dnsblog.listed');
	}
	return;
}

sub mark_dnsbl {
	my ($p) = @_;
	listed($p);
	wait_($p, 1.2, 5);
	return say_($p, 'DNSBL rank ' . (2 + int rand 8) . " for $p->{key}", 'psc.dnsbl');
}

sub mark_pregreet {
	my ($p) = @_;
	wait_($p, 0.05, 4);
	my $greet = pick(@greets);
	return say_($p, sprintf('PREGREET %d after %.2g from %s: %s', length $greet, d(0, 4),
		$p->{key}, $greet), 'psc.pregreet');
}

sub mark_deny {
	my ($p) = @_;
	wait_($p, 0.001, 0.002);
	return say_($p, ($p->{site}{old_words} ? 'BLACK' : 'DENY') . "LISTED $p->{key}",
		'psc.deny');
}

# A marked client of a site that drops (no reject line) or enforces (refused recipients, or it hangs
# up before).
sub blocked {
	my ($t, $what) = @_;
	my $site = site();
	$site = site(number => 0) if $site->{$what} eq 'ignore';
	my $p = begin($t, $site, spammer());
	mark_pregreet($p) if $what eq 'dnsbl' && $site->{pregreet} eq 'enforce' && chance(0.3);
	{dnsbl => \&mark_dnsbl, pregreet => \&mark_pregreet, deny => \&mark_deny}->{$what}->($p);
	if ($site->{$what} eq 'enforce') { enforced($p, $what) } else { wait_($p, 0.001, 0.01) }
	return over($p, 'blocked');
}

sub enforced {
	my ($p, $what) = @_;
	if (chance(0.15)) { hangup($p, pick('before', 'after')); return }
	my $list = 'using ' . pick(@lists[0 .. 4]);
	my $reply = {dnsbl =>
		"550 5.7.1 Service unavailable; client [$p->{client}{addr}] blocked $list",
		pregreet => '550 5.5.1 Protocol error',
		deny => '550 5.3.2 Service currently unavailable'}->{$what};
	wait_($p, 1, 6);
	refuse_mail($p, $reply);
	my $end = wpick([quit => 60, hangup => 25, data => 5, time => 3, count => 1, length => 1,
		pipelining => 5]);
	if ($end eq 'hangup') { hangup($p, 'after') } elsif ($end ne 'quit') { trouble($p, $end) }
	return;
}

sub trouble {
	my ($p, $what) = @_;
	wait_($p, 0.1, $what eq 'time' ? 300 : 2);
	my $after = pick(qw(CONNECT EHLO MAIL RCPT UNIMPLEMENTED));
	my %said = (data => [pick('DATA', 'BDAT') . " without valid RCPT from $p->{key}",
		'psc.nodata'],
		time => ["COMMAND TIME LIMIT from $p->{key} after $after", 'psc.cmd_time'],
		count => ["COMMAND COUNT LIMIT from $p->{key} after $after", 'psc.cmd_count'],
		length => ["COMMAND LENGTH LIMIT from $p->{key} after $after", 'psc.cmd_length'],
		pipelining => ["COMMAND PIPELINING from $p->{key} after "
			. pick('EHLO: MAIL FROM:<a@b.example>\r\nRCPT TO:<c@example.org>\r\n',
				': \r\n'), 'psc.pipelining'],
		nonsmtp => ["NON-SMTP COMMAND from $p->{key} after CONNECT: "
			. pick('GET / HTTP/1.1', 'Subject: reject: RCPT from [192.0.2.1]:1'),
			'psc.nonsmtp'],
		barelf => ["BARE NEWLINE from $p->{key} after $after", 'psc.barelf']);
	return say_($p, @{$said{$what}});
}

# A new client that fails in the tests after the greeting.
sub deep_fail {
	my ($t) = @_;
	my $p = begin($t, site(deep => 1), spammer());
	wait_($p, 6, 1);
	my $what = pick(qw(nonsmtp pipelining barelf pipelining nonsmtp time count length));
	trouble($p, $what);
	refuse_mail($p, '550 5.5.1 Protocol error') if $what eq 'pipelining' || $what eq 'barelf';
	hangup($p, 'after') if chance(0.2);
	wait_($p, 0.001, 0.1);
	return over($p, 'blocked');
}

sub busy {
	my ($t) = @_;
	my $p = begin($t, site(), spammer());
	wait_($p, 0.001, 0.002);
	say_($p, pick("NOQUEUE: reject: CONNECT from $p->{key}: too many connections",
		"NOQUEUE: reject: CONNECT from $p->{key}: all server ports busy",
			"reject: connect from $p->{key}: all screening ports busy",
			"NOQUEUE: reject: CONNECT from $p->{key}: all screening ports busy"),
		'psc.reject_conn');
	return over($p, 'blocked');
}

sub gave_up {
	my ($t) = @_;
	my $p = begin($t, site(), spammer());
	listed($p) if chance(0.1);
	if (chance(0.8)) { hangup($p, chance(0.8) ? 'before' : 'after') } else { wait_($p, 6, 10) }
	say_($p, "PASS NEW $p->{key}", 'psc.pass_new') if chance(0.05);
	return over($p, 'gave_up');
}

# A backup MX: nobody is let in by it, but nobody is blocked either.
sub veto {
	my ($t) = @_;
	my $p = begin($t, site(), spammer());
	my $denied = $p->{site}{deny} eq 'ignore' && chance(0.3);
	mark_deny($p) if $denied;
	wait_($p, 0.001, 0.002);
	say_($p, ($p->{site}{old_words} ? 'WHITE' : 'ALLOW') . "LIST VETO $p->{key}", 'psc.veto');
	if (!$denied && chance(0.2)) { hangup($p, 'before'); return over($p, 'gave_up') }
	wait_($p, 6, 1);
	refuse_mail($p, '450 4.3.2 Service currently unavailable');
	return over($p, 'come_back');
}

# Deep tests of a clean client: 450 4.3.2, then it is known, and comes back. LATER is called with
# the time and site of that.
sub deep_tests {
	my ($t, $client, $later) = @_;
	my $p = begin($t, site(deep => 1), $client);
	wait_($p, 6, 0.5);
	refuse_mail($p, '450 4.3.2 Service currently unavailable');
	my $end = wpick([pass => 85, hangup => 8, data => 4, time => 2]);
	if ($end eq 'pass') { wait_($p, 0.1, 1); say_($p, "PASS NEW $p->{key}", 'psc.pass_new') }
	elsif ($end eq 'hangup') { hangup($p, 'after') }
	else { trouble($p, $end) }
	over($p, 'come_back');
	my $site = $p->{site};
	at($p->{t} + d(120, 1800), sub {
		return $later->($Sim::now + rand, $site, $client);
	}) if $end eq 'pass' && $later;
	return;
}

# Handed to an smtpd: answers the time of its connect line, and the hook it must carry.
sub hand_off {
	my ($t, $site, $client) = @_;
	my $p = begin($t, $site, $client);
	if ($site->{dnsbl} eq 'ignore' && $client->{ignore}) {
		{dnsbl => \&mark_dnsbl, pregreet => \&mark_pregreet,
			deny => \&mark_deny}->{$_}->($p)
			for pick([qw(dnsbl)], [qw(pregreet)], [qw(pregreet dnsbl)], [qw(deny)],
				[])->@*;
		wait_($p, 6, 1);
		return ($p->{t}, verdict($p, 'handed_off'));
	}
	my $how = wpick($site->{deep} ? [old => 90, allow => 10]
		: [old => 82, new => 10, allow => 8]);
	wait_($p, $how eq 'new' ? 6 : 0.001, 0.01);
	my $class = {old => 'psc.pass_old', new => 'psc.pass_new', allow => 'psc.allow'}->{$how};
	my $words = {old => 'PASS OLD', new => 'PASS NEW', allow => $site->{old_words}
		? 'WHITELISTED' : 'ALLOWLISTED'}->{$how};
	say_($p, "$words $p->{key}", $class, verdict($p, 'handed_off'));
	return ($p->{t} + d(0.002, 0.02), undef);
}

# Silently handed off, though no smtpd says so: the same address and port again shows it.
sub twice {
	my ($t) = @_;
	my ($site, $client) = (site(dnsbl => 'ignore'), fresh('ignore'));
	return if $site->{dnsbl} ne 'ignore';
	my $p = begin($t, $site, $client);
	mark_dnsbl($p) if chance(0.6);
	at($t + d(400, 3000), sub {
		my $q = begin($Sim::now + rand, $site, $client, $p);
		wait_($q, 0.001, 0.01);
		say_($q, "PASS OLD $q->{key}", 'psc.pass_old', verdict($q, 'handed_off'));
		return;
	});
	return;
}

1;
