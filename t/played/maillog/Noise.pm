# SPDX-License-Identifier: BSD-2-Clause
# Noise - what else stands in a maillog of maillog.pl: statistics, warnings, other programs, unknown
# lines, local mail, probes
package Noise;
use strict;
use warnings;
use Sim;
use World;
use Mail;

my @months = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);

sub ctime {
	my ($t) = @_;
	my ($s, $m, $h, $day, $month) = gmtime $t;
	return sprintf '%s %2d %02d:%02d:%02d', $months[$month], $day, $h, $m, $s;
}
sub stat_ {
	my ($t, $site, $program, $text, $class) = @_;
	return line($t, $site, "$site->{inst}/" . fixed_pid($site, $program), $text, $class);
}

sub anvil {
	my ($t) = @_;
	my ($site, $c, $at) = (site(), spammer(), ctime($t - 300));
	for my $kind ('connection', 'message', 'recipient', 'newtls', 'auth') {
		stat_($t, $site, 'anvil', "statistics: max $kind rate " . (1 + int rand 40)
			. "/60s for (smtp:$c->{addr}) at $at", 'anvil.stat')
			if $kind eq 'connection' || chance(0.3);
	}
	stat_($t, $site, 'anvil', 'statistics: max connection count ' . (1 + int rand 9)
		. " for (smtp:$c->{addr}) at $at", 'anvil.stat');
	return stat_($t, $site, 'anvil', 'statistics: max cache size ' . (1 + int rand 40)
		. " at $at", 'anvil.stat');
}

sub scache {
	my ($t) = @_;
	my $site = site();
	stat_($t, $site, 'scache', 'statistics: start interval ' . ctime($t - 600), 'scache.stat');
	stat_($t, $site, 'scache', "statistics: $_ lookup hits=" . int(rand 9) . ' miss='
		. int(rand 9) . ' success=' . int(rand 99) . '%', 'scache.stat')
		for 'domain', 'address';
	return stat_($t, $site, 'scache',
		'statistics: max simultaneous domains=1 addresses=2 connection=2', 'scache.stat');
}

sub caches {
	my ($t) = @_;
	my ($site, $how) = (site(), pick('full', 'full', 'partial'));
	my $counts = 'retained=' . int(rand 900) . ' dropped=' . int(rand 90) . ' entries';
	stat_($t, $site, 'postscreen',
		"cache btree:/var/lib/postfix/postscreen_cache $how cleanup: $counts", 'psc.cache');
	stat_($t, $site, 'verify',
		"cache btree:/var/lib/postfix/verify_cache $how cleanup: $counts", 'verify.cache');
	stat_($t + 3, $site, 'postscreen', pick('entering', 'leaving') . ' STRESS mode with '
		. (60 + int rand 60) . ' connections', 'psc.stress');
	return;
}

sub master {
	my ($t) = @_;
	my $site = site();
	return stat_($t, $site, 'master',
		pick('daemon started -- version 3.11.1, configuration /etc/postfix',
			'reload -- version 3.7.11, configuration /etc/postfix',
			'terminating on signal 15'), 'master');
}

my @troubles = (
	['trivial-rewrite',
		'warning: do not list domain example.org in BOTH mydestination and '
		. 'virtual_mailbox_domains', 'warning', 1],
	['postscreen', 'warning: dnsblog reply timeout 10s for zen.spamhaus.org', 'warning', 1],
	['postscreen',
		'warning: getpeername: Transport endpoint is not connected -- dropping this '
		. 'connection', 'warning'],
	['smtpd', 'warning: SASL authentication failure: Password verification failed', 'warning'],
	['tlsmgr', 'warning: request to update table btree:/var/lib/postfix/x in non-postfix '
	. 'directory', 'warning'],
	['proxymap', 'warning: pgsql query failed: fatal error from host', 'warning'],
	['smtpd', 'error: open database /etc/postfix/access.db: No such file or directory',
		'error'],
	['local', 'error: cannot open alias database', 'error'],
	['cleanup', 'fatal: mail system is down -- try again', 'fatal'],
	['smtp', 'fatal: specify a password table via the `smtp_sasl_password_maps\' '
	. 'configuration parameter', 'fatal'],
	['proxymap', 'panic: dict_open: unsupported dictionary', 'panic'],
);

sub trouble {
	my ($t) = @_;
	my ($program, $text, $class, $repeats) = @{pick(@troubles)};
	my $site = site();
	return line($t, $site, "$site->{inst}/" . fixed_pid($site, $program), $text, $class, undef,
		$repeats && chance(0.3) ? 1 + int rand 5 : 0);
}

my @infos = (['smtpd', 'table hash:/etc/postfix/access(0,lock|fold_fix) has changed -- restarting'],
	['trivial-rewrite',
		'table hash:/etc/postfix/transport(0,lock|fold_fix) has changed -- restarting'],
	['postscreen',
		'table cidr:/etc/postfix/postscreen_access.cidr has changed - finishing in the '
		. 'background']);

sub info {
	my ($t) = @_;
	my $site = site();
	my ($program, $text) = @{pick(@infos)};
	return stat_($t, $site, $program, $text, 'info');
}

my @unknown = (['smtpd', 'frobnicated the session of unknown[192.0.2.7] in 3 steps'],
	['qmgr', '4XYZ: beamed up to=<scotty@example.org>'], ['cleanup', 'hello, world'],
	['postscreen', 'PONDERING [192.0.2.7]:4711'], ['smtp', 'sent nothing to nobody'],
	['bounce', 'boing']);

sub unknown {
	my ($t) = @_;
	my $site = site();
	my ($program, $text) = @{pick(@unknown)};
	return stat_($t, $site, $program, $text, 'unknown');
}

# Lines that no syslog wrote; in a journal every entry has its fields.
sub garbage {
	my ($t) = @_;
	return if $Form::format =~ /json/;
	return chance(0.5) ? raw($t, '', 'blank')
		: raw($t, pick('cut off in the mid', '^@^@^@ disk full', '*** log rotated ***'),
			'unknown');
}

my @foreign =
	(['dovecot', 'imap-login: Login: user=<alice>, method=PLAIN, rip=192.0.2.9, '
	. 'lip=192.0.2.25, mpid=4711, TLS'],
	['dovecot', 'lmtp(bob)<99><x>: sieve: msgid=<a@b>: stored mail into mailbox \'INBOX\''],
	['sshd[%d]', 'Connection closed by 203.0.113.77 port 40022 [preauth]'],
	['systemd[1]', 'Started Session 7 of User root.'],
	['kernel', '[ 12.3] TCP: request_sock_TCP: Possible SYN flooding on port 25.'],
	['opendkim[%d]', '4Fz1: DKIM-Signature field added (s=x, d=example.org)'],
	['rspamd[%d]',
		'<ab12>; task; rspamd_task_write_log: id: <x@y>, from: <a@b>, (default: F (no '
		. 'action): [1.20/15.00])'],
	['CRON[%d]', '(root) CMD (test -x /usr/sbin/cron-apt)'],
	['dovecot', "auth: passwd(x,192.0.2.1): unknown user (\"quoted\" \\ back\033slash)"],
	['amavis[%d]', '(04711-01) Passed CLEAN {RelayedInbound}, [192.0.2.1]:25 <a@b> -> <c@d>']);

sub foreign {
	my ($t) = @_;
	my ($program, $text) = @{pick(@foreign)};
	return line($t, site(), $program =~ s/%d/300 + int rand 60000/er, $text, 'foreign');
}

# The store can't be used for a while: grey-check says so once, and answers all the same.
sub outage {
	my ($t, $site) = @_;
	my $program = fixed_pid($site, $site->{grey});
	line($t, $site, $program, 'error: /var/lib/grey/postgrey.db: No space left on device; '
		. 'answering DUNNO: mail passes without greylisting (--on-error)', 'error');
	for (1 .. 1 + int rand 8) {
		$t += 0.3 * rand;
		my $rcpt = local_rcpt();
		line($t, $site, $program, 'action=error, reason=unavailable, client_name=unknown, '
			. 'client_address=198.18.' . int(rand 256) . '.' . int(rand 256)
			. ", sender=x\@firm.example, recipient=$rcpt", 'grey.error',
			sub { $T{without_store}++ });
	}
	return;
}

sub greylister {
	my ($t) = @_;
	my $site = grey_site();
	return outage($t, $site) if $site->{grey} eq 'grey-check' && chance(0.4);
	my ($text, $class) = @{pick(['cleaning up old logs...', 'grey.maintenance'],
		['cleaning main database finished. before: 4711, after: 4001', 'grey.maintenance'],
			['cleaning clients database finished. before: 99, after: 98',
				'grey.maintenance'],
				['whitelisted: mail1.firm1.example[198.18.0.1]',
					'grey.whitelisted'])};
	return line($t, $site, fixed_pid($site, $site->{grey}), $text, $class);
}

# Mail of a program on the host; pickup, cleanup and qmgr in one second, so that no end of the file
# parts them.
sub pickup {
	my ($t) = @_;
	my $site = site();
	my $user = pick(qw(root www-data cron));
	my $m = Mail::message($site, from => "$user\@$site->{host}.example.org",
		root => Mail::root('local'), first => 1,
		rcpts => [map { Mail::rcpt($_) } chance(0.7) ? local_rcpt() : remote_rcpt()]);
	$t = int($t) + 0.8 if $t - int $t > 0.8;
	line($t, $site, Mail::worker($m, 'pickup'), "$m->{id}: uid=0 from=<$user>", 'pickup.msg');
	Mail::message_id($t + 0.05, $m);
	return Mail::enqueue($t + 0.1, $m);
}

# Address probes are never mail.
sub probe {
	my ($t) = @_;
	my $site = site();
	my $m = Mail::message($site, from => "double-bounce\@$site->{host}.example.org",
		root => Mail::root('none'), probe => 1,
		rcpts => [Mail::rcpt(chance(0.5) ? local_rcpt() : remote_rcpt(), fate => [])]);
	my $r = $m->{rcpts}[0];
	Mail::message_id($t, $m);
	$m->{born} = $t;
	Mail::active_line($t + 0.1, $m);
	my $good = chance(0.5);
	my $status = $good ? 'deliverable' : $site->{new} && chance(0.2)
		? 'undeliverable-but-not-cached' : 'undeliverable';
	my $relay = $r->{via} eq 'smtp' ? 'mx1.probe.example[203.0.113.3]:25' : Mail::relay($m, $r);
	Mail::status($t + 0.4, $m, $r, Mail::program($m, $r), $relay, $good ? '2.1.5' : '5.1.1',
		$status, $good ? '250 2.1.5 Ok' : 'unknown user', "deliver.$status");
	return Mail::removed($t + 0.5, $m);
}

# Sessions of before the file's begin.
sub ends {
	my ($t) = @_;
	my ($site, $c) = (site(), spammer());
	stat_($t, $site, 'postscreen', "DISCONNECT [$c->{addr}]:" . (1024 + int rand 60000),
		'psc.disconnect');
	return line($t, $site, "$site->{inst}/smtpd[" . (300 + int rand 99) . ']',
		"disconnect from $c->{name}\[$c->{addr}] ehlo=1 quit=1 commands=2",
		'smtpd.disconnect', sub {
		$T{"smtpd.$_"}++ for qw(began_before neither_sessions);
		return;
	});
}

1;
