#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts a message once however many queue ids it has on its way through content filters (doc/maillog.md G1, G2).

load lib/counts

LOOP='localhost[127.0.0.1]'
MTA='from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as'

# first QID ID [N]: lines in short: a message from outside, to N (1) recipients, as it comes before the filter takes it.
first()
{
	cat <<-EOF
		smtpd#7 connect from $A
		smtpd#7 $1: client=$A
		cleanup $1: message-id=$2
		qmgr $1: from=<a@example.net>, size=1000, nrcpt=${3-1} (queue active)
		smtpd#7 disconnect from $A ehlo=1 mail=1 rcpt=${3-1} data=1 quit=1 commands=5
	EOF
}

# back QID ID [CLIENT]: what a filter brings back.
back()
{
	cat <<-EOF
		smtpd#8 connect from $LOOP
		smtpd#8 $1: client=${3-$LOOP}
		cleanup $1: message-id=$2
		qmgr $1: from=<a@example.net>, size=1500, nrcpt=1 (queue active)
		smtpd#8 disconnect from $LOOP ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
	EOF
}

# to_filter QID RECIPIENT REPLY
to_filter()
{
	echo "smtp $1: to=<$2>, relay=127.0.0.1[127.0.0.1]:10024, $SENT ($3)"
}

# at_home QID RECIPIENT: delivered, and gone.
at_home()
{
	echo "virtual $1: to=<$2>, relay=virtual, $SENT (delivered to maildir)"
	echo "qmgr $1: removed"
}

# top NAME: such a list of the JSON in $output, "COUNT TEXT" a line.
top()
{
	JSON=$output perl -MJSON::PP -e 'print map { "$_->{count} $_->{text}\n" } @{decode_json($ENV{JSON})->{top}{$ARGV[0]}}' "$1"
}

ONE='messages.received=1 messages.submitted=0 messages.local=0 messages.began_before=0 messages.delivered=1
	recipients.delivered=1 smtpd.accepted_sessions=1 table.delivered=1'

@test "the filter's reply names the copy, whatever message-id that has: none before and one added, or another one" {
	count < <(first 4104E42 '<>'; back 4104E43 '<added@example.org>'
		to_filter 4104E42 b@example.org "250 2.0.0 $MTA 4104E43"; echo 'qmgr 4104E42: removed'; at_home 4104E43 b@example.org)
	figures "$ONE"
	count < <(first 4104E42 '<1@example.net>'; back 4104E43 '<other@example.org>'
		to_filter 4104E42 b@example.org "250 2.6.0 Ok, id=29309-01, $MTA 4104E43"; echo 'qmgr 4104E42: removed'; at_home 4104E43 b@example.org)
	figures "$ONE"
}

@test "one message that the filter splits in two: received once, and each recipient counts at its end" {
	count < <(first 4104E42 '<1@example.net>' 2; back 4104E43 '<1@example.net>'; back 4104E44 '<1@example.net>'
		to_filter 4104E42 b@example.org "250 2.0.0 $MTA 4104E43"; to_filter 4104E42 c@example.org "250 2.0.0 $MTA 4104E44)"
		echo 'qmgr 4104E42: removed'; at_home 4104E43 b@example.org; at_home 4104E44 c@example.org)
	figures 'messages.received=1 messages.submitted=0 messages.delivered=1 recipients.delivered=2 smtpd.accepted_sessions=1'
}

@test "a host elsewhere that names a queue id which is in use here, too: two messages" {
	count < <(first 4104E42 '<1@example.net>'; first 4104E43 '<2@example.net>'
		echo "smtp 4104E42: to=<b@example.org>, relay=mx.example.com[198.51.100.1]:25, $SENT (250 2.0.0 Ok: queued as 4104E43)"
		at_home 4104E43 c@example.org)
	figures 'messages.received=2 messages.delivered=2 recipients.delivered=2'
}

@test "the leg to the filter of a message that began before the log: no delivery, if its reply shows that it goes on" {
	count < <(back 4104E43 '<1@example.net>'; to_filter 4104E42 b@example.org "250 2.0.0 $MTA 4104E43"
		echo 'qmgr 4104E42: removed'; at_home 4104E43 b@example.org)
	figures 'messages.submitted=0 messages.received=0 recipients.delivered=1'
	count < <(to_filter 4104E42 b@example.org '250 2.0.0 Ok'; echo 'qmgr 4104E42: removed')
	figures 'recipients.delivered=1'
}

@test "a loopback client through a filter before the queue is submitted" {
	count <<-EOF
		smtpd#7 connect from $LOOP
		smtpd#7 NOQUEUE: client=$LOOP
		smtpd#8 connect from $LOOP
		smtpd#8 4104E42: client=$LOOP, orig_client=$LOOP
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1500, nrcpt=1 (queue active)
		smtpd#8 disconnect from $LOOP ehlo=1 xforward=1 mail=1 rcpt=1 data=1 quit=1 commands=6
		smtpd#7 proxy-accept: END-OF-MESSAGE: 250 2.0.0 from MTA(smtp:[127.0.0.1]:10026): 250 2.0.0 Ok: queued as 4104E42; $FROM_TO
		smtpd#7 disconnect from $LOOP ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
	EOF
	figures 'messages.received=0 messages.submitted=1 smtpd.connects=0'
}

@test "a filter that does not name the copy (Proxmox MG): the message-id does, while the first is in the queue" {
	count < <(first 4104E42 '<1@example.net>' 2; back 4104E43 '<1@example.net>' "$LOOP, orig_client=$A"
		to_filter 4104E42 b@example.org '250 2.5.0 OK (4246C5DD52C8A5)'; to_filter 4104E42 c@example.org '250 2.5.0 OK (4246C5DD52C8A5)'
		echo 'qmgr 4104E42: removed'
		echo "smtp 4104E43: to=<b@example.org>, relay=mail.example.org[198.51.100.1]:25, $SENT (250 ok)"; at_home 4104E43 c@example.org)
	figures 'messages.received=1 messages.submitted=0 messages.delivered=1 recipients.delivered=2 smtpd.accepted_sessions=1'
	count < <(first 4104E42 '<1@example.net>'; back 4104E43 '<1@example.net>'
		to_filter 4104E42 b@example.org '250 2.5.0 OK (4246C5DD52C8A5)'; echo 'qmgr 4104E42: removed'; at_home 4104E43 b@example.org)
	figures "$ONE"
}

@test "XFORWARD names the first, and the reply does not name the copy: the leg to the filter is no delivery" {
	count < <(first 4104E42 '<1@example.net>'; back 4104E43 '<2@example.net>' "$LOOP, orig_queue_id=4104E42, orig_client=$A"
		to_filter 4104E42 b@example.org '250 2.0.0 Ok'; echo 'qmgr 4104E42: removed'
		echo "virtual 4104E43: to=<b2@example.org>, orig_to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)")
	figures "$ONE"
}

@test "a loopback client that sends what was sent before, when that has left the queue: two messages" {
	count < <(first 4104E42 '<1@example.net>'; at_home 4104E42 b@example.org; back 4104E43 '<1@example.net>'; at_home 4104E43 b@example.org)
	figures 'messages.received=1 messages.submitted=1 messages.delivered=2 recipients.delivered=2'
	count < <(first 4104E42 '<>'; back 4104E43 '<>'; at_home 4104E43 b@example.org)
	figures 'messages.received=1 messages.submitted=1'
}

@test "two messages of one message-id in the filter at once: each copy is that which the reply names" {
	count < <(first 4104E42 '<1@example.net>'; first 4104E52 '<1@example.net>'; back 4104E53 '<1@example.net>'; back 4104E43 '<1@example.net>'
		to_filter 4104E52 c@example.org "250 2.0.0 $MTA 4104E53"; to_filter 4104E42 b@example.org "250 2.0.0 $MTA 4104E43"
		at_home 4104E43 b@example.org
		echo "smtp 4104E53: to=<c@example.org>, relay=x[198.51.100.1]:25, $BOUNCED (host x[198.51.100.1] said: 550 no)")
	figures 'messages.received=2 messages.submitted=0 messages.delivered=1 recipients.delivered=1 recipients.bounced=1'
}

# piped QID: pipe(8) has handed it to a filter.
piped()
{
	echo "pipe $1: to=<b@example.org>, relay=spamassassin, $SENT (delivered via spamassassin service)"
	echo "qmgr $1: removed"
}

# resent QID ID [SENDER]: what sendmail(1) brings back.
resent()
{
	cat <<-EOF
		pickup $1: uid=110 from=<${3-a@example.net}>
		cleanup $1: message-id=$2
		qmgr $1: from=<${3-a@example.net}>, size=1500, nrcpt=1 (queue active)
	EOF
}

@test "a filter of pipe(8) that brings mail back by sendmail: one message, not made here" {
	count < <(first 4104E42 '<1@example.net>'; piped 4104E42; resent 4104E43 '<1@example.net>'; at_home 4104E43 b@example.org)
	figures "$ONE"
	count < <(first 4104E42 '<1@example.net>'; resent 4104E43 '<1@example.net>'; piped 4104E42; at_home 4104E43 b@example.org)
	figures "$ONE"
	# An alias at its end: the recipient counts there only.
	count < <(first 4104E42 '<1@example.net>'; piped 4104E42; resent 4104E43 '<1@example.net>'
		echo "local 4104E43: to=<c@example.org>, orig_to=<b@example.org>, relay=local, $SENT (delivered to maildir)")
	figures "$ONE"
	assert_equal "$(top recipient_domains)" '1 example.org'
}

@test "sendmail: another sender, another message-id, or more than 60 seconds later is another message" {
	for other in '<1@example.net> x@example.net' '<2@example.net>'; do
		# shellcheck disable=SC2086
		count < <(first 4104E42 '<1@example.net>'; piped 4104E42; resent 4104E43 $other; at_home 4104E43 b@example.org)
		figures 'messages.received=1 messages.local=1 messages.delivered=2 recipients.delivered=2'
	done
	count < <(first 4104E42 '<1@example.net>'; piped 4104E42; echo +70; resent 4104E43 '<1@example.net>'; at_home 4104E43 b@example.org)
	figures 'messages.received=1 messages.local=1 recipients.delivered=2'
}

@test "a first leg whose beginning is not in the log: the copy's own lines show that it goes on" {
	count < <(to_filter 4104E42 b@example.org "250 2.0.0 $MTA 4104E43"; echo 'qmgr 4104E42: removed'; at_home 4104E43 b@example.org)
	figures 'recipients.delivered=1'
	assert_equal "$(top recipient_domains)" '1 example.org'
}

@test "the domains of senders and recipients count a message once, too" {
	count < <(first 4104E42 '<1@example.net>'; back 4104E43 '<2@example.net>'
		to_filter 4104E42 b@example.org "250 2.0.0 $MTA 4104E43"; echo 'qmgr 4104E42: removed'; at_home 4104E43 b@example.org)
	assert_equal "$(top sender_domains)" '1 example.net'
	assert_equal "$(top recipient_domains)" '1 example.org'
}
