# SPDX-License-Identifier: BSD-2-Clause
# The log lines about decisions, and their comparison. It comes after a run, so that it does not
# matter whether a program logs before or after it answers.
package Replay::Log;
use strict;
use warnings;
use Exporter 'import';
use Replay::Client 'parse';
our @EXPORT_OK = qw(decisions difference);

# "whitelisted: name[address]" with the address spelled in one way. postgrey writes an IPv6 address
# in upper case and in full, and leaves the brackets out where there is no name; grey-check writes
# what Postfix said.
sub plain_address
{
	my ($line) = @_;
	my ($name, $address) = $line =~ /^whitelisted: (?:(.*)\[)?([^\[\]]*)\]?$/ or return $line;
	my @part = @{ parse($address =~
		s/(\d+)\.(\d+)\.(\d+)\.(\d+)$/sprintf '%x:%x', $1 << 8 | $2, $3 << 8 | $4/er) };
	return sprintf('whitelisted: %s[%s]', defined $name ? $name : '', join(' ', @part));
}

# The lines about decisions among these, without what each program puts around them: the name in
# front, postgrey's %% and %HH for what is not printable, and what stands for bytes beyond ASCII.
sub decisions
{
	my ($kind, @line) = @_;
	@line = grep { /(?:action=(?:greylist|pass), reason=|whitelisted: )/ } @line;
	if ($kind eq 'postgrey') {
		s/%(%|[0-9A-F]{2})/$1 eq '%' ? '%' : chr hex $1/ge for @line;
	} else {
		s/^grey-check: // for @line;
	}
	s/[?\x80-\xff]+/?/g for @line;
	@line = map { plain_address($_) } @line;
	return @line;
}

# Where the two differ first: text, or undef. A line may be cut, which shows as "..." at its end.
sub difference
{
	my ($oracle, $peer) = @_;
	for my $i (0 .. ($#$oracle > $#$peer ? $#$oracle : $#$peer)) {
		my ($a, $b) = map { defined $_->[$i] ? $_->[$i] : 'no line' } $oracle, $peer;
		my $start = $b =~ /^(.{500,})\.\.\.$/ ? $1 : undef;
		next if $a eq $b || defined $start && index($a, $start) == 0;
		return sprintf("line %d about a decision differs\n  postgrey:  %s\n  the other: "
			. "%s\n", $i + 1, $a, $b);
	}
	return;
}

1;
