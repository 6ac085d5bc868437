#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# truth.pl - compares what log-stats says of a maillog with what really happened, figure by figure
#
# usage: truth.pl LOG-STATS MAILLOG TRUTH [PATTERN]
#
# TRUTH is what maillog.pl wrote; figures whose names match PATTERN are left out. Prints each
# figure that differs, and how many were compared. Exit: 0 none differs, 1 some do.
use strict;
use warnings;
use JSON::PP;

@ARGV == 3 || @ARGV == 4 or die "usage: truth.pl LOG-STATS MAILLOG TRUTH [PATTERN]\n";
my ($program, $log, $file, $left_out) = @ARGV;
my ($compared, $wrong) = (0, 0);

sub slurp {
	my ($handle) = @_;
	local $/;
	my $text = <$handle>;
	close $handle or die "truth.pl: $?\n";
	return $text;
}

sub output_of {
	open my $pipe, '-|', $program, @_, $log or die "truth.pl: $program: $!\n";
	return $pipe;
}

sub compare {
	my ($name, $truth, $have) = @_;
	return if defined $left_out && $name =~ $left_out;
	$compared++;
	return if defined $have && $truth eq $have;
	$wrong++;
	printf "%s is %s, should be %s\n", $name, $have // 'missing', $truth;
	return;
}

sub compare_classes {
	my ($truth) = @_;
	my %have;
	my $events = output_of('--events');
	while (<$events>) { $have{ (split /\t/)[6] }++ }
	close $events or die "truth.pl: $?\n";
	my %all = (%$truth, %have);
	compare("class $_", $truth->{$_} // 0, $have{$_} // 0) for sort keys %all;
	return;
}

# Every row that is shown, and every text that should be; of a list that is cut, those that come
# more often than its last row.
sub compare_list {
	my ($name, $truth, $rows) = @_;
	my %have = map { $_->{text} => $_->{count} } @{$rows // []};
	my %all = (%$truth, %have);
	my $least = @{$rows // []} == 1000 ? $rows->[-1]{count} : 0;
	for my $text (sort keys %all) {
		my ($should, $is) = ($truth->{$text} // 0, $have{$text} // 0);
		compare("$name: $text", $should, $is) if $should > $least || $is > $least;
	}
	return;
}

open my $handle, '<', $file or die "truth.pl: $file: $!\n";
my $truth = decode_json(slurp($handle));
my %report = map { $_ => decode_json(slurp(output_of('--format=json', '--check', '--top=1000',
	"--unit=$_"))) }
	qw(session recipient line);

for my $section (sort keys %$truth) {
	my $figures = $truth->{$section};
	if ($section eq 'classes') { compare_classes($figures); next }
	if ($section eq 'lists') {
		compare_list($_, $figures->{$_}, $report{session}{(split /\./)[0]}{(split /\./)[1]})
			for sort keys %$figures;
		next;
	}
	if (!ref $figures) { compare($section, $figures, $report{session}{$section}); next }
	my ($unit) = $section =~ /^table_(\w+)/;
	my $have = $unit ? $report{$unit}{table} : $report{session}{$section};
	compare("$section.$_", $figures->{$_}, $have->{$_}) for sort keys %$figures;
}
print "$compared compared, $wrong wrong\n";
exit($compared >= 100 && $wrong == 0 ? 0 : 1);
