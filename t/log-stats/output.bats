#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats' forms of output: well-formed and harmless whatever the log holds; an output that can't be written.

# Perl's variables stand in single quotes. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2154
load lib/input

# clean_output FORM: no byte that could do something to a terminal, nor a tab where none belongs.
clean_output()
{
	FORM=$1 perl -0777 -ne '
		s/\t//g if $ENV{FORM} =~ /tsv|events/;
		die sprintf("byte %02x at %d: %s\n", ord $1, pos, substr($_, pos > 40 ? pos() - 40 : 0, 60)) if /([\0-\x09\x0b-\x1f\x7f])/g;
		utf8::decode($_) or die "no UTF-8\n";
		die "a C1 control\n" if /[\x{80}-\x{9f}]/'
}

# well_formed tsv|csv: each row of a table has its head's columns, each figure three.
well_formed()
{
	FORM=$1 perl -ne '
		chomp;
		my @cells;
		if ($ENV{FORM} eq "tsv") { @cells = split /\t/, $_, -1 }
		else {
			my $rest = "$_,";
			while ($rest =~ s/\A(?:"((?:[^"]|"")*)"|([^",]*)),//) { push @cells, $1 // $2 }
			die "line $.: what is $rest in $_\n" if $rest ne "";
		}
		if ($cells[0] =~ /^#(.+)/) { $columns{$1} = @cells }
		elsif (@cells != ($columns{$cells[0]} // 3)) { die "line $.: ", scalar @cells, " columns: $_\n" }
		$lines++;
		END { die "nothing\n" if !$lines }'
}

# Bytes that someone else chose, wherever a line of Postfix or another program may have them.
hostile()
{
	perl -e '
		my @evil = ("\e[2J\e]0;title\a", "a\"b\"\"c", "a,b,,c", "\xff\xfe\xc3(", "a\\x1b\\\\b", "a\rb\bc\x7f", "\0a\0", "\xc2\x9b31m", "\xed\xa0\x80", "\xe6\x97\xa5\xe6\x9c\xac", "=1+1", "a\tb\tc", "\"", ",", "</script>", "%s%n%d", "#x", "\x0b\x0c");
		my $n = 0;
		for my $e (@evil) {
			my $s = sprintf "2026-02-10T12:%02d:%02d+00:00", ++$n / 60, $n % 60;
			my $ip = "203.0.113.$n";
			print "$s mx1 postfix/postscreen[1]: CONNECT from [$ip]:1 to [192.0.2.25]:25\n",
				"$s mx1 postfix/postscreen[1]: PREGREET 9 after 0.2 from [$ip]:1: $e\n",
				"$s mx1 postfix/postscreen[1]: NOQUEUE: reject: RCPT from [$ip]:1: 550 5.7.1 Service unavailable; client [$ip] blocked using $e; from=<$e>, to=<$e>, proto=ESMTP, helo=<$e>\n",
				"$s mx1 postfix/dnsblog[1]: addr $ip listed by domain $e as 127.0.0.4\n",
				"$s mx1 postfix/smtpd[1]: connect from $e\[$ip]\n",
				"$s mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from $e\[$ip]: 554 5.7.1 <$e>: Relay $e denied; from=<$e> to=<$e> proto=ESMTP helo=<$e>\n",
				"$s mx1 postfix/smtpd[1]: NOQUEUE: reject: $e from x[$ip$e]: 450 4.2.0$e <$e>: greylisted $e; from=<$e> to=<$e>\n",
				"$s mx1 postfix/smtpd[1]: warning: x[$e]: SASL LOGIN authentication failed: $e\n",
				"$s mx1 postfix/smtpd[1]: lost connection after $e from x[$ip]\n",
				"$s mx1 postfix/smtpd[1]: Anonymous TLS connection established from x[$ip]: $e with cipher $e\n",
				"$s mx1 postfix/smtpd[1]: 410$n: client=$e\[$ip], sasl_method=PLAIN, sasl_username=$e\n",
				"$s mx1 postfix/qmgr[1]: 410$n: from=<a\@$e>, size=1, nrcpt=1 (queue active)\n",
				"$s mx1 postfix/smtp[1]: 410$n: to=<a\@$e>, relay=x[1.2.3.4]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent ($e)\n",
				"$s mx1 postfix/smtp[1]: 410$n: to=<b\@$e>, relay=x[1.2.3.4]:25, delay=1, delays=0/0/0/1, dsn=5.0.0, status=bounced ($e $e)\n",
				"$s mx1 postfix/smtp[1]: 410$n: to=<c\@$e>, relay=x[1.2.3.4]:25, delay=1, delays=0/0/0/1, dsn=4.0.0, status=deferred ($e $e)\n",
				"$s mx1 postfix/$e\[1]: warning: $e of $e\n", "$s mx1 postfix/smtpd[1]: fatal: $e\n", "$s $e postfix/smtpd[1]: connect from x[$ip]\n",
				"$s mx1 policyd-spf[1]: prepend Received-SPF: $e (mailfrom) client-ip=$ip\n", "$s mx1 grey-check: action=greylist, reason=$e, client_address=$ip, sender=$e, recipient=$e\n",
				"$s mx1 grey-check: action=pass, reason=$e, delay=$e, client_name=$e, client_address=$ip, sender=$e, recipient=$e\n", "$e\n";
		}'
}

@test "hostile texts: no form of output has a control byte, or breaks" {
	local form locale by
	hostile >evil
	for locale in C C.UTF-8; do
		for form in text tsv csv json; do
			for by in host hour; do
				LC_ALL=$locale stats --format="$form" --by="$by" --unit=line --top=1000 --unknown evil >out 2>err || [ "$?" = 1 ]
				[ -s out ]
				clean_output "$form" <out
				clean_output text <err
				case $form in
				json) perl -MJSON::PP -0777 -ne 'decode_json($_)' out ;;
				tsv | csv) well_formed "$form" <out ;;
				esac
			done
		done
		LC_ALL=$locale stats --events --unknown evil >out 2>err
		clean_output events <out
		clean_output text <err
		perl -ne 'die "line $.: ", tr/\t//, " tabs: $_" if tr/\t// != 15' out
		[ "$(wc -l <out)" = "$(wc -l <evil)" ]
	done
}

@test "all forms are well-formed for a log of all classes" {
	local form only check
	for only in '' table headline greylist postscreen smtpd rbl messages recipients delays tls top problems by coverage check table,coverage; do
		check=()
		[ "${only:-check}" = check ] && check=(--check)
		for form in text tsv csv json; do
			stats --format="$form" ${only:+--only="$only"} "${check[@]}" --by=day "$CLASSIC" >out
			clean_output "$form" <out
			case $form in
			json)
				ONLY=$only perl -MJSON::PP -0777 -ne '
					my $all = decode_json($_);
					my $want = join " ", sort grep({ $_ ne "headline" } split /,/, $ENV{ONLY}), "unit"; # that one is for eyes
					$ENV{ONLY} eq "" or join(" ", sort keys %$all) eq $want or die join(" ", keys %$all), ", not $want\n"' out
				;;
			tsv | csv) well_formed "$form" <out ;;
			esac
		done
	done
}

@test "output that can't be written is exit 1 and a message" {
	local form
	for form in --format=text --format=tsv --format=csv --format=json --events; do
		run -1 --separate-stderr bash -c '"$BIN/log-stats" "$@" >/dev/full' - "$form" "$CLASSIC"
		assert_equal "$stderr" 'log-stats: standard output: No space left on device'
	done
	run -1 --separate-stderr bash -c '"$BIN/log-stats" "$1" >&-' - "$CLASSIC"
	assert_regex "$stderr" '^log-stats: standard output: '
}

@test "a reader that goes away is no crash" {
	local form
	for form in --format=text --format=json --events; do
		run --separate-stderr bash -c '"$BIN/log-stats" "$@" | head -n 1; exit "${PIPESTATUS[0]}"' - "$form" "$CLASSIC"
		assert_equal "${#lines[@]}" 1
		case $status in
		0 | 1 | 141) ;;
		*) return 1 ;;
		esac
		assert_equal "$stderr" ''
	done
}
