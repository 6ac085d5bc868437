# SPDX-License-Identifier: BSD-2-Clause
# Mail - messages in the queue of maillog.pl: qmgr, deliveries, bounces and their notices, forwards,
# content filters
#
# A message has a root: the mail that came in once, whatever queue ids it wore. ROOT{kind} is mx,
# sub, local, or none (notices, probes, mail of before the file). A recipient's fate is the list of
# what its attempts come to; the last one ends it.
package Mail;
use strict;
use warnings;
use Sim;
use World;
use Remote;
use Filter;

my @sent_there = ('250 2.0.0 Ok: queued as %s',
	'250 2.0.0 OK  1770742895 d9443c01a7336-2a0f4b1sm5145ad.12 - gsmtp',
	'250 2.6.0 <x@y.example> [InternalId=123] Queued mail for delivery',
	'250 ok dirdel 1/0', '250 Message accepted for delivery (status=sent?)');
my @failed_there =
	('host %s said: 550 5.1.1 <%s>: Recipient address rejected: User unknown (in reply to '
	. 'RCPT TO command)',
	'host %s said: 552 5.2.2 Mailbox full of <%s> (in reply to RCPT TO command)',
	'Host or domain name not found. Name service error for name=%s type=A: Host not '
	. 'found of %s');
my @later_there =
	('host %s said: 450 4.2.0 <%s>: Recipient address rejected: Greylisted, see '
	. 'http://postgrey.schweikert.ch/help/x.html (in reply to RCPT TO command)',
	'connect to %s:25: Connection timed out for %s',
	'host %s refused to talk to me: 421 too many connections for %s',
	'lost connection with %s while receiving the initial server greeting for %s',
	'host %s said: 451 4.3.0 <%s>: dsn=2.0.0, status=sent (try again) (in reply to end of '
	. 'DATA command)');

# FROM, SIZE, a list of recipients {to, orig, fate, via}; its queue id is in use from now on.
sub message {
	my ($site, %m) = @_;
	my $m = {site => $site, id => queue_id($site), size => int 600 + 90000 * rand() ** 4,
		tries => 0, born => 0, %m};
	$_->{fate} //= fate($_, $m) for @{$m->{rcpts}};
	$m->{root}{ends} = @{$m->{rcpts}} if $m->{first} && $m->{root}{kind} ne 'none';
	return $m;
}

sub root { my ($kind) = @_; return {kind => $kind, delivered => 0, seen => {}} }

# Where a recipient's mail goes, and how its attempts end.
sub rcpt {
	my ($to, %r) = @_;
	my $via = $to =~ /\@(?:example\.|mail\.example\.net|lists\.)/
		? wpick([lmtp => 70, local => 15, virtual => 15]) : 'smtp';
	return {to => $to, via => $via, %r};
}

# A recipient as it stands in an envelope, one or more after alias expansion.
sub expand {
	my ($to) = @_;
	return rcpt($to) if $to !~ /example\./ || chance(0.93);
	my $via = chance(0.4) ? 'local' : 'lmtp';
	my %names = map { (local_rcpt() => 1) } 1 .. wpick([1 => 70, 2 => 20, 4 => 10]);
	return map { rcpt($_, orig => $to, via => $via) } sort keys %names;
}

sub fate {
	my ($r, $m) = @_;
	my $far = $r->{via} eq 'smtp';
	my $end = wpick($far ? [sent => 890, later => 60, bounced => 35, expired => 3, waits => 1.5,
		discarded => $m->{copy} ? 0 : 2] : [sent => 968, later => 9, bounced => 8,
			expired => 0.5, waits => 0.4, forwarded => $m->{notice} ? 0 : 12,
			discarded => $m->{copy} ? 0 : 1, soft => $m->{site}{soft} ? 10 : 0]);
	return [('deferred') x wpick([1 => 60, 2 => 25, 3 => 10, 7 => 5]), chance(0.9) ? 'sent'
		: 'bounced'] if $end eq 'later';
	return [('deferred') x (3 + int rand 6), 'expired'] if $end eq 'expired';
	return [('deferred') x 60] if $end eq 'waits';
	return ['softbounce', 'sent'] if $end eq 'soft';
	return [$end];
}

sub ident { my ($m, $program) = @_; return "$m->{site}{inst}/" . fixed_pid($m->{site}, $program) }

sub worker {
	my ($m, $program) = @_;
	return "$m->{site}{inst}/" . fixed_pid($m->{site}, $program . ('', ' ', '  ')[rand 3]) =~
		s/ +//r;
}

sub message_id {
	my ($t, $m) = @_;
	my $id = $m->{msgid} //= msgid($m->{notice} ? $m->{site}{host} : undef);
	return line($t, $m->{site}, worker($m, 'cleanup'), "$m->{id}: message-id=$id",
		'cleanup.message_id');
}

sub expanded { my ($m) = @_; return scalar @{$m->{rcpts}} }

sub active_line {
	my ($t, $m, $hook) = @_;
	return line($t, $m->{site}, ident($m, 'qmgr'),
		"$m->{id}: from=<$m->{from}>, size=$m->{size}, nrcpt="
			. ($m->{nrcpt} // expanded($m)) . ' (queue active)', 'qmgr.active', sub {
		first_seen($m) if !$m->{root}{size} && !$m->{notice} && !$m->{probe};
		return $hook ? $hook->() : undef;
	});
}

# What the queue manager says first of a message: once for all its queue ids.
sub first_seen {
	my ($m) = @_;
	my $root = $m->{root};
	$root->{size} = $m->{size};
	$T{"bytes_$root->{kind}"} += $m->{size};
	return sender_seen($m);
}

# Once for all its queue ids, too: in that line, or where it is held.
sub sender_seen {
	my ($m) = @_;
	return if $m->{root}{listed}++ || $m->{from} eq '';
	return tally('top.sender_domains', lc $m->{from} =~ s/.*\@//sr);
}

# The first qmgr line: the message is in the queue; HOOK says who is glad of it. Deliveries follow.
sub enqueue {
	my ($t, $m, $hook) = @_;
	$m->{born} = $t - 0.2;
	active_line($t, $m, sub {
		received($m) if $m->{first};
		$hook->() if $hook;
		return;
	});
	my $start = $t + d(0.02, 0.4);
	return at($start, sub {
		return requeue($start, $m);
	}) if chance(0.0007) && !$m->{notice} && !$main::without{requeue};
	my $way = Filter::way($m) // \&attempt;
	return at($start, sub { return $way->($start, $m) });
}

# Once, when it is in the queue or held.
sub received {
	my ($m) = @_;
	$T{"kind_$m->{root}{kind}"}++ if !$m->{root}{received}++;
	return;
}

sub attempt {
	my ($t, $m) = @_;
	active_line($t, $m) if $m->{tries}++;
	my (@left, @bounced, $expired);
	my $end = $t;
	for my $r (@{$m->{rcpts}}) {
		next if $r->{over};
		my $outcome = shift @{$r->{fate}} // 'deferred';
		my $last = $outcome eq 'deferred' && ($r->{fate}[0] // '') eq 'expired';
		my $done = deliver($t + d(0.03, $r->{via} eq 'smtp' ? 4 : 0.3), $m, $r, $outcome);
		$end = $done if $done > $end;
		$expired = 1 if $last;
		push @bounced, $r if $outcome eq 'bounced';
		push @left, $r if $outcome eq 'deferred' || $outcome eq 'softbounce';
		$r->{over} = 1 if $outcome ne 'deferred' && $outcome ne 'softbounce';
	}
	return settle($end + 0.01, $m, \@left, \@bounced, $expired);
}

# After an attempt: notices, then away with it, or another attempt later.
sub settle {
	my ($t, $m, $left, $bounced, $expired) = @_;
	if ($expired) {
		my $word = chance(0.1) ? 'force-expired' : 'expired';
		my @gone = @$left;
		$_->{over} = 1 for @gone;
		line($t, $m->{site}, ident($m, 'qmgr'),
				"$m->{id}: from=<$m->{from}>, status=$word, returned to sender",
				'qmgr.expired', sub {
			$T{expired}++;
			defer_over($m, $_) for @gone;
			return;
		});
		$left = [];
		$bounced = [1];
	}
	$t = notice($t + 0.01, $m, 'ndn') if @$bounced;
	$t = notice($t + 0.01, $m, 'delay') if @$left && $m->{tries} == 3 && !$m->{notice}
		&& !$m->{warned}++;
	$t = notice($t + 0.01, $m, 'dsn_success') if !@$left && !@$bounced && !$m->{notice}
		&& chance(0.002);
	if (!@$left) { return removed($t + 0.01, $m) }
	skipped($t, $m) if chance(0.02);
	my $again = $t + (300, 600, 1200, 2400)[$m->{tries} > 4 ? 3 : $m->{tries} - 1] * d(1, 0.6);
	my $next = sub { return attempt($_[0] // $again, $m) };
	return Hold::waiting($t + 1, $m, $next) if chance(0.03) && Hold::may($m);
	at($again, $next);
	return;
}

sub skipped {
	my ($t, $m) = @_;
	return line($t + 1, $m->{site}, ident($m, 'qmgr'),
		"$m->{id}: skipped, still being delivered", 'qmgr.skipped');
}

sub removed {
	my ($t, $m) = @_;
	free_id($t, $m->{site}, $m->{id});
	return line($t, $m->{site}, ident($m, 'qmgr'), "$m->{id}: removed", 'qmgr.removed');
}

my %notices = (ndn => 'sender non-delivery notification', delay => 'sender delay notification',
	dsn_success => 'sender delivery status notification',
	postmaster => 'postmaster non-delivery notification');

# Since 3.11 the line of bounce(8) that links both comes before the notice's cleanup line.
sub notice {
	my ($t, $m, $class) = @_;
	return $t if $m->{from} eq '' || $m->{probe};
	my ($site, $to) = ($m->{site}, $m->{from});
	if ($site->{new} && chance(0.01)) {
		line($t, $site, worker($m, 'bounce'),
			"warning: $m->{id}: sender notification failed to $to: queue file write "
			. "error", 'bounce.failed');
		return $t + 0.01;
	}
	my $n = message($site, from => '', root => root('none'), notice => 1,
		rcpts => [rcpt($class eq 'postmaster' ? "postmaster\@$site->{host}.example.org"
			: $to)]);
	my $link = sub {
		my ($at) = @_;
		return line($at, $site, worker($m, 'bounce'),
			"$m->{id}: $notices{$class}: $n->{id}", "bounce.$class");
	};
	$link->($t) if $site->{new};
	message_id($t + 0.01, $n);
	$link->($t + 0.02) if !$site->{new};
	enqueue($t + 0.03, $n);
	return $class eq 'ndn' && chance(0.05) ? notice($t + 0.05, $m, 'postmaster') : $t + 0.04;
}

# postsuper -r before a delivery was tried: the same mail under a new id.
sub requeue {
	my ($t, $m) = @_;
	my $site = $m->{site};
	my $tag = 'postsuper[' . (300 + int rand 60000) . ']';
	line($t, $site, "$site->{inst}/$tag", "$m->{id}: requeued", 'postsuper.requeued');
	line($t, $site, "$site->{inst}/$tag", 'Requeued: 1 message', 'postsuper.summary');
	my $next = {%$m, id => queue_id($site), first => 0};
	line($t + 1, $site, worker($m, 'pickup'),
		"$next->{id}: uid=105 from=<$m->{from}> orig_id=$m->{id}", 'pickup.msg');
	message_id($t + 1.1, $next);
	enqueue($t + 1.2, $next);
	return;
}

sub pretty {
	my ($x) = @_;
	return $x >= 10 ? int $x : $x >= 1 ? sprintf '%.1f', $x : 0 + sprintf '%.2g', $x;
}

sub delays {
	my ($t, $m) = @_;
	my $whole = $t - $m->{born};
	my @part = (rand(0.2), rand(0.02), rand(0.1));
	$part[0] = $whole - 0.2 if $m->{tries} > 1;
	my $rest = $whole - $part[0] - $part[1] - $part[2];
	return 'delay=' . pretty($whole) . ', delays=' . join '/',
		map { pretty($_ > 0.001 ? $_ : 0) } @part, $rest;
}

# The line of one attempt for one recipient; answers when it is over.
sub deliver {
	my ($t, $m, $r, $outcome) = @_;
	my $now = {sent => \&sent, deferred => \&deferred, bounced => \&bounced,
		softbounce => \&bounced, forwarded => \&forwarded,
		discarded => \&discarded}->{$outcome};
	my $next;
	($t, $next) = Remote::talk($t, $m, $r, $outcome)
	if $r->{via} eq 'smtp' && $outcome ne 'discarded';
	$now->($t, $m, $r, $next // relay($m, $r));
	return $t + 0.001;
}

sub relay {
	my ($m, $r) = @_;
	return {lmtp => "$m->{site}{host}.example.org[private/dovecot-lmtp]", local => 'local',
		virtual => 'virtual'}->{$r->{via}} // 'none';
}

sub status {
	my ($t, $m, $r, $program, $relay, $dsn, $status, $text, $class, $hook, $repeats) = @_;
	my $orig = defined $r->{orig} ? ", orig_to=<$r->{orig}>" : '';
	my $use = $r->{via} eq 'smtp' && $status eq 'sent' && chance(0.1)
		? ', conn_use=' . (2 + int rand 4) : '';
	my $tls = $m->{site}{new} && ($r->{via} eq 'smtp' || $r->{via} eq 'lmtp')
		&& $relay ne 'none'
		? ', tls=' . ($r->{via} eq 'smtp' ? pick('may', 'may', 'dane',
			'may:none/!requiretls:nostarttls', 'encrypt') : 'may:none') : '';
	my $on = $r->{on_line};
	my $whole = $on ? sub { $on->(); $hook->() if $hook; return } : $hook;
	return line($t, $m->{site}, worker($m, $program),
		"$m->{id}: to=<$r->{to}>$orig, relay=$relay$use, " . delays($t, $m)
		. "$tls, dsn=$dsn, status=$status ($text)", $class,
		$whole, $repeats);
}

sub program {
	my ($m, $r) = @_;
	return $r->{via} eq 'smtp' && $m->{site}{relay} ? 'relay/smtp' : $r->{via}
}

sub sent {
	my ($t, $m, $r, $relay) = @_;
	my $text = {lmtp => "250 2.0.0 <$r->{to}> kH1pLvlEoWn8AQAAz Saved",
		local => pick('delivered to mailbox', 'delivered to maildir',
			'delivered to command: procmail'),
		virtual => 'delivered to maildir'}->{$r->{via}}
		// pick(@sent_there) =~ s/%s/sprintf '%010X', rand 2 ** 40/er;
	return status($t, $m, $r, program($m, $r), $relay, '2.0.0', 'sent', $text, 'deliver.sent',
			sub {
		defer_over($m, $r);
		return arrived($m, $r);
	});
}

# Counted once for a root, whatever ids it came under; notices and probes have none.
sub arrived {
	my ($m, $r) = @_;
	my $root = $m->{root};
	return if $m->{notice} || $m->{probe};
	return if $root->{seen}{join "\0", $r->{to}, $r->{orig} // ''}++;
	$T{rcpt_delivered}++;
	$T{bytes_delivered} += $root->{size};
	tally('top.recipient_domains', lc $r->{to} =~ s/.*\@//sr);
	$T{recipient_delivered}++ if $root->{kind} eq 'mx';
	$T{messages_delivered}++ if !$root->{delivered}++ && $root->{kind} ne 'none';
	return;
}

sub deferred {
	my ($t, $m, $r, $relay) = @_;
	my $suspended = $r->{via} eq 'smtp' && chance(0.15);
	my $text = $r->{via} eq 'smtp' ? sprintf pick(@later_there), $relay eq 'none'
		? 'mx.gone.example[203.0.113.9]' : $relay =~ s/:25\z//r, $r->{to}
		: "temporary failure; mailbox of <$r->{to}> is locked";
	$text = "delivery temporarily suspended: $text" if $suspended;
	return status($t, $m, $r, $suspended ? 'error' : program($m, $r), $suspended ? 'none'
		: $relay, '4.2.0', 'deferred', $text, 'deliver.deferred', deferral($m, $r));
}

# An address that stands twice in an envelope is one: late is of queue id and address. A message
# and an address that are deferred on both sides of a filter are one.
sub deferral {
	my ($m, $r) = @_;
	return sub {
		$T{deferred_attempts}++;
		$T{deferred_messages}++ if !$m->{root}{was_deferred}++;
		my $late = $m->{late}{$r->{to}} //= {};
		$T{deferred_rcpts}++ if !$m->{root}{late_ones}{$r->{to}}++;
		$T{deferred_waiting}++ if !$late->{waits};
		$late->{waits} = 1;
		return;
	};
}

# Sent, bounced or expired: it waits no more.
sub defer_over {
	my ($m, $r) = @_;
	my $late = $m->{late}{$r->{to}} or return;
	$T{deferred_waiting}-- if $late->{waits};
	$late->{waits} = 0;
	return;
}

sub bounced {
	my ($t, $m, $r, $relay) = @_;
	my $soft = ($r->{fate}[0] // '') eq 'sent';
	my $text = $r->{via} eq 'smtp' ? sprintf pick(@failed_there), $relay =~ s/:25\z//r, $r->{to}
		: "unknown user: \"$r->{to}\"";
	return status($t, $m, $r, program($m, $r), $relay, '5.1.1', 'SOFTBOUNCE', $text,
		'deliver.softbounce') if $soft;
	return status($t, $m, $r, program($m, $r), $relay, '5.1.1', 'bounced', $text,
			'deliver.bounced', sub {
		$T{bounced}++;
		return defer_over($m, $r);
	});
}

sub discarded {
	my ($t, $m, $r) = @_;
	return status($t, $m, $r, 'discard', 'none', '2.0.0', 'sent', $r->{to} =~ s/.*\@//r,
		'deliver.discarded', swallowed($m, $r));
}

# HOOK: discarded for this recipient; the message is discarded if it is for all of them.
sub swallowed {
	my ($m, $r) = @_;
	return sub {
		my $root = $m->{root};
		$T{discarded}++;
		defer_over($m, $r);
		$T{messages_discarded}++ if ++$root->{swallowed} == ($root->{ends} // 0);
		return;
	};
}

# local(8) hands it back to cleanup under a new id; it may be forwarded on to several.
sub forwarded {
	my ($t, $m, $r) = @_;
	my @to = map { rcpt(remote_rcpt(), orig => $r->{orig} // $r->{to}) } 1 .. wpick([1 => 80,
		2 => 15, 3 => 5]);
	my $next = message($m->{site}, from => $m->{from}, root => $m->{root}, rcpts => \@to,
		size => $m->{size} + 120, msgid => $m->{msgid}, copy => 1);
	message_id($t - 0.01, $next);
	$r->{via} = 'local';
	status($t, $m, $r, 'local', 'local', '2.0.0', 'sent', "forwarded as $next->{id}",
			'deliver.forwarded', sub {
		return defer_over($m, $r);
	});
	return enqueue($t + 0.01, $next);
}

1;
