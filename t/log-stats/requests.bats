#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats --requests: the maillog turned back into what smtpd asks a policy server.

# run sets output and stderr, in the subshells that bats makes; Perl's variables stand in single quotes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2119
load lib/log

A='mail.example.net[203.0.113.8]'
FROM_TO='from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>'
GREYLISTED='450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'
WHO='client_name=mail.example.net, client_address=203.0.113.8, sender=a@example.net, recipient=b@example.org'
DELIVERED='relay=virtual, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)'

# asked [OPTION]...: what comes of the maillog in short on standard input, a line a request, TIME CLIENT SENDER RECIPIENT,
# where the time begins with the log; its remarks are in $stderr.
asked()
{
	log_file || return 1
	asked_of "$LOG" "$@"
}

asked_of()
{
	# shellcheck disable=SC2317
	requests()
	{
		stats --requests "$@" | perl -00 -ne '
			my %is = map { /^([^=]+)=(.*)/ } split /\n/;
			print join(" ", $is{policy_test_time} - 1770742894, $is{client_address}, $is{sender}, $is{recipient}), "\n"'
	}
	run -0 --separate-stderr requests "${@:2}" "$1"
}

# remarks TEXT...: these are said, each in a line of its own, and nothing else is.
remarks()
{
	assert_equal "$stderr" "$(printf 'log-stats: %s\n' "$@")"
}

# written DECISIONS REFUSALS ACCEPTED HELO: how that is said.
written()
{
	echo "requests: $(($1 + $2 + $3)), from a policy server's lines $1, of greylisted recipients $2, of accepted ones $3; helo_name is known for $4"
}

@test "a recipient that was greylisted becomes a request with all that its line says" {
	log_file <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
	EOF
	run -0 --separate-stderr stats --requests "$LOG"
	assert_output "request=smtpd_access_policy
policy_test_time=1770742896
protocol_state=RCPT
protocol_name=ESMTP
client_address=203.0.113.8
client_name=mail.example.net
helo_name=mail.example.net
sender=a@example.net
recipient=b@example.org"
	remarks "$(written 0 1 0 1)"
	run -0 --separate-stderr "$BIN/grey-check" --clock=request --log=stderr "--store=$BATS_TEST_TMPDIR/store" < <(stats --requests "$LOG")
	assert_output --partial 'action=DEFER_IF_PERMIT '
	assert_equal "$stderr" "grey-check: action=greylist, reason=new, $WHO"
}

@test "accepted recipients have the time and client of client=, the queue manager's sender, and the names that the client had for them" {
	asked <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		+3
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=3 (queue active)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=2 data=1 quit=1 commands=6
		virtual 4104E42: to=<x@example.org>, orig_to=<list@example.org>, $DELIVERED
		virtual 4104E42: to=<y@example.org>, orig_to=<List@example.org>, $DELIVERED
		smtp 4104E42: to=<c@example.com>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to example.com[192.0.2.2]:25: Connection timed out)
		+900
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=3 (queue active)
		smtp 4104E42: to=<c@example.com>, relay=example.com[192.0.2.2]:25, delay=900, delays=900/0/0/0, dsn=2.0.0, status=sent (250 ok)
		qmgr 4104E42: removed
	EOF
	assert_output '2 203.0.113.8 a@example.net list@example.org
2 203.0.113.8 a@example.net c@example.com'
	remarks "$(written 0 0 2 0)"
}

@test "what a policy server has logged is exact, and is not written once more for smtpd's lines, whichever comes first" {
	asked <<-EOF
		smtpd connect from $A
		=postgrey action=greylist, reason=new, $WHO
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		+400
		smtpd connect from $A
		smtpd 4104E42: client=$A
		=grey-check action=pass, reason=triplet found, delay=403, $WHO
		=grey-check 4104E42: action=pass, reason=recipient whitelist, ${WHO/b@/postmaster@}
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<prvs=rewritten@example.net>, size=1000, nrcpt=3 (queue active)
		virtual 4104E42: to=<b@example.org>, $DELIVERED
		virtual 4104E42: to=<root@example.org>, orig_to=<postmaster@example.org>, $DELIVERED
		virtual 4104E42: to=<unasked@example.org>, $DELIVERED
		qmgr 4104E42: removed
		+400
		smtpd NOQUEUE: reject: RCPT from $A: ${GREYLISTED/b@/d@}; ${FROM_TO/b@/d@}
		=grey-check action=greylist, reason=early-retry (3s missing), ${WHO/b@/d@}
	EOF
	assert_output '2 203.0.113.8 a@example.net b@example.org
406 203.0.113.8 prvs=rewritten@example.net unasked@example.org
407 203.0.113.8 a@example.net b@example.org
408 203.0.113.8 a@example.net postmaster@example.org
816 203.0.113.8 a@example.net d@example.org'
	remarks "$(written 4 0 1 0)"
}

@test "a policy server's lines without the client's name, of logins, or of sqlgrey are left to smtpd's lines" {
	asked <<-EOF
		=grey-check action=pass, reason=sasl username, $WHO
		=sqlgrey grey: new: 203.0.113(203.0.113.8), a@example.net -> b@example.org
		smtpd NOQUEUE: reject: RCPT from $A: ${GREYLISTED/see http*/come back in 5 minutes}; $FROM_TO
		=postgrey action=greylist, reason=new, client_address=203.0.113.8, sender=a@example.net, recipient=b@example.org
	EOF
	assert_output '3 203.0.113.8 a@example.net b@example.org'
	remarks "$(written 0 1 0 1)"
}

@test "only greylisting is asked again: who was refused for another reason gets no record, and is counted" {
	asked <<-EOF
		smtpd NOQUEUE: reject: RCPT from $A: 550 5.1.1 <b@example.org>: Recipient address rejected: User unknown in virtual mailbox table; $FROM_TO
		smtpd NOQUEUE: reject: RCPT from $A: 450 4.7.25 Client host rejected: cannot find your hostname, [203.0.113.8]; $FROM_TO
		smtpd NOQUEUE: reject_warning: RCPT from $A: $GREYLISTED; $FROM_TO
		smtpd NOQUEUE: milter-reject: RCPT from $A: 451 4.7.1 Greylisting in action, please come back in 00:05:00; $FROM_TO
		smtpd NOQUEUE: reject: RCPT from $A: 450 4.2.0 <b@example.org>: Recipient address rejected: Come again; ${FROM_TO/b@/c@}
	EOF
	assert_output '4 203.0.113.8 a@example.net b@example.org'
	remarks "$(written 0 1 0 1)" 'left out: recipients that were refused for other reasons than greylisting: 3'
	asked_of "$LOG" '--greylist-text=come again'
	assert_output '5 203.0.113.8 a@example.net c@example.org'
}

@test "only mail from outside: no submission, login, loopback, filter, sendmail or notice" {
	asked <<-EOF
		submission/smtpd 4104E41: client=$A
		qmgr 4104E41: from=<a@example.net>, size=1, nrcpt=1 (queue active)
		virtual 4104E41: to=<1@example.org>, $DELIVERED
		smtpd 4104E42: client=$A, sasl_method=PLAIN, sasl_username=a
		qmgr 4104E42: from=<a@example.net>, size=1, nrcpt=1 (queue active)
		virtual 4104E42: to=<2@example.org>, $DELIVERED
		smtpd 4104E43: client=localhost[::1]
		qmgr 4104E43: from=<a@example.net>, size=1, nrcpt=1 (queue active)
		virtual 4104E43: to=<3@example.org>, $DELIVERED
		smtpd 4104E44: client=localhost[127.0.0.1], orig_queue_id=4104E49, orig_client=$A
		qmgr 4104E44: from=<a@example.net>, size=1, nrcpt=1 (queue active)
		virtual 4104E44: to=<4@example.org>, $DELIVERED
		pickup 4104E45: uid=0 from=<root>
		qmgr 4104E45: from=<root@example.net>, size=1, nrcpt=1 (queue active)
		virtual 4104E45: to=<5@example.org>, $DELIVERED
		cleanup 4104E46: message-id=<1@example.net>
		qmgr 4104E46: from=<>, size=1, nrcpt=1 (queue active)
		smtp 4104E46: to=<6@example.org>, $DELIVERED
		submission/smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
		smtpd NOQUEUE: reject: RCPT from localhost[127.0.0.1]: $GREYLISTED; $FROM_TO
	EOF
	assert_output ''
	remarks "$(written 0 0 0 0)"
}

@test "a message that was refused after DATA proves the recipient that its line names" {
	asked <<-EOF
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		cleanup 4104E42: milter-reject: END-OF-MESSAGE from $A: 5.7.1 Spam message rejected; $FROM_TO
		smtpd 4104E43: client=$A
		smtpd 4104E43: reject: DATA from $A: 550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce; from=<> proto=ESMTP helo=<x>
		smtpd disconnect from $A ehlo=1 mail=2 rcpt=3 data=1/2 quit=1 commands=7/8
	EOF
	assert_output '1 203.0.113.8 a@example.net b@example.org'
	remarks "$(written 0 0 1 1)" 'left out: messages that never came into the queue, whose recipients the log does not name: 1'
}

@test "a filter before the queue: the client of the session, the recipients of the message that came of it" {
	asked <<-EOF
		smtpd#1 connect from $A
		smtpd#1 NOQUEUE: client=$A
		smtpd#2 connect from localhost[127.0.0.1]
		smtpd#2 4104E42: client=localhost[127.0.0.1], orig_client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=2 (queue active)
		smtpd#1 proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 4104E42; $FROM_TO
		virtual 4104E42: to=<b@example.org>, $DELIVERED
		virtual 4104E42: to=<c@example.org>, $DELIVERED
		qmgr 4104E42: removed
		smtpd#1 NOQUEUE: client=$A
		smtpd#1 proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=1 - spam; ${FROM_TO/b@/d@}
		smtpd#1 disconnect from $A ehlo=1 mail=2 rcpt=3 data=2 quit=1 commands=8
	EOF
	assert_output '2 203.0.113.8 a@example.net b@example.org
2 203.0.113.8 a@example.net c@example.org
11 203.0.113.8 a@example.net d@example.org'
	remarks "$(written 0 0 3 2)"
}

@test "requests come in the order of their times, though a recipient is known only when it is delivered" {
	asked <<-EOF
		smtpd#1 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		smtpd#2 NOQUEUE: reject: RCPT from $A: ${GREYLISTED/b@/g@}; ${FROM_TO/b@/g@}
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		+1800
		smtpd#2 NOQUEUE: reject: RCPT from $A: ${GREYLISTED/b@/g@}; ${FROM_TO/b@/g@}
		virtual 4104E42: to=<b@example.org>, $DELIVERED
		+1800
		smtpd#2 NOQUEUE: reject: RCPT from $A: ${GREYLISTED/b@/g@}; ${FROM_TO/b@/g@}
	EOF
	assert_output '1 203.0.113.8 a@example.net b@example.org
3 203.0.113.8 a@example.net g@example.org
1805 203.0.113.8 a@example.net g@example.org
3607 203.0.113.8 a@example.net g@example.org'
	remarks "$(written 0 3 1 3)"
}

@test "lines that come late are put in their places; what is known more than an hour later comes late, and is said" {
	log_file <<-EOF
		+50
		smtpd#2 NOQUEUE: reject: RCPT from $A: $GREYLISTED; ${FROM_TO/b@/1@}
		+50
		smtpd#2 NOQUEUE: reject: RCPT from $A: $GREYLISTED; ${FROM_TO/b@/2@}
		smtpd#1 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		+20000
		smtpd#2 NOQUEUE: reject: RCPT from $A: $GREYLISTED; ${FROM_TO/b@/3@}
		+20000
		smtpd#3 connect from $A
		virtual 4104E42: to=<b@example.org>, $DELIVERED
	EOF
	sed -i '1{h;d};2G' "$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	asked_of "$LOG"
	assert_output '51 203.0.113.8 a@example.net 1@example.org
102 203.0.113.8 a@example.net 2@example.org
20106 203.0.113.8 a@example.net 3@example.org
103 203.0.113.8 a@example.net b@example.org'
	remarks "$(written 0 3 1 3)" 'out of order: 1, each after one of a later time; if that is of the same triplet, grey-check takes the earlier time for its first; logs of several hosts should be merged by time before'
}

@test "what is missing in the log is left out, and said with numbers" {
	log_file <<-EOF
		qmgr 4104E40: from=<a@example.net>, size=1, nrcpt=1 (queue active)
		virtual 4104E40: to=<b@example.org>, $DELIVERED
		virtual 4104E41: to=<b@example.org>, $DELIVERED
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=2 (queue active)
		virtual 4104E42: to=<b@example.org>, $DELIVERED
		qmgr 4104E42: removed
		smtpd 4104E43: client=$A
		smtpd NOQUEUE: reject: RCPT from $A: ${GREYLISTED}; from=<a@example.net> to=<b@exam
		smtpd NOQUEUE: reject: RCPT from $A: ${GREYLISTED}; $FROM_TO
	EOF
	sed -i '$s/^.*mx1/Foo 99 99:99:99 mx1/' "$LOG"
	asked_of "$LOG"
	assert_output '4 203.0.113.8 a@example.net b@example.org'
	remarks "$(written 0 0 1 0)" \
		'left out: messages of which the log does not say how they came in: 2' \
		'left out: messages that never came into the queue, whose recipients the log does not name: 1' \
		'left out: messages of which the log does not name all recipients: 1' \
		"left out: recipients in lines that are cut, or without a client's address: 1"
}

@test "values are told as a policy server is: without quotation marks, commas as commas, and no line can hold two" {
	log_file <<-EOF
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; from=<"a b\"c"@example.net> to=<b@example.org> proto=SMTP helo=<[203.0.113.8]>
		=grey-check action=greylist, reason=new, client_name=x, client_address=192.0.2.9, sender=a\\x2c recipient=victim@example.org, recipient=c@example.org
	EOF
	# Of a journal, where a text may have line feeds.
	cat >>"$LOG" <<-'EOF'
		{"__REALTIME_TIMESTAMP":"1770742900000000","_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"grey-check","SYSLOG_PID":"1","MESSAGE":"action=pass, reason=client AWL, client_name=y, client_address=192.0.2.10, sender=evil\nrecipient=root@example.org\n\n, recipient=d@example.org"}
	EOF
	run -0 --separate-stderr stats --requests "$LOG"
	assert_line 'sender=a b"c@example.net'
	assert_line 'protocol_name=SMTP'
	assert_line 'helo_name=[203.0.113.8]'
	assert_line 'sender=a, recipient=victim@example.org'
	assert_line 'sender=evil?recipient=root@example.org??'
	refute_line 'recipient=root@example.org'
	assert_equal "$(grep -c '^$' <<<"$output")" 2
}

@test "--since and --until choose requests by their times, and later lines still tell of them" {
	asked --since=2026-02-10T17:01:36Z --until=2026-02-10T17:01:38Z <<-EOF
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; ${FROM_TO/b@/1@}
		smtpd 4104E42: client=$A
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		+1000
		virtual 4104E42: to=<b@example.org>, $DELIVERED
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; ${FROM_TO/b@/2@}
	EOF
	assert_output '2 203.0.113.8 a@example.net b@example.org'
}

@test "several files are one log, compressed ones too, and --instance chooses" {
	log_lines <<-EOF | gzip >"$BATS_TEST_TMPDIR/maillog.1.gz"
		smtpd 4104E42: client=$A
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
	EOF
	touch -d "$LOG_MTIME" "$BATS_TEST_TMPDIR/maillog.1.gz"
	log_file <<-EOF
		+100
		virtual 4104E42: to=<b@example.org>, $DELIVERED
		=postfix-in/smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; ${FROM_TO/b@/2@}
	EOF
	asked_of "$LOG" "$BATS_TEST_TMPDIR/maillog.1.gz"
	assert_output '1 203.0.113.8 a@example.net b@example.org
102 203.0.113.8 a@example.net 2@example.org'
	asked_of "$LOG" --instance=postfix-in "$BATS_TEST_TMPDIR/maillog.1.gz"
	assert_output '102 203.0.113.8 a@example.net 2@example.org'
}

@test "--requests goes without what belongs to a report" {
	local option

	for option in events check format=json by=hour unit=line only=table top=3 interval=5 postscreen-mode=dnsbl=drop service=submission; do
		run -2 --separate-stderr stats --requests "--$option" /dev/null
		assert_equal "$output" ''
		[[ ${stderr_lines[0]} == "log-stats: --requests writes requests of the MX service, and no report: it goes without --${option%%[=]*}"* ]] ||
			fail "${stderr_lines[0]}"
	done
	run -0 --separate-stderr stats --requests --service=mx /dev/null
	remarks "$(written 0 0 0 0)"
}

# waits DELAY LOG: what grey-check would have done with that delay: how many requests it would have deferred, and how long
# those waited in all that passed. One that passes without having waited has a delay as well, unless nobody waits.
waits()
{
	stats --requests "$2" 2>"$BATS_TEST_TMPDIR/remarks.$1" |
		"$BIN/grey-check" --clock=request --log=stderr "--delay=$1" --whitelist-clients=/dev/null "--store=$BATS_TEST_TMPDIR/with-$1" 2>&1 >"$BATS_TEST_TMPDIR/answers.$1" |
		awk '/action=greylist/ { deferred++ } match($0, /delay=[0-9]+/) { waited += substr($0, RSTART + 6, RLENGTH - 6) }
			END { print deferred + 0, waited + 0 }'
}

@test "what another delay would have done: two logs of grey-check compared" {
	log_file <<-EOF
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
		smtpd NOQUEUE: reject: RCPT from $A: ${GREYLISTED/b@/never@}; ${FROM_TO/b@/never@}
		+298
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
		+299
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		virtual 4104E42: to=<b@example.org>, $DELIVERED
		qmgr 4104E42: removed
	EOF
	run -0 waits 0 "$LOG"
	assert_output '0 0'
	run -0 waits 300 "$LOG"
	assert_output '2 300'
	run -0 waits 601 "$LOG"
	assert_output '4 0'
}

@test "300,000 messages and refusals of an hour: bounded memory, and what was forgotten is said" {
	many()
	{
		perl -e 'for my $n (0 .. 99999) {
			my $front = sprintf "2026-02-10T17:%02d:%02dZ mx1 postfix", $n / 2000, $n / 33 % 60;
			my $q = sprintf "%X", 0xABC000 + $n;
			my $c = sprintf "x[2001:db8:%x:%x::1]", $n >> 16, $n & 65535;
			my $s = "a" x 200;
			print "$front/smtpd[1]: $q: client=$c\n$front/qmgr[1]: $q: from=<$s$n\@b.example>, size=1, nrcpt=30 (queue active)\n",
				"$front/smtpd[1]: NOQUEUE: reject: RCPT from $c: 450 4.2.0 <u\@d.example>: Recipient address rejected: Greylisted; from=<$s\@b.example> to=<u$n\@d.example> proto=ESMTP helo=<x>\n",
				"$front/grey-check[1]: action=pass, reason=client AWL, client_name=x, client_address=192.0.2.9, sender=$n\@b.example, recipient=$n\@d.example\n",
				map "$front/virtual[1]: $q: to=<$_\@d.example>, relay=virtual, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)\n", 1 .. 10;
		}'
	}
	local usage=$ROOT/build/bench/usage

	[ -x "$usage" ] || skip "no $usage: run make $usage first"
	many >"$BATS_TEST_TMPDIR/many"
	run -0 --separate-stderr "$usage" "$BATS_TEST_TMPDIR/usage" "$BIN/log-stats" --requests "$BATS_TEST_TMPDIR/many"
	assert_regex "$stderr" 'left out: messages that were forgotten, at the limit of memory, before all their recipients were known: [0-9]+'
	is_sanitized log-stats || [ "$(cut -f 3 "$BATS_TEST_TMPDIR/usage")" -le 65536 ]
}
