# SPDX-License-Identifier: BSD-2-Clause
# Sessions - the kinds of smtpd sessions that maillog.pl plays
package Sessions;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Smtpd;
use Proxy;
use Postscreen;
use Hold;
use Refuse;

# Session kinds of the MX service and how often each comes in 10000.
our @kinds = (accept => 6100, user_unknown => 1300, rbl => 700, helo => 250, sender => 350,
	relay => 300, stage => 120, warn => 90, mixed => 260, two => 120,
	milter_rcpt => 60, milter_eom => 200, header => 60, gone => 80, limit => 40, nonsmtp => 40,
	pipelining => 60, lost => 350, timeout => 60, toomany => 90,
	sasl => 120, tls_error => 50, access => 60, hangup => 8, held => 14, discard => 12,
	size => 6, barelf => 10, policy_note => 20,
	probe => 30, login => 30);
my %play = (accept => \&accepted, user_unknown => \&user_unknown, rbl => \&rbl, helo => \&bad_helo,
	sender => \&bad_sender, relay => \&relay_denied, stage => \&by_stage,
	warn => \&warned, mixed => \&mixed, two => \&two, milter_rcpt => \&milter_rcpt,
	milter_eom => \&Refuse::milter, header => \&Refuse::content,
	gone => \&gone, limit => \&limit,
	nonsmtp => \&nonsmtp, pipelining => \&pipelining, lost => \&lost, timeout => \&timeout,
	toomany => \&toomany, sasl => \&sasl, tls_error => \&tls_error,
	access => \&access, hangup => \&hangup, held => \&Hold::held, discard => \&Hold::discarded,
	size => \&size, barelf => \&barelf, policy_note => \&policy_note,
	probe => \&probe, login => \&Submit::login);

# A client comes through postscreen to an smtpd; WHAT it does there.
sub come {
	my ($t, $site, $client, $what) = @_;
	($t, my $hook) = Postscreen::hand_off($t, $site, $client);
	my $s = Smtpd::begin($t, $site, $client, on_connect => $hook);
	return $what->($s);
}

sub mx {
	my ($t) = @_;
	my $site = site();
	my $client = $site->{dnsbl} eq 'ignore' && chance(0.6) ? fresh('ignore') : known();
	return come($t, $site, $client, $play{wpick(\@kinds)});
}

# A number of recipients that exist.
sub some { return map { local_rcpt() } 1 .. wpick([1 => 82, 2 => 10, 3 => 5, 8 => 2]) }

sub start {
	my ($s, $rcpts) = @_;
	Smtpd::hello($s);
	Smtpd::cmd($s, 'mail');
	Smtpd::cmd($s, 'rcpt') for 1 .. $rcpts // 0;
	return;
}

# What other programs say of a recipient that is let in; none of these senders is ever greylisted.
sub policy_says {
	my ($s, $from, $to) = @_;
	my ($site, $c) = @$s{qw(site client)};
	if (chance(0.2)) {
		line($s->{t} + 0.001, $site, chance(0.8) ? fixed_pid($site, 'policyd-spf')
			: "$site->{inst}/" . fixed_pid($site, 'policy-spf'),
			'prepend Received-SPF: '
			. pick('Pass', 'Pass', 'None', 'Neutral', 'Softfail', 'Permerror')
			. " (mailfrom) identity=mailfrom; client-ip=$c->{addr}; helo=$s->{helo}; "
			. "envelope-from="
			. ($from || 'none') . "; receiver=$to", 'spf.result');
	}
	if ($site->{grey} && chance(0.4)) {
		Grey::says($s, $s->{t} + 0.002, 'pass',
			pick('client whitelist', 'client AWL', 'recipient whitelist',
				'triplet found'), $from, $to);
	}
	return;
}

sub take {
	my ($s, @rcpts) = @_;
	my $from = sender();
	@rcpts = some() if !@rcpts;
	return Proxy::take($s, $from, \@rcpts) if $s->{site}{proxy};
	policy_says($s, $from, $rcpts[0]);
	my $m = Smtpd::open_message($s, $from, \@rcpts);
	Smtpd::accept_message($s, $m);
	return $m;
}

sub accepted {
	my ($s) = @_;
	my @rcpts = some();
	start($s, scalar @rcpts);
	take($s, @rcpts);
	$s->{t} += d(0.01, 2);
	return Smtpd::over($s, chance(0.95) ? (quit => 1) : (), chance(0.01) && $s->{site}{new}
		? (notes => 'bare_lf') : ());
}

sub unknown_text { my ($to) = @_;
	return pick("550 5.1.1 <$to>: Recipient address rejected: User unknown in virtual mailbox "
		. "table", "550 5.1.1 <$to>: Recipient address rejected: User unknown in local "
		. "recipient table",
	"450 4.1.1 <$to>: Recipient address rejected: unverified address: unknown user") }

# RCPT refused in CODE text, for one or more recipients; some clients try the same one again.
sub refuse_all {
	my ($s, $text, %o) = @_;
	start($s);
	my $from = $o{from} // sender();
	for (1 .. wpick([1 => 85, 2 => 10, 4 => 4])) {
		my $to = $o{to} // nobody();
		my $repeats = chance(0.01) ? 1 + int rand 4 : 0;
		Smtpd::cmd($s, 'rcpt', 1) for 0 .. $repeats;
		Smtpd::reject($s, 'RCPT', $text->($to, $from), from => $from, to => $to,
			repeats => $repeats);
	}
	if (chance(0.3)) { Smtpd::lost($s, 'lost connection', 'RCPT'); return Smtpd::over($s) }
	if (chance(0.1)) { Smtpd::cmd($s, 'data', 1); Smtpd::cmd($s, 'rset') }
	return Smtpd::over($s, quit => 1);
}

sub user_unknown { my ($s) = @_; return refuse_all($s, \&unknown_text) }

sub rbl {
	my ($s) = @_;
	my $list = pick('zen.spamhaus.org', 'bl.spamcop.net', 'rhsbl.sorbs.net');
	return refuse_all($s, sub {
		return "554 5.7.1 Service unavailable; Client host [$s->{client}{addr}] blocked "
			. "using $list; https://www.spamhaus.org/query/ip/$s->{client}{addr}";
	});
}

sub bad_helo {
	my ($s) = @_;
	return refuse_all($s, sub {
		return pick('450 4.7.1', '504 5.5.2') . " <$s->{helo}>: Helo command rejected: "
			. pick('Host not found', 'need fully-qualified hostname');
	});
}

sub bad_sender {
	my ($s) = @_;
	return refuse_all($s, sub {
		return pick("450 4.1.8 <$_[1]>: Sender address rejected: Domain not found",
			"550 5.1.8 <$_[1]>: Sender address rejected: undeliverable address",
			"554 5.7.1 <$_[1]>: Sender address rejected: Access denied; "
			. "from=<forged\@x> to=<y>");
	}, from => 'x' . int(rand 999) . '@no.such.example');
}

sub relay_denied {
	my ($s) = @_;
	return refuse_all($s, sub {
		return "454 4.7.1 <$_[0]>: Relay access denied";
	}, to => remote_rcpt());
}

# Refusals at other stages than RCPT.
sub by_stage {
	my ($s) = @_;
	my $stage = pick(qw(CONNECT EHLO HELO MAIL DATA VRFY ETRN MAIL));
	my %text = (CONNECT => "554 5.7.1 <$s->{bare}>: Client host rejected: Access denied",
		MAIL => '450 4.7.1 <a@b.example>: Sender address rejected: not now',
		EHLO => "501 5.5.2 <$s->{helo}>: Helo command rejected: Invalid name",
		DATA => '550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce',
		VRFY => '550 5.1.1 <root>: Recipient address rejected: User unknown',
		ETRN => '554 5.7.1 <etrn x>: Etrn command rejected: Access denied');
	$text{HELO} = $text{EHLO};
	my %o;
	return local_error($s) if chance(0.05);
	if ($stage eq 'MAIL') {
		start($s);
		$s->{all}{mail}++;
		$s->{ok}{mail} = 0;
		%o = (from => 'a@b.example');
	}
	elsif ($stage eq 'DATA') {
		start($s, 1);
		Smtpd::cmd($s, 'data', 1);
		%o = (from => '', to => local_rcpt());
	}
	elsif ($stage ne 'CONNECT') {
		$s->{proto} = 'ESMTP' if $stage !~ /ELO|EHLO/;
		Smtpd::cmd($s, lc $stage, 1);
	}
	Smtpd::reject($s, $stage, $text{$stage}, %o);
	return Smtpd::over($s, quit => chance(0.6));
}

# A fault of the server, without the sender and so on.
sub local_error {
	my ($s) = @_;
	start($s, 1);
	Smtpd::say_($s,
		"NOQUEUE: reject: DATA from $s->{name}: 421 4.3.0 $s->{site}{host}.example.org "
		. "Server local data error", 'smtpd.reject',
		Smtpd::refusal($s, 'rejects', 'DATA', '421 4.3.0'));
	return Smtpd::over($s);
}

sub warned {
	my ($s) = @_;
	start($s, 1);
	Smtpd::act($s, 'reject_warning', 'RCPT',
		"450 4.7.25 Client host rejected: cannot find your hostname, [$s->{client}{addr}]",
		from => 'w@warn.example', to => local_rcpt());
	take($s) if chance(0.8);
	return Smtpd::over($s, quit => 1);
}

# Some recipients taken, others refused: the refusal carries the queue id, or came before it.
sub mixed {
	my ($s) = @_;
	return accepted($s) if $s->{site}{proxy};
	start($s, 1);
	my ($from, $bad) = (sender(), nobody());
	Smtpd::cmd($s, 'rcpt', 1);
	Smtpd::reject($s, 'RCPT', unknown_text($bad), from => $from, to => $bad) if chance(0.3);
	my $m = Smtpd::open_message($s, $from, [some()]);
	for (1 .. 1 + rand 3) {
		$bad = nobody();
		Smtpd::cmd($s, 'rcpt', 1);
		Smtpd::reject($s, 'RCPT', unknown_text($bad), from => $from, to => $bad,
			id => $m->{id});
	}
	Smtpd::accept_message($s, $m);
	return Smtpd::over($s, quit => 1);
}

# Two or three messages in a session, or one taken and one refused.
sub two {
	my ($s) = @_;
	start($s, 1);
	for (1 .. 2 + rand 2) {
		$s->{t} += d(0.1, 2);
		if (chance(0.3)) { Refuse::message($s) } else { take($s) }
	}
	return Smtpd::over($s, quit => 1);
}

sub milter_rcpt {
	my ($s) = @_;
	start($s);
	my $stage = pick(qw(RCPT RCPT MAIL CONNECT));
	Smtpd::act($s, 'milter-reject', $stage, pick('550 5.7.1 Access denied',
		'451 4.7.1 Service unavailable - try again later'), $stage eq 'CONNECT' ? ()
		: (from => sender()),
		$stage eq 'RCPT' ? (to => local_rcpt()) : ());
	return Smtpd::over($s, quit => 1);
}

# The client vanishes in the data; versions before 3.10 say nothing of what becomes of the queue id.
sub gone {
	my ($s) = @_;
	start($s, 1);
	my $m = Smtpd::open_message($s, sender(), [some()]);
	Smtpd::cmd($s, 'data', 1);
	Smtpd::lost($s, pick('lost connection', 'lost connection', 'timeout'),
		'DATA (' . int(rand 8e6) . ' bytes)', $m->{id});
	Smtpd::cancelled($s, $m, 'canceled');
	return Smtpd::over($s);
}

sub limit {
	my ($s) = @_;
	my $kind = pick('Connection concurrency', 'Connection rate',
		'Message delivery request rate', 'Recipient address rate', 'New TLS session rate',
		'AUTH command rate');
	start($s) if $kind !~ /^Conn/;
	Smtpd::limit($s, $kind);
	return Smtpd::over($s);
}

sub nonsmtp {
	my ($s) = @_;
	Smtpd::cmd($s, 'unknown', 1);
	Smtpd::say_($s, "warning: non-SMTP command from $s->{name}: "
		. pick('GET / HTTP/1.1', 'Subject: reject: RCPT', '\x16\x03\x01'), 'smtpd.nonsmtp',
		Smtpd::refusal($s, 'non_smtp'));
	return Smtpd::over($s);
}

# Since 3.9 answered with 554 and the end, without a reject line; before a mere note.
sub pipelining {
	my ($s) = @_;
	my $at = pick(qw(CONNECT EHLO HELO MAIL));
	Smtpd::hello($s) if $at ne 'CONNECT';
	Smtpd::say_($s,
		"improper command pipelining after $at from $s->{name}: MAIL "
		. "FROM:<a\@b.example>\\r\\nRCPT TO:<c\@example.org>\\r\\n", 'smtpd.pipelining');
	if ($s->{site}{new}) {
		return Smtpd::over($s, hook => sub { $s->{refused}++;
			$T{recipient_smtpd}++ if $s->{scope} eq 'smtpd'; return });
	}
	start($s, 1);
	take($s);
	return Smtpd::over($s, quit => 1);
}

sub lost {
	my ($s) = @_;
	my $stage = pick(qw(CONNECT CONNECT EHLO AUTH STARTTLS UNKNOWN RCPT MAIL));
	Smtpd::cmd($s, lc $stage) if $stage =~ /EHLO|AUTH|STARTTLS|UNKNOWN/;
	start($s) if $stage =~ /RCPT|MAIL/;
	Smtpd::lost($s, 'lost connection', $stage);
	return Smtpd::over($s);
}

sub timeout {
	my ($s) = @_;
	start($s) if chance(0.5);
	Smtpd::lost($s, 'timeout', pick(qw(CONNECT EHLO MAIL END-OF-MESSAGE)));
	return Smtpd::over($s);
}

sub toomany {
	my ($s) = @_;
	start($s);
	for (1 .. 3 + rand 15) {
		my $to = nobody();
		Smtpd::cmd($s, 'rcpt', 1);
		Smtpd::reject($s, 'RCPT', unknown_text($to), from => 'dict@harvest.example',
			to => $to);
	}
	Smtpd::lost($s, 'too many errors', 'RCPT');
	return Smtpd::over($s);
}

# Wrong passwords: an SMTP AUTH attack, no login.
sub sasl {
	my ($s) = @_;
	Smtpd::cmd($s, 'ehlo');
	for (1 .. 1 + rand 3) {
		Smtpd::cmd($s, 'auth', 1);
		Smtpd::say_($s, "warning: $s->{name}: SASL LOGIN authentication failed: "
			. pick('UGFzc3dvcmQ6', 'authentication failure',
				'Invalid authentication mechanism')
			. ($s->{site}{new} ? ', sasl_username='
				. pick('(unavailable)', 'admin', 'info@example.org') : ''),
				'smtpd.sasl_fail', sub {
			$T{sasl_failures}++;
			return Smtpd::count($s, 'sasl_failures');
		}, chance(0.05) ? 1 + int rand 6 : 0);
	}
	Smtpd::lost($s, 'lost connection', 'AUTH') if chance(0.5);
	return Smtpd::over($s);
}

sub tls_error {
	my ($s) = @_;
	Smtpd::cmd($s, 'ehlo');
	Smtpd::cmd($s, 'starttls', 1);
	Smtpd::say_($s, "SSL_accept error from $s->{name}: "
		. pick('-1', '0', 'lost connection', 'Connection reset by peer'),
		'smtpd.tls_error');
	Smtpd::say_($s,
		'warning: TLS library problem: error:0A000102:SSL routines::unsupported '
		. 'protocol:ssl/statem/statem_srvr.c:1657:', 'warning') if chance(0.7);
	Smtpd::lost($s, 'lost connection', 'STARTTLS');
	return Smtpd::over($s);
}

# Actions of access tables that do not refuse.
sub access {
	my ($s) = @_;
	start($s, 1);
	my $to = local_rcpt();
	my $action = pick(qw(info warn filter bcc redirect permit));
	my %text = (info => 'seen', warn => 'odd client',
		filter => "<$to>: Recipient address triggers FILTER smtp:[127.0.0.1]:10030",
		bcc => "<$to>: Recipient address triggers BCC arch\@example.org",
		redirect => "<$to>: Recipient address triggers REDIRECT other\@example.org",
		permit => "action=permit_mynetworks for Client host=$s->{bare}");
	Smtpd::act($s, $action, 'RCPT', $text{$action}, from => sender(), to => $to);
	take($s);
	return Smtpd::over($s, quit => 1);
}

sub hangup { my ($s) = @_; Smtpd::act($s, 'hangup', 'CONNECT', 'go away'); return Smtpd::over($s) }

# An address is probed: it is taken, and then the client has seen enough. Whether cleanup says that
# the queue id is gone or not, the counters without data= do.
sub probe {
	my ($s) = @_;
	return accepted($s) if $s->{site}{proxy} || $main::without{probe};
	start($s, 1);
	my $m = Smtpd::open_message($s, 'probe@check.example', [local_rcpt()]);
	if (chance(0.6)) {
		my $to = nobody();
		Smtpd::cmd($s, 'rcpt', 1);
		Smtpd::reject($s, 'RCPT', unknown_text($to), from => $m->{from}, to => $to,
			id => $m->{id});
	}
	Smtpd::cancelled($s, $m, 'canceled') if chance(0.5);
	Smtpd::cmd($s, 'rset') if chance(0.3);
	if (chance(0.2)) { Smtpd::lost($s, 'lost connection', 'RCPT', $m->{id}) }
	return Smtpd::over($s, quit => chance(0.7), hook => Smtpd::settled($s, $m));
}

sub size {
	my ($s) = @_;
	start($s, 1);
	my $m = Smtpd::open_message($s, sender(), [some()]);
	Smtpd::cmd($s, 'data', 1);
	Smtpd::say_($s, "warning: $m->{id}: queue file size limit exceeded", 'warning',
		Smtpd::settled($s, $m));
	Smtpd::cancelled($s, $m, 'canceled');
	return Smtpd::over($s, quit => 1);
}

sub barelf {
	my ($s) = @_;
	start($s, 1);
	if (!$s->{site}{new}) {
		Smtpd::say_($s, "bare <LF> received after CONNECT from $s->{name}",
			'smtpd.barelf_note');
		take($s);
		return Smtpd::over($s, quit => 1);
	}
	Smtpd::reject($s, 'CONNECT', 'bare <LF> received');
	return Smtpd::over($s);
}

sub policy_note {
	my ($s) = @_;
	start($s, 1);
	Smtpd::say_($s, pick("discarding EHLO keywords: CHUNKING",
		'table hash:/etc/postfix/access(0,lock|fold_fix) has changed -- restarting'),
		'info');
	Smtpd::say_($s,
		"warning: Illegal address syntax from $s->{name} in RCPT command: "
		. "<a..b\@example.org>", 'warning', Smtpd::refusal($s, 'bad_syntax'))
		if chance(0.5);
	take($s);
	return Smtpd::over($s, quit => 1);
}

1;
