# SPDX-License-Identifier: BSD-2-Clause
# Filter - content filters of maillog.pl: after the queue (amavis, with and without orig_queue_id)
# and before it (proxy)
package Filter;
use strict;
use warnings;
use Sim;
use World;
use Mail;

my $loop = '127.0.0.1[127.0.0.1]:10024';

# The queued message goes to the filter, which hands it back to another smtpd under a new id: the
# same mail.
sub pass {
	my ($t, $m) = @_;
	my $what = wpick([pass => 95, defer => 2, bounce => 2, split => 3]);
	return down($t, $m) if $what eq 'defer' && !$m->{tries};
	if ($what eq 'bounce') {
		$_->{fate} = ['bounced'] for @{$m->{rcpts}};
		return Mail::attempt($t, $m);
	}
	my @parts = $what eq 'split' && @{$m->{rcpts}} > 1 ? map { [$_] } @{$m->{rcpts}}
		: $m->{rcpts};
	for my $rcpts (@parts) { $t = part($t + d(0.3, 3), $m, $rcpts) }
	return Mail::removed($t + 0.02, $m);
}

# The filter does not answer: deferred under the first id, passed later.
sub down {
	my ($t, $m) = @_;
	$m->{tries}++;
	my $i = 0;
	for my $r (@{$m->{rcpts}}) {
		Mail::status($t + 0.02 * $i++, $m, {%$r, via => 'filter'}, 'smtp', 'none', '4.4.1',
			'deferred', "connect to $loop: Connection refused", 'deliver.deferred',
			Mail::deferral($m, $r));
	}
	my $again = $t + d(300, 200);
	return at($again, sub { Mail::active_line($again, $m); return pass($again + 0.05, $m) });
}

sub part {
	my ($t, $m, $rcpts) = @_;
	my $site = $m->{site};
	my $plain = $site->{filter} eq 'plain';
	my $next = Mail::message($site, from => $m->{from}, root => $m->{root},
		size => $m->{size} + 400, msgid => $m->{msgid},
		rcpts => [map { {%$_} } @$rcpts]);
	my $known = 0;
	$t = reinject($t, $site, $next, $plain ? ''
		: ", orig_queue_id=$m->{id}, orig_client=$m->{client}",
		sub { if ($plain && !$known) { $T{kind_sub}++; $next->{as_sub} = 1 } return });
	my $i = 0;
	for my $r (@$rcpts) {
		Mail::status($t + 0.002 * $i, $m, {%$r, via => 'filter'}, 'smtp', $loop, '2.0.0',
				'sent', filter_reply($next), 'deliver.sent', sub {
			$known = 1;
			if (delete $next->{as_sub}) { $T{kind_sub}-- }
			Mail::defer_over($m, $r);
			return;
		});
		$i++;
	}
	return $t + 0.002 * $i;
}

sub filter_reply {
	my ($next) = @_;
	return chance(0.3) ? "250 2.0.0 Ok: queued as $next->{id}"
		: "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as $next->{id}";
}

# An smtpd session of the filter; answers when it is over. The copy's delivery begins a bit later.
sub reinject {
	my ($t, $site, $next, $orig, $hook) = @_;
	my $pid = pid($site, 'reinject');
	my $tag = "$site->{inst}/smtpd[$pid]";
	line($t, $site, $tag, 'connect from localhost[127.0.0.1]', 'smtpd.connect');
	line($t + 0.01, $site, $tag, "$next->{id}: client=localhost[127.0.0.1]$orig",
		'smtpd.client');
	Mail::message_id($t + 0.02, $next);
	Mail::enqueue($t + 0.03, $next, $hook);
	my $n = @{$next->{rcpts}};
	line($t + 0.04, $site, $tag,
		"disconnect from localhost[127.0.0.1] ehlo=1 xforward=1 mail=1 rcpt=$n data=1 "
		. "quit=1 commands=" . (5 + $n), 'smtpd.disconnect');
	free_pid($t + 1, $site, 'reinject', $pid);
	return $t + 0.05;
}

1;
