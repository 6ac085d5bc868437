# SPDX-License-Identifier: BSD-2-Clause
# World - who there is in maillog.pl: sites (host and instance, with their settings), clients,
# addresses, queue ids, pids
#
# Four populations of clients never share an address: known senders, spammers, clients of sites in
# ignore mode and greylisted ones (one /24 or /64 for each), so that no session can be taken for
# another's.
package World;
use strict;
use warnings;
use Exporter 'import';
use Sim;
our @EXPORT = qw(site grey_site known spammer fresh local_rcpt nobody remote_rcpt sender queue_id
	free_id pid free_pid fixed_pid
	port helo number msgid);

my (@sites, @known, @recent, %fixed, %free, %pids, %id_used, %id_free);
my $number = 0;
my @local = qw(example.org example.jp mail.example.net lists.example.org);
my @remote = map { ("firm$_.example", "isp$_.example.com") } 1 .. 150;
my @people = map { ("user$_", "team.$_", "info$_") } 1 .. 160;
my $safe = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';

# new: wording of 3.11, else of 3.7. mark: what postscreen does about a DNSBL hit, a pregreet, a
# denylisted client.
my @settings = (
	{inst => 'postfix', weight => 50, new => 1, dnsbl => 'enforce', pregreet => 'enforce',
		deny => 'enforce', filters => [none => 85, pipe => 15], scanner => 1,
		grey => 'grey-check'},
	{inst => 'postfix', weight => 30, new => 0, dnsbl => 'enforce', pregreet => 'drop',
		deny => 'drop', deep => 1,
		filters => [amavis => 80, gateway => 20], grey => 'postgrey'},
	{inst => 'postfix-in', weight => 14, new => 1, dnsbl => 'drop', pregreet => 'enforce',
		deny => 'enforce', deep => 1,
		filters => [amavis => 85, gateway => 15], plain => 1, long => 1, ports => 1,
		relay => 1},
	{inst => 'postfix-in', weight => 8, new => 0, dnsbl => 'ignore', pregreet => 'ignore',
		deny => 'ignore', long => 1,
		old_words => 1, proxy => 1, soft => 1},
);

sub build {
	my ($hosts, $population) = @_;
	for my $host (0 .. $hosts - 1) {
		for my $set ($host % 2, 2 + $host % 2) {
			push @sites, {%{$settings[$set]}, host => 'mx' . ($host + 1),
				host_number => $host, number => scalar @sites};
		}
	}
	@known = map { client('known', $_) } 1 .. $population;
	return;
}

# A site that has the wanted settings: (new => 1), (new => 0, deep => 1); any if none has.
sub site {
	my (%want) = @_;
	my @fit = grep { my $s = $_; !grep { ($s->{$_} // '') ne $want{$_} } keys %want } @sites;
	return wpick([map { ($_, $_->{weight}) } @fit ? @fit : @sites]);
}

sub grey_site { return wpick([map { ($_, $_->{weight}) } grep { $_->{grey} } @sites]) }

sub number { return ++$number }

sub client {
	my ($kind, $i) = @_;
	my $v6 = chance(0.1);
	my $name = $kind eq 'known' ? "mail$i." . pick(@remote) : chance(0.55) ? 'unknown'
		: "host-$i.dyn." . pick(@remote);
	my $addr = $v6
		? sprintf('2001:db8:%x:%x::%x', {known => 1, spam => 2, ignore => 3,
			grey => 4}->{$kind}, $i % 65536, 1 + int($i / 65536))
		: $kind eq 'known' ? sprintf('198.%d.%d.%d', 18 + ($i >> 16), ($i >> 8) & 255,
			$i & 255)
		: $kind eq 'spam' ? join('.', pick(45, 91, 103, 185, 190),
			map { int rand 256 } 1 .. 3)
		: $kind eq 'ignore' ? sprintf('77.%d.%d.%d', $i >> 16 & 255, $i >> 8 & 255,
			$i & 255)
		: sprintf('%d.%d.%d.%d', 100 + ($i >> 16), $i >> 8 & 255, $i & 255,
			1 + int rand 250);
	return {addr => $addr, name => $name, v6 => $v6, $kind => 1};
}

sub known { return $known[@known * rand() ** 2] }

sub spammer {
	return pick(@recent) if @recent > 50 && chance(0.12);
	my $client = client('spam', int rand 4e6);
	push @recent, $client;
	shift @recent if @recent > 200;
	return $client;
}

# Nobody else has this address (ignore) or network (grey).
my %fresh = (ignore => 0, grey => 0);
sub fresh { my ($kind) = @_; return client($kind, ++$fresh{$kind}) } # {ignore} or {grey} is set

# Now and then the port that the client has, or had, at another site; a known one's is used again at
# the same site too, when that session has long been handed off. Nobody has a second connection from
# a port before the first one is over.
sub port {
	my ($t, $site, $client) = @_;
	my $port = 1024 + int rand 64000;
	my $used = $client->{used} //= {};
	delete @$used{grep { $used->{$_} < $t - ($client->{known} ? 60 : 7200) } keys %$used};
	if (my $last = $client->{last}) {
		my $same = $last->{site} == $site->{number};
		$port = $last->{port} if $same ? $client->{known} && $t > $last->{t} + 60
			&& chance(0.03) : chance(0.2);
	}
	$port = 1024 + int rand 64000 while exists $used->{"$site->{number} $port"};
	$used->{"$site->{number} $port"} = $t;
	$client->{last} = {site => $site->{number}, port => $port, t => $t};
	return $port;
}

sub helo {
	my ($client) = @_;
	return $client->{name} ne 'unknown' && chance(0.8) ? $client->{name}
		: pick('ylmf-pc', 'localhost', '[127.0.0.1]', 'User', 'WIN-CLJ1B0GQ6JP',
			'mail.' . pick(@remote));
}
sub local_rcpt { return pick(@people) . '@' . pick(@local) }
sub nobody {
	return pick(qw(aaron sales info2 root1 test abuse3 x)) . int(rand 9999) . '@'
		. pick(@local);
}
sub remote_rcpt {
	return pick('anna', 'b.clerk', 'office', 'o\'hara', 'jo-ann', 'k+tag') . int(rand 900) . '@'
		. pick(@remote);
}

sub sender {
	return '' if chance(0.02);
	return '"' . pick('with space', 'a>b', 'x; from=<y', 'c, d') . int(rand 99) . '"@'
		. pick(@remote) if chance(0.003);
	return pick('news', 'bounce-', 'm.smith', 'SRS0=xx=', 'prvs=1234=', 'order')
		. int(rand 9000) . '@' . pick(@remote);
}

sub msgid {
	my ($host) = @_;
	return chance(0.01) ? pick('', '<>', '=?UTF-8?B?' . number() . '?=')
		: sprintf '<%08X.%d@%s>', rand 2 ** 32, rand 1e6, $host // pick(@remote);
}

# Short ids come back after removal, long ones do not; some are in use at another site at the same
# time.
sub queue_id {
	my ($site) = @_;
	my $used = $id_used{$site->{number}} //= {};
	my $free = $id_free{$site->{number}} //= [];
	my $id;
	if (!$site->{long} && @$free > 5 && chance(0.15)) { $id = shift @$free }
	elsif (chance(0.01) && (my $other = pick(grep { !$_->{long} == !$site->{long} } @sites))) {
		$id = $other->{last_id}
	}
	while (!defined $id || $used->{$id}) {
		$id = $site->{long} ? long_id() : sprintf '%05X%0*X', rand 1e6, pick(4, 5, 6),
			4096 + int rand 60000;
	}
	$used->{$id} = 1;
	return $site->{last_id} = $id;
}

sub long_id {
	my $id = '';
	for (my $s = $Sim::now; $s > 0; $s = int($s / 52)) { $id = substr($safe, $s % 52, 1) . $id }
	$id .= substr $safe, int rand(52), 1 for 1 .. 4;
	$id .= 'z';
	$id .= substr $safe, int rand(51), 1 for 1 .. pick(4, 4, 5);
	return $id;
}

sub free_id {
	my ($t, $site, $id) = @_;
	at($t + 1, sub {
		delete $id_used{$site->{number}}{$id};
		push @{$id_free{$site->{number}}}, $id if !$site->{long};
		return;
	});
	return;
}

# A process that serves one session at a time; back in the pool when it is over, gone after some.
sub pid {
	my ($site, $program) = @_;
	my $pool = $free{"$site->{number} $program"} //= [];
	return @$pool > 2 ? shift @$pool : new_pid($site);
}

sub new_pid {
	my ($site) = @_;
	my $pid;
	do { $pid = 300 + int rand 64000 } while $pids{$site->{host}}{$pid}++;
	return $pid;
}

sub free_pid {
	my ($t, $site, $program, $pid) = @_;
	at($t + 1, sub {
		if (chance(0.02)) { delete $pids{$site->{host}}{$pid} }
		else { push @{$free{"$site->{number} $program"}}, $pid }
		return;
	});
	return;
}

# TAG of a process that does many things at once: qmgr[123].
sub fixed_pid {
	my ($site, $program) = @_;
	return $fixed{"$site->{number} $program"} //= "$program\[" . new_pid($site) . ']';
}

1;
