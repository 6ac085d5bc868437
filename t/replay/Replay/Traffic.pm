# SPDX-License-Identifier: BSD-2-Clause
# The stream of requests: a clock that moves in steps and jumps, random triplets from small pools
# that change slowly, and the stories of Replay::Episodes at their times.
package Replay::Traffic;
use strict;
use warnings;
use Replay::Random qw(between chance pick deal);
use Replay::Client qw(fresh_network host_of parse spell);
use Replay::Senders qw(@SENDERS @RECIPIENTS);
use Replay::Lists qw(@NAMES @ADDRESSES @LISTED);
use Replay::Episodes qw(episode opening);
use Replay::Wire qw(encode);

my @NEEDED = ('client_address', 'client_name', 'sender', 'recipient');
my $NETWORKS = 20;
my $RECENT = 40;

# everything that a run must reach, as [label, outcome]; each address must come again as a triplet
# that is known by then
sub kinds
{
	return (Replay::Client::kinds(), Replay::Episodes::kinds(), Replay::Wire::kinds(),
		(map { ["missing: $_", 'attribute missing'] } @NEEDED),
		(map { ([$_->[0], 'key'], ["$_->[0], again", 'again']) } @SENDERS, @RECIPIENTS),
		(map { [@$_[0, 2]] } @NAMES, @ADDRESSES, @LISTED));
}

# $set: delay, window, awl, sasl, clock (its start)
sub new
{
	my ($class, $set) = @_;
	my $self = bless { set => $set, clock => $set->{clock}, number => 0, order => 0,
		networks => 0,
		instances => 0, queue => [], recent => [], remembered => [] }, $class;
	Replay::Episodes::restart();
	$self->{active} = [map { $self->network } 1 .. $NETWORKS];
	$self->plan(opening($set, $self->{clock}, host_of($self->network)));
	return $self;
}

sub network { my ($self) = @_; return fresh_network($self->{networks}++) }

sub plan
{
	my ($self, @event) = @_;
	$_->{order} = $self->{order}++ for @event;
	$self->{queue} = [sort { $a->{release} <=> $b->{release} || $a->{order} <=> $b->{order} }
		@{ $self->{queue} }, @event];
	return;
}

# the next planned event that is due
sub due
{
	my ($self) = @_;
	my $queue = $self->{queue};
	return @$queue && $queue->[0]{release} <= $self->{clock} ? shift @$queue : undef;
}

# forward in seconds, minutes, hours, days, a year; and back
sub move_clock
{
	my ($self) = @_;
	my $r = rand();
	my $step = $r < 0.30 ? between(0, 2) : $r < 0.65 ? between(1, 120) : $r < 0.85
		? between(60, 1800)
	    : $r < 0.91 ? between(3600, 43_200) : $r < 0.917 ? between(86_400, 259_200)
	    : $r < 0.9175 ? between(3_456_000, 34_560_000) : $r < 0.95 ? -between(1, 7200)
	    : $r < 0.955 ? -between(7200, 259_200) : 0;
	$self->{clock} += $step;
	$self->{clock} = 1 if $self->{clock} < 1;
	return;
}

# a triplet that was used lately, or a new one of the small pools; every other new one is bait for a
# list
sub random_event
{
	my ($self) = @_;
	my $active = $self->{active};
	$active->[int(rand(@$active))] = $self->network if chance(0.05);
	my $recent = $self->{recent};
	my $again = pick(@$recent);
	return { %$again, chance(0.1) && !$again->{client} ? (network => pick(@$active)) : (),
		time => $self->{clock} }
	    if @$recent && chance(0.72);
	my ($from, $to) = (deal(\@SENDERS), deal(\@RECIPIENTS));
	my $event = { network => pick(@$active), name => pick('', 'unknown', 'mx.test',
		'MX-1.test'),
		from => $from->[1], to => $to->[1],
		tags => [map { ($_, "$_, again") } $from->[0], $to->[0]] };
	$event->{client} = host_of($event->{network}) if chance(0.5);
	$event->{sender} = $from->[1]->() if chance(0.4);
	if (chance(0.5)) {
		my ($field, $all) = @{ pick(['name', \@NAMES], ['client', \@ADDRESSES],
			['recipient', \@LISTED]) };
		my $bait = deal($all);
		$event->{$field} = $field eq 'client' ? parse($bait->[1]) : $bait->[1];
		$event->{tags} = [$bait->[0]];
	}
	push @$recent, $event;
	splice(@$recent, int(rand(@$recent)), 1) if @$recent > $RECENT;
	return { %$event, time => $self->{clock} };
}

# the value of the attribute, undef for none
sub instance
{
	my ($self, $kind) = @_;
	my $remembered = $self->{remembered};
	$kind ||= pick(('fresh') x 12, 'within', 'beyond', 'missing', 'empty', 'zero');
	return substr($kind, 1) if $kind =~ /^=/;
	return if $kind eq 'missing';
	return '' if $kind eq 'empty';
	return '0' if $kind eq 'zero';
	return $remembered->[between(0, 9)] if $kind eq 'within' && @$remembered >= 10;
	return $remembered->[between(10, $#$remembered)] if $kind eq 'beyond' && @$remembered > 10;
	return sprintf('%x.%x', $self->{clock}, $self->{instances}++);
}

# turns an event into a request: {number time attribute bytes before tags}; before is a request
# without an answer, or undef
sub render
{
	my ($self, $event) = @_;
	my ($address, $spelling) = spell($event->{client} || host_of($event->{network}));
	my %attribute = (request => 'smtpd_access_policy', policy_test_time => $event->{time},
		client_address => $address, client_name => $event->{name},
		sender => defined $event->{sender} ? $event->{sender} : $event->{from}->(),
		recipient => defined $event->{recipient} ? $event->{recipient} : $event->{to}->());
	my $instance = $self->instance($event->{instance});
	$attribute{instance} = $instance if defined $instance;
	$attribute{queue_id} = pick('', '4Xyz12AbC') if chance(0.3);
	$attribute{sasl_username} = 'user@rcpt.test' if $self->{set}{sasl} && chance(0.2);
	my @tag = ($spelling, @{ $event->{tags} || [] }, defined $event->{tag} ? $event->{tag}
		: ());
	if ($event->{network} && chance(0.02)) {
		my $missing = pick(@NEEDED);
		delete $attribute{$missing};
		@tag = ("missing: $missing");
	}
	my ($bytes, $before, @wire) = encode(\%attribute);
	return { number => ++$self->{number}, time => $event->{time}, attribute => \%attribute,
		bytes => $bytes,
		before => $before, tags => [@tag, @wire] };
}

sub next_request
{
	my ($self) = @_;
	$self->plan(episode($self->{set}, $self->{clock}, $self->network)) if chance(0.08);
	my $event = $self->due;
	if (!$event) {
		$self->move_clock;
		$event = $self->due || $self->random_event;
	}
	return $self->render($event);
}

# Hears what came of a request, to know which instances are among the last ten.
sub learn
{
	my ($self, $request, $outcome) = @_;
	my $instance = $request->{attribute}{instance};
	return unless $outcome eq 'delayed' && defined $instance;
	my $remembered = $self->{remembered};
	unshift @$remembered, $instance;
	pop @$remembered if @$remembered > 25;
	return;
}

# the programs were started anew and remember no instance
sub forget { my ($self) = @_; $self->{remembered} = []; return }

1;
