# SPDX-License-Identifier: BSD-2-Clause
# Gateway - Proxmox Mail Gateway as a filter of maillog.pl: its answer does not name the copy, which
# comes back from loopback, with orig_client= or without, and has the same message-id
package Gateway;
use strict;
use warnings;
use Sim;
use World;
use Mail;

my $loop = '127.0.0.1[127.0.0.1]:10024';

sub pass {
	my ($t, $m, $again) = @_;
	my $what = wpick([pass => 88, blocked => 6, split => 4, defer => $again ? 0 : 2]);
	return Filter::down($t, $m, $loop, \&pass) if $what eq 'defer';
	my $id = sprintf '%X%08X', rand 2 ** 20, rand 2 ** 32;
	my ($end, $r) = ($t + d(0.3, 3), @{$m->{rcpts}});
	if ($what eq 'blocked') { return blocked($end, $m, $id) }
	my $name = pick('localhost', 'localhost.localdomain');
	my @parts = $what eq 'split' && @{$m->{rcpts}} > 1 ? map { [$_] } @{$m->{rcpts}}
		: $m->{rcpts};
	for my $rcpts (@parts) {
		my $next = Filter::copy($m, $rcpts);
		$end = Filter::reinject($end + 0.1, $next, !$m->{client} || chance(0.3) ? ''
			: ", orig_client=$m->{client}", $name);
		says($end, $m, "$id: accept mail to <$_->{to}> ($next->{id}) "
			. '(rule: default-accept)') for @$rcpts;
	}
	says($end, $m, "$id: processing time: 1.234 seconds (0.6, 0.3, 0)");
	$end += 0.01;
	Filter::leg($end, $m, $_, $loop, "250 2.5.0 OK ($id)", dsn => '2.5.0') for @{$m->{rcpts}};
	return Mail::removed($end + 0.01, $m);
}

sub says {
	my ($t, $m, $text) = @_;
	return line($t, $m->{site}, fixed_pid($m->{site}, 'pmg-smtp-filter'), $text, 'foreign');
}

sub blocked {
	my ($t, $m, $id) = @_;
	$t = in_one_second($t, 0.05);
	says($t, $m, "$id: block mail to <$m->{rcpts}[0]{to}> (rule: Block Viruses)");
	Filter::swallow($t + 0.01, $m, $_, $loop, "250 2.7.0 BLOCKED ($id)") for @{$m->{rcpts}};
	return Mail::removed($t + 0.02, $m);
}

1;
