# SPDX-License-Identifier: BSD-2-Clause
# The settings under which the two programs are compared.
#
# options  given to both programs
# peer     given to the second program only, if that is grey-check
# delay, window, awl, clock  what the traffic is made for; clock is the start
# dsn      0: the text begins with a digit, so 4.2.0 is never put before it
# host     the third field that grey-check writes: octet or address for a cut network, none, any
# (not checked) sasl     1: requests of authenticated clients occur
# runs     3: stopped twice in between, and each program then goes on with the other's directory
package Replay::Scenario;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(scenario names);

# no version, no date; every other % word, one of them twice
my $HEADER = '--x-greylist-header=X-Greylist: %t %t s at %h %h %x';
my $HOST = '--hostname=mx.replay.test';
my %COMMON = (requests => 4000, options => [$HEADER, $HOST], delay => 300, window => 172_800,
	awl => 5,
	clock => 1_234_254_582, dsn => 1, host => 'octet', sasl => 0, peer => [],
	runs => 1);

my @ORDER = ('default', 'default-header', 'lookup-by-host', 'wide-networks', 'narrow-networks',
	'privacy', 'awl-2',
	'no-awl', 'short-delay', 'own-text', 'handover');
my %SCENARIO = (
	# passes 2038
	'default' => { requests => 20_000, clock => 2_125_000_000 },
	'default-header' => { options => [] },
	'lookup-by-host' => { options => [$HEADER, $HOST, '--lookup-by-host'], host => 'none',
		sasl => 1,
		peer => ['--no-sasl-pass'] },
	'wide-networks' => { options => [$HEADER, $HOST, '--ipv4cidr=20', '--ipv6cidr=48',
		'--greylist-text=%s s for %r, %s'], host => 'address' },
	'narrow-networks' => { options => [$HEADER, $HOST, '--ipv4cidr=31', '--ipv6cidr=65'],
		host => 'address' },
	'privacy' => { options => [$HEADER, $HOST, '--privacy'], host => 'any' },
	'awl-2' => { options => [$HEADER, $HOST, '--auto-whitelist-clients=2'], awl => 2 },
	'no-awl' => { options => [$HEADER, $HOST, '--auto-whitelist-clients=0'], awl => 0 },
	'short-delay' => { options => [$HEADER, $HOST, '--delay=60', '--retry-window=4h'],
		delay => 60,
		window => 14_400, clock => 50_000 },
	'own-text' => { options => [$HEADER, $HOST, '--greylist-text=450 try in %s s, %r %r %s',
		'--greylist-action=DEFER', '--retry-window=1'], window => 86_400, dsn => 0 },
	'handover' => { requests => 2500, host => 'any', runs => 3 },
);

sub names { return @ORDER }

# undef if there is none of that name
sub scenario
{
	my ($name) = @_;
	return unless $SCENARIO{$name};
	return { name => $name, %COMMON, %{ $SCENARIO{$name} } };
}

1;
