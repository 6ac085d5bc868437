#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts what was taken and thrown away, and why (doc/maillog.md G3).

load lib/counts

# thrown REPLY: what a filter answers for the recipient of a message from outside.
thrown()
{
	cat <<-EOF
		smtpd connect from $A
		smtpd 4104E42: client=$A
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		smtp 4104E42: to=<b@example.org>, relay=127.0.0.1[127.0.0.1]:10024, $SENT ($1)
		qmgr 4104E42: removed
	EOF
}

@test "what a filter says it has discarded, quarantined or blocked is no delivery" {
	for reply in '250 2.7.0 Ok, discarded, id=00045-01 - spam' '250 2.7.1 Ok, discarded, id=00218-04 - VIRUS: X' \
		'250 2.7.0 Ok, quarantined, id=00045-02 - INFECTED: X' '250 2.5.0 Ok, quarantined' '250 2.7.0 BLOCKED (4246C5DD52C8A5)'; do
		count < <(thrown "$reply")
		figures 'messages.received=1 messages.delivered=0 recipients.delivered=0 recipients.discarded=1'
	done
}

@test "words of that kind in another host's reply that names a queue id are a delivery" {
	count < <(thrown '250 2.0.0 Ok: nothing discarded, queued as 9999999')
	figures 'messages.delivered=1 recipients.delivered=1 recipients.discarded=0'
}
