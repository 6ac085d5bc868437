#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts what was put on hold, and what became of that (doc/maillog.md G3).

load lib/counts

# Those that held, of smtpd, cleanup and a milter; the message is never seen by the queue manager.
held()
{
	cat <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		$1
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
	EOF
}

HOLD="cleanup 4104E42: hold: header Received: from x by y; Tue, 10 Feb 2026 17:01:35 +0000 from $A; $FROM_TO"
ON_HOLD='messages.held=1 messages.received=1 messages.delivered=0 smtpd.accepted_sessions=1 smtpd.open=0'

@test "a log that ends between a hold and its message adds up" {
	log_file <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: hold: RCPT from $A: <b@example.org>: Recipient address triggers HOLD action; $FROM_TO
	EOF
	run -0 --separate-stderr stats --check --only=check "$LOG"
	refute_output --partial FAILS
}

@test "a message on hold was taken: its session is accepted, and it is received" {
	count < <(held "$HOLD")
	figures "$ON_HOLD messages.released=0"
	count < <(held "cleanup 4104E42: milter-hold: END-OF-MESSAGE from $A: milter triggers HOLD action; $FROM_TO")
	figures "$ON_HOLD"
	count < <(held "smtpd 4104E42: hold: RCPT from $A: <b@example.org>: Recipient address triggers HOLD action; $FROM_TO")
	figures "$ON_HOLD"
	count < <(held '' | sed "/connect from/!b; /disconnect/!a smtpd NOQUEUE: hold: RCPT from $A: <b@example.org>: Recipient address triggers HOLD action; $FROM_TO")
	figures "$ON_HOLD"
	JSON=$output perl -MJSON::PP -e '
		my $all = decode_json($ENV{JSON});
		print "$all->{messages}{hold_reasons}[0]{text} $all->{top}{sender_domains}[0]{text}\n"' >"$BATS_TEST_TMPDIR/reason"
	run -0 cat "$BATS_TEST_TMPDIR/reason"
	assert_output '<>: Recipient address triggers HOLD action example.net'
}

@test "released, it is still one message, and is delivered; deleted by postsuper, it is not" {
	count < <(held "$HOLD"; cat <<-EOF
		postsuper 4104E42: released from hold
		postsuper Released from hold: 1 message
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		virtual 4104E42: to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)
		qmgr 4104E42: removed
	EOF
	)
	figures 'messages.held=1 messages.released=1 messages.deleted=0 messages.received=1 messages.delivered=1 smtpd.accepted_sessions=1'
	count < <(held "$HOLD"; echo 'postsuper 4104E42: removed'; echo 'postsuper Deleted: 1 message')
	figures 'messages.held=1 messages.released=0 messages.deleted=1 messages.received=1 messages.delivered=0 smtpd.accepted_sessions=1'
}

@test "what waits in the queue and is put on hold by postsuper is held, and received once" {
	count < <(held 'qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)'; echo 'postsuper 4104E42: placed on hold')
	figures "$ON_HOLD"
}

@test "to be held, but refused at its end, or given up by the client: neither held nor received" {
	count < <(held "$HOLD
cleanup 4104E42: milter-reject: END-OF-MESSAGE from $A: 5.7.1 Spam message rejected; $FROM_TO")
	figures 'messages.held=0 messages.received=0 smtpd.accepted_sessions=0 smtpd.rejected_sessions=1'
	count < <(held "$HOLD
cleanup 4104E42: removed (canceled)")
	figures 'messages.held=0 messages.received=0 smtpd.accepted_sessions=0 smtpd.neither_sessions=1'
}

@test "MailScanner goes on with what is on hold, under another queue id: not held, and one message" {
	count < <(held "$HOLD"; cat <<-EOF
		=MailScanner#26388 New Batch: Scanning 1 messages, 1402 bytes
		=MailScanner#26388 Requeue: 4104E42.A8F9E to 4104E43
		qmgr 4104E43: from=<a@example.net>, size=1402, nrcpt=1 (queue active)
		=MailScanner#26388 Uninfected: Delivered 1 messages
		virtual 4104E43: to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)
		qmgr 4104E43: removed
	EOF
	)
	figures 'messages.held=0 messages.received=1 messages.began_before=0 messages.delivered=1 recipients.delivered=1
		smtpd.accepted_sessions=1 table.delivered=1'
	JSON=$output perl -MJSON::PP -e '
		my $all = decode_json($ENV{JSON});
		print scalar @{$all->{messages}{hold_reasons}}, " $all->{top}{sender_domains}[0]{count}\n"' >"$BATS_TEST_TMPDIR/reason"
	run -0 cat "$BATS_TEST_TMPDIR/reason"
	assert_output '0 1'
}
