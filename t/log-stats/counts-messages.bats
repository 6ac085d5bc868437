#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts each message once (doc/maillog.md B7), and as what it came in: received, submitted, or local.

load lib/counts

@test "a message of postfix/submissions/smtpd is submitted, and its delivery counts" {
	count < <(message 4104E42 | sed 's/^smtpd/submissions\/smtpd/; /client=/s/$/, sasl_method=PLAIN, sasl_username=u/')
	figures 'messages.received=0 messages.submitted=1 messages.delivered=1 recipients.delivered=1 table.delivered=0
		smtpd.connects=0 smtpd.accepted_sessions=0'
}

@test "a message of the old postfix/smtps/smtpd and of postfix/submission/smtpd is submitted, authenticated or not" {
	count < <(message 4104E42 | sed 's/^smtpd/smtps\/smtpd/'; message 4104E43 | sed 's/^smtpd/submission\/smtpd/')
	figures 'messages.received=0 messages.submitted=2 messages.delivered=2 recipients.delivered=2 smtpd.connects=0'
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

@test "a queue id that is used again is another message" {
	count < <(message 4104E42; echo +600; message 4104E42)
	figures 'messages.received=2 messages.delivered=2 recipients.delivered=2 smtpd.accepted_sessions=2'
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

@test "a notice with the queue id of an older message, whose origin is not in the log, is a notice" {
	count <<-EOF
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=100, nrcpt=2 (queue active)
		smtpd connect from localhost[127.0.0.1]
		smtpd 4104E44: client=localhost[127.0.0.1]
		cleanup 4104E44: message-id=<1@example.net>
		qmgr 4104E44: from=<a@example.net>, size=100, nrcpt=2 (queue active)
		smtp 4104E42: to=<u@example.com>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 ok)
		smtp 4104E42: to=<v@example.com>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 ok)
		qmgr 4104E42: removed
		smtp 4104E44: to=<u@example.com>, relay=mx.example.com[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
		smtp 4104E44: to=<v@example.com>, relay=mx.example.com[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
		qmgr 4104E44: removed
		bounce 4104E43: sender non-delivery notification: 4104E42
		cleanup 4104E42: message-id=<2@example.com>
		qmgr 4104E42: from=<>, size=100, nrcpt=1 (queue active)
		smtp 4104E42: to=<b@example.org>, relay=mx.example.org[192.0.2.8]:25, delay=1, dsn=2.0.0, status=sent (250 ok)
		qmgr 4104E42: removed
	EOF
	figures 'messages.notices=1 recipients.delivered=2'
}

@test "a forwarded message that is delivered and removed before local(8) says so is the one that it forwards" {
	count <<-EOF
		smtpd connect from mx.example.net[192.0.2.1]
		smtpd 34A9642: client=mx.example.net[192.0.2.1]
		cleanup 34A9642: message-id=<>
		qmgr 34A9642: from=<a@example.net>, size=265, nrcpt=1 (queue active)
		cleanup 67C8350: message-id=<>
		qmgr 67C8350: from=<a@example.net>, size=398, nrcpt=2 (queue active)
		virtual 67C8350: to=<u@example.com>, orig_to=<pair@example.com>, relay=virtual, delay=0, dsn=2.0.0, status=sent (delivered to maildir)
		virtual 67C8350: to=<v@example.com>, orig_to=<pair@example.com>, relay=virtual, delay=0, dsn=2.0.0, status=sent (delivered to maildir)
		qmgr 67C8350: removed
		local 34A9642: to=<pair@example.com>, relay=local, delay=0.4, dsn=2.0.0, status=sent (forwarded as 67C8350)
		qmgr 34A9642: removed
		smtpd disconnect from mx.example.net[192.0.2.1]
	EOF
	figures 'messages.received=1 messages.delivered=1 recipients.delivered=2 recipients.forwarded=1'
}
