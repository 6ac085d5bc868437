# SPDX-License-Identifier: BSD-2-Clause
# Short stories with exact times, woven into the random traffic: retries at the very borders of the
# delay, of the retry window and of the hour after which an auto-whitelist record is written again,
# and clocks that went back.
#
# An event is a request to come: {time} is what its clock says, {release} is the moment in the run
# when it is sent (the two differ where the clock goes back), {tag} says what it is to reach. Each
# story has clients and triplets of its own.
package Replay::Episodes;
use strict;
use warnings;
use Exporter 'import';
use Replay::Random qw(between pick chance deal);
use Replay::Client qw(host_of);
use Replay::Senders qw(@SENDERS @RECIPIENTS);
our @EXPORT_OK = qw(episode opening kinds);

my %KIND = (
	'retry: 1 s too early' => 'early-retry',
	'retry: delay exactly over' => 'delayed',
	'retry: 1 s after the delay' => 'delayed',
	'window: 1 s before its end' => 'delayed',
	'window: at its end' => 'delayed',
	'window: 1 s after its end' => 'new',
	'window: after its end, seen within' => 'new',
	'known: 1 s after the last' => 'found',
	'known: after days' => 'found',
	'clock back: first in the future' => 'new',
	'clock back: known, first in the future' => 'new',
	'clock back: known, inside the delay' => 'early-retry',
	'clock back: known, passes again with a header' => 'delayed',
	'instance: second recipient of a message' => 'found',
	'instance: 0, before ten others' => 'found',
	'instance: 0, after ten others' => 'delayed',
	'instance: empty' => 'delayed',
	'instance: missing' => 'delayed',
	'instance: repeated within ten' => 'found',
	'instance: repeated beyond ten' => 'delayed',
	'AWL count: 1 s before the hour' => 'delayed',
	'AWL count: at the hour' => 'delayed',
	'AWL count: not yet at the limit' => 'new',
	'AWL count: 1 s after the hour' => 'delayed',
	'AWL count: last in the future' => 'delayed',
	'AWL pass: 1 s before the hour' => 'client AWL',
	'AWL pass: at the hour' => 'client AWL',
	'AWL pass: 1 s after the hour' => 'client AWL',
	'AWL pass: last in the future' => 'client AWL',
	'AWL pass: unseen triplet' => 'client AWL',
	'AWL: neighbour of a listed client' => 'new',
);

sub kinds { return map { [$_, $KIND{$_}] } sort keys %KIND }

my $serial = 0;

sub restart { $serial = 0; return }

# a triplet that nobody has used, of that client
sub triplet
{
	my ($client) = @_;
	$serial++;
	return (client => $client, name => 'mx.episode.test', sender => "from$serial\@episode.test",
		recipient => "to$serial\@episode.test");
}

# one event a [time, tag, more...] row, all of one triplet
sub story
{
	my ($triplet, @row) = @_;
	return map {
		my ($time, $tag, %more) = @$_;
		+{ @$triplet, time => $time, release => $time, tag => $tag, %more };
	} @row;
}

sub retry
{
	my ($set, $now, $client) = @_;
	my $delay = $set->{delay};
	return story([triplet($client)], [$now], [$now + $delay - 1, 'retry: 1 s too early'],
		pick([$now + $delay, 'retry: delay exactly over', instance => 'fresh'],
		     [$now + $delay + 1, 'retry: 1 s after the delay', instance => 'fresh']),
		[$now + $delay + 2, 'known: 1 s after the last'],
		[$now + 864_000, 'known: after days']);
}

sub window
{
	my ($set, $now, $client) = @_;
	my $end = $now + $set->{window};
	my @seen = (triplet($client));
	return (story(\@seen, [$now], [$now + 10],
		[$end + 1, 'window: after its end, seen within'])) if chance(0.3);
	return story(\@seen, [$now],
		pick([$end - 1, 'window: 1 s before its end', instance => 'fresh'],
		[$end, 'window: at its end', instance => 'fresh'],
		[$end + 1, 'window: 1 s after its end']));
}

sub back
{
	my ($set, $now, $client) = @_;
	my $delay = $set->{delay};
	my $ahead = $now + pick(1, 3600, 90_000, 400_000);
	return story([triplet($client)], [$ahead, undef, release => $now],
		[$now, 'clock back: first in the future']) if chance(0.4);
	return story([triplet($client)], [$ahead, undef, release => $now],
		[$ahead + $delay, undef, release => $now],
		[$now, 'clock back: known, first in the future']) if chance(0.4);
	return story([triplet($client)], [$now], [$now + $delay],
		[$now + 10, 'clock back: known, inside the delay', release => $now + $delay],
		[$now + 2 * $delay, 'clock back: known, passes again with a header',
			instance => 'fresh']);
}

# the random addresses of the other traffic, three times: as a triplet they are mostly the same one
# each time
sub faces
{
	my ($set, $now, $client) = @_;
	my ($from, $to) = (deal(\@SENDERS), deal(\@RECIPIENTS));
	return story([client => $client, name => '', from => $from->[1], to => $to->[1],
		tags => [map { ($_, "$_, again") } $from->[0], $to->[0]]], [$now],
		[$now + between(1, $set->{delay} - 1)], [$now + $set->{delay} + between(0, 100)]);
}

# a message with several recipients that comes again as another message
sub message
{
	my ($set, $now, $client) = @_;
	my @to = map { [triplet($client)] } 1 .. 3;
	my $again = $now + $set->{delay} + between(0, 100);
	my $instance = "message$serial";
	return ((map { story($_, [$now]) } @to),
		story($to[0], [$again, undef, instance => "=$instance"]),
		map { story($_, [$again, 'instance: second recipient of a message',
			instance => "=$instance"]) }
		@to[1, 2]);
}

# a first pass with an instance that is missing, special, or was seen before
sub instance
{
	my ($set, $now, $client) = @_;
	my $kind = pick('missing', 'empty', 'within', 'beyond', 'beyond', 'zero');
	my %tag = (missing => 'missing', empty => 'empty', within => 'repeated within ten',
		beyond => 'repeated beyond ten', zero => '0, after ten others');
	return story([triplet($client)], [$now], [$now + $set->{delay}, "instance: $tag{$kind}",
		instance => $kind]);
}

# a pass of a new triplet at that time: its first request, and its retry
sub pass_at
{
	my ($set, $client, $time, $tag, @more) = @_;
	my $first = $time - $set->{delay} - between(0, 100);
	return story([triplet($client)], [$first, undef, @more],
		[$time, $tag, instance => 'fresh', @more]);
}

# Counts a client up to the limit, one request a second before, at, and after the hour, and then
# uses it. $last is the time that its record holds.
sub awl
{
	my ($set, $now, $client) = @_;
	my $last = $now + $set->{delay} + 200;
	my @event = pass_at($set, $client, $last);
	push @event, pass_at($set, $client, $last + 3599, 'AWL count: 1 s before the hour')
		if chance(0.5);
	push @event, pass_at($set, $client, $last - 500, 'AWL count: last in the future',
		release => $last + 3599)
	    if $now > 10_000;
	my $limit = $set->{awl} || 3;
	for my $count (2 .. $limit) {
		push @event, pass_at($set, $client, $last + 3599, 'AWL count: 1 s before the hour'),
		    story([triplet($client)], [$last + 3599, 'AWL count: not yet at the limit'])
		if $count == $limit;
		my ($later, $tag) = @{ pick([3600, "at the hour"], [3601, "1 s after the hour"]) };
		push @event, pass_at($set, $client, $last += $later, "AWL count: $tag");
	}
	my @known = (triplet($client));
	push @event, story(\@known, [$last + 1, 'AWL pass: unseen triplet'],
		[$last + 3599, 'AWL pass: 1 s before the hour']);
	$last += 3600;
	push @event, story(\@known, [$last, 'AWL pass: at the hour'],
		[$last + 3601, 'AWL pass: 1 s after the hour']);
	$last += 3601;
	push @event, story(\@known, [$last - pick(1, 500), 'AWL pass: last in the future',
		release => $last],
		[$last + between(3598, 3601)]);
	my $other = [@$client[0 .. $#$client - 1], $client->[-1] ^ 2];
	return (@event, story([triplet($other)], [$last + 1, 'AWL: neighbour of a listed client']));
}

# the first thing in a run: an instance 0, while the ten remembered ones are still zeros
sub opening
{
	my ($set, $now, $client) = @_;
	return story([triplet($client)], [$now], [$now + $set->{delay},
		'instance: 0, before ten others',
		instance => '=0', release => $now]);
}

# one story that begins now; $set holds delay, window and awl, $network belongs to it alone
sub episode
{
	my ($set, $now, $network) = @_;
	my $tell = pick((\&retry) x 4, (\&window) x 5, (\&back) x 4, (\&message) x 2,
		(\&instance) x 5,
		(\&awl) x 2, (\&faces) x 14);
	return $tell->($set, $now, host_of($network));
}

1;
