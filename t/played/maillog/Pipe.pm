# SPDX-License-Identifier: BSD-2-Clause
# Pipe - a filter of maillog.pl that pipe(8) runs, and that hands the mail back with sendmail(1): it
# comes from pickup, with the same sender and message-id
package Pipe;
use strict;
use warnings;
use Sim;
use World;
use Mail;

# All recipients at once, or one process for each.
sub pass {
	my ($t, $m) = @_;
	my @rcpts = @{$m->{rcpts}};
	my @parts = @rcpts > 1 && chance(0.3) ? map { [$_] } @rcpts : [@rcpts];
	my $end = $t;
	for my $part (@parts) {
		my $done = part($t + d(0.1, 5), $m, $part);
		$end = $done if $done > $end;
	}
	return Mail::removed($end + 0.01, $m);
}

# The copy comes before A's line, or after it, in one second with it.
sub part {
	my ($t, $m, $rcpts) = @_;
	my $next = Filter::copy($m, $rcpts, size => $m->{size} + 300);
	my $early = chance(0.3);
	$t = in_one_second($t, 0.2) if !$early;
	my $back = $t + ($early ? 0.01 : 0.1);
	line($back, $m->{site}, Mail::worker($next, 'pickup'),
		"$next->{id}: uid=110 from=<$m->{from}>", 'pickup.msg');
	Mail::message_id($back + 0.02, $next);
	Mail::enqueue($back + 0.04, $next);
	my $line = $early ? in_one_second($back + 0.05, 0.1) + rand 0.05 : $t;
	Filter::leg($line, $m, $_, 'spamassassin', 'delivered via spamassassin service',
		program => 'pipe') for @$rcpts;
	return $early ? $line + 0.01 : $back + 0.06;
}

1;
