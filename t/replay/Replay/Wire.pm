# SPDX-License-Identifier: BSD-2-Clause
# From attributes to the bytes of a request: Postfix's other attributes around them, shuffled,
# repeated, with garbage between, and now and then a request before it that gets no answer.
package Replay::Wire;
use strict;
use warnings;
use Exporter 'import';
use Replay::Random qw(chance pick between digits shuffle);
our @EXPORT_OK = qw(encode kinds);

# an empty sasl_username is what Postfix sends for most clients
my @AROUND = (['protocol_state', 'RCPT', 'DATA'], ['protocol_name', 'ESMTP', 'SMTP'],
	['helo_name', 'mx.test', ''],
	['recipient_count', '0', '1'], ['reverse_client_name', 'unknown', 'example.org',
		'rev.test'],
	['sasl_method', ''], ['sasl_username', ''], ['sasl_sender', ''], ['size', '0', '12345', ''],
	['ccert_subject', ''], ['ccert_fingerprint', 'AB:CD:EF'],
	['encryption_protocol', 'TLSv1.3', ''],
	['encryption_keysize', '0', '256'], ['stress', '', 'yes'], ['client_port', '25', '40123'],
	['server_address', '192.0.2.10'], ['server_port', '25'], ['policy_context', 'a=b=c', ''],
	['compatibility_level', '3.6'], ['mail_version', '3.7.6']);

# look like known names and are none
my @UNKNOWN = ('Sender=x@example.org', ' sender=x', 'sender =x', 'senders=x', "\xe9=\xff", 'x=',
	'client=x',
	'recipient_=abuse@x', 'client_address_ip=192.0.2.10', 'Instance=1', '[sender]=1',
	'policy_test_time_=1',
	'Request=other', 'action=DUNNO');

my @NO_VALUE = ('garbage', 'sender', ' ', 'smtpd_access_policy', "\xff\xfe", 'action:DUNNO',
	'%s%n');
my @ONLY_EQUAL = ('=', '==', '=x', '==x');

# what an earlier occurrence of an attribute says; only the last one counts
my %DECOY = (client_address => ['192.0.2.10', '20.0.0.1', 'unknown', '', '::ffff:1.2.3.4'],
	client_name => ['example.org', ''], sender => ['x@example.org', ''],
	recipient => ['abuse@x', ''],
	instance => ['0', '', 'decoy'], policy_test_time => ['1', '4000000000'],
	request => ['other', ''],
	queue_id => ['DECOY', '']);

my @FOREIGN = ("request=smtpd_sasl_policy\nsender=a\@b\n\n", "request=\n\n",
	"sender=a\@b\nclient_address=1.2.3.4\n\n",
	"request=SMTPD_ACCESS_POLICY\n\n", "\n", "\r\n", "request=smtpd_access_policy \n\n",
	"request=smtpd_access_policy\nclient_address=192.0.2.10\nclient_name=\nsender=\n"
	. "recipient=\nrequest=x\n\n");

my @KINDS = ('LF', 'CRLF', 'LF and CRLF', 'an unanswered request before', 'a repeated attribute',
	'a repeated attribute with = before its last name', '= before a name', 'a line without =',
	'a line with no name',
	'an unknown attribute', 'a bare request', 'etrn_domain', 'etrn_domain, empty');

sub kinds { return map { ["wire: $_", 'key'] } @KINDS }

sub insert {
	my ($line, $text, $from, $to) = @_;
	splice(@$line, between($from, $to), 0, $text);
	return;
}

# adds what Postfix sends besides
sub surround
{
	my ($line, $tag) = @_;
	if (chance(0.1)) {
		push @$tag, 'a bare request';
	} else {
		push @$line, map { my ($name, @value) = @$_;
			"$name=" . pick(@value) } grep { chance(0.7) } @AROUND;
	}
	if (chance(0.3)) {
		my $value = pick('', 'etrn.test');
		push @$line, "etrn_domain=$value";
		push @$tag, $value eq '' ? 'etrn_domain, empty' : 'etrn_domain';
	}
	return;
}

# puts = before names, and other values of the same attribute before the right one
sub repeat
{
	my ($line, $tag) = @_;
	my $at = int(rand(@$line));
	my ($name) = $line->[$at] =~ /^([^=]+)=/;
	my $odd = chance(0.3) ? pick('=', '==') : '';
	$line->[$at] = $odd . $line->[$at];
	push @$tag, '= before a name' if $odd;
	return unless $DECOY{$name} && chance(0.7);
	push @$tag, 'a repeated attribute', $odd
		? 'a repeated attribute with = before its last name' : ();
	insert($line, "$name=" . pick(@{ $DECOY{$name} }), 0, $at) for 1 .. between(1, 2);
	return;
}

sub litter
{
	my ($line, $tag) = @_;
	my ($kind, @from) = @{ pick(['a line without =', @NO_VALUE],
		['a line with no name', @ONLY_EQUAL],
		['an unknown attribute', @UNKNOWN]) };
	insert($line, pick(@from), 0, scalar @$line);
	push @$tag, $kind;
	return;
}

# returns the bytes, those of an unanswered request to send before or undef, and labels for what is
# unusual
sub encode
{
	my ($attribute) = @_;
	my @tag;
	my @line = map { "$_=$attribute->{$_}" } sort keys %$attribute;
	surround(\@line, \@tag);
	@line = shuffle(@line);
	repeat(\@line, \@tag) if chance(0.2);
	litter(\@line, \@tag) if chance(0.1);
	my @end = @{ pick(["\n"], ["\n"], ["\n"], ["\r\n"], ["\n", "\r\n"]) };
	push @tag, @end == 2 ? 'LF and CRLF' : $end[0] eq "\n" ? 'LF' : 'CRLF';
	my $bytes = join('', map { $_ . pick(@end) } @line, '');
	my $before = chance(0.03) ? pick(@FOREIGN) : undef;
	push @tag, 'an unanswered request before' if defined $before;
	return ($bytes, $before, map { "wire: $_" } @tag);
}

1;
