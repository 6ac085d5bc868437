#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats on input that is damaged, hostile, or too much; its files, its options, and its forms of output.

# Perl's variables stand in single quotes. run sets output, status, stderr and stderr_lines.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib/log

# A log of all classes, and one whose stamps have years, so that a pipe is read as the file is.
setup_file()
{
	need_program log-stats
	export BATS_TEST_TIMEOUT=120
	export CLASSIC=$BATS_FILE_TMPDIR/classic DATED=$BATS_FILE_TMPDIR/dated
	perl "$ROOT/t/lib/maillog.pl" --lines=3000 --seed=7 >"$CLASSIC"
	perl "$ROOT/t/lib/maillog.pl" --lines=3000 --seed=7 --format=rfc3339 >"$DATED"
	touch -d "$LOG_MTIME" "$CLASSIC" "$DATED"
	LINES=$(wc -l <"$DATED")
	export LINES
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return 1
}

# line SECOND PROGRAM TEXT: one of a dated log. SECOND may have a fraction.
line()
{
	printf '2026-02-10T12:00:%s+00:00 mx1 postfix/%s[42]: %s\n' "$@"
}

# Three lines: a connection and a refusal.
three()
{
	line 01 smtpd 'connect from unknown[203.0.113.8]'
	line 02 smtpd 'NOQUEUE: reject: RCPT from unknown[203.0.113.8]: 554 5.7.1 <b@example.org>: Relay access denied; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>'
	line 03 smtpd 'disconnect from unknown[203.0.113.8] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4'
}
THREE='smtpd.connects=1 smtpd.rejects=1 smtpd.rejected_sessions=1 table.smtpd=1'

# report: what log-stats makes of standard input, as JSON.
report()
{
	run -0 --separate-stderr stats --format=json "$@"
	sums_hold
}

# is_sanitized: the sanitizers' memory is no measure of the program's.
is_sanitized()
{
	grep -q __asan_init "$BIN/log-stats"
}

# bounded KIB COMMAND...: runs it, and fails if it ever had more memory than that.
bounded()
{
	local limit=$1 code=0 took

	shift
	"${BENCH_USAGE:-$ROOT/build/bench/usage}" usage "$@" || code=$?
	took=$(cut -f 3 usage)
	[ "$took" -le "$limit" ] || is_sanitized || {
		echo "took $took KiB, more than $limit" >&2
		return 99
	}
	return "$code"
}
MEMORY=65536

# clean_output FORM: no byte that could do something to a terminal, nor a tab where none belongs.
clean_output()
{
	FORM=$1 perl -0777 -ne '
		s/\t//g if $ENV{FORM} =~ /tsv|events/;
		die sprintf("byte %02x at %d: %s\n", ord $1, pos, substr($_, pos > 40 ? pos() - 40 : 0, 60)) if /([\0-\x09\x0b-\x1f\x7f])/g;
		utf8::decode($_) or die "no UTF-8\n";
		die "a C1 control\n" if /[\x{80}-\x{9f}]/'
}

# well_formed tsv|csv: each row of a table has its head'"'"'s columns, each figure three.
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

@test "a line of 1 GB takes no memory, is one that is not understood, and leaves those around it" {
	one_gigabyte() { three; head -c 1000000000 /dev/zero | tr '\0' x; echo; three; }
	run -0 --separate-stderr bounded 16384 timeout 100 "$BIN/log-stats" --format=json < <(one_gigabyte)
	assert_equal "$stderr" ''
	figures 'coverage.lines=7 coverage.recognized=6 coverage.unknown=1 smtpd.connects=2 smtpd.rejected_sessions=2'
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
	run -0 --separate-stderr stats empty
	assert_line --partial 'turned away by postscreen'
}

@test "a directory, a missing and an unreadable file are reported, the others are read" {
	three >good
	mkdir dir
	run -1 --separate-stderr stats --format=json dir good missing
	figures "$THREE"
	assert_equal "${#stderr_lines[@]}" 2
	assert_regex "$stderr" 'log-stats: dir: is a directory'
	assert_regex "$stderr" 'log-stats: missing: No such file'
	chmod 755 "$BATS_TEST_TMPDIR"
	TMP=$(work_dir)
	three >"$TMP/good"
	three >"$TMP/secret"
	chmod 600 "$TMP/secret"
	run -1 --separate-stderr as_nobody timeout 60 "$BIN/log-stats" --format=json "$TMP/good" "$TMP/secret"
	rm -r "$TMP"
	figures "$THREE"
	assert_regex "$stderr" 'secret: permission denied'
}

@test "an archive that was cut off: the lines in front of the cut count, exit 1" {
	local tool
	for tool in 'gzip -9' 'xz -1' 'zstd -q -1' 'bzip2 -1'; do
		$tool -c <"$CLASSIC" >whole
		report whole
		figures "coverage.lines=$LINES"
		head -c $(($(stat -c %s whole) * 3 / 4)) whole >short
		run -1 --separate-stderr stats --format=json short
		sums_hold
		assert_regex "$stderr" '^log-stats: short: broken archive'
		LINES_READ=$(JSON=$output figure coverage.lines)
		[ "$LINES_READ" -gt 100 ] && [ "$LINES_READ" -lt "$LINES" ]
	done
}

@test "an archive with a wrong bit: what was read until then counts, exit 1" {
	local tool
	for tool in gzip xz 'zstd -q' 'bzip2 -1'; do
		$tool -c <"$CLASSIC" | perl -0777 -pe 'substr($_, length() * 0.8, 1) ^= "\x10"' >wrong
		run -1 --separate-stderr stats --format=json wrong
		sums_hold
		assert_regex "$stderr" 'log-stats: wrong: broken archive'
	done
	gzip -c <"$CLASSIC" | perl -0777 -pe 'substr($_, length() * 0.8, 1) ^= "\x10"' >wrong
	run -1 --separate-stderr stats --format=json wrong
	[ "$(JSON=$output figure coverage.recognized)" -gt 1000 ]
}

@test "a broken archive does not keep the files behind it from being read" {
	gzip -c <"$CLASSIC" | head -c 20 >broken.gz
	three >good
	run -1 --separate-stderr stats --format=json broken.gz good
	figures "$THREE"
	assert_regex "$stderr" 'broken.gz'
}

@test "the members of a gz count one behind the other" {
	{ head -n 1000 "$CLASSIC" | gzip; tail -n +1001 "$CLASSIC" | gzip; : | gzip; } >members
	touch -d "$LOG_MTIME" members
	report "$CLASSIC"
	EXPECTED=$output
	report members
	assert_equal "$output" "$EXPECTED"
}

@test "what is in a file decides how it is read, not its name" {
	three >log.gz
	three | gzip >log.xz
	three | xz >log
	report log.gz
	figures "$THREE"
	report log.xz
	figures "$THREE"
	report log
	figures "$THREE"
}

@test "standard input may be compressed" {
	local tool
	for tool in gzip xz 'zstd -q' bzip2; do
		three | $tool -c >log
		report <log
		figures "$THREE"
		report < <(perl -e '$| = 1; local $/ = \1; while (<>) { print; select undef, undef, undef, 0.001 }' log)
		figures "$THREE"
	done
}

@test "the same log by name, by -, by < and by a pipe is the same report" {
	stats --format=json "$DATED" >expected
	stats --format=json - <"$DATED" | cmp expected
	stats --format=json <"$DATED" | cmp expected
	stats --format=json < <(cat "$DATED") | cmp expected
	perl -e '$| = 1; local $/ = \777; print while <>' "$DATED" | stats --format=json | cmp expected
	stats --format=json <(cat "$DATED") | cmp expected
}

@test "the years of standard input are those of the file that it is" {
	touch -d '2020-03-01' old
	cat "$CLASSIC" >old
	touch -d '2020-03-01' old
	stats --format=json old >expected
	grep -q '"first_time": "2020-' expected
	stats --format=json <old | cmp expected
	stats --format=json - <old | cmp expected
}

@test "a file named - in the directory does not disturb standard input" {
	cp "$CLASSIC" ./-
	three >log
	report - <log
	figures "$THREE coverage.lines=3"
	report - <"$DATED"
	figures "coverage.lines=$LINES"
}

@test "a clock that jumps back changes no session, and no year" {
	{ printf 'Mar  1 00:00:0%d mx1 postfix/postscreen[1]: %s\n' 1 'CONNECT from [203.0.113.7]:4001 to [192.0.2.25]:25' 2 'DNSBL rank 5 for [203.0.113.7]:4001'
		printf 'Feb 28 23:59:5%d mx1 postfix/postscreen[1]: %s\n' 1 'NOQUEUE: reject: RCPT from [203.0.113.7]:4001: 550 5.7.1 Service unavailable; client [203.0.113.7] blocked using zen.spamhaus.org; from=<a@example.net>, to=<b@example.org>, proto=ESMTP, helo=<x>' 2 'DISCONNECT [203.0.113.7]:4001'; } >log
	touch -d '2026-03-02' log
	report log
	figures 'postscreen.connects=1 postscreen.blocked=1 coverage.first_time=2026-02-28\ 23:59:51' || figures 'postscreen.connects=1 postscreen.blocked=1'
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

@test "several files in any order are one stream in order of time" {
	split -n l/4 "$CLASSIC" part.
	mv part.aa z.log && mv part.ab y.log.1 && mv part.ac a.log && gzip -c part.ad >b.gz
	touch -d "$LOG_MTIME" z.log y.log.1 a.log b.gz
	stats --format=json "$CLASSIC" >expected
	stats --format=json a.log b.gz y.log.1 z.log | cmp expected
	stats --format=json z.log y.log.1 a.log b.gz | cmp expected
	stats --format=json b.gz z.log a.log y.log.1 | cmp expected
}

@test "a session and a message that cross the border of two files are whole" {
	log_lines < <(echo 'postscreen CONNECT from [203.0.113.8]:1 to [192.0.2.25]:25'; echo 'postscreen PASS OLD [203.0.113.8]:1'
		the_message 7 4104E42 'mail.example.net[203.0.113.8]' a@example.net b@example.org) >log
	head -n 4 log >b
	tail -n +5 log >a
	touch -d "$LOG_MTIME" a b
	report a b
	figures 'postscreen.connects=1 postscreen.handed_off=1 smtpd.connects=1 smtpd.accepted_sessions=1 messages.received=1 messages.delivered=1 recipients.delivered=1 table.delivered=1'
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
		perl -ne 'die "line $.: ", tr/\t//, " tabs: $_" if tr/\t// != 13' out
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

# refused OPTION WORDS: exit 2, nothing on standard output; the message names the option, and holds the words.
refused()
{
	run -2 --separate-stderr stats "$1" "$CLASSIC"
	assert_equal "$output" ''
	assert_regex "${stderr_lines[0]}" "^log-stats: ${1%%=*}[=:]"
	[[ ${stderr_lines[0]} == *"$2"* ]] || {
		echo "'${stderr_lines[0]}' has no '$2'" >&2
		return 1
	}
}

@test "a wrong option is exit 2 and a message that names it, and says what it takes" {
	local option
	for option in since until; do
		refused "--$option=" 'must'
		refused "--$option=soon" 'today, yesterday, or as -8h'
		refused "--$option=-8x" 'or as -8h'
		refused "--$option=2026-13-01" '2026-'
		refused "--$option=99999999999999999999" 'must be'
		refused "--$option=-99999999999999999h" 'must be'
	done
	refused --by=week 'none|hour|day|host'
	refused --unit=mail 'session|recipient|line'
	refused --top=-1 'from 0 to 1000'
	refused --top=1001 'from 0 to 1000'
	refused --top=many 'from 0 to 1000'
	refused --only=everything 'coverage'
	refused --only= 'must not be empty'
	refused --instance= 'must not be empty'
	refused --service=smtp 'mx|submission|all'
	refused '--greylist-text=(' 'at character'
	refused '--greylist-text=[a' 'at character'
	refused '--greylist-text=' 'must not be empty'
	refused --postscreen-mode=dnsbl 'TEST=ignore, enforce or drop'
	refused --postscreen-mode=dnsbl=maybe 'TEST=ignore, enforce or drop'
	refused --postscreen-mode=luck=drop 'TEST one of pregreet'
	refused --postscreen-mode= 'must'
	refused --interval=0 'from 1s to 86400s'
	refused --interval=soon 's, m, h, d or w'
	refused --interval=99999999 'from 1s to 86400s'
	refused --format=xml 'text|tsv|csv|json'
	refused --check=yes 'no such option, or not in this form'
	refused --frobnicate 'no such option'
}

@test "--since is the first moment that counts, --until the first that does not" {
	{ line 01 smtpd 'connect from x[203.0.113.1]'; line 02 smtpd 'connect from x[203.0.113.2]'
		line 03.999999 smtpd 'connect from x[203.0.113.3]'; line 04 smtpd 'connect from x[203.0.113.4]'; } >log
	report --since=2026-02-10T12:00:02Z --until=2026-02-10T12:00:04Z log
	figures 'smtpd.connects=2 coverage.lines=2 coverage.skipped=2'
	report --since=2026-02-10T12:00:04Z log
	figures 'smtpd.connects=1'
	report --until=2026-02-10T12:00:01Z log
	figures 'smtpd.connects=0 coverage.lines=0 coverage.skipped=4'
	report --since=2026-02-10T21:00:02+09:00 --until=2026-02-11 log
	figures 'smtpd.connects=3'
	report --since=2026-02-11 --until=2026-02-10 log
	figures 'coverage.lines=0'
	report --since=1770724802 --until=1770724803 log
	figures 'smtpd.connects=1'
}

@test "--since=yesterday, today and -8h are by the clock" {
	perl -MPOSIX=strftime -e 'my $n = 0; for my $ago (3 * 86400, 3600 * 9, 60) { printf "%s mx1 postfix/smtpd[42]: connect from x[203.0.113.%d]\n", strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(time - $ago)), ++$n }' >log
	report --since=-8h log
	figures 'smtpd.connects=1'
	report --until=-8h log
	figures 'smtpd.connects=2'
	report --since=yesterday log
	figures 'smtpd.connects=2'
	report --until=yesterday log
	figures 'smtpd.connects=1'
}

@test "--top=0 leaves the lists empty, and no figure out" {
	report "$CLASSIC"
	all_figures >expected
	report --top=0 "$CLASSIC"
	all_figures | cmp expected
	figures 'top.clients=[] top.networks=[] top.sender_domains=[] top.recipient_domains=[] rbl.rejects=[] smtpd.by_reason=[]' ||
		figures 'top.clients=[] top.networks=[] top.sender_domains=[] top.recipient_domains=[] rbl.rejects=[]'
	report --top=2 "$CLASSIC"
	JSON=$output perl -MJSON::PP -e 'my $top = decode_json($ENV{JSON})->{top}; for (keys %$top) { die "$_\n" if @{$top->{$_}} != 2 }'
	run -0 --separate-stderr stats --top=1000 "$CLASSIC"
}

@test "--by=hour, day and host: the rows add up to the table, and none is below zero" {
	local by unit
	for by in hour day host; do
		for unit in session recipient line; do
			report --by="$by" --unit="$unit" "$CLASSIC"
			JSON=$output perl -MJSON::PP -e '
				my $all = decode_json($ENV{JSON});
				my %sum;
				for my $row (@{$all->{by}{rows}}) {
					for (grep { $_ ne "name" } keys %$row) { $row->{$_} >= 0 or die "$row->{name}: $_ is $row->{$_}\n"; $sum{$_} += $row->{$_} }
				}
				for (qw(postscreen smtpd delivered)) { $sum{$_} == $all->{table}{$_} or die "$_: $sum{$_}, not $all->{table}{$_}\n" }
				$sum{received} == $all->{messages}{received} or die "received: $sum{received}\n";
				$sum{greylisted} == $all->{greylist}{greylisted} or die "greylisted: $sum{greylisted}\n"'
		done
	done
	run -0 --separate-stderr stats --by=hour "$CLASSIC"
}

@test "--by=hour: a message that a later hour finds to be another's makes no hour's count negative" {
	{ echo 2026-02-10T12:59:58Z mx1 'postfix/smtpd[42]: connect from x[203.0.113.8]'
		echo 2026-02-10T12:59:58Z mx1 'postfix/smtpd[42]: 4104E42: client=x[203.0.113.8]'
		echo 2026-02-10T12:59:58Z mx1 'postfix/cleanup[42]: 4104E42: message-id=<1@example.net>'
		echo 2026-02-10T12:59:59Z mx1 'postfix/qmgr[42]: 4104E42: from=<a@example.net>, size=1, nrcpt=1 (queue active)'
		echo 2026-02-10T12:59:59Z mx1 'postfix/smtpd[43]: 4104E43: client=filter[192.0.2.9]'
		echo 2026-02-10T12:59:59Z mx1 'postfix/cleanup[42]: 4104E43: message-id=<1@example.net>'
		echo 2026-02-10T12:59:59Z mx1 'postfix/qmgr[42]: 4104E43: from=<a@example.net>, size=1, nrcpt=1 (queue active)'
		echo 2026-02-10T13:00:01Z mx1 'postfix/smtp[42]: 4104E42: to=<b@example.org>, relay=filter[192.0.2.9]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4104E43)'; } >log
	report --by=hour log
	figures 'messages.received=1'
	JSON=$output perl -MJSON::PP -e 'for (@{decode_json($ENV{JSON})->{by}{rows}}) { die "$_->{name}: $_->{received}\n" if $_->{received} < 0 }'
}

@test "--instance: only that Postfix counts" {
	{ three; three | sed 's,postfix/,postfix-out/,; s/\[42\]/[43]/'; } >log
	report log
	figures 'smtpd.connects=2'
	report --instance=postfix-out log
	figures 'smtpd.connects=1 coverage.lines=3 coverage.skipped=3'
	report --instance=postfix log
	figures 'smtpd.connects=1'
	run --separate-stderr stats --format=json --instance=none log
	figures 'smtpd.connects=0'
}

@test "--service: only mail that came in by it counts" {
	{ three; three | sed 's,postfix/,postfix/submission/,; s/\[42\]/[43]/'; } >log
	report log
	figures 'smtpd.connects=1'
	report --service=mx log
	figures 'smtpd.connects=1 table.smtpd=1'
	report --service=submission log
	figures 'smtpd.connects=1 smtpd.rejects=1'
	report --service=all log
	figures 'smtpd.connects=1'
}

@test "--postscreen-mode says what the log does not show" {
	{ line 01 postscreen 'CONNECT from [203.0.113.8]:1 to [192.0.2.25]:25'; line 02 postscreen 'DNSBL rank 5 for [203.0.113.8]:1'
		line 03 postscreen 'HANGUP after 1 from [203.0.113.8]:1 in tests before SMTP handshake'; line 04 postscreen 'DISCONNECT [203.0.113.8]:1'; } >log
	report log
	figures 'postscreen.blocked=1 postscreen.gave_up=0'
	report --postscreen-mode=dnsbl=ignore log
	figures 'postscreen.blocked=0 postscreen.gave_up=1'
	report --postscreen-mode=pregreet=ignore --postscreen-mode=dnsbl=drop log
	figures 'postscreen.blocked=1'
}

@test "--greylist-text is what greylisting says" {
	three | sed 's/554 5.7.1/450 4.2.0/; s/Relay access denied/Come back in a while/' >log
	report log
	figures 'greylist.greylisted=0'
	report '--greylist-text=come back in (a|some) while' log
	figures 'greylist.greylisted=1 greylist.triplets=1'
	report '--greylist-text=^(a+)+$' log
	figures 'greylist.greylisted=0'
}

@test "--unknown shows the lines that are not understood on standard error, with file and number" {
	{ three; echo $'what \e[31mis this\xff'; line 05 smtpd 'frobnicated the wibble'; } >log
	run -0 --separate-stderr stats --unknown log
	assert_equal "$stderr" $'log-stats: log:4: unknown: what ?[31mis this?\nlog-stats: log:5: unknown: frobnicated the wibble'
	run -0 --separate-stderr stats --unknown <log
	assert_equal "${stderr_lines[1]}" 'log-stats: -:5: unknown: frobnicated the wibble'
	run -0 --separate-stderr stats log
	assert_equal "$stderr" ''
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

# many COUNT PERL: so many lines of a dated log; the code makes one of $n and $ip, a second after a hundred lines.
many()
{
	perl -e '
		my $make = eval "sub { my (\$n, \$ip, \$mx) = \@_; $ARGV[1] }" or die $@;
		for my $n (0 .. $ARGV[0] - 1) {
			my $s = int($n / 100);
			print sprintf("2026-02-%02dT%02d:%02d:%02dZ mx1 postfix/", 10 + $s / 86400, $s / 3600 % 24, $s / 60 % 60, $s % 60),
				$make->($n, sprintf("%d.%d.%d.%d", 11 + ($n >> 24), $n >> 16 & 255, $n >> 8 & 255, $n & 255)), "\n";
		}' "$@"
}

# limited WHAT [OPTION]...: the report of standard input holds, takes no more memory than is allowed, and says what was forgotten.
limited()
{
	run -0 --separate-stderr bounded "$MEMORY" timeout 100 "$BIN/log-stats" --check "${@:2}"
	refute_line --regexp '^ *FAILS'
	assert_regex "$(tr -s ' \n' ' ' <<<"$output")" "[0-9]+ $1 were forgotten before their end"
}

@test "400,000 postscreen sessions that never end: bounded memory, and said" {
	limited 'sessions of postscreen' < <(many 400000 '"postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25"')
}

@test "400,000 postscreen sessions of one second, or without a time: bounded memory, and said" {
	limited 'sessions of postscreen' < <(many 400000 '"postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25"' | sed 's/^[^ ]*/2026-02-10T12:00:00Z/')
	limited 'sessions of postscreen' < <(many 400000 '"postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25"' | sed 's/^[^ ]*/[    1.000000]/')
}

@test "200,000 messages that are never removed: bounded memory, and said" {
	limited messages < <(many 200000 'sprintf "cleanup[1]: %X: message-id=<%d\@x>\n2026-02-10T00:00:00Z mx1 postfix/qmgr[1]: %X: from=<a\@b%d.example>, size=1, nrcpt=1 (queue active)", 0xABC000 + $n, $n, 0xABC000 + $n, $n')
}

@test "900,000 recipients that wait: bounded memory, and said" {
	limited recipients < <(many 900000 'sprintf "smtp[1]: %X: to=<u%d\@example.org>, relay=none, delay=1, delays=0/0/0/1, dsn=4.0.0, status=deferred (busy)", 0xABC000 + $n / 30, $n')
}

@test "1.2 million triplets that were greylisted: bounded memory, and said" {
	limited 'greylisted recipients' < <(many 1200000 '"smtpd[1]: NOQUEUE: reject: RCPT from x[$ip]: 450 4.2.0 <u\@d>: Recipient address rejected: Greylisted; from=<a$n\@b> to=<u$n\@d> proto=ESMTP helo=<x>"')
}

@test "200,000 smtpd sessions that never end, of a service that does not count too: bounded memory and time, and said" {
	SECONDS=0
	limited 'sessions of smtpd' < <(many 200000 '"smtpd[$n]: connect from x[$ip]"')
	is_sanitized || [ "$SECONDS" -lt 5 ]
	limited 'sessions of smtpd' < <(many 200000 '$n % 2 ? "smtpd[$n]: connect from x[$ip]" : "submission/smtpd[$n]: connect from x[$ip]"')
}

@test "600,000 clients of postscreen, each gone again: bounded memory" {
	run -0 --separate-stderr bounded "$MEMORY" timeout 100 "$BIN/log-stats" --check --format=json < <(perl -e '
		for my $n (0 .. 599999) {
			my $c = sprintf "[%d.%d.%d.7]:4000", 11 + ($n >> 16), $n >> 8 & 255, $n & 255;
			my $s = "Feb 10 17:01:35 mx1 postfix/postscreen[1]:";
			print "$s CONNECT from $c to [192.0.2.25]:25\n$s PREGREET 5 after 0.1 from $c: x\n$s DISCONNECT $c\n";
		}')
	assert_line --regexp '"blocked": 600000,'
}

@test "all limits at once: bounded memory" {
	everything()
	{
		perl -e '
			for my $n (0 .. 149999) {
				my $ip = sprintf "%d.%d.%d.7", 11 + ($n >> 16), $n >> 8 & 255, $n & 255;
				my $q = sprintf "%X", 0xABC000 + $n;
				my $word = join "", map { chr 97 + ($n / 26 ** $_) % 26 } 0 .. 5;
				my $s = sprintf "2026-02-10T%02d:%02d:%02dZ mx1 postfix", $n / 360000 % 24, $n / 6000 % 60, $n / 100 % 60;
				my $to = "relay=x[192.0.2.1]:25, delay=$n.1, delays=$n/$n/$n/$n, dsn=2.0.0, status";
				print "$s/postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25\n$s/postscreen[1]: DNSBL rank 5 for [$ip]:4000\n",
					"$s/postscreen[1]: NOQUEUE: reject: RCPT from [$ip]:4000: 550 5.7.1 Service unavailable; client [$ip] blocked using $word.example; from=<a\@b>, to=<c\@d>, proto=ESMTP, helo=<x>\n",
					"$s/smtpd[$n]: connect from x[$ip]\n$s/smtpd[$n]: NOQUEUE: reject: RCPT from x[$ip]: 450 4.2.0 <u\@d>: Recipient address rejected: Greylisted $word; from=<a$n\@b> to=<u$n\@d> proto=ESMTP helo=<x>\n",
					"$s/smtpd[$n]: $q: client=x[$ip]\n$s/smtpd[$n]: warning: x[$ip]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n",
					"$s/qmgr[1]: $q: from=<a\@$word.example>, size=1, nrcpt=1 (queue active)\n$s/smtp[1]: $q: to=<u\@$word.example>, $to=sent (ok)\n",
					"$s/smtp[1]: $q: to=<v\@$word.example>, $to=bounced (host said: $word)\n$s/smtpd[9]: warning: some $word text\n$s/dnsblog[9]: addr $ip listed by domain $word.example as 127.0.0.4\n",
					map { "$s/smtp[1]: $q: to=<$_\@$word.example>, $to=deferred (host said: $word)\n" } "a" .. "c";
			}'
	}

	run -0 --separate-stderr bounded "$MEMORY" timeout 100 "$BIN/log-stats" --check < <(everything)
	refute_line --regexp '^ *FAILS'
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
