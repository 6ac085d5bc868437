#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# filters.pl - asks grey-dump with random filters, and compares with what a model makes of db_dump's
# output
#
# usage: filters.pl SEED COUNT PROGRAM STORE [OPTION...]
#
# The options, of --clients --delay= --max-age= --retry-window= --auto-whitelist-clients= (seconds)
# --ipv4cidr= --ipv6cidr=, are given to grey-dump each time. Prints what differs, and "COUNT of
# COUNT filters as foretold, N records".
use strict;
use warnings;
use Encode ();
use JSON::PP ();
use Socket qw(AF_INET AF_INET6 inet_pton);

my ($seed, $count, $program, $store, @options) = @ARGV;
my %set = ('delay' => 300, 'max-age' => 35 * 86400, 'retry-window' => 2 * 86400,
	'auto-whitelist-clients' => 5,
	'ipv4cidr' => 24, 'ipv6cidr' => 64, 'clients' => 0);
for (@options) { $set{$1} = $2 // 1 if /\A--([a-z0-9-]+)(?:=([0-9]+)s?)?\z/ }
srand $seed;

# 128 digits, or undef.
sub bits {
	my ($text) = @_;
	return if $text =~ /[^0-9a-fA-F.:]/;
	my $v6 = inet_pton(AF_INET6, $text);
	return unpack 'B128', $v6 if defined $v6;
	my $v4 = inet_pton(AF_INET, $text) // return;
	return '0' x 80 . '1' x 16 . unpack 'B32', $v4;
}

sub is_v4 { my ($bits) = @_; return $bits =~ /\A0{80}1{16}/ }

# All records of a database: [key, value], in order.
sub records {
	my ($name) = @_;
	return () if !-e "$store/$name";
	open my $in, '-|', 'db_dump', '-h', $store, $name or die "db_dump: $!\n";
	my ($body, @bytes);
	while (<$in>) {
		$body = 0 if /^DATA=END/;
		push @bytes, pack 'H*', substr $_, 1, -1 if $body;
		$body = 1 if /^HEADER=END/;
	}
	close $in or die "db_dump failed\n";
	my @records;
	push @records, [splice @bytes, 0, 2] while @bytes;
	return @records;
}

my %awl;
for (records('postgrey_clients.db')) {
	$awl{$_->[0]} = $1 if $_->[1] =~ /\A([0-9]+),[0-9]+\z/;
}
my @records = map { decode(@$_) } records($set{clients} ? 'postgrey_clients.db' : 'postgrey.db');

sub decode {
	my ($key, $value) = @_;
	my %r = (key => $key, value => $value);
	if ($set{clients}) {
		@r{qw(count last)} = ($1, $2) if $value =~ /\A([0-9]{1,12}),([0-9]{1,12})\z/;
		$r{decoded} = defined $r{last};
		@r{qw(bits prefix)} = (scalar bits($key), 128);
		return \%r;
	}
	if ($value =~ /\A([0-9]{1,12}),([0-9]{1,12})(?:,(.*))?\z/s) {
		@r{qw(first last host decoded)} = ($1, $2, $3 // '', 1);
	}
	if ($key =~ m{\A([^/]*)/(.*)\z}s && defined bits($1)) {
		my ($network, $rest) = ($1, $2);
		my $bits = bits($network);
		my $whole = is_v4($bits) ? 32 : 128;
		my $prefix = is_v4($bits) ? 96 + $set{ipv4cidr} : $set{ipv6cidr};
		if ($rest =~ s{\A$whole/}{}) {
			$network .= "/$whole";
			$prefix = 128;
		}
		if ($rest =~ m{\A([^/@][^@]*\@[^/]*)/(.*)\z}s || $rest =~ m{\A([^/]*)/(.*)\z}s) {
			@r{qw(network bits prefix sender recipient)} = ($network, $bits, $prefix,
				$1, $2);
		}
	}
	return \%r;
}

sub client_of {
	my ($r) = @_;
	return if !defined $r->{network};
	my ($net) = $r->{network} =~ m{\A([^/]*)};
	my $address = $r->{prefix} == 128 ? $net : defined bits($r->{host}) ? $r->{host} :
		is_v4($r->{bits}) && $r->{host} =~ /\A[0-9]{1,3}\z/ && $r->{host} < 256
		? $net =~ s/[0-9]+\z/$r->{host}/r : return;
	my $bits = bits($address);
	return join '.', map { oct "0b$_" } unpack '(A8)4', substr $bits, 96 if is_v4($bits);
	return join ':', map { sprintf '%X', oct "0b$_" } unpack '(A16)8', $bits;
}

sub state_at {
	my ($r, $now) = @_;
	my $unused = $now - $r->{last};
	return 'expired' if $unused > $set{'max-age'};
	return $r->{count} >= $set{'auto-whitelist-clients'} ? 'passed' : 'waiting'
		if $set{clients};
	return 'passed' if $r->{last} - $r->{first} >= $set{delay};
	return $unused > $set{'retry-window'} ? 'expired' : 'waiting';
}

sub escape {
	my ($bytes) = @_;
	my $out = '';
	while ($bytes =~ /\G(?:([ -\x5b\x5d-~]|[\xc2][\xa0-\xbf]|[\xc3-\xdf][\x80-\xbf]|
		\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|
		\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|
		[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})|(\\)|(.))/gxs) {
		$out .= defined $1 ? $1 : defined $2 ? '\\\\' : sprintf '\\x%02x', ord $3;
	}
	return $out;
}

sub line {
	my ($r, $now) = @_;
	return join "\t", map { escape($_) } @$r{qw(key value)} if !$r->{decoded};
	return join "\t", escape($r->{key}), @$r{qw(count last)}, state_at($r, $now)
		if $set{clients};
	my $state = state_at($r, $now);
	my $wait = $state eq 'waiting' ? $set{delay} - ($now - $r->{first}) : 0;
	# A retry that comes later than the retry window begins anew.
	$wait = $set{delay} if $state eq 'waiting' && $now - $r->{first} > $set{'retry-window'};
	my $address = client_of($r);
	return join "\t", map({ escape($_) } defined $r->{network}
		? @$r{qw(network sender recipient)} : ($r->{key}, '', '')),
		@$r{qw(first last)}, escape($r->{host}), $state, $wait > 0 ? $wait : 0,
		defined $address ? $awl{$address} // '' : '';
}

# A glob as a regular expression, for the globs that are made below.
sub regex {
	my ($glob) = @_;
	my $re = join '', map { $_ eq '*' ? '.*' : $_ eq '?' ? '.' : /\A\[!(.*)\]\z/s ? "[^\L$1]"
		: /\A\[(.*)\]\z/s ? "[\L$1]" : quotemeta lc }
		$glob =~ /\[[^]]+\]|./gs;
	return qr/\A$re\z/s;
}

# As fnmatch(3) in a UTF-8 locale: of characters, but where either is no UTF-8, of bytes.
sub matches {
	my ($glob, $text) = @_;
	my ($g, $t) = map { my $copy = $_;
		eval { Encode::decode('UTF-8', $copy, Encode::FB_CROAK) } } $glob, $text;
	return defined $g && defined $t ? lc($t) =~ regex($g) : lower($text) =~ regex($glob);
}

sub lower { my ($text) = @_; return $text =~ tr/A-Z/a-z/r }

sub random_glob {
	my ($text) = @_;
	my @c = split //, $text;
	for (1 .. 1 + rand 3) {
		my $at = int rand @c;
		my $kind = int rand 5;
		splice @c, $at, $kind == 0 ? int rand @c : 1, $kind == 0 || $kind == 4 ? '*'
			: $kind == 1 ? '?' :
			$kind == 2 && ($c[$at] // '') =~ /\A[a-z]\z/
			? ('[a-m]', '[!q]', "[$c[$at]z]")[rand 3] : uc($c[$at] // '*');
	}
	return join '', @c;
}

sub random_network {
	my $r = $records[rand @records];
	my $bits = $r->{bits} // bits('192.0.2.0');
	if (rand() < 0.2) { my $at = 96 + int rand 32; substr($bits, $at, 1) ^= "\1" }
	# A client somewhere in the network.
	if (defined $r->{prefix} && rand() < 0.5) {
		substr($bits, $_, 1) = int rand 2 for $r->{prefix} .. 127;
	}
	if (is_v4($bits) && rand() < 0.95) {
		my @octets = map { oct "0b$_" } unpack '(A8)4', substr $bits, 96;
		my $kind = rand();
		return (join('.', @octets[0, 1]), 112) if $kind < 0.1;
		return (join('.', @octets[0 .. 2]), 120) if $kind < 0.2;
		return (join('.', @octets), 128) if $kind < 0.3;
		my $prefix = int rand 33;
		return (join('.', @octets) . "/$prefix", 96 + $prefix);
	}
	my $text = join ':', map { sprintf rand() < 0.5 ? '%x' : '%X', oct "0b$_" } unpack '(A16)8',
		$bits;
	return ($text, 128) if rand() < 0.1;
	my $prefix = int rand 129;
	return ("$text/$prefix", $prefix);
}

# A filter: options for grey-dump, and what tells whether a record is taken.
sub random_filter {
	my $now = time;
	my (@args, @tests);
	if (rand() < 0.6) {
		my ($network, $prefix) = random_network();
		my $bits = bits($network =~ m{\A([^/]*)}
			&& (($1 =~ tr/.//) == 1 ? "$1.0.0" : ($1 =~ tr/.//) == 2 ? "$1.0" : $1));
		push @args, "--client=$network";
		push @tests, sub {
			my ($r) = @_;
			my $len = $prefix;
			return 0 if !defined $r->{bits};
			$len = $r->{prefix} if $r->{prefix} < $len;
			return substr($r->{bits}, 0, $len) eq substr $bits, 0, $len;
		};
	}
	for my $who ($set{clients} ? () : qw(sender recipient)) {
		next if rand() < 0.7;
		my $glob = random_glob($records[rand @records]{$who} // 'x@y');
		next if $glob =~ /[\0\r\n]/;
		push @args, "--$who=$glob";
		push @tests, sub {
			my ($r) = @_;
			return defined $r->{$who} && $r->{$who} !~ /\0/
				&& matches($glob, $r->{$who});
		};
	}
	if (rand() < 0.4) {
		my $state = (qw(waiting passed expired))[rand 3];
		push @args, "--state=$state";
		push @tests, sub {
			my ($r, $at) = @_;
			return $r->{decoded} && state_at($r, $at) eq $state;
		};
	}
	for my $limit (rand() < 0.3 ? 'since' : (), rand() < 0.3 ? 'until' : ()) {
		my $time = $records[rand @records]{last} // $now;
		push @args, "--$limit=" . (rand() < 0.5 ? $time : do {
			my @t = gmtime $time;
			sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1,
				@t[3, 2, 1, 0];
		});
		push @tests, sub {
			my ($r) = @_;
			return $r->{decoded} && ($limit eq 'since' ? $r->{last} >= $time
				: $r->{last} <= $time);
		};
	}
	return (\@args, sub { my @given = @_; return !grep { !$_->(@given) } @tests });
}

# What it prints, its exit code, and the seconds in which it may have looked at the clock.
sub ask {
	my @args = @_;
	my $begun = time;
	open my $said, '>&', \*STDERR or die "dup: $!\n";
	open STDERR, '>', '/dev/null' or die "/dev/null: $!\n";
	open my $in, '-|', $program, "--store=$store", @options, @args or die "$program: $!\n";
	open STDERR, '>&', $said or die "dup: $!\n";
	binmode $in;
	my $text = do { local $/; <$in> } // '';
	close $in;
	return ($text, $? >> 8, $begun .. time);
}

# How many are waiting, passed, expired, and unreadable.
sub totals {
	my ($now, @r) = @_;
	my %count = (unreadable => scalar grep { !$_->{decoded} } @r);
	$count{ state_at($_, $now) }++ for grep { $_->{decoded} } @r;
	return map { [$_, $count{$_} // 0] } qw(waiting passed expired unreadable);
}

# The table ends with them, where the last only stands if there are any.
sub sentence {
	my @totals = totals(@_);
	pop @totals if $totals[-1][1] == 0;
	return join ', ', map { "$_->[1] $_->[0]" } @totals;
}

my %form = (
	tsv => sub { my ($now, @r) = @_; return map { line($_, $now) } @r },
	json => sub { my ($now, @r) = @_; return map { line($_, $now) } @r },
	hex => sub {
		my ($now, @r) = @_;
		return map { unpack('H*', $_->{key}) . ' ' . unpack 'H*', $_->{value} } @r;
	},
	table => sub {
		my ($now, @r) = @_;
		return ('head', (map { 'line' } @r), sentence($now, @r));
	},
	count => sub { return map { "$_->[0]\t$_->[1]" } totals(@_) },
);

sub from_json {
	my ($line) = @_;
	my $o = JSON::PP->new->utf8->decode($line);
	utf8::encode($_) for grep { defined } values %$o;
	return "$o->{key}\t$o->{value}" if exists $o->{value};
	my @names = $set{clients} ? qw(client count last state) :
		((exists $o->{key} ? 'key' : qw(network sender recipient)),
			qw(first last host state wait awl));
	return join "\t", map { $_ eq 'key' ? ($o->{key}, '', '') : $o->{$_} // '' } @names;
}

my %parse = (
	tsv => sub { return split /\n/, $_[0] },
	json => sub { return map { from_json($_) } split /\n/, $_[0] },
	hex => sub {
		my ($text) = @_;
		$text =~ s/\AVERSION=3\n.*?\nHEADER=END\n(.*)DATA=END\n\z/$1/s or return 'no dump';
		my @lines = map { substr $_, 1 } split /\n/, $text;
		my @pairs;
		push @pairs, join ' ', splice @lines, 0, 2 while @lines;
		return @pairs;
	},
	table => sub {
		my ($head, @lines) = split /\n/, $_[0];
		my $last = pop @lines;
		$head = ($head // '') =~ /\Aclient / ? 'head' : 'none';
		return ($head, (map { 'line' } @lines), $last);
	},
	count => sub { return split /\n/, $_[0] },
);

# How the form is asked for, where not by its name.
my %asked = (hex => '-N', count => '--count');

my ($good, $shown) = (0, 0);
for my $round (1 .. $count) {
	my ($args, $takes) = random_filter();
	my $format = (qw(tsv tsv json hex table count))[rand 6];
	my ($text, $code, @seconds) = ask(@$args, $asked{$format} // "--format=$format");
	my @have = sort $parse{$format}->($text);
	my (@taken, @want, $want_code);
	for my $now (@seconds) {
		@taken = grep { $takes->($_, $now) } @records;
		@want = sort $form{$format}->($now, @taken);
		$want_code = $format ne 'hex' && grep({ !$_->{decoded} } @taken) ? 1 : 0;
		last if "@want" eq "@have" && $code == $want_code;
	}
	$shown += @taken;
	if ("@want" eq "@have" && $code == $want_code) {
		$good++;
		next;
	}
	next if $round - $good > 20;
	my (%have, %want);
	@have{@have} = @want{@want} = ();
	my ($missing) = grep { !exists $have{$_} } @want;
	my ($extra) = grep { !exists $want{$_} } @have;
	printf "%s --format=%s: exit code %d for %d, %d records for %d, missing %s, not expected "
		. "%s\n", join(' ', map { escape($_) } @$args),
		$format, $code, $want_code, scalar @have, scalar @want,
		map { defined $_ ? escape($_) : '-' } $missing, $extra;
}
print "$good of $count filters as foretold, $shown records\n";
exit($good == $count ? 0 : 1);
