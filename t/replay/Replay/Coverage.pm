# SPDX-License-Identifier: BSD-2-Clause
# Counts what a run has reached, by postgrey's own answers and messages, so that a replay that tests
# nothing fails.
package Replay::Coverage;
use strict;
use warnings;

my %OUTCOME = map { $_ => 1 } ('new', 'early-retry', 'delayed', 'found', 'client AWL',
	'client whitelist',
	'recipient whitelist', 'attribute missing');
# groups of outcomes: the request came as far as its triplet, and the triplet was known
my %GROUP = (key => { map { $_ => 1 } ('new', 'early-retry', 'delayed', 'found') },
	again => { map { $_ => 1 } ('early-retry', 'delayed', 'found') });
my %NOTE = (
	'note: first seen in the future' => qr/^correcting date for first seen in the future/,
	'note: client has reached the AWL' => qr/^whitelisted: /,
	'note: garbage ignored' => qr/^ignoring garbage: /,
	'note: request of another type' => qr/^unrecognized request type: /,
);

# What became of a request: outcome, seconds (still missing, or delayed). "delayed" is a pass with
# an X-Greylist header, "found" one without.
sub outcome
{
	my (@message) = @_;
	for (@message) {
		return ('attribute missing') if /^attribute missing: /;
		next unless /^(?:\w+:[ ])?action=(?:greylist|pass),[ ]reason=([^,(]+)
			(?:[ ]\((\d+)s[ ]missing\))?(?:,[ ]delay=(\d+))?,/x;
		my ($reason, $missing, $delay) = ($1, $2, $3);
		$reason =~ s/ \z//;
		$reason = defined $delay ? 'delayed' : 'found' if $reason eq 'triplet found';
		return ($reason, defined $delay ? $delay : $missing);
	}
	return ('no reason');
}

# $set: delay, awl, text; @kind: [label, outcome] rows
sub new
{
	my ($class, $set, @kind) = @_;
	my %outcome = map { @$_ } @kind;
	my %count = map { $_ => 0 } keys %outcome, keys %NOTE, map({ "outcome: $_" } keys %OUTCOME),
		'border: 1 s missing', 'border: delayed exactly as long as needed', 'answer: DUNNO',
		'answer: PREPEND',
		'answer: greylisted';
	$count{'answer: greylisted, 4.2.0'} = 0 if $set->{dsn};
	if (!$set->{awl}) {
		delete @count{ grep { /^AWL pass/ } keys %count };
		delete @count{'outcome: client AWL', 'note: client has reached the AWL'};
	}
	return bless { set => $set, outcome => \%outcome, count => \%count }, $class;
}

sub add { my ($self, $label) = @_; $self->{count}{$label}++; return }

sub answer
{
	my ($self, $answer) = @_;
	return $self->add('answer: DUNNO') if $answer =~ /^action=DUNNO/;
	return $self->add('answer: PREPEND') if $answer =~ /^action=PREPEND/;
	return $self->add($answer =~ /^action=\S+ 4\.2\.0 / ? 'answer: greylisted, 4.2.0'
		: 'answer: greylisted');
}

# counts one request, its answer, and the messages about it; returns the outcome
sub count
{
	my ($self, $request, $answer, @message) = @_;
	my ($outcome, $seconds) = outcome(@message);
	$self->add("outcome: $outcome");
	$self->add('border: 1 s missing') if $outcome eq 'early-retry' && $seconds == 1;
	$self->add('border: delayed exactly as long as needed')
	    if $outcome eq 'delayed' && $seconds == $self->{set}{delay};
	$self->answer($answer);
	for my $note (keys %NOTE) { $self->add($note) if grep { /$NOTE{$note}/ } @message }
	for my $label (@{ $request->{tags} }) {
		my $wanted = $self->{outcome}{$label};
		$self->add($label) if $wanted eq $outcome || $GROUP{$wanted}
			&& $GROUP{$wanted}{$outcome};
	}
	return $outcome;
}

# what was never reached
sub missed
{
	my ($self) = @_;
	my @label = sort grep { !$self->{count}{$_} } keys %{ $self->{count} };
	return @label;
}

# the counts as text; those of one group, such as all senders, as their number and smallest count
sub summary
{
	my ($self) = @_;
	my (%group, @line);
	for my $label (sort keys %{ $self->{count} }) {
		my ($group) = $label =~ /^(list: \w+ ?\w*|sender|recipient|address|wire|missing)/;
		if (defined $group) {
			push @{ $group{$group} }, $self->{count}{$label};
		} else {
			push @line, sprintf("  %6d  %s\n", $self->{count}{$label}, $label);
		}
	}
	for my $group (sort keys %group) {
		my @count = sort { $a <=> $b } @{ $group{$group} };
		push @line, sprintf("  %6d or more  each of %d kinds of %s\n", $count[0],
			scalar @count, $group);
	}
	return join('', @line);
}

1;
