# SPDX-License-Identifier: BSD-2-Clause
# Before - mail that was under way when the maillog of maillog.pl began: its client is not in it
#
# What it delivers counts as delivered, but no leg to a filter does from where the mail is seen to
# go on. Where nothing shows that, the leg is the delivery.
package Before;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Filter;

my $loop = '127.0.0.1[127.0.0.1]:10024';

sub message {
	my ($t, $site) = @_;
	return Mail::message($site, from => 'before' . int(rand 999) . '@old.example',
		root => Mail::root('none'), born => $t - 9000, tries => 2,
		rcpts => [map { Mail::rcpt(remote_rcpt()) } 1 .. 1 + rand 2]);
}

sub leftover {
	my ($t) = @_;
	my $m = message($t, site());
	my $how = $main::without{before} ? 'attempt'
		: pick(qw(attempt named xforward same_id nothing));
	return Mail::attempt($t, $m) if $how eq 'attempt';
	if ($how eq 'same_id') {
		$m->{msgid} = '<' . number() . '@old.example>';
		Mail::message_id($t, $m);
	}
	Mail::active_line($t + 0.01, $m) if $how ne 'named';
	my $end = in_one_second($t + 1, 0.2);
	my $answer = sprintf '250 2.5.0 OK (%X%08X)', rand 2 ** 20, rand 2 ** 32;
	if ($how ne 'nothing') {
		my $next = Filter::copy($m, $m->{rcpts});
		Filter::reinject($end, $next, $how eq 'xforward' ? ", orig_queue_id=$m->{id}" : '');
		$answer = "250 2.0.0 Ok: queued as $next->{id}" if $how eq 'named';
	}
	for my $r (@{$m->{rcpts}}) {
		Filter::leg($end + 0.1, $m, $r, $loop, $answer, hook => $how eq 'nothing'
			? sub { return Mail::arrived($m, $r) } : undef);
	}
	return Mail::removed($end + 0.12, $m);
}

1;
