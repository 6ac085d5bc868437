#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# maillog.pl - plays mail servers, and writes the maillog of it and what really happened
#
# usage: maillog.pl --lines=N [--seed=S] [--format=FORMAT] [--hosts=K] [--days=D] [--start=EPOCH]
# [--truth=FILE] [--without=WHAT,..] >maillog
#
# FORMAT is one of maillog/Form.pm: rfc3164, journal-json .. or mixed (four of them, by host and
# time); those without a host want --hosts=1. FILE gets the truth as JSON, with the names of
# doc/maillog.md B8, D, E and G, counted by what was played when its line was printed, not from the
# lines. Times without a zone are UTC. The same options give the same bytes. The file ends in the
# middle of things.
#
# Readings, where doc/maillog.md leaves a choice (what --without can switch off has its name in
# parentheses):
#  - A session that nobody disconnects before the end is open: neither rejected nor accepted. Its
#    refused recipients and reject lines count all the same, in rejects and in table_recipient.
#  - A session is not judged while one of its queue ids has neither a first qmgr line nor a refusal
#    by cleanup, a hold, a discard, nor "removed (canceled)": one lost in DATA with 3.7 leaves it
#    open. Held: accepted, and received once, then (hold). Discarded: neither accepted nor refused
#    (discard).
#  - Refused: reject at any stage, milter-reject, proxy-reject, every limit, hangup, non-SMTP, the
#    pipelining that is followed by disconnect at once, header reject and milter-reject by cleanup.
#    Each of these is one in table_recipient.smtpd. Not refused: lost, timeout, too
#    many errors, failed logins, TLS errors, "queue file size limit".
#  - Sessions of loopback clients and of submission, submissions and smtps are out of scope as a
#    whole; a failed login on port 25 is in it, "sasl_username=" or not. Nobody logs in on port 25.
#  - postscreen: 450 4.3.2 and then HANGUP, DATA without valid RCPT or COMMAND TIME LIMIT is come
#    back, as B1's order has it; DENYLISTED with ALLOWLIST VETO and 450 4.3.2 too.
#    table_recipient.postscreen has the lines of open sessions as well.
#  - status=SOFTBOUNCE is not deferred. deferred, deferred_attempts, deferred_waiting, bounced: all
#    messages, notices too.
#  - A content filter's refusal to answer defers under the first id; "sent" to the filter ends that
#    wait. What comes back is the same mail from its own first line on.
#  - smtpd_proxy_filter: received is the re-injected id, known by the answer, by orig_client or both
#    (proxy-noid: only by the latter). The answer and the id's qmgr line are in one second.
#  - Requeued mail (requeue): the new id is the same mail, received and delivered once.
#  - messages.submitted and local count at the first qmgr line. Mail of before the file counts in
#    recipients.delivered only.
#  - A discarded message (discard(8)) was received, and is not delivered. "bounced" and the rest
#    count in every service.
#  - greylist: a triplet that came again but never passed is still_open; it exists only within the
#    last two days. Passed: at the action=pass line, or, where the policy server said nothing, at
#    the accepted message's first to= line.
#  - A line without a prefix is unknown, a blank one foreign (and of no class). MESSAGE in JSON may
#    be an array, always.
#  - unit=line: physical lines; "message repeated" is one, "last message repeated" none. The end is
#    the last line's time.
#  - Classes: "connect to ..: Connection refused" is smtp.try_failed; postsuper.requeued, .released,
#    .removed, .summary; "warning: Q: sender notification failed" is bounce.failed; "Q: warning:
#    header" cleanup.warning; NOQUEUE: client= smtpd.client.
use strict;
use warnings;
use Getopt::Long;
use JSON::PP ();
use List::Util 'sum';
use FindBin;
use lib "$FindBin::Bin/maillog";
use Sim;
use World;
use Mail;
use Remote;
use Before;
use Hold;
use Lost;
use Refuse;
use Filter;
use Smtpd;
use Sessions;
use Submit;
use Postscreen;
use Proxy;
use Grey;
use Noise;

my %o = (lines => 10000, seed => 1, format => 'rfc3164', hosts => 2, days => 3, start => 1770681600,
	without => '');
our %without;
my @can_be_without = qw(requeue proxy-noid hold discard filters scanner probe lost
	submission proxy-user milter-grey before);

# Scenarios by how often they start, in 1000 connects to postscreen.
my @scenarios = (mx => 360, dnsbl => 400, pregreet => 90, deny => 45, deep_fail => 8, busy => 4,
	gave_up => 40, veto => 4, deep_tests => 18, grey => 16, twice => 1,
	submission => 12, loopback => 8, pickup => 14, probe => 6, anvil => 6, scache => 2,
	caches => 2, master => 0.5, trouble => 8, info => 3, unknown => 1.5, garbage => 0.2,
	foreign => 500, greylister => 4, lost => 4);
my %play = (mx => \&Sessions::mx, dnsbl => sub {
	return Postscreen::blocked($_[0], 'dnsbl');
}, pregreet => sub { return Postscreen::blocked($_[0], 'pregreet') },
	deny => sub {
		return Postscreen::blocked($_[0], 'deny');
	}, deep_fail => \&Postscreen::deep_fail, busy => \&Postscreen::busy,
	gave_up => \&Postscreen::gave_up,
	veto => \&Postscreen::veto, deep_tests => \&deep_tests, grey => \&Grey::scenario,
	twice => \&Postscreen::twice, submission => \&Submit::submission,
	loopback => \&Submit::loopback, pickup => \&Noise::pickup, probe => \&Noise::probe,
	anvil => \&Noise::anvil, scache => \&Noise::scache, caches => \&Noise::caches,
	master => \&Noise::master, trouble => \&Noise::trouble, info => \&Noise::info,
	unknown => \&Noise::unknown, garbage => \&Noise::garbage, foreign => \&Noise::foreign,
	greylister => \&Noise::greylister, lost => sub {
	return $without{lost} ? undef : Lost::scenario($_[0]);
});

# A client of nobody else's passes the deep tests, comes back, and is heard.
sub deep_tests {
	my ($t) = @_;
	return Postscreen::deep_tests($t, fresh('grey'), sub {
		my ($again, $site, $client) = @_;
		return Sessions::come($again, $site, $client, \&Sessions::accepted);
	});
}

sub begin_one { my ($t) = @_; return $play{wpick(\@scenarios)}->($t) }

# The share of the lines that is due by a share of the time: more by day than by night.
sub wave {
	my ($x) = @_;
	my $turns = 2 * 3.14159265 * $o{days};
	return $x - 0.6 * sin($turns * $x) / $turns;
}
sub due { my ($x) = @_; return wave($x) / wave(1) }

sub play {
	my ($start, $end) = ($o{start}, $o{start} + int $o{days} * 86400);
	($Sim::start, $Sim::end, $Sim::span, $Form::format) = ($start, $end, $end - $start,
		$o{format});
	my $tick = int 60 * $Sim::span / $o{lines};
	$tick = 1 if $tick < 1;
	$Sim::now = $start;
	for (1 .. 2 + $o{lines} / 20000) {
		Before::leftover($start + rand 5);
		Noise::ends($start + rand 3);
	}
	for my $second ($start .. $end - 1) {
		$Sim::now = $second;
		if (($second - $start) % $tick == 0) {
			my $wanted = $o{lines} * due(($second + 1 - $start) / $Sim::span);
			begin_one($second + rand($tick > 3 ? 3 : 1)) while $Sim::planned < $wanted;
		}
		if ($second == $end - 4) {
			begin_one($second + rand 3) for 1 .. 10 + $o{lines} / 4000;
		}
		Sim::second($second);
	}
	return Sim::flush();
}

sub table { my ($prefix, @names) = @_; return {map { ($_ => $T{"$prefix$_"} // 0) } @names} }

# The sections of sessions, and the lists of their refusals.
sub sessions {
	my ($t) = @_;
	for my $scope (qw(smtpd submission)) {
		$t->{$scope} = table("$scope.", qw(connects accepted_sessions rejected_sessions
			neither_sessions discarded_sessions open rejects milter_rejects
			proxy_rejects content_rejects limits reject_warnings sasl_failures));
		my $sum = sum(map { $t->{$scope}{$_} } qw(accepted_sessions rejected_sessions
			neither_sessions discarded_sessions open));
		die "maillog.pl: the sessions of $scope are no sum\n" if $sum
			!= $t->{$scope}{connects} + ($T{"$scope.began_before"} // 0);
		$t->{lists}{"$scope.$_"} = $list{"$scope.$_"} // {} for qw(by_stage by_code);
	}
	delete $t->{smtpd}{sasl_failures};
	$t->{smtpd}{began_before} = $T{'smtpd.began_before'} // 0;
	return;
}

sub messages {
	my ($t) = @_;
	$t->{messages} = {received => $T{kind_mx} // 0, submitted => $T{kind_sub} // 0,
		local => $T{kind_local} // 0, delivered => $T{messages_delivered} // 0,
		deferred => $T{deferred_messages} // 0, expired => $T{expired} // 0,
		map { ($_ => $T{"messages_$_"} // 0) } qw(held released discarded)};
	$t->{bytes} = {received => $T{bytes_mx} // 0, submitted => $T{bytes_sub} // 0,
		local => $T{bytes_local} // 0, delivered => $T{bytes_delivered} // 0};
	$t->{lists}{"top.$_"} = $list{"top.$_"} // {} for qw(sender_domains recipient_domains);
	$t->{lists}{'top.clients'} = Grey::turned_away($list{'top.clients'});
	$t->{recipients} = {delivered => $T{rcpt_delivered} // 0, bounced => $T{bounced} // 0,
		deferred_attempts => $T{deferred_attempts} // 0, discarded => $T{discarded} // 0,
		deferred => $T{deferred_rcpts} // 0, deferred_waiting => $T{deferred_waiting} // 0};
	return;
}

sub truth {
	my %t = (unit => 'session', coverage => \%Sim::coverage, classes => \%Sim::class,
		greylist => Grey::truth($Sim::end - 1));
	$t{postscreen} = table('psc_', qw(connects blocked come_back gave_up handed_off open));
	sessions(\%t);
	messages(\%t);
	$t{tls} = {sasl_failures => $T{sasl_failures} // 0};
	$t{table} = {postscreen => $t{postscreen}{blocked}, smtpd => $t{smtpd}{rejected_sessions},
		delivered => $t{smtpd}{accepted_sessions}};
	$t{table_recipient} = table('recipient_', qw(postscreen smtpd delivered));
	$t{table_line} = {map { ($_ => $Sim::grep_line{$_} // 0) } qw(postscreen smtpd delivered)};
	return \%t;
}

GetOptions(\%o, 'lines=i', 'seed=i', 'format=s', 'hosts=i', 'days=f', 'start=i', 'truth=s',
	'without=s') && !@ARGV && $o{lines} > 0 && $o{hosts} > 0 && $o{days} > 0
	or die "usage: maillog.pl --lines=N [--seed=S] "
	. "[--format=FORMAT] [--hosts=K] [--days=D] "
	. "[--start=EPOCH] [--truth=FILE] [--without=WHAT,..]\n";
die "maillog.pl: --format knows @Form::known, not $o{format}\n"
	if !grep { $_ eq $o{format} } @Form::known;
for my $without (split /,/, $o{without}) {
	die "maillog.pl: --without knows @can_be_without, not $without\n"
		if !grep { $_ eq $without } @can_be_without;
	$without{$without} = 1;
}
srand $o{seed};
World::build($o{hosts}, 300 + int $o{lines} / 300);
play();
if (defined $o{truth}) {
	open my $out, '>', $o{truth} or die "maillog.pl: $o{truth}: $!\n";
	print {$out} JSON::PP->new->canonical->pretty->encode(truth());
	close $out or die "maillog.pl: $o{truth}: $!\n";
}
