# SPDX-License-Identifier: BSD-2-Clause
# Smtpd - sessions of smtpd(8) in maillog.pl: commands, refusals, messages taken, and what the
# session came to
#
# A session is judged when its disconnect line is there and each of its queue ids has its qmgr line,
# its refusal or its cancelling: accepted with a message, else rejected with a refusal, else
# discarded, else neither. It is in the figures of its scope: smtpd, submission, or none (loopback).
package Smtpd;
use strict;
use warnings;
use Sim;
use World;
use Mail;
use Scanner;

my @order = qw(helo ehlo starttls auth mail rcpt data bdat rset noop vrfy etrn quit unknown);

# OPTIONS: service, sasl (user), loopback, on_connect (a hook), after (a session of the same process
# whose end, and this one's connect line, are lost). T is the session's clock.
sub begin {
	my ($t, $site, $client, %o) = @_;
	my $program = $o{service} ? "$o{service}/smtpd" : 'smtpd';
	my $pid = $o{after} ? $o{after}{pid} : pid($site, $program);
	my $port = $site->{ports} && !$o{loopback} ? ":" . ($client->{last}{port} // 40000) : '';
	my $s = {t => $t, site => $site, client => $client, program => $program, pid => $pid,
		tag => "$site->{inst}/$program\[$pid]",
		bare => "$client->{name}\[$client->{addr}]",
		name => "$client->{name}\[$client->{addr}]$port", helo => helo($client), ok => {},
		all => {},
		open => 0, taken => 0, refused => 0, discarded => 0,
		scope => $o{loopback} ? '' : $o{service} ? 'submission' : 'smtpd', %o};
	return unseen($s) if $o{after};
	if ($client->{name} eq 'unknown' && chance(0.3)) {
		line($t, $site, $s->{tag}, "warning: hostname dyn-" . int(rand 999)
			. ".isp.example does not resolve to address $client->{addr}"
			. pick('', ': Name or service not known'),
			'smtpd.fcrdns');
	}
	line($t, $site, $s->{tag}, "connect from $s->{name}", 'smtpd.connect', sub {
		count($s, 'connects');
		count($s, 'open');
		$s->{began} = 1;
		$o{on_connect}->() if $o{on_connect};
		return;
	});
	return $s;
}

# The first line of the session, whatever it is, ends the one before.
sub unseen {
	my ($s) = @_;
	my $before = delete $s->{after};
	$s->{first} = sub {
		$before->{over} = 1;
		judge($before);
		count($s, $_) for qw(began_before open);
		return;
	};
	return $s;
}

sub cmd { my ($s, $name, $fails) = @_; $s->{all}{$name}++; $s->{ok}{$name}++ if !$fails; return }

sub say_ {
	my ($s, $text, $class, $hook, $repeats) = @_;
	my $first = delete $s->{first};
	my $whole = $first ? sub { $first->(); return $hook ? $hook->() : undef } : $hook;
	$s->{t} += $s->{quick} ? 0.001 : d(0.01, 0.2);
	line($s->{t}, $s->{site}, $s->{tag}, $text, $class, $whole, $repeats);
	return;
}

sub judge {
	my ($s) = @_;
	return if !$s->{over} || $s->{open} || $s->{judged}++;
	count($s, 'open', -1);
	return count($s, ($s->{taken} ? 'accepted' : $s->{refused} ? 'rejected'
		: $s->{discarded} ? 'discarded' : 'neither') . '_sessions');
}

sub count {
	my ($s, $figure, $n) = @_;
	$T{"$s->{scope}.$figure"} += $n // 1 if $s->{scope};
	return;
}

# The session of port 25 that turns out to be a user's moves; what was counted stays.
sub shows_login {
	my ($s) = @_;
	return if $s->{scope} ne 'smtpd';
	count($s, $_, -1) for qw(connects open);
	$s->{scope} = 'submission';
	count($s, $_) for qw(connects open);
	return;
}

# HOOK of a line that refuses a recipient, a message or the session; FIGURE counts such lines, and
# by_stage and by_code if it has a STAGE.
sub refusal {
	my ($s, $figure, $stage, $code) = @_;
	return sub {
		$s->{refused}++;
		return if !$s->{scope};
		$T{recipient_smtpd}++ if $s->{scope} eq 'smtpd';
		tally('top.clients', $s->{client}{addr}) if $s->{scope} eq 'smtpd';
		count($s, $figure);
		return if !defined $stage;
		tally("$s->{scope}.by_stage", $stage);
		tally("$s->{scope}.by_code", $code);
		return;
	};
}

# The codes at the beginning of a reply: "450 4.2.0", "4.7.1", or nothing.
sub code_of {
	my ($text) = @_;
	return $text =~ /\A(\d{3} \d\.\d+\.\d+|\d{3}|\d\.\d+\.\d+)(?= |\z)/ ? $1 : '';
}

sub hello {
	my ($s) = @_;
	if (chance(0.1)) { cmd($s, 'helo'); $s->{proto} = 'SMTP'; return }
	cmd($s, 'ehlo');
	$s->{proto} = 'ESMTP';
	return if !chance(0.7);
	cmd($s, 'starttls');
	cmd($s, 'ehlo');
	say_($s, pick('Anonymous', 'Anonymous', 'Untrusted', 'Trusted')
		. " TLS connection established from $s->{name}"
		. (chance(0.1) ? ' to mx.example.org' : '')
		. ': TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange '
		. 'X25519 server-signature ECDSA (P-256) server-digest SHA256', 'smtpd.tls')
		if chance(0.8);
	return;
}

sub whatsup {
	my ($s, $from, $to) = @_;
	my $text = '';
	$text .= " from=<$from>" if defined $from;
	$text .= " to=<$to>" if defined $to;
	$text .= " proto=$s->{proto}" if $s->{proto};
	$text .= " helo=<$s->{helo}>" if $s->{proto};
	return $text;
}

sub sasl_fields {
	my ($s) = @_;
	return $s->{sasl} && $s->{site}{new} ? " sasl_method=PLAIN sasl_username=$s->{sasl}" : '';
}

# ACTION is reject, reject_warning, milter-reject, or what an access table triggers. ID is a queue
# id or undef.
sub act {
	my ($s, $action, $stage, $text, %o) = @_;
	my $class = 'smtpd.' . ($action =~ tr/-/_/r);
	my @where = ($stage, code_of($text));
	my $hook = $action eq 'reject' ? refusal($s, 'rejects', @where)
		: $action eq 'milter-reject' ? refusal($s, 'milter_rejects', @where)
		: $action eq 'hangup' ? refusal($s, 'hangups')
		: $action eq 'reject_warning' ? sub { return count($s, 'reject_warnings') } : undef;
	my $sasl = $action =~ /milter/ ? ($s->{sasl} ? " sasl_username=<$s->{sasl}>" : '')
		: sasl_fields($s);
	my ($also, $login) = ($o{greyed} // $o{hook}, length $sasl);
	my $whole = sub {
		shows_login($s) if $login;
		$hook->() if $hook;
		return $also ? $also->() : undef;
	};
	return say_($s, ($o{id} // 'NOQUEUE') . ": $action: $stage from $s->{name}: $text;"
		. whatsup($s, $o{from}, $o{to}) . $sasl, $class, $whole, $o{repeats});
}

sub reject { my ($s, $stage, $text, %o) = @_; return act($s, 'reject', $stage, $text, %o) }

# anvil(8)'s word on KIND of what the client does too often.
sub limit {
	my ($s, $kind) = @_;
	return say_($s, "warning: $kind limit exceeded: " . (50 + int rand 9)
		. " from $s->{name} for service " . ($s->{service} // 'smtp'), 'smtpd.limit',
		refusal($s, 'limits'));
}

# QID:, NOQUEUE: or nothing in front of lost connection and its like.
sub lost {
	my ($s, $why, $stage, $id) = @_;
	my $front = $s->{site}{new} ? ($id // 'NOQUEUE') . ': ' : '';
	$s->{t} += $why eq 'timeout' ? 300 : d(0.1, 3);
	return say_($s, "$front$why after $stage from $s->{name}",
		{'lost connection' => 'smtpd.lost', timeout => 'smtpd.timeout',
			'too many errors' => 'smtpd.toomany'}->{$why});
}

# The disconnect line with its counters; the process is free again. OPTIONS: quit, notes, hook.
sub over {
	my ($s, %o) = @_;
	cmd($s, 'quit') if $o{quit};
	my ($ok, $all, $text) = (0, 0, '');
	for my $name (@order) {
		my $n = $s->{all}{$name} or next;
		my $good = $s->{ok}{$name} // 0;
		$text .= " $name=$good" . ($good == $n ? '' : "/$n");
		$ok += $good;
		$all += $n;
	}
	$text .= " commands=$ok" . ($ok == $all && $all ? '' : "/$all")
		. ($o{notes} ? " notes=$o{notes}" : '');
	say_($s, "disconnect from $s->{name}$text", 'smtpd.disconnect', sub {
		$o{hook}->() if $o{hook};
		$s->{over} = 1;
		return judge($s);
	});
	free_pid($s->{t}, $s->{site}, $s->{program}, $s->{pid});
	return;
}

# Of whom the session's mail is.
sub kind { my ($s) = @_; return $s->{scope} ne 'smtpd' || $s->{sasl} ? 'sub' : 'mx' }

# A queue id is opened at the first recipient taken: its client= line.
sub open_message {
	my ($s, $from, $rcpts, %o) = @_;
	my $m = Mail::message($s->{site}, from => $from, root => Mail::root(kind($s)),
		rcpts => [map { ref $_ ? $_ : Mail::expand($_) } @$rcpts], first => 1,
		client => $s->{name}, %o);
	my $sasl = $s->{sasl} ? ", sasl_method=PLAIN, sasl_username=$s->{sasl}" : '';
	say_($s, "$m->{id}: client=$s->{name}$sasl", 'smtpd.client', sub {
		shows_login($s) if $sasl;
		$s->{open}++;
		return;
	});
	return $m;
}

# HOOK: the queue id needs no more waiting for.
sub settled {
	my ($s, $m, $refusal) = @_;
	return sub {
		return if $m->{known}++;
		$s->{open}--;
		$refusal->() if $refusal;
		return judge($s);
	};
}

# End of data, and the message is in the queue.
sub accept_message {
	my ($s, $m) = @_;
	cmd($s, 'data');
	$s->{t} += d(0.02, 0.5);
	if (chance(0.01)) {
		my $action = pick(qw(warning info filter prepend replace redirect bcc strip));
		cleanup_act($s, $m, $action, 'header '
			. pick('Subject: reject: header', 'X-Mailer: The Bat',
				'Received: from x by y; from=<a@b>'),
				pick('', 'hm', 'smtp:[127.0.0.1]:10030'));
	}
	return Scanner::take($s, $m) if $s->{site}{scanner} && !$main::without{scanner}
		&& chance(0.1);
	Mail::message_id($s->{t}, $m);
	$s->{t} += d(0.02, 0.2);
	my $known = settled($s, $m);
	Mail::enqueue($s->{t}, $m, sub { $s->{taken}++; return $known->() });
	return;
}

# cleanup(8) says that the file is gone; only 3.10 and later do. An id that no line takes back is
# not used again.
sub cancelled {
	my ($s, $m, $how, $hook) = @_;
	return if !$s->{site}{new};
	$s->{t} += 0.005;
	line($s->{t}, $s->{site}, Mail::worker($m, 'cleanup'), "$m->{id}: removed ($how)",
		'cleanup.removed', settled($s, $m, $hook));
	free_id($s->{t}, $s->{site}, $m->{id});
	return;
}

# cleanup(8) acts on a header or a milter's word; refuses it if ACTION is one of the rejects.
sub cleanup_act {
	my ($s, $m, $action, $what, $text, %o) = @_;
	my $class = 'cleanup.' . ($action =~ tr/-/_/r);
	my $refuses = $action eq 'reject' || $action eq 'milter-reject';
	my $to = $m->{rcpts}[-1]{to};
	my $name = $action =~ /milter/ ? $s->{bare} : $s->{name};
	my $line = $action =~ /milter/ ? "$action: $what from $name: $text;"
		. whatsup($s, $m->{from}, $to)
		: "$action: $what from $name;" . whatsup($s, $m->{from}, $to)
		. (length $text ? ": $text" : '');
	$s->{t} += $s->{quick} ? 0.001 : d(0.02, 0.2);
	my $stage = $what =~ s/ .*//sr;
	my $refusal = refusal($s, 'content_rejects', $stage, code_of($text));
	my $hook = $refuses ? settled($s, $m, sub {
		$refusal->();
		return $o{hook} ? $o{hook}->() : undef;
	}) : $action =~ /discard/ ? settled($s, $m, discards($s))
		: $o{hook};
	line($s->{t}, $s->{site}, Mail::worker($m, 'cleanup'), "$m->{id}: $line", $class, $hook);
	return;
}

# HOOK: the session's message is swallowed.
sub discards {
	my ($s) = @_;
	return sub { $s->{discarded}++; $T{messages_discarded}++; return };
}

1;
