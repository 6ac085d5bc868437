# SPDX-License-Identifier: BSD-2-Clause
# Amavis - a filter of maillog.pl that answers when it has handed the mail back: "queued as", with
# XFORWARD (orig_queue_id) or without, one copy or several; or that it has discarded it
package Amavis;
use strict;
use warnings;
use Sim;
use World;
use Mail;

my $loop = '127.0.0.1[127.0.0.1]:10024';

sub pass {
	my ($t, $m, $again) = @_;
	my $what = wpick([pass => 91, defer => $again ? 0 : 2, bounce => 2, split => 3,
		discard => $main::without{filters} ? 0 : 4]);
	return Filter::down($t, $m, $loop, \&pass) if $what eq 'defer';
	if ($what eq 'bounce') {
		$_->{fate} = ['bounced'] for @{$m->{rcpts}};
		return Mail::attempt($t, $m);
	}
	return discard($t, $m) if $what eq 'discard';
	my @parts = $what eq 'split' && @{$m->{rcpts}} > 1 ? map { [$_] } @{$m->{rcpts}}
		: $m->{rcpts};
	for my $rcpts (@parts) { $t = part($t + d(0.3, 3), $m, $rcpts) }
	return Mail::removed($t + 0.02, $m);
}

# What has no message-id gets one from the filter; then only the answer, or XFORWARD, links both,
# in one second.
sub part {
	my ($t, $m, $rcpts) = @_;
	my $plain = $m->{site}{plain};
	my $added = !Filter::has_id($m) && !$main::without{filters};
	my $next = Filter::copy($m, $rcpts, $added ? (msgid => '<VA' . number()
		. "\@$m->{site}{host}.example.org>") : ());
	my $n = @$rcpts;
	$t = in_one_second($t, 0.06 + 0.002 * $n) if !Filter::has_id($m);
	$t = Filter::reinject($t, $next, $plain ? ''
		: ", orig_queue_id=$m->{id}" . ($m->{client} ? ", orig_client=$m->{client}" : ''));
	my $i = 0;
	Filter::leg($t + 0.002 * $i++, $m, $_, $loop, reply($next)) for @$rcpts;
	return $t + 0.002 * $n;
}

sub reply {
	my ($next) = @_;
	return chance(0.3) ? "250 2.0.0 Ok: queued as $next->{id}"
		: "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as $next->{id}";
}

# For all recipients, or for some of them, the others get a copy.
sub discard {
	my ($t, $m) = @_;
	my @gone = @{$m->{rcpts}};
	my @rest = @gone > 1 && chance(0.4) ? splice @gone, 1 : ();
	$t = part($t + d(0.3, 1), $m, \@rest) if @rest;
	$t = in_one_second($t + 0.2, 0.01 * @gone);
	my $id = sprintf '%05d-%02d', rand 99999, rand 20;
	my $text = pick("250 2.7.0 Ok, discarded, id=$id - spam",
		"250 2.7.0 Ok, discarded, id=$id - INFECTED: Eicar-Signature",
		"250 2.7.1 Ok, discarded, UBE, id=$id",
		"250 2.7.0 Ok, quarantined, id=$id");
	for my $r (@gone) {
		Filter::swallow($t, $m, $r, $loop, $text);
		$t += 0.001;
	}
	return Mail::removed($t + 0.001, $m);
}

1;
