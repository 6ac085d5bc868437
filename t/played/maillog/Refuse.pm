# SPDX-License-Identifier: BSD-2-Clause
# Refuse - messages of maillog.pl that are refused after their data: by a milter, by header and body
# checks; cleanup(8) logs it
package Refuse;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Smtpd;

# What milters say, with a code of cleanup's or without a word.
my @milters = ('5.7.1 Spam message rejected', '4.7.1 Service unavailable - try again later',
	'4.7.1 Try again later', '4.7.1 ', '5.7.1 rejected by DMARC policy for firm1.example',
	'5.7.1 ', '5.7.0 Message content rejected, INFECTED: Eicar-Signature',
	'4.7.1 Temporary failure, please retry');

sub message {
	my ($s) = @_;
	my $m = Smtpd::open_message($s, sender(), [Sessions::some()]);
	Smtpd::cmd($s, 'data', 1);
	$s->{t} += 0.2;
	Mail::message_id($s->{t}, $m);
	Smtpd::cleanup_act($s, $m, 'milter-reject', 'END-OF-MESSAGE', pick(@milters));
	return Smtpd::cancelled($s, $m, 'canceled');
}

sub milter {
	my ($s) = @_;
	Sessions::start($s, 1);
	message($s);
	return Smtpd::over($s, quit => chance(0.8));
}

# The content is the sender's: it may look like anything.
sub content {
	my ($s) = @_;
	Sessions::start($s, 1);
	my $m = Smtpd::open_message($s, sender(), [Sessions::some()]);
	Smtpd::cmd($s, 'data', 1);
	Mail::message_id($s->{t} + 0.01, $m) if chance(0.5);
	Smtpd::cleanup_act($s, $m, 'reject', pick('header Subject: ', 'header Subject: ',
		'body ') . pick('Viagra', 'x; from=<a@b> to=<c@d>: reject: NOQUEUE',
			'=?UTF-8?B?44GT44KT?= status=sent (250 ok)', 'removed'),
		pick('5.7.1 spam', '5.7.1 message content rejected', '4.7.1 not now'));
	Smtpd::cancelled($s, $m, 'canceled');
	return Smtpd::over($s, quit => 1);
}

1;
