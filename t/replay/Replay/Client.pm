# SPDX-License-Identifier: BSD-2-Clause
# Client addresses: networks with neighbours, and the many ways to spell an address. An address is
# an array of 4 octets or 8 groups.
package Replay::Client;
use strict;
use warnings;
use Exporter 'import';
use Replay::Random qw(chance pick between);
our @EXPORT_OK = qw(fresh_network host_of parse spell kinds);

# Networks that nobody else uses, in order: each is a /24 or a /64, and some of those that follow
# lie in the same /20 or /48. 2001:db8:f000::/36 and everything outside 20.0.0.0/8 is left to the
# lists.
sub fresh_network
{
	my ($number) = @_;
	return chance(0.6) ? [20, $number >> 8 & 255, $number & 255]
	    : [0x2001, 0xdb8, $number >> 3 & 0x7fff, $number & 7];
}

my @HOSTS4 = (0, 1, 5, 77, 128, 255);
my @HOSTS6 = ([0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 5], [0, 1, 0, 2], [0xa, 0xb0, 0xc00, 0xd000],
	[1, 0, 0, 0]);

# one of six hosts in that network
sub host_of
{
	my ($network) = @_;
	return [@$network, pick(@HOSTS4)] if @$network == 3;
	return [@$network, @{ pick(@HOSTS6) }];
}

# text without :: or with one, back to octets or groups
sub parse
{
	my ($text) = @_;
	return [split /\./, $text] if $text !~ /:/;
	my ($left, $right) = map { [map { hex } split /:/] } split(/::/, $text, 2);
	return $left unless defined $right;
	return [@$left, (0) x (8 - @$left - @$right), @$right];
}

# replaces one random run of zero groups by ::, not always the longest and perhaps a single one
sub squeeze
{
	my (@group) = @_;
	my @zero = grep { hex($group[$_]) == 0 } 0 .. 7;
	return join(':', @group) unless @zero;
	my $first = my $last = pick(@zero);
	$first-- while $first > 0 && hex($group[$first - 1]) == 0;
	$last++ while $last < 7 && hex($group[$last + 1]) == 0 && chance(0.9);
	return join(':', @group[0 .. $first - 1]) . '::' . join(':', @group[$last + 1 .. 7]);
}

sub dotted_end
{
	my ($address) = @_;
	my @octet = map { $_ >> 8, $_ & 255 } @$address[6, 7];
	return join(':', map { sprintf '%x', $_ } @$address[0 .. 5]) . ':' . join('.', @octet);
}

# returns the text and the label of the spelling
sub spell
{
	my ($address) = @_;
	return (join('.', @$address), 'address: IPv4') if @$address == 4;
	return (dotted_end($address), 'address: IPv6 ending in a dotted quad') if chance(0.04);
	my $zeros = chance(0.2);
	my @group = map { sprintf($zeros ? '%04x' : '%x', $_) } @$address;
	my $squeezed = chance(0.75);
	my $text = $squeezed ? squeeze(@group) : join(':', @group);
	return (uc $text, 'address: IPv6 in upper case') if chance(0.25);
	return ($text, 'address: IPv6 with leading zeros') if $zeros;
	return ($text, $squeezed ? 'address: IPv6 with ::' : 'address: IPv6 in full');
}

sub kinds
{
	return map { ["address: $_", 'key'] } ('IPv4', 'IPv6 ending in a dotted quad',
		'IPv6 in upper case',
		'IPv6 with leading zeros', 'IPv6 with ::', 'IPv6 in full');
}

1;
