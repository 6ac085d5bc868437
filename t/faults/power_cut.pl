#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# power_cut.pl: what a power cut may leave of a file, by the writes that strace recorded
#
#     power_cut.pl TRACE FILE BEFORE HOW COUNT DIRECTORY
#
# TRACE: of strace -xx -s 9999999. FILE: the file's name, without its directory. BEFORE: the file
# as it was before, all on the disk. The power fails COUNT times, each time somewhere else:
#     ordered    all writes up to there are on the disk, and none after it
#     any        each page is on the disk as one of the writes since the last fdatasync(2) left
#                it, or as it was before all of them
# A write through a descriptor opened with O_DSYNC is on the disk when it has ended. DIRECTORY/1
# and so on become the file after that. Prints for each, a line, how many answers ("action=") had
# been given.
use strict;
use warnings;

@ARGV == 6 or die "usage: power_cut.pl TRACE FILE BEFORE HOW COUNT DIRECTORY\n";
my ($trace, $file, $before, $how, $count, $directory) = @ARGV;
my $page = 4096;

sub bytes { return pack 'H*', $_[0] =~ s/\\x//gr }

# Each event: [offset, data, whether it is on the disk at once], [] for a sync, or [answers].
my (@events, %descriptors, %position);
open my $in, '<', $trace or die "$trace: $!\n";
while (<$in>) {
	my ($call, $rest, $result) = /^(?:\d+ +)?(\w+)[(](.*)[)] += (\d+)/ or next;
	if ($call eq 'openat') {
		my ($path, $flags) = $rest =~ /^[^,]*, "([^"]*)", ([\w|]+)/ or next;
		delete $descriptors{$result};
		$descriptors{$result} = $flags =~ /DSYNC|O_SYNC/ ? 2 : 1
		    if bytes($path) =~ m{(?:\A|/)\Q$file\E\z};
		next;
	}
	my ($fd) = $rest =~ /^(\d+)/ or next;
	if ($fd == 1 && $call eq 'write') {
		my $answers = () = bytes($rest =~ /"([^"]*)"/) =~ /^action=/mg;
		push @events, [$answers];
	}
	my $kind = $descriptors{$fd} or next;
	if ($call eq 'close') {
		delete $descriptors{$fd};
	} elsif ($call eq 'lseek') {
		$position{$fd} = $result;
	} elsif ($call =~ /sync/) {
		push @events, [];
	} elsif ($call =~ /write/) {
		my ($at) = $call =~ /^p/ ? $rest =~ /, (\d+)\z/ : $position{$fd};
		my $data = join q{}, map { bytes($_) } $rest =~ /"([^"]*)"/g;
		$data = substr $data, 0, $result;
		$position{$fd} = $at + $result if $call !~ /^p/;
		push @events, [$at, $data, $kind == 2];
	}
}
close $in or die "$trace: $!\n";

open $in, '<:raw', $before or die "$before: $!\n";
my $whole = do { local $/ = undef; <$in> };
close $in or die "$before: $!\n";

sub put
{
	my ($image, $at, $data) = @_;
	${$image} .= "\0" x ($at - length ${$image}) if $at > length ${$image};
	substr(${$image}, $at, length $data) = $data;
	return;
}

# cut END: the file when the power fails after so many events, and the answers up to then.
sub cut
{
	my ($end) = @_;
	my ($image, $answers, %waiting) = ($whole, 0);
	for my $event (@events[0 .. $end - 1]) {
		my ($at, $data, $at_once) = @{$event};
		if (!defined $at) {
			put(\$image, @{ $_->[-1] }) for values %waiting;
			%waiting = ();
		} elsif (!defined $data) {
			$answers += $at;
		} elsif ($at_once || $how eq 'ordered') {
			put(\$image, $at, $data);
		} else {
			for (my $i = 0; $i < length $data; $i += $page) {
				my $number = int(($at + $i) / $page);
				push @{ $waiting{$number} }, [$at + $i, substr $data, $i, $page];
			}
		}
	}
	for my $writes (map { $waiting{$_} } sort { $a <=> $b } keys %waiting) {
		my $which = rand;
		my $some = int rand @{$writes};
		next if $which < 0.25;
		put(\$image, @{ $writes->[$which < 0.5 ? $some : -1] });
	}
	return ($image, $answers);
}

srand 1;
for my $number (1 .. $count) {
	my ($image, $answers) = cut(int rand(@events + 1));
	open my $to, '>:raw', "$directory/$number" or die "$directory/$number: $!\n";
	print {$to} $image or die "$directory/$number: $!\n";
	close $to or die "$directory/$number: $!\n";
	print "$answers\n";
}
