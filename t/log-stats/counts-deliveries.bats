#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts recipients: delivered, bounced, deferred, and how many still wait; and what is no delivery.

load lib/counts

DEFERRED='delay=9, delays=9/0/0/0, dsn=4.4.1, status=deferred'

# received QID [N]: lines in short: a message of the MX service to N (1) recipients, received and not yet delivered.
received()
{
	local recipients=${2-1}

	cat <<-EOF
		smtpd connect from $A
		smtpd $1: client=$A
		cleanup $1: message-id=<1@example.net>
		qmgr $1: from=<a@example.net>, size=1000, nrcpt=$recipients (queue active)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=$recipients data=1 quit=1 commands=$((4 + recipients))
	EOF
}

@test "a delivery line with tls=, Postfix 3.11's default, is a delivery" {
	count < <(message 4104E42 | sed 's/, dsn=/, tls=may:none\/!requiretls:nostarttls, dsn=/')
	figures "$ONE_MESSAGE"
	count < <(message 4104E42 | sed 's/, dsn=2.0.0,/, dsn=2.0.0, tls=may,/')
	figures "$ONE_MESSAGE"
}

@test "five recipients, one forwarded and one bounced with a notice: 1 received, 4 delivered, 1 bounced" {
	count <<-EOF
		$(received 4104E42 5)
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

@test "an alias with several members: each delivery counts, the same one twice does not" {
	count <<-EOF
		$(received 4104E42)
		local 4104E42: to=<b@example.org>, orig_to=<team@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<c@example.org>, orig_to=<team@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<c@example.org>, orig_to=<team@example.org>, relay=local, $SENT (delivered to maildir)
		qmgr 4104E42: removed
	EOF
	figures 'messages.received=1 messages.delivered=1 recipients.delivered=2'
}

@test "what discard takes, notices and probes are no deliveries" {
	count <<-EOF
		$(received 4104E42)
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

@test "delays: lines before Postfix 2.3 say only the whole, and add nothing to the stages" {
	count <<-EOF
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtp 4104E42: to=<b@example.org>, relay=x[192.0.2.9], delay=7, status=sent (250 ok)
	EOF
	JSON=$output run -0 figure delays.stages
	assert_output --regexp '"p50":7[,}]'
	assert_output --regexp '"p50":null[,}]'
	refute_output --regexp '"p50":0[,}]'
}
