#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts smtpd's sessions: which have been refused, which have had a message accepted, and what is no refusal.

load lib/counts

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

@test "a queue id without DATA never was a message: an address was probed, and the session is judged by the rest" {
	count <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		smtpd 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1/2 quit=1 commands=4/5
		smtpd connect from $A
		smtpd 4104E43: client=$A
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 quit=1 commands=4
	EOF
	figures 'smtpd.connects=2 smtpd.rejected_sessions=1 smtpd.neither_sessions=1 smtpd.open=0 table.smtpd=1 messages.received=0'
}

@test "of a session with DATA and BDAT, queue ids are waited for, but no more than it has sent messages" {
	count <<-EOF
		smtpd#1 connect from $A
		smtpd#1 4104E42: client=$A
		smtpd#1 disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		smtpd#2 connect from $A
		smtpd#2 4104E43: client=$A
		smtpd#2 disconnect from $A ehlo=1 mail=1 rcpt=1 bdat=2 quit=1 commands=6
		smtpd#3 connect from $A
		smtpd#3 4104E44: client=$A
		smtpd#3 4104E45: client=$A
		qmgr 4104E45: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd#3 disconnect from $A ehlo=1 mail=2 rcpt=2 data=1 rset=1 quit=1 commands=8
	EOF
	figures 'smtpd.connects=3 smtpd.open=2 smtpd.accepted_sessions=1'
}

@test "without counters, before Postfix 3.0, an hour without a line of a queue id tells that it was no message" {
	log_file <<-EOF
		smtpd#1 connect from $A
		smtpd#1 4104E42: client=$A
		smtpd#1 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#1 disconnect from $A
		+3000
		smtpd#2 connect from $A
		smtpd#2 disconnect from $A
	EOF
	count_file "$LOG"
	figures 'smtpd.connects=2 smtpd.open=1 smtpd.rejected_sessions=0 smtpd.neither_sessions=1'
	log_file < <(
		cat <<-EOF
			smtpd#1 connect from $A
			smtpd#1 4104E42: client=$A
			smtpd#1 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
			smtpd#1 disconnect from $A
			+3700
			smtpd#2 connect from $A
			smtpd#2 disconnect from $A
		EOF
	)
	count_file "$LOG"
	figures 'smtpd.connects=2 smtpd.open=0 smtpd.rejected_sessions=1 smtpd.neither_sessions=1 table.smtpd=1'
}

@test "a line that names another client than its session's proves that there was another session" {
	count <<-EOF
		smtpd#1 connect from localhost[127.0.0.1]
		smtpd#1 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#1 disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
		smtpd#2 connect from $A
		smtpd#2 4104E42: client=$A, sasl_method=PLAIN, sasl_username=u
		smtpd#2 NOQUEUE: reject: RCPT from x[203.0.113.9]: $UNKNOWN_USER; $FROM_TO
		smtpd#2 warning: x[203.0.113.10]: SASL LOGIN authentication failed: UGFzc3dvcmQ6
	EOF
	figures 'smtpd.connects=0 smtpd.began_before=3 smtpd.rejects=2 smtpd.rejected_sessions=2 smtpd.open=1
		smtpd.sasl_failures=1 submission.connects=1 table.smtpd=2'
}

@test "what a filter brings back with the name of its client, as before Postfix 2.8, is of no other session" {
	count <<-EOF
		smtpd#1 connect from $A
		smtpd#1 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=100, nrcpt=1 (queue active)
		smtpd#1 disconnect from $A
		smtpd#2 connect from localhost[127.0.0.1]
		smtpd#2 4104E43: client=$A
		cleanup 4104E43: message-id=<1@example.net>
		qmgr 4104E43: from=<a@example.net>, size=120, nrcpt=1 (queue active)
		smtp 4104E42: to=<u@example.com>, relay=127.0.0.1[127.0.0.1], delay=1, status=sent (250 Ok)
		qmgr 4104E42: removed
		smtpd#2 4104E44: client=x[203.0.113.9]
		smtpd#2 disconnect from localhost[127.0.0.1]
		local 4104E43: to=<u@example.com>, relay=local, delay=1, status=sent (delivered to mailbox)
		qmgr 4104E43: removed
	EOF
	figures 'smtpd.connects=1 smtpd.began_before=0 smtpd.accepted_sessions=1 smtpd.open=0 table.delivered=1
		messages.received=1 messages.delivered=1 recipients.delivered=1'
}

@test "mail that is thrown away makes its session neither accepted nor rejected" {
	count <<-EOF
		smtpd#1 connect from $A
		smtpd#1 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		cleanup 4104E42: milter-discard: END-OF-MESSAGE from $A: milter triggers DISCARD action; $FROM_TO
		smtpd#1 disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		smtpd#2 connect from $A
		smtpd#2 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#2 4104E43: client=$A
		cleanup 4104E43: message-id=<2@example.net>
		cleanup 4104E43: discard: header Subject: x from $A; $FROM_TO: x
		smtpd#2 disconnect from $A ehlo=1 mail=1 rcpt=1/2 data=1 quit=1 commands=5/6
	EOF
	figures 'smtpd.connects=2 smtpd.discarded_sessions=1 smtpd.rejected_sessions=1 smtpd.accepted_sessions=0
		smtpd.neither_sessions=0 smtpd.open=0 messages.received=0'
}

@test "a reject that is cut after its client is a reject" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject: RCPT from $A: 
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
	figures 'smtpd.rejects=1 smtpd.rejected_sessions=1 coverage.truncated=1'
}
