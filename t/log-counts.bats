#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts: the figures of its JSON, of small logs whose truth anybody can count. (Every run is also checked for
# its sums, see count_file.)

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154,SC2119
load lib/log

A='mail.example.net[203.0.113.8]'
FROM_TO='from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>'
GREYLISTED='450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'
UNKNOWN_USER='550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in virtual mailbox table'
PSC_FROM_TO='from=<a@example.net>, to=<b@example.org>, proto=ESMTP, helo=<x>'
SENT='delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent'
BOUNCED='delay=0.1, delays=0.1/0/0/0, dsn=5.1.1, status=bounced'
DEFERRED='delay=9, delays=9/0/0/0, dsn=4.4.1, status=deferred'

# message QID [RECIPIENT]: lines in short: a message of the MX service, received and delivered.
message()
{
	the_message 7 "$1" "$A" a@example.net "${2-b@example.org}"
}

ONE_MESSAGE='messages.received=1 messages.submitted=0 messages.local=0 messages.delivered=1 recipients.delivered=1
	smtpd.connects=1 smtpd.accepted_sessions=1 smtpd.rejected_sessions=0 table.delivered=1'

# --- the seed

@test "the log of the seed: 2 connects, 1 reject, 1 greylisted, 1 passed after 2254 s, 1 received and delivered" {
	cp "$LOGS/seed.log" "$BATS_TEST_TMPDIR/maillog"
	touch -d "$LOG_MTIME" "$BATS_TEST_TMPDIR/maillog"
	count_file "$BATS_TEST_TMPDIR/maillog"
	figures 'unit=session smtpd.connects=2 smtpd.rejects=1 smtpd.rejected_sessions=1 smtpd.accepted_sessions=1
		greylist.greylisted=1 greylist.triplets=1 greylist.passed=1 messages.received=1 messages.delivered=1
		recipients.delivered=1 postscreen.connects=0 table.postscreen=0 table.smtpd=1 table.delivered=1
		coverage.unknown=0 coverage.foreign=0'
	run -0 --separate-stderr stats "$BATS_TEST_TMPDIR/maillog"
	assert_output --regexp '2,?254|37:34|37 ?m(in)?[^0-9]*34'
}

# --- LOGS.md C, row by row: what others get wrong

@test "a delivery line with tls=, Postfix 3.11's default, is a delivery" {
	count < <(message 4104E42 | sed 's/, dsn=/, tls=may:none\/!requiretls:nostarttls, dsn=/')
	figures "$ONE_MESSAGE"
	count < <(message 4104E42 | sed 's/, dsn=2.0.0,/, dsn=2.0.0, tls=may,/')
	figures "$ONE_MESSAGE"
}

@test "a message of postfix/submissions/smtpd is submitted, and its delivery counts" {
	count < <(message 4104E42 | sed 's/^smtpd/submissions\/smtpd/; /client=/s/$/, sasl_method=PLAIN, sasl_username=u/')
	figures 'messages.received=0 messages.submitted=1 messages.delivered=1 recipients.delivered=1 table.delivered=0
		smtpd.connects=0 smtpd.accepted_sessions=0'
}

@test "a message of the old postfix/smtps/smtpd and of postfix/submission/smtpd is submitted, authenticated or not" {
	count < <(message 4104E42 | sed 's/^smtpd/smtps\/smtpd/'; message 4104E43 | sed 's/^smtpd/submission\/smtpd/')
	figures 'messages.received=0 messages.submitted=2 messages.delivered=2 recipients.delivered=2 smtpd.connects=0'
}

@test "another syslog_name, postfix-in, is Postfix without an option" {
	count < <(
		echo '=postfix-in/postscreen CONNECT from [203.0.113.8]:1 to [192.0.2.25]:25'
		echo '=postfix-in/postscreen PASS OLD [203.0.113.8]:1'
		message 4104E42 | sed 's/^/=postfix-in\//'
	)
	figures "$ONE_MESSAGE postscreen.connects=1 postscreen.handed_off=1 coverage.foreign=0 coverage.unknown=0"
}

@test "stamps with +0900, a space, microseconds, in another language, <mail.info> or behind docker's prefix are read" {
	# shellcheck disable=SC2016
	local -a forms=(
		'strftime("%Y-%m-%dT%H:%M:%S+0900 ", gmtime $time + 32400) . "$host $tag: $text\n"'
		'strftime("%Y-%m-%d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
		'strftime("%b %d %H:%M:%S.123456 ", gmtime $time) . "$host $tag: $text\n"'
		'"\xce\xa6\xce\xb5\xce\xb2" . strftime(" %d %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
		'strftime("%b %e %H:%M:%S <mail.info> ", gmtime $time) . "$host $tag: $text\n"'
		'"mail-1  | " . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'
	)
	local form

	for form in "${forms[@]}"; do
		log_file "$form" < <(message 4104E42)
		count_file "$LOG"
		figures "$ONE_MESSAGE coverage.lines=7 coverage.recognized=7"
	done
}

@test "lines that begin with <22> are read" {
	# shellcheck disable=SC2016
	log_file '"<22>" . strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"' < <(message 4104E42)
	count_file "$LOG"
	figures "$ONE_MESSAGE coverage.recognized=7"
}

@test "lines with a year are of that year" {
	# shellcheck disable=SC2016
	log_file '"2023" . strftime("-%m-%dT%H:%M:%S.123456+00:00 ", gmtime $time) . "$host $tag: $text\n"' < <(message 4104E42)
	run -0 --separate-stderr events "$LOG"
	assert_equal "${lines[0]%%[.$'\t']*}" 1676048495
	count_file "$LOG" --since=2023-02-10 --until=2023-02-11
	figures "$ONE_MESSAGE"
	count_file "$LOG" --since=2024-01-01
	figures 'messages.received=0 recipients.delivered=0'
}

@test "one recipient accepted, two refused: the message is received, the session has accepted it" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		smtpd 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd 4104E42: reject: RCPT from $A: $UNKNOWN_USER; ${FROM_TO/b@/c@}
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1/3 data=1 quit=1 commands=5/7
		virtual 4104E42: to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)
		qmgr 4104E42: removed
	EOF
	figures "$ONE_MESSAGE smtpd.rejects=2 table.smtpd=0"
}

@test "header and milter rejects of messages that began in the file before make no message vanish" {
	count < <(
		message 4104E42
		cat <<-EOF
			cleanup 4104E43: reject: header Subject: x from $A; $FROM_TO: 5.7.1 no
			cleanup 4104E44: milter-reject: END-OF-MESSAGE from $A: 5.7.1 no; $FROM_TO
			postscreen CONNECT from [203.0.113.7]:1 to [192.0.2.25]:25
			postscreen reject: connect from [203.0.113.7]:1: all screening ports busy
			postscreen DISCONNECT [203.0.113.7]:1
		EOF
	)
	figures "$ONE_MESSAGE smtpd.rejects=0 postscreen.blocked=1"
	count <<-EOF
		cleanup 4104E43: reject: header Subject: x from $A; $FROM_TO: 5.7.1 no
		postscreen reject: connect from [203.0.113.7]:1: all screening ports busy
	EOF
	figures 'messages.received=0 recipients.delivered=0 messages.delivered=0 smtpd.rejects=0'
}

@test "a message that a milter refuses at its end is refused, not received" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		cleanup 4104E42: milter-reject: END-OF-MESSAGE from $A: 5.7.1 spam; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
	EOF
	figures 'messages.received=0 smtpd.rejects=0 smtpd.rejected_sessions=1 smtpd.accepted_sessions=0 table.smtpd=1
		table.delivered=0'
}

@test "a message with a forbidden header is refused, not received" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		cleanup 4104E42: reject: header Subject: spam from $A; $FROM_TO: 5.7.1 no
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
	EOF
	figures 'messages.received=0 smtpd.rejects=0 smtpd.accepted_sessions=0 table.delivered=0'
}

@test "postscreen in drop mode logs no reject, and has blocked" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.4]:4 to [192.0.2.25]:25
		postscreen DENYLISTED [203.0.113.3]:3
		postscreen DISCONNECT [203.0.113.3]:3
		postscreen BLACKLISTED [203.0.113.4]:4
		postscreen DISCONNECT [203.0.113.4]:4
		postscreen PREGREET 14 after 0.2 from [203.0.113.2]:2: EHLO ylmf-pc\r\n
		postscreen DISCONNECT [203.0.113.2]:2
		+6
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=4 postscreen.blocked=4 table.postscreen=4'
}

@test "a clean client in deep tests comes back, and is not blocked" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		+6
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen PASS NEW [203.0.113.1]:1
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=1 postscreen.come_back=1 postscreen.blocked=0 table.postscreen=0'
}

# content_filter XFORWARD: a message that goes through amavis and comes back; the copy's client= ends with XFORWARD.
content_filter()
{
	cat <<-EOF
		smtpd#7 connect from $A
		smtpd#7 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd#7 disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		smtpd#8 connect from localhost[127.0.0.1]
		smtpd#8 4104E43: client=localhost[127.0.0.1]$1
		cleanup 4104E43: message-id=<1@example.net>
		qmgr 4104E43: from=<a@example.net>, size=1500, nrcpt=1 (queue active)
		smtpd#8 disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		smtp 4104E42: to=<b@example.org>, relay=127.0.0.1[127.0.0.1]:10024, $SENT (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4104E43)
		qmgr 4104E42: removed
		local 4104E43: to=<b@example.org>, relay=local, $SENT (delivered to maildir)
		qmgr 4104E43: removed
	EOF
}

@test "a message through a content filter is one message, received once and delivered once" {
	count < <(content_filter ", orig_queue_id=4104E42, orig_client=$A")
	figures 'messages.received=1 messages.submitted=0 messages.local=0 messages.delivered=1 recipients.delivered=1
		smtpd.accepted_sessions=1 table.delivered=1'
}

@test "a content filter without XFORWARD: 'queued as' with an id of this log says the same" {
	count < <(content_filter '')
	figures 'messages.received=1 messages.submitted=0 messages.delivered=1 recipients.delivered=1
		smtpd.accepted_sessions=1 table.delivered=1'
}

@test "five recipients, one forwarded and one bounced with a notice: 1 received, 4 delivered, 1 bounced" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=5 (queue active)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=5 data=1 quit=1 commands=9
		local 4104E42: to=<a@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<b@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<c@example.org>, relay=local, $SENT (delivered to maildir)
		cleanup 4104E43: message-id=<1@example.net>
		local 4104E42: to=<d@example.org>, relay=local, $SENT (forwarded as 4104E43)
		qmgr 4104E43: from=<a@example.net>, size=1100, nrcpt=1 (queue active)
		local 4104E42: to=<e@example.org>, relay=local, $BOUNCED (unknown user: "e")
		cleanup 4104E44: message-id=<2@mx1.example.org>
		bounce 4104E42: sender non-delivery notification: 4104E44
		qmgr 4104E44: from=<>, size=3000, nrcpt=1 (queue active)
		qmgr 4104E42: removed
		smtp 4104E43: to=<d@example.com>, orig_to=<d@example.org>, relay=mx.example.com[198.51.100.1]:25, $SENT (250 2.0.0 Ok: queued as 999999999)
		qmgr 4104E43: removed
		smtp 4104E44: to=<a@example.net>, relay=mail.example.net[203.0.113.8]:25, $SENT (250 2.0.0 Ok: queued as 888888888)
		qmgr 4104E44: removed
	EOF
	figures 'messages.received=1 messages.submitted=0 messages.local=0 messages.delivered=1 recipients.delivered=4
		recipients.bounced=1 table.delivered=1'
}

@test "the notice is linked before its own lines since Postfix 3.11: still no message" {
	count < <(
		message 4104E40
		cat <<-EOF
			bounce 4104E42: sender non-delivery notification: 4104E44
			cleanup 4104E44: message-id=<2@mx1.example.org>
			qmgr 4104E44: from=<>, size=3000, nrcpt=1 (queue active)
			smtp 4104E44: to=<a@example.net>, relay=mail.example.net[203.0.113.8]:25, $SENT (250 2.0.0 Ok: queued as 888888888)
			qmgr 4104E44: removed
		EOF
	)
	figures "$ONE_MESSAGE"
}

@test "'message repeated 3 times' counts three more, in one line" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd message repeated 3 times: [ NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO]
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/4 quit=1 commands=3/7
	EOF
	figures 'smtpd.rejects=4 smtpd.rejected_sessions=1 smtpd.connects=1 coverage.lines=4 coverage.recognized=4'
}

@test "'last message repeated 2 times' counts the last line of that host twice more" {
	log_file <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		mx2:smtpd connect from $A
	EOF
	echo 'Feb 10 17:01:40 mx1 last message repeated 2 times' >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
	figures 'smtpd.rejects=3 smtpd.connects=2 coverage.lines=4 coverage.recognized=4'
}

@test "a client that is gone in DATA has sent no message, and was not refused" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		smtpd 4104E42: lost connection after DATA (512 bytes) from $A
		cleanup 4104E42: removed (canceled)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4
	EOF
	figures 'messages.received=0 smtpd.connects=1 smtpd.accepted_sessions=0 smtpd.rejected_sessions=0 table.smtpd=0'
}

@test "milter, proxy and client limits refuse sessions, without a reject line" {
	count <<-EOF
		smtpd#1 connect from $A
		smtpd#1 NOQUEUE: milter-reject: RCPT from $A: 550 5.7.1 no; $FROM_TO
		smtpd#1 disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		smtpd#2 connect from $A
		smtpd#2 NOQUEUE: client=$A
		smtpd#2 proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=12345-06 - spam; $FROM_TO
		smtpd#2 disconnect from $A ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
		smtpd#3 connect from $A
		smtpd#3 warning: Connection concurrency limit exceeded: 51 from $A for service smtp
		smtpd#3 disconnect from $A commands=0/0
		smtpd#4 connect from $A
		smtpd#4 warning: Recipient address rate limit exceeded: 51 from $A for service smtp
		smtpd#4 disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		smtpd#5 connect from $A
		smtpd#5 warning: non-SMTP command from $A: GET / HTTP/1.1
		smtpd#5 disconnect from $A unknown=0/1 commands=0/1
	EOF
	figures 'smtpd.connects=5 smtpd.rejects=0 smtpd.rejected_sessions=5 smtpd.accepted_sessions=0 table.smtpd=5
		messages.received=0'
}

@test "a session that an access table hangs up on is refused" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: hangup: RCPT from $A: go away; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 commands=2/3
	EOF
	figures 'smtpd.rejects=0 smtpd.rejected_sessions=1'
}

@test "a queue id that is used again is another message" {
	count < <(message 4104E42; echo +600; message 4104E42)
	figures 'messages.received=2 messages.delivered=2 recipients.delivered=2 smtpd.accepted_sessions=2'
}

@test "a few lines of an eighth day: each day has its own figures, and that day is only one more row" {
	local day

	count < <(for day in 1 2 3 4 5 6 7; do message "4104E4$day"; echo +86393; done; echo "smtpd connect from $A")
	figures 'messages.received=7 recipients.delivered=7 smtpd.connects=8'
	count_file "$LOG" --since=2026-02-12 --until=2026-02-13
	figures "$ONE_MESSAGE"
	count_file "$LOG" --since=2026-02-17
	figures 'messages.received=0 smtpd.connects=1'
	run -0 --separate-stderr stats --by=day --format=tsv "$LOG"
	assert_equal "$(grep -oE '2026-02-1[0-9]' <<<"$output" | sort -u | wc -l)" 8
}

@test "an allowlisted client is handed off" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen ALLOWLISTED [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen WHITELISTED [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=2 postscreen.open=0'
}

# --- LOGS.md B1: postscreen's verdicts

@test "postscreen: a fail mark in enforce mode blocks, with one reject or three" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen PREGREET 14 after 0.2 from [203.0.113.1]:1: EHLO x\\r\\n
		+6
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests after SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 450 4.7.1 Service unavailable; client [203.0.113.2] blocked using zen.spamhaus.org; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.blocked=2 table.postscreen=2 smtpd.rejects=0'
}

@test "postscreen: a client with a fail mark that hangs up before RCPT is blocked" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests after SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.blocked=1 postscreen.gave_up=0'
}

@test "postscreen: each test that fails before DISCONNECT blocks" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen NON-SMTP COMMAND from [203.0.113.1]:1 after CONNECT: GET / HTTP/1.1
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen COMMAND PIPELINING from [203.0.113.2]:2 after : \r\n
		postscreen DISCONNECT [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen BARE NEWLINE from [203.0.113.3]:3 after EHLO
		postscreen DISCONNECT [203.0.113.3]:3
		postscreen CONNECT from [203.0.113.4]:4 to [192.0.2.25]:25
		postscreen COMMAND TIME LIMIT from [203.0.113.4]:4 after CONNECT
		postscreen DISCONNECT [203.0.113.4]:4
		postscreen CONNECT from [203.0.113.5]:5 to [192.0.2.25]:25
		postscreen COMMAND COUNT LIMIT from [203.0.113.5]:5 after RCPT
		postscreen DISCONNECT [203.0.113.5]:5
		postscreen CONNECT from [203.0.113.6]:6 to [192.0.2.25]:25
		postscreen COMMAND LENGTH LIMIT from [203.0.113.6]:6 after UNIMPLEMENTED
		postscreen DISCONNECT [203.0.113.6]:6
		postscreen CONNECT from [203.0.113.7]:7 to [192.0.2.25]:25
		postscreen DATA without valid RCPT from [203.0.113.7]:7
		postscreen DISCONNECT [203.0.113.7]:7
	EOF
	figures 'postscreen.connects=7 postscreen.blocked=7'
}

@test "postscreen: a fail mark that is ignored ends in a hand-off, told by the next smtpd connect of that client" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		smtpd connect from unknown[203.0.113.1]
		smtpd disconnect from unknown[203.0.113.1] ehlo=1 quit=1 commands=2
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PREGREET 14 after 0.2 from [203.0.113.2]:2: EHLO x\r\n
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=1 postscreen.blocked=0 postscreen.open=1 smtpd.connects=1'
}

@test "postscreen: one smtpd connect is claimed once, by a session of that host and client" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.1]:2 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		mx2:smtpd connect from unknown[203.0.113.3]
		smtpd connect from unknown[203.0.113.1]
		smtpd connect from unknown[203.0.113.4]
	EOF
	figures 'postscreen.connects=3 postscreen.handed_off=1 postscreen.open=2'
}

@test "postscreen: the smtpd connect of a session that has passed is not another's" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.1]:2 to [192.0.2.25]:25
		smtpd connect from unknown[203.0.113.1]
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=1 postscreen.open=1'
}

@test "postscreen: PASS OLD and PASS NEW are handed off, unless DISCONNECT follows" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PASS NEW [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen PASS NEW [203.0.113.3]:3
		postscreen DISCONNECT [203.0.113.3]:3
	EOF
	figures 'postscreen.connects=3 postscreen.handed_off=2 postscreen.gave_up=1 postscreen.blocked=0'
}

@test "postscreen: a clean client that hangs up gave up" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests before SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen HANGUP after 7 from [203.0.113.2]:2 in tests after SMTP handshake
		postscreen PASS NEW [203.0.113.2]:2
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.gave_up=2 postscreen.blocked=0'
}

@test "postscreen: a veto sends clients back, it does not block them, denylisted or not" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.26]:25
		postscreen ALLOWLIST VETO [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.26]:25
		postscreen DENYLISTED [203.0.113.2]:2
		postscreen WHITELIST VETO [203.0.113.2]:2
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.come_back=2 postscreen.blocked=0'
}

@test "postscreen: a denylisted client is blocked, with soft_bounce in the words of 'come back' too" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DENYLISTED [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen DENYLISTED [203.0.113.2]:2
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 550 5.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.come_back=0 postscreen.blocked=2'
}

@test "postscreen: too many connections and busy ports block, in all wordings" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: CONNECT from [203.0.113.1]:1: too many connections
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: CONNECT from [203.0.113.2]:2: all server ports busy
		postscreen DISCONNECT [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen reject: connect from [203.0.113.3]:3: all screening ports busy
		postscreen DISCONNECT [203.0.113.3]:3
		postscreen CONNECT from [203.0.113.4]:4 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: CONNECT from [203.0.113.4]:4: all screening ports busy
		postscreen DISCONNECT [203.0.113.4]:4
	EOF
	figures 'postscreen.connects=4 postscreen.blocked=4'
}

@test "postscreen: the same client and port again says that the first was handed off" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		+300
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests before SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=1 postscreen.gave_up=1'
}

@test "postscreen: what has not ended at the end of the log is open" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 550 5.5.1 Protocol error; $PSC_FROM_TO
	EOF
	figures 'postscreen.connects=2 postscreen.open=2 postscreen.blocked=0'
}

@test "postscreen: hosts and instances have sessions of their own" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		mx2:postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		=postfix-in/postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		mx2:postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen DISCONNECT [203.0.113.1]:1
		mx2:postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=3 postscreen.gave_up=1 postscreen.blocked=1 postscreen.open=1'
}

@test "postscreen: lines of tlsproxy in the same words, and PASS of a test, say nothing of the session" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		tlsproxy CONNECT from [203.0.113.1]:1
		postscreen PASS pregreet test [203.0.113.1]:1
		tlsproxy DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=1 postscreen.open=1'
}

# --- LOGS.md B7: not twice

@test "several rejects in one session are one session that was refused" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; ${FROM_TO/b@/c@}
		smtpd NOQUEUE: reject: DATA from $A: 554 5.5.1 Error: no valid recipients; from=<a@example.net> proto=ESMTP helo=<x>
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/2 data=0/1 quit=1 commands=3/6
	EOF
	figures 'smtpd.connects=1 smtpd.rejects=3 smtpd.rejected_sessions=1 smtpd.accepted_sessions=0 table.smtpd=1'
}

@test "mail of pickup is local; requeued mail is nothing new" {
	count <<-EOF
		pickup 4104E42: uid=0 from=<root>
		cleanup 4104E42: message-id=<1@mx1.example.org>
		qmgr 4104E42: from=<root@mx1.example.org>, size=300, nrcpt=1 (queue active)
		local 4104E42: to=<admin@example.org>, relay=local, $SENT (delivered to maildir)
		qmgr 4104E42: removed
		pickup 4104E44: uid=110 from=<root@mx1.example.org> orig_id=4104E43
		cleanup 4104E44: message-id=<2@mx1.example.org>
		qmgr 4104E44: from=<root@mx1.example.org>, size=300, nrcpt=1 (queue active)
	EOF
	figures 'messages.local=1 messages.received=0 messages.submitted=0 messages.delivered=1 recipients.delivered=1'
}

@test "mail of an authenticated or a loopback client is submitted" {
	count < <(
		message 4104E42 | sed '/client=/s/$/, sasl_method=PLAIN, sasl_username=u/'
		the_message 8 4104E43 'localhost[127.0.0.1]' a@example.net b@example.org
		the_message 9 4104E44 'localhost[::1]' a@example.net b@example.org
	)
	figures 'messages.submitted=3 messages.received=0 messages.delivered=3 recipients.delivered=3 table.delivered=0'
}

@test "client= and message-id= alone are no message" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
	EOF
	figures 'messages.received=0 smtpd.accepted_sessions=0 smtpd.connects=1'
}

@test "a message that is tried again and again is received once" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtp 4104E42: to=<b@example.org>, relay=none, $DEFERRED (connect to x[198.51.100.1]:25: Connection refused)
		+300
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtp 4104E42: to=<b@example.org>, relay=x[198.51.100.1]:25, $SENT (250 ok)
		qmgr 4104E42: removed
	EOF
	figures "$ONE_MESSAGE recipients.deferred=1 recipients.deferred_attempts=1 recipients.deferred_waiting=0 messages.deferred=1"
}

@test "a before-queue filter: the session that was proxied has the message, its copy is not another" {
	count <<-EOF
		smtpd#7 connect from $A
		smtpd#7 NOQUEUE: client=$A
		smtpd#8 connect from localhost[127.0.0.1]
		smtpd#8 4104E42: client=localhost[127.0.0.1], orig_client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1500, nrcpt=1 (queue active)
		smtpd#8 disconnect from localhost[127.0.0.1] ehlo=1 xforward=1 mail=1 rcpt=1 data=1 quit=1 commands=6
		smtpd#7 proxy-accept: END-OF-MESSAGE: 250 2.0.0 from MTA(smtp:[127.0.0.1]:10026): 250 2.0.0 Ok: queued as 4104E42; $FROM_TO
		smtpd#7 disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		virtual 4104E42: to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)
		qmgr 4104E42: removed
	EOF
	figures 'messages.received=1 messages.submitted=0 messages.delivered=1 recipients.delivered=1
		smtpd.accepted_sessions=1 smtpd.rejected_sessions=0 table.delivered=1'
}

@test "an alias with several members: each delivery counts, the same one twice does not" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		local 4104E42: to=<b@example.org>, orig_to=<team@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<c@example.org>, orig_to=<team@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<c@example.org>, orig_to=<team@example.org>, relay=local, $SENT (delivered to maildir)
		qmgr 4104E42: removed
	EOF
	figures 'messages.received=1 messages.delivered=1 recipients.delivered=2'
}

@test "what discard takes, notices and probes are no deliveries" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		discard 4104E42: to=<b@example.org>, relay=none, $SENT (example.org)
		qmgr 4104E42: removed
		cleanup 4104E43: message-id=<2@mx1.example.org>
		qmgr 4104E43: from=<double-bounce@mx1.example.org>, size=200, nrcpt=1 (queue active)
		smtp 4104E43: to=<c@example.com>, relay=x[198.51.100.1]:25, delay=1, delays=0/0/1/0, dsn=2.1.5, status=deliverable (250 2.1.5 Ok)
		qmgr 4104E43: removed
		cleanup 4104E45: message-id=<3@mx1.example.org>
		bounce 4104E44: postmaster non-delivery notification: 4104E45
		qmgr 4104E45: from=<double-bounce@mx1.example.org>, size=2000, nrcpt=1 (queue active)
		local 4104E45: to=<postmaster@example.org>, relay=local, $SENT (delivered to maildir)
		qmgr 4104E45: removed
	EOF
	figures 'messages.received=1 messages.delivered=0 messages.local=0 recipients.delivered=0'
}

# three_numbers: two messages with deferrals.
three_numbers()
{
	cat <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=2 data=1 quit=1 commands=6
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=2 (queue active)
		smtp 4104E42: to=<b@example.com>, relay=none, $DEFERRED (connect to x[198.51.100.1]:25: Connection refused)
		smtp 4104E42: to=<c@example.com>, relay=none, $DEFERRED (connect to x[198.51.100.1]:25: Connection refused)
		pickup 4104E43: uid=0 from=<root>
		qmgr 4104E43: from=<root@example.org>, size=1000, nrcpt=1 (queue active)
		smtp 4104E43: to=<d@example.com>, relay=none, $DEFERRED (connect to x[198.51.100.1]:25: Connection refused)
		+300
		error 4104E42: to=<b@example.com>, relay=none, $DEFERRED (delivery temporarily suspended: connect to x[198.51.100.1]:25: Connection refused)
		error 4104E42: to=<c@example.com>, relay=none, $DEFERRED (delivery temporarily suspended: connect to x[198.51.100.1]:25: Connection refused)
		+300
		smtp 4104E42: to=<b@example.com>, relay=x[198.51.100.1]:25, $SENT (250 ok)
		smtp 4104E42: to=<c@example.com>, relay=x[198.51.100.1]:25, $BOUNCED (host x[198.51.100.1] said: 550 5.1.1 no (in reply to RCPT TO command))
	EOF
}

@test "deferred: attempts, recipients, messages, and how many still wait, are four numbers" {
	count < <(three_numbers)
	figures 'recipients.deferred_attempts=5 recipients.deferred=3 messages.deferred=2 recipients.deferred_waiting=1
		recipients.delivered=1 recipients.bounced=1'
}

@test "deferred: a notice that has to wait counts among recipients" {
	count < <(
		three_numbers
		cat <<-EOF
			cleanup 4104E44: message-id=<2@mx1.example.org>
			bounce 4104E42: sender non-delivery notification: 4104E44
			qmgr 4104E44: from=<>, size=2000, nrcpt=1 (queue active)
			smtp 4104E44: to=<a@example.net>, relay=none, $DEFERRED (connect to y[198.51.100.2]:25: Connection refused)
		EOF
	)
	figures 'recipients.deferred_attempts=6 recipients.deferred=4 recipients.deferred_waiting=2 recipients.delivered=1'
}

@test "deferred: a message that expires waits no longer" {
	count < <(
		three_numbers
		echo 'qmgr 4104E43: from=<root@example.org>, status=expired, returned to sender'
		echo 'qmgr 4104E43: removed'
	)
	figures 'messages.expired=1 recipients.deferred=3 recipients.deferred_waiting=0'
}

@test "bounced counts status=bounced, of notices too; SOFTBOUNCE is not one" {
	count <<-EOF
		pickup 4104E42: uid=0 from=<root>
		qmgr 4104E42: from=<root@example.org>, size=1000, nrcpt=1 (queue active)
		local 4104E42: to=<x@example.org>, relay=local, $BOUNCED (unknown user: "x")
		local 4104E42: to=<y@example.org>, relay=local, ${BOUNCED/bounced/SOFTBOUNCE} (unknown user: "y")
		cleanup 4104E43: message-id=<2@mx1.example.org>
		bounce 4104E42: sender non-delivery notification: 4104E43
		qmgr 4104E43: from=<>, size=2000, nrcpt=1 (queue active)
		local 4104E43: to=<root@example.org>, relay=local, $BOUNCED (unknown user: "root")
	EOF
	figures 'recipients.bounced=2 recipients.delivered=0 messages.local=1 messages.delivered=0'
}

@test "warnings, lists' hits, statistics and 'come back' add nothing to what was refused" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject_warning: RCPT from $A: 554 5.7.1 Service unavailable; Client host [203.0.113.8] blocked using zen.spamhaus.org; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 quit=1 commands=4
		dnsblog addr 203.0.113.8 listed by domain zen.spamhaus.org as 127.0.0.4
		anvil statistics: max connection rate 5/60s for (smtp:203.0.113.8) at Feb 10 17:01:35
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'smtpd.rejects=0 smtpd.reject_warnings=1 smtpd.rejected_sessions=0 postscreen.blocked=0 table.postscreen=0
		table.smtpd=0'
}

@test "the edge of the file: a session of smtpd counts where it ends" {
	count <<-EOF
		smtpd#7 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#7 disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		smtpd#8 connect from $A
		smtpd#8 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
	EOF
	figures 'smtpd.connects=1 smtpd.rejects=2 smtpd.rejected_sessions=1'
}

@test "the edge of the file: a delivery without its beginning is a delivered recipient, of no message known" {
	count <<-EOF
		virtual 4104E42: to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)
		qmgr 4104E42: removed
		smtpd connect from $A
		smtpd 4104E43: client=$A
		qmgr 4104E43: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
	EOF
	figures 'recipients.delivered=1 messages.received=1 messages.delivered=0'
}

@test "the edge of the file: postscreen's sums hold for sessions whose CONNECT is in the file before" {
	count <<-EOF
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=1 postscreen.handed_off=1'
}

@test "a session is judged when its messages are: the queue manager's line may come after disconnect" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		smtpd 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		cleanup 4104E42: message-id=<1@example.net>
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1/2 data=1 quit=1 commands=5/6
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
	EOF
	figures 'messages.received=1 smtpd.accepted_sessions=1 smtpd.rejected_sessions=0 smtpd.rejects=1'
}

# --- LOGS.md B8 and D

# unit_log: what the three units count differently.
unit_log()
{
	cat <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.7.1 Service unavailable; client [203.0.113.1] blocked using zen.spamhaus.org; $PSC_FROM_TO
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.7.1 Service unavailable; client [203.0.113.1] blocked using zen.spamhaus.org; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PREGREET 14 after 0.2 from [203.0.113.2]:2: EHLO x\\r\\n
		postscreen DISCONNECT [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: RCPT from [203.0.113.3]:3: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.3]:3
		smtpd#1 connect from $A
		smtpd#1 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#1 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#1 disconnect from $A ehlo=1 mail=1 rcpt=0/2 quit=1 commands=3/5
		smtpd#2 connect from $A
		smtpd#2 4104E42: client=$A
		smtpd#2 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#2 NOQUEUE: reject_warning: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=3 (queue active)
		smtpd#2 disconnect from $A ehlo=1 mail=1 rcpt=3/4 data=1 quit=1 commands=7/8
		local 4104E42: to=<b@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<c@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<d@example.org>, relay=local, $BOUNCED (unknown user: "d")
		bounce 4104E42: sender non-delivery notification: 4104E44
		qmgr 4104E44: from=<>, size=3000, nrcpt=1 (queue active)
		smtp 4104E44: to=<a@example.net>, relay=$A:25, $SENT (250 2.0.0 Ok)
		smtpd#3 connect from $A
		smtpd#3 4104E45: client=$A
		cleanup 4104E45: milter-reject: END-OF-MESSAGE from $A: 5.7.1 no; $FROM_TO
		smtpd#3 disconnect from $A ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
		smtpd#4 connect from $A
		smtpd#4 NOQUEUE: reject: MAIL from $A: 552 5.3.4 Message size exceeds fixed limit; proto=ESMTP helo=<x>
		smtpd#4 disconnect from $A ehlo=1 mail=0/1 quit=1 commands=2/3
	EOF
}

@test "--unit=session, the default: sessions blocked, refused, and with a message accepted" {
	count < <(unit_log)
	figures 'unit=session table.postscreen=2 table.smtpd=3 table.delivered=1 smtpd.rejected_sessions=3
		smtpd.accepted_sessions=1 smtpd.rejects=4 smtpd.reject_warnings=1 recipients.delivered=2'
	count_file "$LOG" --unit=session
	figures 'unit=session table.postscreen=2 table.smtpd=3 table.delivered=1'
}

@test "--unit=recipient: recipients refused, one for each other refusal, and recipients delivered" {
	count --unit=recipient < <(unit_log)
	figures 'unit=recipient table.postscreen=3 table.smtpd=5 table.delivered=2 smtpd.rejected_sessions=3
		smtpd.accepted_sessions=1 smtpd.rejects=4 recipients.delivered=2'
}

@test "--unit=line: what grep counts" {
	count --unit=line < <(unit_log)
	figures "unit=line table.postscreen=$(grep -c 'postscreen.*NOQUEUE: reject' "$LOG")
		table.smtpd=$(grep -c 'smtpd.*NOQUEUE: reject:' "$LOG") table.delivered=$(grep -c 'status=sent' "$LOG")"
	figures 'table.postscreen=3 table.smtpd=3 table.delivered=3 smtpd.rejected_sessions=3 recipients.delivered=2'
}

@test "the unit is named above the table" {
	local unit

	log_file < <(unit_log)
	for unit in session recipient line; do
		run -0 --separate-stderr stats "--unit=$unit" "$LOG"
		assert_output --regexp "$unit"
		assert_output --partial 'turned away by postscreen'
		assert_output --partial 'turned away by smtpd'
		assert_output --partial 'received and delivered'
	done
}

@test "each stage of smtpd's rejects counts, with queue id or without; milters and proxies apart" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: CONNECT from $A: 554 5.7.1 <$A>: Client host rejected: Access denied; proto=SMTP
		smtpd NOQUEUE: reject: EHLO from $A: 504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname; proto=ESMTP helo=<x>
		smtpd NOQUEUE: reject: MAIL from $A: 452 4.3.1 Insufficient system storage; proto=ESMTP helo=<x>
		smtpd NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd 4104E42: reject: DATA from $A: 550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce; from=<> proto=ESMTP helo=<x>
		smtpd 4104E42: reject: END-OF-MESSAGE from $A: 554 5.7.1 <END-OF-MESSAGE>: End-of-data rejected: Access denied; $FROM_TO
		smtpd NOQUEUE: reject: VRFY from $A: 550 5.1.1 <root>: Recipient address rejected: User unknown; to=<root> proto=SMTP helo=<x>
		smtpd NOQUEUE: reject: ETRN from $A: 554 5.7.1 <example.org>: Etrn command rejected: Access denied; proto=ESMTP helo=<x>
		smtpd NOQUEUE: reject: RCPT from $A: 421 4.3.0 mx1.example.org Server local data error
		smtpd NOQUEUE: milter-reject: RCPT from $A: 550 5.7.1 no; $FROM_TO
		smtpd proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject; $FROM_TO
		smtpd disconnect from $A commands=0/12
	EOF
	figures 'smtpd.rejects=10 smtpd.rejected_sessions=1'
}

@test "greylisting: a triplet passes by its whole network, one that is gone two days never returned, others are open" {
	local second=${GREYLISTED/b@/c@}

	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
		smtpd NOQUEUE: reject: RCPT from $A: $second; ${FROM_TO/b@/c@}
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/2 quit=1 commands=3/5
		+60
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; ${FROM_TO/a@example.net/A@Example.NET}
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		+600
		smtpd connect from other.example.net[203.0.113.77]
		smtpd 4104E42: client=other.example.net[203.0.113.77]
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd disconnect from other.example.net[203.0.113.77] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		virtual 4104E42: to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)
		qmgr 4104E42: removed
		+200000
		smtpd connect from x.example.com[2001:db8::1]
		smtpd NOQUEUE: reject: RCPT from x.example.com[2001:db8::1]: $GREYLISTED; $FROM_TO
		smtpd disconnect from x.example.com[2001:db8::1] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		smtpd connect from x.example.com[2001:db8::ffff]
		smtpd NOQUEUE: reject: RCPT from x.example.com[2001:db8::ffff]: $GREYLISTED; $FROM_TO
		smtpd disconnect from x.example.com[2001:db8::ffff] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
	figures 'greylist.greylisted=5 greylist.triplets=3 greylist.passed=1 greylist.never_returned=1 greylist.still_open=1
		smtpd.rejects=5 smtpd.rejected_sessions=4 smtpd.accepted_sessions=1'
}

@test "greylisting: postgrey's own line and smtpd's reject are one; action=pass of any reason passes" {
	local who='client_name=mail.example.net, client_address=203.0.113.8, sender=a@example.net, recipient=b@example.org'

	count <<-EOF
		smtpd connect from $A
		=postgrey action=greylist, reason=new, $who
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		+60
		smtpd connect from $A
		grey-check action=greylist, reason=early-retry (240s missing), $who
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
	figures 'greylist.greylisted=2 greylist.triplets=1 greylist.passed=0 greylist.still_open=1 smtpd.rejects=2'
	log_lines <<<"grey-check action=pass, reason=client AWL, $who" | sed 's/17:01/18:01/' >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
	figures 'greylist.greylisted=2 greylist.triplets=1 greylist.passed=1 greylist.still_open=0'
}

@test "greylisting: --greylist-text finds another text" {
	log_file <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: 450 4.2.0 <b@example.org>: Recipient address rejected: Come again some day; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
	count_file "$LOG"
	figures 'greylist.greylisted=0 smtpd.rejects=1'
	count_file "$LOG" '--greylist-text=Come again'
	figures 'greylist.greylisted=1 greylist.triplets=1 smtpd.rejects=1'
}

@test "--service narrows all figures" {
	log_file < <(message 4104E42; message 4104E43 | sed 's/^smtpd/submission\/smtpd/; /client=/s/$/, sasl_method=PLAIN, sasl_username=u/')
	count_file "$LOG"
	figures 'messages.received=1 messages.submitted=1 recipients.delivered=2 messages.delivered=2'
	count_file "$LOG" --service=mx
	figures 'messages.received=1 messages.submitted=0 recipients.delivered=1 messages.delivered=1'
	count_file "$LOG" --service=submission
	figures 'messages.received=0 messages.submitted=1 recipients.delivered=1 messages.delivered=1'
}

@test "--instance narrows to one syslog_name" {
	log_file < <(message 4104E42; message 4104E43 | sed 's/^/=postfix-in\//')
	count_file "$LOG" --instance=postfix-in
	figures "$ONE_MESSAGE"
	count_file "$LOG"
	figures 'messages.received=2 recipients.delivered=2'
}

@test "coverage: each line is recognized, foreign or unknown; info is recognized, blank lines are foreign" {
	log_file <<-'EOF'
		smtpd connect from unknown[203.0.113.8]
		qmgr table hash:/etc/postfix/transport(0,lock|fold_fix) has changed -- restarting
		smtpd warning: something odd
		smtpd frobnicated the wibble
		=sshd Accepted publickey for root
	EOF
	printf '%s\n' '' '-- Boot 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --' 'no prefix at all' >>"$LOG"
	count_file "$LOG"
	figures 'coverage.lines=8 coverage.recognized=3 coverage.foreign=3 coverage.unknown=2'
	run -0 --separate-stderr stats --unknown "$LOG"
	assert_regex "$output$stderr" 'frobnicated the wibble'
	assert_regex "$output$stderr" 'no prefix at all'
}

@test "a log in which nothing is recognized is exit code 1, an empty one is not" {
	printf '%s\n' 'this is' 'no maillog' >"$BATS_TEST_TMPDIR/log"
	run -1 --separate-stderr stats --format=json "$BATS_TEST_TMPDIR/log"
	figures 'coverage.lines=2 coverage.recognized=0 coverage.unknown=2'
	: >"$BATS_TEST_TMPDIR/log"
	count_file "$BATS_TEST_TMPDIR/log"
	figures 'coverage.lines=0 coverage.recognized=0 messages.received=0'
}

@test "--check finds the sums right, and says so by its exit code" {
	log_file < <(unit_log)
	run -0 --separate-stderr stats --check "$LOG"
	assert_output --regexp '.'
}

@test "--check fails on a log that has its lines twice" {
	log_file < <(unit_log)
	run -1 --separate-stderr stats --check < <(sed p "$LOG")
	assert_output --regexp '[Dd]upl|twice|[Dd]oubl'
	run -0 --separate-stderr stats --check "$LOG"
	assert_output --regexp '.'
}
