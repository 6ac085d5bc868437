# SPDX-License-Identifier: BSD-2-Clause
# Scanner - MailScanner in maillog.pl: a header check holds every message, it takes them from the
# hold queue and puts them back under a new queue id, without cleanup(8)
package Scanner;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Smtpd;

# The session's message is held, scanned and goes on: then it was not held.
sub take {
	my ($s, $m) = @_;
	my $site = $s->{site};
	$m->{root}{held} = 1;
	Smtpd::cleanup_act($s, $m, 'hold', "header Received: from $s->{helo} ($s->{bare})??by "
		. "$site->{host}.example.org (Postfix) with ESMTP id $m->{id}", '',
			hook => Smtpd::settled($s, $m, sub {
		$s->{taken}++;
		$T{messages_held}++;
		Mail::sender_seen($m);
		return Mail::received($m);
	}));
	Mail::message_id($s->{t} + 0.01, $m);
	my $t = $s->{t} + d(1, 30);
	at($t, sub { return requeue($t, $m) });
	return;
}

sub requeue {
	my ($t, $m) = @_;
	my $site = $m->{site};
	my $next = Filter::copy($m, $m->{rcpts}, size => $m->{size});
	my $tag = 'MailScanner[' . (300 + int rand 60000) . ']';
	my $size = $m->{size};
	line($t, $site, $tag, "New Batch: Scanning 1 messages, $size bytes", 'foreign');
	line($t + 0.2, $site, $tag, sprintf('Requeue: %s.%05X to %s', $m->{id}, rand 2 ** 20,
			$next->{id}), 'foreign', sub {
		$T{messages_held}--;
		return;
	});
	line($t + 0.21, $site, $tag, 'Uninfected: Delivered 1 messages', 'foreign');
	free_id($t + 1, $site, $m->{id});
	return Mail::enqueue($t + 0.3, $next);
}

1;
