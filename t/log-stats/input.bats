#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats reads input that is damaged, hostile, or makes no sense: it ends in peace, and each line is counted.

# run sets status, in the subshell that bats makes.
# shellcheck disable=SC2030,SC2031
load lib/input

@test "binary data is counted line by line, and nothing else happens" {
	perl -e 'srand 3; print pack "C*", map { int rand 256 } 1 .. 200000' >binary
	run -1 --separate-stderr stats --format=json binary
	sums_hold
	figures "coverage.lines=$(perl -ne '$n++; END { print $n }' binary) coverage.recognized=0"
	{ three; cat binary; echo; three; } >mixed
	report mixed
	figures 'coverage.recognized=6 smtpd.connects=2 smtpd.rejects=2'
}

@test "NUL bytes in good lines are bytes of them" {
	three | sed 's/from unknown/from un\x00known/; s/Relay/\x00Relay\x00/; s/helo=<x>/helo=<\x00>/' >nul
	[ "$(tr -dc '\0' <nul | wc -c)" -ge 5 ]
	report nul
	figures "$THREE coverage.lines=3 coverage.recognized=3"
	three | tr '\n' '\0' >nul
	report nul
	figures 'coverage.lines=1'
}

@test "a file that ends within a line: that line counts as far as it goes" {
	three | head -c -1 >log
	report log
	figures "$THREE coverage.lines=3"
	three | head -c -70 >log
	report log
	figures 'coverage.lines=3 smtpd.connects=1 smtpd.rejects=1'
}

@test "an empty file and an empty standard input are reports of nothing" {
	: >empty
	report empty
	figures 'coverage.lines=0 table.postscreen=0'
	report <empty
	figures 'coverage.lines=0'
	report < <(:)
	figures 'coverage.lines=0'
}

@test "a clock that jumps back changes no session, and no year" {
	{ printf 'Mar  1 00:00:0%d mx1 postfix/postscreen[1]: %s\n' 1 'CONNECT from [203.0.113.7]:4001 to [192.0.2.25]:25' 2 'DNSBL rank 5 for [203.0.113.7]:4001'
		printf 'Feb 28 23:59:5%d mx1 postfix/postscreen[1]: %s\n' 1 'NOQUEUE: reject: RCPT from [203.0.113.7]:4001: 550 5.7.1 Service unavailable; client [203.0.113.7] blocked using zen.spamhaus.org; from=<a@example.net>, to=<b@example.org>, proto=ESMTP, helo=<x>' 2 'DISCONNECT [203.0.113.7]:4001'; } >log
	touch -d '2026-03-02' log
	report log
	figures 'postscreen.connects=1 postscreen.blocked=1'
	assert_equal "$(JSON=$output figure coverage.first_time)" '2026-02-28 23:59:51'
	assert_equal "$(JSON=$output figure coverage.last_time)" '2026-03-01 00:00:02'
}

@test "lines out of order: the sums hold" {
	perl -MList::Util=shuffle -e 'srand 5; print shuffle(<>)' "$DATED" >shuffled
	report shuffled
	figures "coverage.lines=$LINES"
	run -0 --separate-stderr stats --check shuffled
	tac "$DATED" >backwards
	report backwards
	figures "coverage.lines=$LINES"
}

@test "a log of other programs only: exit 1, and what to do" {
	printf 'Feb 10 17:00:00 mx1 sshd[%d]: Accepted publickey for root\n' 1 2 3 >log
	run -1 --separate-stderr stats --format=json log
	figures 'coverage.lines=3 coverage.foreign=3 coverage.recognized=0'
	assert_regex "$stderr" 'no line of Postfix was recognized; .*--unknown'
}

@test "a line that was repeated very often is repeated, and does not take for ever" {
	line 01 smtpd 'message repeated 99999999999999999999 times: [ connect from x[203.0.113.8]]' >log
	line 02 smtpd 'message repeated 3 times: [ connect from x[203.0.113.8]]' >>log
	line 03 smtpd 'message repeated 3 times: [ message repeated 3 times: [ connect from x[203.0.113.8]]]' >>log
	run -0 --separate-stderr timeout 10 "$BIN/log-stats" --format=json log
	sums_hold
	figures 'coverage.lines=3'
}

@test "messages that are forwarded in circles and in long chains" {
	perl -e '
		my $s = "2026-02-10T12:00:00Z mx1 postfix";
		my $to = "to=<a\@example.org>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent";
		sub id { sprintf "%X", 0xABC000 + $_[0] }
		for my $n (0 .. 3000) { # down, up, and both ways
			my ($from, $to_id) = ($n < 1000 ? ($n, $n + 1) : $n < 2000 ? ($n + 1, $n) : (2100 + $n % 7, 2100 + ($n * 3) % 7));
			print "$s/cleanup[1]: ", id($n), ": message-id=<$n>\n", "$s/local[1]: ", id($from), ": $to (forwarded as ", id($to_id), ")\n";
			print "$s/qmgr[1]: ", id($from), ": removed\n" if $n % 3 == 0;
		}
		for my $round (1 .. 20) { # a chain that ends in its beginning
			print "$s/cleanup[1]: ", id($_), ": message-id=<$_>\n" for 0 .. 30;
			print "$s/local[1]: ", id($_ + 1), ": $to (forwarded as ", id($_), ")\n" for 0 .. 25;
			print "$s/local[1]: ", id(0), ": $to (forwarded as ", id(26), ")\n";
			print "$s/virtual[1]: ", id($_), ": $to (delivered)\n" for 0 .. 26;
			print "$s/qmgr[1]: ", id($_), ": removed\n" for 0 .. 26;
		}
		my ($p, $q) = (id(1), id(2));
		for (1 .. 20) { # itself, and each other
			print "$s/local[1]: $p: $to (forwarded as $p)\n$s/bounce[1]: $p: sender non-delivery notification: $p\n",
				"$s/smtpd[1]: $p: client=x[203.0.113.1], orig_queue_id=$q, orig_client=y[203.0.113.2]\n",
				"$s/smtpd[1]: $q: client=x[203.0.113.1], orig_queue_id=$p, orig_client=y[203.0.113.2]\n",
				"$s/smtp[1]: $p: to=<a\@b>, relay=x[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 queued as $q)\n",
				"$s/smtp[1]: $q: to=<a\@b>, relay=x[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 queued as $p)\n",
				"$s/pickup[1]: $p: uid=1 from=<a> orig_id=$p\n";
		}' >log
	report log
	run -0 --separate-stderr stats --check log
}

@test "numbers that no integer holds" {
	local number
	for number in 99999999999999999999 9223372036854775808 18446744073709551616 9223372036854.775808 1.99999999999999999999 -1 0x7f 1e99; do
		{ three
			line 04 smtp "ABCDEF: to=<a@b>, relay=x[192.0.2.1]:$number, conn_use=$number, delay=$number, delays=$number/$number/$number/$number, dsn=$number.0.0, status=sent (ok)"
			line 05 qmgr "ABCDEF: from=<a@b>, size=$number, nrcpt=$number (queue active)"
			line 06 postscreen "PREGREET $number after $number from [203.0.113.8]:$number: x"
			line 06 postscreen "CONNECT from [203.0.113.8]:$number to [192.0.2.25]:25"
			line 07 smtpd "NOQUEUE: reject: RCPT from x[203.0.113.8]:$number: $number 5.$number.1 <x>: text; from=<a> to=<b>"
			line 08 smtpd "disconnect from x[203.0.113.8] ehlo=$number/$number rcpt=$number commands=$number/$number"
			line 09 grey-check "action=pass, reason=triplet found, delay=$number, client_name=x, client_address=203.0.113.8, sender=a@b, recipient=c@d"
			echo "2026-02-10T12:00:09Z mx1 grey-check[$number]: action=pass, reason=triplet found, delay=$number, client_name=x, client_address=203.0.113.8, sender=a@b, recipient=c@d"
			echo "$number mx1 postfix/smtpd[$number]: connect from x[203.0.113.8]"
			line 10 smtpd "message repeated $number times: [ connect from x[203.0.113.8]]"; } >log
		run -0 --separate-stderr stats --format=json --by=hour log
		sums_hold
		assert_equal "$stderr" ''
		refute_output --regexp '": -?[0-9]{16}'
	done
}

@test "a line that looks as a journal's does not take the rest of the log with it" {
	{ three; echo '__A=b'; three; } >log
	report log
	figures 'coverage.lines=7 coverage.recognized=6 smtpd.connects=2'
	{ three; echo '__A=b'; echo 'MESSAGE'; three; } >log
	run -0 --separate-stderr stats --format=json log
	figures 'coverage.recognized=6 smtpd.connects=2'
	{ three; echo '{"MESSAGE"'; echo '{}'; echo 'data: {'; three; } >log
	report log
	figures 'coverage.lines=9 coverage.recognized=6'
}

@test "a journal with wrong lengths is read as far as it makes sense, and then on" {
	entry() { printf '__REALTIME_TIMESTAMP=177072480%d000000\n_HOSTNAME=mx1\nSYSLOG_IDENTIFIER=postfix/smtpd\nSYSLOG_PID=42\n' "$1"; }
	local length
	{ entry 1; printf 'MESSAGE=connect from x[203.0.113.8]\n\n'; } >good
	report good
	figures 'smtpd.connects=1 coverage.lines=1'
	for length in '\0\0\0\0\0\0\0\0' '\377\377\377\377\377\377\377\377' '\377\377\377\377\377\377\377\177' '\1\0\1\0\0\0\0\0' '\0\0\1\0\0\0\0\0' '\0\0\0\1'; do
		# shellcheck disable=SC2059
		{ cat good; entry 2; printf "MESSAGE\n${length}connect from x[203.0.113.8]\n\n"; } >log
		run -0 --separate-stderr timeout 10 "$BIN/log-stats" --format=json --check log
		sums_hold
		[ "$(JSON=$output figure smtpd.connects)" -ge 1 ]
	done
}

# lines_counted FILE: log-stats ends in peace, in each of its forms, and has counted each line of the file.
lines_counted()
{
	local options
	for options in '--format=json' '--format=json --by=hour --unit=line --check --top=20' '--format=json --by=host --unit=recipient --service=mx'; do
		# shellcheck disable=SC2086
		run --separate-stderr stats $options "$1"
		[ "$status" = 0 ] || [ "$status" = 1 ]
		sums_hold
		figures "coverage.lines=$(perl -ne 'END { print $. }' "$1")"
		refute_output --regexp '": -?[0-9]{16}'
		[ -z "$stderr" ] || assert_regex "$stderr" '^log-stats: '
	done
	run -0 --separate-stderr stats --events "$1"
}

@test "a line of each class, cut at each byte" {
	perl -F'\t' -lane 'my $text = join "\t", @F[2 .. $#F]; print substr($text, 0, $_) for 1 .. length $text' "$LOGS/classes.tsv" >pieces
	lines_counted pieces
}

@test "some thousand mutations of good lines: no crash, and each line is counted" {
	local seed
	for seed in 1 2 3 4; do
		SEED=$seed perl -ne '
			BEGIN {
				srand $ENV{SEED};
				@numbers = qw(99999999 4294967296 18446744073709551615 -1 0 2147483648);
				@words = ("\0", "[", "]", ": ", "; from=<", ">", "<", "[::1]", "NOQUEUE: ", "status=sent", "(queued as ", "(forwarded as ", "to=<", "\xff", "\e", "message repeated 9999 times: [ ", "|", "<22>", "=", ",");
			}
			chomp;
			s/^[^\t]*\t[^\t]*\t// if $ARGV =~ /tsv$/;
			push @lines, $_;
			END {
				for my $line (@lines) {
					if (rand() < 0.5) {
						my $at = int rand length $line;
						my $how = int rand 8;
						if ($how == 0) { substr($line, $at, 1) = chr(11 + rand 245) }
						elsif ($how == 1) { substr($line, $at, 1 + rand 20) = "" }
						elsif ($how == 2) { substr($line, $at) = "" }
						elsif ($how == 3) { substr($line, $at, 0) = $words[rand @words] }
						elsif ($how == 4) { substr($line, $at, 5) = $words[rand @words] }
						elsif ($how == 5) { my $other = $lines[rand @lines]; $line = substr($line, 0, $at) . substr($other, rand length $other) }
						elsif ($how == 6) { my $skip = int rand 8; $line =~ s/\d+/$skip-- ? $& : $numbers[rand @numbers]/ge }
						else { my $other = int rand @lines; ($line, $lines[$other]) = ($lines[$other], $line) }
					}
				}
				print map { "$_\n" } grep { !/^__/ } @lines;
			}' "$LOGS/classes.tsv" "$CLASSIC" >mutated
		lines_counted mutated
	done
}
