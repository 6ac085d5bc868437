# SPDX-License-Identifier: BSD-2-Clause
# Form - how a line of maillog.pl is written: the stamps and prefixes of syslogs, journals and
# containers
package Form;
use strict;
use warnings;

our $format = 'rfc3164';
our @known = qw(rfc3164 postlogd rfc3339 iso journal-json mixed rfc5424 docker compose docker-json
	busybox openwrt socklog aix year-first year-third slashes no-host);
my @mixed = qw(rfc3164 postlogd rfc3339 iso);
my @months = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
my (%stamp, $stamp_second);

# The form of a site's lines at T.
sub of {
	my ($site, $t) = @_;
	return $format if $format ne 'mixed';
	return $mixed[($site->{host_number} + int(4 * ($t - $Sim::start) / $Sim::span)) % 4];
}

# The stamp of a host's form; zones and fractions differ by host.
sub stamp {
	my ($form, $site, $t) = @_;
	my $second = int $t;
	if (!defined $stamp_second || $second != $stamp_second) {
		%stamp = ();
		$stamp_second = $second;
	}
	my $kind = $site->{host_number} % 3;
	my $micro = sprintf '.%06d', ($t - $second) * 1e6;
	my $fraction = $form eq 'rfc3339' && $kind != 1 || $form eq 'rfc5424' ? $micro : '';
	my $zone = $form =~ /^rfc(?:3339|5424)$/ ? ('+09:00', 'Z', '+00:00')[$kind]
		: $form eq 'iso' ? ('+0900', '+0000', '-0330')[$kind] : '';
	my $whole = $stamp{$form . $zone} //= whole_second($form, $second, $zone);
	$whole .= substr $micro, 0, 4 if $form eq 'year-first';
	return "$whole$fraction$zone";
}

my %shape = (rfc3339 => '%1$04d-%2$02d-%3$02dT%4$02d:%5$02d:%6$02d',
	postlogd => '%7$s %3$02d %4$02d:%5$02d:%6$02d',
	openwrt => '%8$s %7$s %3$2d %4$02d:%5$02d:%6$02d %1$d',
	'year-first' => '%1$d %7$s %3$2d %4$02d:%5$02d:%6$02d',
	'year-third' => '%7$s %3$2d %1$d %4$02d:%5$02d:%6$02d',
	slashes => '%1$04d/%2$02d/%3$02d %4$02d:%5$02d:%6$02d');
$shape{iso} = $shape{rfc5424} = $shape{rfc3339};

sub whole_second {
	my ($form, $second, $zone) = @_;
	my $east = $zone =~ /^([+-])(\d\d):?(\d\d)/ ? ($1 eq '-' ? -1 : 1) * ($2 * 3600 + $3 * 60)
		: 0;
	my ($s, $m, $h, $day, $month, $year, $week) = gmtime($second + $east);
	no warnings 'redundant';
	return sprintf $shape{$form} // '%7$s %3$2d %4$02d:%5$02d:%6$02d', $year + 1900,
		$month + 1, $day, $h, $m, $s, $months[$month],
		(qw(Sun Mon Tue Wed Thu Fri Sat))[$week];
}

# What a container's log driver puts before the line.
sub nano { my ($t) = @_; return stamp('rfc3339', {host_number => 1}, $t) =~
	s/Z\z/sprintf '.%09dZ', ($t - int $t) * 1e9/er }

sub written {
	my ($form, $site, $t, $ident, $text) = @_;
	return json($site, $t, $ident, $text) if $form eq 'journal-json';
	my $stamp = stamp($form, $site, $t);
	my $plain = "$stamp $site->{host} $ident: $text\n";
	return '<22>1 ' . rfc5424($stamp, $site, $ident, $text) if $form eq 'rfc5424';
	return nano($t) . " $plain" if $form eq 'docker';
	return "mail-1  | " . nano($t) . " $plain" if $form eq 'compose';
	return '{"log":"' . escaped($plain) . '","stream":"stdout","time":"' . nano($t) . "\"}\n"
		if $form eq 'docker-json';
	return "$stamp $site->{host} mail.info $ident: $text\n" if $form eq 'busybox';
	return "$stamp mail.info $ident: $text\n" if $form eq 'openwrt';
	return (nano($t) =~ tr/T/_/r =~ s/\d{4}Z\z//r) . " mail.info: $stamp $ident: $text\n"
		if $form eq 'socklog';
	return "$stamp $site->{host} mail:info $ident: $text\n" if $form eq 'aix';
	return "$stamp $ident: $text\n" if $form eq 'no-host';
	return $plain;
}

sub rfc5424 {
	my ($stamp, $site, $ident, $text) = @_;
	my ($program, $pid) = $ident =~ /\A(.*?)(?:\[(\d+)\])?\z/s;
	return "$stamp $site->{host} $program " . ($pid // '-') . " - - $text\n";
}

sub escaped {
	my ($text) = @_;
	return $text =~ s/(["\\])/\\$1/gr =~ s/\n/\\n/gr
		=~ s/([\x00-\x1f\x7f])/sprintf '\\u%04x', ord $1/ger;
}

# An entry of the journal: its fields in any order, the text perhaps as bytes.
sub json {
	my ($site, $t, $ident, $text) = @_;
	my ($program, $pid) = $ident =~ /\A(.*?)(?:\[(\d+)\])?\z/s;
	my $message = '"' . escaped($text) . '"';
	$message = '[' . join(',', unpack 'C*', $text) . ']' if rand() < 0.003;
	my @fields = ("\"__REALTIME_TIMESTAMP\":\"" . sprintf('%d%06d', int $t, ($t - int $t) * 1e6)
		. '"',
		"\"_HOSTNAME\":\"$site->{host}\"", "\"SYSLOG_IDENTIFIER\":\"$program\"",
		"\"MESSAGE\":$message", '"PRIORITY":"6"',
		'"_TRANSPORT":"syslog"');
	push @fields, rand() < 0.5 ? "\"SYSLOG_PID\":\"$pid\"" : "\"_PID\":\"$pid\""
		if defined $pid;
	for (my $i = @fields; --$i;) { my $j = int rand($i + 1); @fields[$i, $j] = @fields[$j, $i] }
	return '{' . join(',', @fields) . "}\n";
}

1;
