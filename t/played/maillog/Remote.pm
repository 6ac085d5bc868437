# SPDX-License-Identifier: BSD-2-Clause
# Remote - what smtp(8) of maillog.pl says on its way to another host: connections refused, TLS,
# another MX tried
package Remote;
use strict;
use warnings;
use Sim;
use World;

my @troubles = (
	sub {
		my ($m, $r, $host) = @_;
		return "$m->{id}: host $host said: 450 4.7.1 <$r->{to}>: Recipient address "
			. "rejected: try later (in reply to RCPT TO command)";
	},
	sub {
		my ($m, $r, $host) = @_;
		return "$m->{id}: lost connection with $host while sending RCPT TO";
	},
	sub {
		my ($m, $r, $host) = @_;
		return "$m->{id}: conversation with $host timed out while sending MAIL FROM";
	},
	sub {
		my ($m, $r, $host) = @_;
		return "$m->{id}: host $host refused to talk to me: 421 4.7.0 too busy";
	},
	sub { my ($m, $r, $host) = @_; return "connect to $host:25: Connection refused" },
	sub { my ($m, $r, $host) = @_; return "connect to $host:25: Connection timed out" },
);

# Answers the time of the delivery line, and its relay.
sub talk {
	my ($t, $m, $r, $outcome) = @_;
	my $domain = $r->{to} =~ s/.*\@//r;
	my $host = "mx1.$domain\[203.0." . (length($domain) % 200) . '.' . (1 + int rand 9) . ']';
	my $tag = Mail::worker($m, 'smtp');
	if (chance($outcome eq 'sent' ? 0.03 : 0.3)) {
		line($t, $m->{site}, $tag, pick(@troubles)->($m, $r, $host), 'smtp.try_failed',
			undef, chance(0.1) ? 1 + int rand 3 : 0);
		$t += d(0.01, 0.5);
	}
	tls($t, $m, $tag, $host) if chance(0.3);
	line($t, $m->{site}, $tag,
		"$m->{id}: enabling PIX workarounds: disable_esmtp delay_dotcrlf for $host:25",
		'info') if chance(0.003);
	return ($t + 0.02, $outcome ne 'sent' && chance(0.3) ? 'none' : "$host:25");
}

sub tls {
	my ($t, $m, $tag, $host) = @_;
	return line($t, $m->{site}, $tag, "SSL_connect error to $host:25: "
		. pick('lost connection', '-1', 'Connection timed out'), 'smtp.tls_error')
		if chance(0.01);
	return line($t, $m->{site}, $tag, pick('Trusted', 'Untrusted', 'Verified', 'Anonymous')
		. ' TLS connection ' . (chance(0.05) ? 'reused' : 'established')
		. " to $host:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) "
		. "key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256",
		'smtp.tls');
}

1;
