# SPDX-License-Identifier: BSD-2-Clause
# Filter - content filters of maillog.pl after the queue: which one a message goes through, and what
# all of them have in common
#
# What the filter hands back comes under a new queue id, and is the same mail: the leg to the filter
# is not a delivery, and the recipients are counted at the ends. See Amavis, Gateway, Pipe, Scanner.
package Filter;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Amavis;
use Gateway;
use Pipe;

my %ways = (amavis => \&Amavis::pass, gateway => \&Gateway::pass, pipe => \&Pipe::pass);

# The way of a message that came in: code that takes it from the queue to the filter, or nothing.
sub way {
	my ($m) = @_;
	my $filters = $m->{site}{filters} or return;
	my $kind = $m->{root}{kind};
	return if !$m->{first} || $m->{scanned} || $kind eq 'none';
	return if $kind ne 'mx' && ($main::without{filters} || chance(0.7));
	my $way = wpick($filters);
	return if $way ne 'amavis' && ($main::without{filters} || !has_id($m));
	return $ways{$way};
}

# Without one, only the filter's answer and XFORWARD can say that it is the same mail.
sub has_id { my ($m) = @_; return ($m->{msgid} // '') =~ /\A(?:<.+>|=.+)\z/ }

# The filter does not answer: deferred under the first id, passed later.
sub down {
	my ($t, $m, $loop, $pass) = @_;
	$m->{tries}++;
	my $i = 0;
	for my $r (@{$m->{rcpts}}) {
		Mail::status($t + 0.02 * $i++, $m, {%$r, via => 'filter'}, 'smtp', 'none', '4.4.1',
			'deferred', "connect to $loop: Connection refused", 'deliver.deferred',
			Mail::deferral($m, $r));
	}
	my $again = $t + d(300, 200);
	return at($again, sub {
		Mail::active_line($again, $m);
		return $pass->($again + 0.05, $m, 1);
	});
}

# The same mail under another id, for RCPTS.
sub copy {
	my ($m, $rcpts, %o) = @_;
	return Mail::message($m->{site}, from => $m->{from}, root => $m->{root},
		size => $m->{size} + 400, msgid => $m->{msgid},
		rcpts => [map { {%$_} } @$rcpts], %o);
}

# A's final line for a recipient, with what the filter answers.
sub leg {
	my ($t, $m, $r, $loop, $text, %o) = @_;
	return Mail::status($t, $m, {%$r, via => 'filter'}, $o{program} // 'smtp', $loop,
			$o{dsn} // '2.0.0', 'sent', $text, 'deliver.sent', sub {
		Mail::defer_over($m, $r);
		return $o{hook} ? $o{hook}->() : undef;
	});
}

# The filter swallows it for this recipient, and says so.
sub swallow {
	my ($t, $m, $r, $loop, $text) = @_;
	return Mail::status($t, $m, {%$r, via => 'filter'}, 'smtp', $loop, '2.7.0', 'sent', $text,
		'deliver.discarded', Mail::swallowed($m, $r));
}

# An smtpd session of the filter; answers when it is over. The copy's delivery begins a bit later.
sub reinject {
	my ($t, $next, $orig, $name) = @_;
	my $site = $next->{site};
	my $pid = pid($site, 'reinject');
	my $tag = "$site->{inst}/smtpd[$pid]";
	my $from = ($name // 'localhost') . '[127.0.0.1]';
	line($t, $site, $tag, "connect from $from", 'smtpd.connect');
	line($t + 0.01, $site, $tag, "$next->{id}: client=$from$orig", 'smtpd.client');
	Mail::message_id($t + 0.02, $next);
	Mail::enqueue($t + 0.03, $next);
	my $n = @{$next->{rcpts}};
	line($t + 0.04, $site, $tag,
		"disconnect from $from ehlo=1 xforward=1 mail=1 rcpt=$n data=1 quit=1 commands="
		. (5 + $n), 'smtpd.disconnect');
	free_pid($t + 1, $site, 'reinject', $pid);
	return $t + 0.05;
}

1;
