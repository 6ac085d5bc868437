# SPDX-License-Identifier: BSD-2-Clause
# Sim - the clock of maillog.pl: planned lines and deeds by second, and the counters of what
# happened
#
# line(T, SITE, TAG, TEXT, CLASS, HOOK, REPEATS) plans a line; HOOK runs when it is printed, so a
# line that the end of the file cuts off never counts. at(T, CODE) plans a deed. %T holds what
# happened, %class the printed events by class, %list the lists: tally(NAME, TEXT).
package Sim;
use strict;
use warnings;
use Exporter 'import';
use Form;
our @EXPORT = qw(%T %list tally line at raw chance pick d wpick in_one_second);

our (%T, %class, %list, %grep_line, $now, $end, $printed, $planned);
our ($start, $span) = (0, 1);
our %coverage = map { ($_ => 0) } qw(lines recognized foreign unknown);
$printed = $planned = 0;
my (%lines, %todo, @out);

sub chance { my ($p) = @_; return rand() < $p }
sub pick { return $_[rand @_] }
sub d { my ($least, $more) = @_; return $least + rand $more }

sub tally { my ($name, $text) = @_; $list{$name}{$text}++; return }

# T, or the next second's beginning if what begins at T and takes SPAN would be parted by one. The
# file ends with a whole second.
sub in_one_second {
	my ($t, $span) = @_;
	return int($t) == int($t + $span) ? $t : int($t) + 1.001;
}

# One of the names of a list of name, weight, name, weight..
sub wpick {
	my ($list) = @_;
	my $sum = 0;
	for (my $i = 1; $i < @$list; $i += 2) { $sum += $list->[$i] }
	my $x = rand $sum;
	for (my $i = 0; $i < @$list; $i += 2) { return $list->[$i] if ($x -= $list->[$i + 1]) < 0 }
	return $list->[0];
}

sub line {
	my ($t) = @_;
	$planned++;
	push @{$lines{int $t}}, [@_];
	return;
}

# A line as it stands, without stamp, host and program.
sub raw { my ($t, $text, $class) = @_; return line($t, undef, '', $text, $class) }

sub at { my ($t, $code) = @_; push @{$todo{int($t) < $now ? $now : int $t}}, $code; return }

# All that is planned for this second: the deeds first, for they plan lines.
sub second {
	my ($second) = @_;
	$now = $second;
	while (my $deeds = $todo{$second}) {
		delete $todo{$second};
		$_->() for @$deeds;
	}
	my $list = delete $lines{$second} or return;
	show($_) for sort { $a->[0] <=> $b->[0] } @$list;
	flush() if @out > 2000;
	return;
}

sub flush { print @out or die "cannot write: $!\n"; @out = (); return }

# Prints a line and counts it, repeats too: as the line again, or in words where the form knows
# them.
sub show {
	my ($line) = @_;
	my ($t, $site, $ident, $text, $class, $hook, $repeats) = @$line;
	$hook->($t) if $hook;
	count($class);
	if (!$site) { push @out, "$text\n"; return }
	my $form = Form::of($site, $t);
	put($form, $site, $t, $ident, $text);
	return if !$repeats;
	my $words = $form eq 'rfc3164' || $form eq 'rfc3339';
	for (1 .. $repeats) {
		$hook->($t) if $hook;
		if ($words) { $class{$class}++; next }
		count($class);
		put($form, $site, $t, $ident, $text);
	}
	say_repeat($form, $site, $t, $ident, $text, $repeats) if $words;
	return;
}

sub say_repeat {
	my ($form, $site, $t, $ident, $text, $repeats) = @_;
	count('meta.repeat');
	return put($form, $site, $t, $ident, "message repeated $repeats times: [ $text]")
		if chance(0.7);
	push @out, Form::stamp($form, $site, $t)
		. " $site->{host} last message repeated $repeats times\n";
	return;
}

# The three greps of the seed's table count physical lines.
sub put {
	my ($form, $site, $t, $ident, $text) = @_;
	if (index($text, 'NOQUEUE: reject') >= 0) {
		$grep_line{postscreen}++ if index($ident, 'postscreen') >= 0;
		$grep_line{smtpd}++ if index($text, 'NOQUEUE: reject:') >= 0
			&& index($ident, 'smtpd') >= 0;
	}
	$grep_line{delivered}++ if index($text, 'status=sent') >= 0;
	push @out, Form::written($form, $site, $t, $ident, $text);
	return;
}

sub count {
	my ($class) = @_;
	$class{$class}++ if $class ne 'blank';
	$coverage{lines}++;
	$coverage{$class eq 'foreign' || $class eq 'blank' ? 'foreign' : $class eq 'unknown'
		? 'unknown' : 'recognized'}++;
	$printed++;
	return;
}

1;
