# SPDX-License-Identifier: BSD-2-Clause
# Grey - greylisted clients in maillog.pl: first try, early retries, the pass, or never again
#
# A triplet is greylisted once by name; every one of them has a network and sender of its own. One
# that never passes comes but once if that was more than the retry window before the end, and not
# within ten minutes of that.
package Grey;
use strict;
use warnings;
use Sim;
use World;
use Sessions;
use Smtpd;

my $window = 2 * 86400;

# The policy server's line, under its own name; empty attributes are left out.
sub says {
	my ($s, $t, $action, $reason, $from, $to, $id, $hook) = @_;
	my ($site, $c) = @$s{qw(site client)};
	my $text = ($id ? "$id: " : '')
		. "action=$action, reason=$reason, client_name=$c->{name}, "
		. "client_address=$c->{addr}";
	$text .= ", sender=$from" if length $from;
	$text .= ", recipient=$to";
	line($t, $site, fixed_pid($site, $site->{grey}), $text, $action eq 'pass' ? 'grey.pass'
		: 'grey.greylist', $hook);
	return;
}

# Another address of the client's network, now and then.
sub neighbour {
	my ($c) = @_;
	return $c if chance(0.8);
	my $addr = $c->{addr};
	if ($c->{v6}) {
		$addr =~ s/::\K.*/sprintf '%x', 2 + rand 60000/e;
		return {%$c, addr => $addr}
	}
	$addr =~ s/\d+\z/1 + int rand 254/e;
	return {%$c, addr => $addr};
}

sub scenario {
	my ($t) = @_;
	my $site = grey_site();
	my $from = chance(0.05) ? '' : 'Grey.' . number() . '@'
		. pick('sender.example', 'Mixed.Example');
	my %to = map { (local_rcpt() => 1) } 1 .. wpick([1 => 80, 2 => 15, 4 => 5]);
	my $end = $Sim::end - $window;
	my $edge = abs($t - $end) < 1800;
	my $g = {site => $site, from => $from, to => [sort keys %to], client => fresh('grey'),
		first => $t, tries => 0,
		returns => $edge || chance(0.6), stubborn => $t > $end + 3600 && chance(0.1)};
	$g->{delay} = 300;
	$g->{milter} = $site->{proxy} || $main::without{'milter-grey'} ? '' : wpick(['' => 80,
		rcpt => 10, end => 10]);
	$g->{to} = [$g->{to}[0]] if $g->{milter} eq 'end';
	return try_($t, $g);
}

# One connection: greylisted for every recipient, or let in.
sub try_ {
	my ($t, $g) = @_;
	my $client = $g->{tries} ? neighbour($g->{client}) : $g->{client};
	my $ripe = $t >= $g->{first} + $g->{delay} + 10 && !$g->{stubborn};
	Sessions::come($t, $g->{site}, $client, sub {
		my ($s) = @_;
		return $ripe ? let_in($s, $g) : put_off($s, $g);
	});
	$g->{tries}++;
	return if $ripe || !$g->{returns} && !$g->{stubborn} || $g->{stubborn} && $g->{tries} > 3;
	my $again = $t + ($g->{stubborn} ? d(20, 50) : chance(0.4) ? d(20, 200) : d(320, 1500));
	at($again, sub { return try_($again, $g) });
	return;
}

sub words { my ($g) = @_; return $g->{tries} && chance(0.2) ? lc $g->{from} : $g->{from} }

sub put_off {
	my ($s, $g) = @_;
	Sessions::start($s);
	my $from = words($g);
	return at_end($s, $g, $from) if $g->{milter} eq 'end';
	for my $to (@{$g->{to}}) {
		if ($g->{milter}) {
			Smtpd::cmd($s, 'rcpt', 1);
			Smtpd::act($s, 'milter-reject', 'RCPT', '451 4.7.1 Greylisting in action',
				from => $from, to => $to,
				greyed => sub { return seen($s, $g, $to) });
			next;
		}
		my $missing = int($g->{first} + $g->{delay} - $s->{t});
		says($s, $s->{t} + 0.005, 'greylist', $g->{tries} && $missing > 0
			? "early-retry (${missing}s missing)" : 'new', $from, $to);
		Smtpd::cmd($s, 'rcpt', 1);
		my $domain = $to =~ s/.*\@//r;
		Smtpd::reject($s, 'RCPT',
			"450 4.2.0 <$to>: Recipient address rejected: Greylisted, see "
			. "http://postgrey.schweikert.ch/help/$domain.html", from => $from,
			to => $to,
			greyed => sub { return seen($s, $g, $to) });
	}
	return Smtpd::over($s, quit => 1);
}

# A milter greylists the message, after its data; the second time it says nothing of why, which is a
# refusal like any other.
sub at_end {
	my ($s, $g, $from) = @_;
	my $to = $g->{to}[0];
	Smtpd::cmd($s, 'rcpt');
	my $m = Smtpd::open_message($s, $from, [Mail::rcpt($to)]);
	Smtpd::cmd($s, 'data', 1);
	Mail::message_id($s->{t} + 0.01, $m);
	my $silent = $g->{tries};
	Smtpd::cleanup_act($s, $m, 'milter-reject', 'END-OF-MESSAGE', $silent ? '4.7.1 '
		: pick('4.7.1 Greylisting in action, please come back later', '4.7.1 Greylisted'),
		hook => sub { return $silent ? undef : seen($s, $g, $to) });
	Smtpd::cancelled($s, $m, 'canceled');
	return Smtpd::over($s, quit => 1);
}

my (%first, %again, %passed, %waited);

sub seen {
	my ($s, $g, $to) = @_;
	my $key = "$g->{site}{host} $g->{client}{addr} $to";
	$T{greylisted}++;
	$waited{$s->{client}{addr}}{$key}++;
	if (exists $first{$key}) { $again{$key} = 1 } else { $first{$key} = $Sim::now }
	return;
}

sub passes {
	my ($g, $to) = @_;
	my $key = "$g->{site}{host} $g->{client}{addr} $to";
	return sub { $passed{$key} = 1 if exists $first{$key}; return };
}

# A list of clients, without those whose only refusals were for mail that passed later.
sub turned_away {
	my ($clients) = @_;
	my %left = %$clients;
	for my $addr (keys %waited) {
		my $n = 0;
		$n += $_ for values %{$waited{$addr}};
		delete $left{$addr} if $n == $left{$addr}
			&& !grep { !$passed{$_} } keys %{$waited{$addr}};
	}
	return \%left;
}

# What became of the triplets when the file ends at LAST.
sub truth {
	my ($last) = @_;
	my %g = (greylisted => $T{greylisted} // 0, triplets => scalar keys %first,
		passed => scalar keys %passed, never_returned => 0, still_open => 0,
		without_store => $T{without_store} // 0);
	for my $key (grep { !$passed{$_} } keys %first) {
		$g{!$again{$key} && $last - $first{$key} > $window ? 'never_returned'
			: 'still_open'}++;
	}
	return \%g;
}

# Let in: the first recipient before there is a queue id, the others with it; delay= once a message.
sub let_in {
	my ($s, $g) = @_;
	my ($from, $waited, @to) = (words($g), int($s->{t} - $g->{first}), @{$g->{to}});
	Sessions::start($s, scalar @to);
	my $silent = $g->{milter} || chance(0.05);
	my @rcpts = map { Mail::rcpt($_) } @to;
	my ($id, $m);
	for my $i (0 .. $#to) {
		my $delay = $i ? '' : ", delay=$waited";
		if ($silent) { $rcpts[$i]{on_line} = passes($g, $to[$i]) }
		else {
			says($s, $s->{t} + 0.005, 'pass', "triplet found$delay", $from, $to[$i],
				$id, passes($g, $to[$i]));
		}
		$s->{t} += 0.01;
		if (!$m) { $m = Smtpd::open_message($s, $from, \@rcpts); $id = $m->{id} }
	}
	Smtpd::accept_message($s, $m);
	return Smtpd::over($s, quit => 1);
}

1;
