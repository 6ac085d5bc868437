# SPDX-License-Identifier: BSD-2-Clause
# Proxy - smtpd_proxy_filter in maillog.pl: the session has no queue id, the filter hands the mail
# to another smtpd
package Proxy;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Smtpd;

# NOQUEUE: client=, then the filter's smtpd takes it and the filter's answer is the session's.
sub take {
	my ($s, $from, $rcpts) = @_;
	my $sasl = $s->{sasl} ? ", sasl_method=PLAIN, sasl_username=$s->{sasl}" : '';
	Smtpd::say_($s, "NOQUEUE: client=$s->{name}$sasl", 'smtpd.client', sub {
		Smtpd::shows_login($s) if $sasl;
		return;
	});
	Smtpd::cmd($s, 'data', chance(0.05) ? 1 : 0);
	$s->{t} += d(0.3, 3);
	if (chance(0.05)) {
		return Smtpd::say_($s, 'proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id='
			. int(rand 99999) . '-01 - spam;' . Smtpd::whatsup($s, $from, $rcpts->[-1])
			. ($s->{sasl} && $s->{site}{new} ? Smtpd::sasl_fields($s) : ''),
			'smtpd.proxy_reject', Smtpd::refusal($s, 'proxy_rejects',
				'END-OF-MESSAGE', '554 5.7.0'));
	}
	my $m = Mail::message($s->{site}, from => $from, root => Mail::root(Smtpd::kind($s)),
		rcpts => [map { Mail::expand($_) } @$rcpts], first => 1, client => $s->{name});
	return inside($s, $m, $rcpts->[-1]);
}

# The copy's queue id is the message. The answer names it, or the copy names the client, or both.
sub inside {
	my ($s, $m, $to) = @_;
	my ($site, $t) = ($s->{site}, $s->{t});
	my $how = wpick([both => 80, answer => 12, client => $main::without{'proxy-noid'}
		|| Smtpd::kind($s) ne 'mx' ? 0 : 8]);
	my $pid = pid($site, 'reinject');
	my $tag = "$site->{inst}/smtpd[$pid]";
	line($t, $site, $tag, 'connect from localhost[127.0.0.1]', 'smtpd.connect');
	line($t + 0.01, $site, $tag, "$m->{id}: client=localhost[127.0.0.1]"
		. ($how eq 'answer' ? '' : ", orig_client=$s->{name}"), 'smtpd.client');
	Mail::message_id($t + 0.02, $m);
	# the answer in the same second: no end of the file in between
	$s->{t} = int($t + 0.03) == int $t + 0.04 ? $t + 0.04 : int($t + 0.04) + 0.001;
	Mail::enqueue($s->{t}, $m);
	my $answer = $how eq 'client' ? '250 2.6.0 Ok, sent on' : chance(0.5)
		? "250 2.0.0 Ok: queued as $m->{id}"
		: "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as $m->{id}";
	line($s->{t}, $site, $s->{tag}, "proxy-accept: END-OF-MESSAGE: $answer;"
			. Smtpd::whatsup($s, $m->{from}, $to), 'smtpd.proxy_accept', sub {
		$s->{taken}++;
		return;
	});
	line($s->{t} + 0.02, $site, $tag,
		'disconnect from localhost[127.0.0.1] ehlo=1 xforward=1 mail=1 rcpt=1 data=1 '
		. 'quit=1 commands=6', 'smtpd.disconnect');
	free_pid($s->{t} + 1, $site, 'reinject', $pid);
	return $m;
}

1;
