# SPDX-License-Identifier: BSD-2-Clause
# The lists that both programs read, and what is thrown at them: for each entry something that it
# holds and something that it just misses. A bait is [label, value, outcome that must occur at least
# once].
package Replay::Lists;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(write_lists @NAMES @ADDRESSES @LISTED);

my %FILE = (
	clients_1 => <<'END' . "crlf.test\r\n" . 'noeol.test',
# names
example.org
  Relay.Example.NET   # mixed case, blanks around

/^dsl-\d+-\w+\.pool\.test$/
/(mx|out)[0-9]{2,3}\.big\./  # a comment
/UPPER\.case/
/^cut#here\.test$/
a+b.test
.dotted.test
163.test
two words
/two words/
END
	clients_2 => <<'END',
192.0.2.10
192.0.2.128/31 # a pair
198.51.100.77/26
10.21.5.5/14
203.0.113
2001:DB8:F001::7
2001:db8:f002:9::3/50
2001:db8:f003:0:0:0:0:1/127
END
	recipients_1 => <<'END' . "crlf.test\r\n" . 'noeol.test',
# recipients
wl-dom.test
abuse@
user@exact.test   # with a comment
tagged+foo@exact.test

@atonly.test
a@b@c.test
two words@x.test
END
	recipients_2 => <<'END',
/^list-.*@lists\.test$/
/-(un)?subscribe\@/
/^\+?[0-9]{4,6}@fax/
END
);

# writes the files, returns the options that name them
sub write_lists
{
	my ($directory) = @_;
	my @option;
	for my $name (sort keys %FILE) {
		my $path = "$directory/whitelist_$name";
		open(my $out, '>:raw', $path) or die "can't write $path: $!\n";
		print {$out} $FILE{$name} or die "can't write $path: $!\n";
		close($out) or die "can't write $path: $!\n";
		chmod(0644, $path) or die "can't chmod $path: $!\n";
		(my $kind = $name) =~ s/_\d//;
		push @option, "--whitelist-$kind=$path";
	}
	return @option;
}

sub bait
{
	my ($what, $outcome, @values) = @_;
	my ($held, $missed) = @values;
	return (map({ ["list: $what '$_'", $_, $outcome] } @$held),
		map({ ["list: $what '$_', not listed", $_, 'key'] } @$missed));
}

our @NAMES = bait('client name', 'client whitelist',
	['example.org', 'mail.example.org', 'A.B.EXAMPLE.ORG', '.example.org', 'relay.example.net',
		'x.RELAY.example.net',
	 'crlf.test', 'noeol.test', 'dsl-12-ab.pool.test', 'DSL-1-X.Pool.Test', 'mx22.big.test',
	'a.out123.BIG.x',
	 'an.upper.CASE.name', 'x./^cut', 'a+b.test', 'x..dotted.test', '.dotted.test',
	'x.163.test'],
	['badexample.org', 'example.org.', 'example.org.test', 'exampleXorg', 'example.net',
		'crlf.test.x',
	 'dsl--ab.pool.test', 'xdsl-12-ab.pool.test', 'mx2.big.test', 'upper-case', 'cuthere.test',
	'cut#here.test',
	 'cut', 'aab.test', 'dotted.test', 'mail.dotted.test', 'two words', 'words', '# names', '',
	'unknown']);

our @ADDRESSES = bait('client address', 'client whitelist',
	['192.0.2.10', '192.0.2.128', '192.0.2.129', '198.51.100.64', '198.51.100.127', '10.20.0.0',
		'10.23.255.255',
	 '203.0.113.0', '203.0.113.255', '2001:db8:f001::7', '2001:db8:f002::',
	'2001:db8:f002:3fff:ffff:ffff:ffff:ffff',
	 '2001:db8:f003::', '2001:db8:f003::1'],
	['192.0.2.9', '192.0.2.11', '192.0.2.127', '192.0.2.130', '198.51.100.63', '198.51.100.128',
		'10.19.255.255',
	 '10.24.0.0', '203.0.112.255', '203.0.114.0', '2001:db8:f001::8', '2001:db8:f002:4000::',
	 '2001:db8:f001:ffff:ffff:ffff:ffff:ffff', '2001:db8:f003::2', '::1', '::', 'fe80::1',
	'127.0.0.1',
	 '0.0.0.0', '255.255.255.255']);

our @LISTED = bait('recipient', 'recipient whitelist',
	['u@wl-dom.test', 'U@Sub.WL-DOM.test', 'x.wl-dom.test', 'a@b@wl-dom.test', 'u@crlf.test',
		'u@noeol.test',
	 'abuse@any.test', 'Abuse+x@any.test', 'abuse+a+b@any.test', 'abuse@', 'user@exact.test',
	'USER+Ext@Exact.test',
	 'tagged+foo@exact.test', 'tagged+foo+bar@exact.test', '@atonly.test', '+x@atonly.test',
	'a@b@c.test',
	 'a+x@b@c.test', 'list-1@lists.test', 'LIST-@LISTS.test', 'x-subscribe@any.test',
	'x-UNsubscribe@any.test',
	 '12345@fax.test', '+1234@FAX', 'd' x 500 . '@wl-dom.test'],
	['u@notwl-dom.test', 'wl-dom.test', 'u@wl-dom.test.x', 'abuse', 'abuse+@any.test',
		'xabuse@any.test',
	 'abuse+x', 'user@sub.exact.test', 'user2@exact.test', 'user+@exact.test',
	'user@exactXtest',
	 'tagged@exact.test', 'tagged+bar@exact.test', 'u@atonly.test', 'b@c.test', 'a@b+x@c.test',
	'list-1@lists.test.x',
	 'x-resubscribes@any.test', '123@fax.test', 'a12345@fax.test', 'two words@x.test', '']);

1;
