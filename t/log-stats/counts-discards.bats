#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts what was taken and thrown away, and why (doc/maillog.md G3).

# run and count set output, in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031
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

@test "a message all of whose recipients were thrown away is discarded; one of two is not enough" {
	count < <(thrown '250 2.7.0 Ok, discarded, id=00045-01 - spam')
	figures 'messages.discarded=1 messages.received=1 smtpd.accepted_sessions=1'
	count < <(thrown '250 2.7.0 Ok, discarded, id=00045-01 - spam' | sed 's/nrcpt=1/nrcpt=2/; /removed/d'
		echo "virtual 4104E42: to=<c@example.org>, relay=virtual, $SENT (delivered to maildir)")
	figures 'messages.discarded=0 messages.delivered=1 recipients.discarded=1 recipients.delivered=1'
	# Still in the queue for the other one.
	count < <(thrown '250 2.7.0 Ok, discarded, id=00045-01 - spam' | sed 's/nrcpt=1/nrcpt=2/; /removed/d')
	figures 'messages.discarded=0 recipients.discarded=1'
}

# reasons LIST: that list of messages of the JSON in $output, "COUNT TEXT" a line.
reasons()
{
	JSON=$output perl -MJSON::PP -e 'print map { "$_->{count} $_->{text}\n" } @{decode_json($ENV{JSON})->{messages}{$ARGV[0]}}' "$1"
}

# taken LINE...: a session with one message, which the queue manager never has; the lines come before its end.
taken()
{
	echo "smtpd connect from $A"
	printf '%s\n' "$@"
	echo "smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
}

CLIENT="smtpd 4104E42: client=$A"
ID='cleanup 4104E42: message-id=<1@example.net>'
TRIGGERS='<b@example.org>: Recipient address triggers'

@test "DISCARD of smtpd, before the queue id and after it, of cleanup and of a milter: discarded once, neither received nor delivered" {
	local log=(
		"smtpd NOQUEUE: discard: RCPT from $A: $TRIGGERS DISCARD action; $FROM_TO|$CLIENT|$ID"
		"smtpd NOQUEUE: discard: RCPT from $A: $TRIGGERS DISCARD action; $FROM_TO|$CLIENT|smtpd 4104E42: discard: RCPT from $A: $TRIGGERS DISCARD action; $FROM_TO|$ID|cleanup 4104E42: removed (discarded)"
		"smtpd NOQUEUE: discard: RCPT from $A: $TRIGGERS DISCARD action; $FROM_TO"
		"$CLIENT|$ID|cleanup 4104E42: discard: header Subject: junk from $A; $FROM_TO"
		"$CLIENT|$ID|cleanup 4104E42: milter-discard: END-OF-MESSAGE from $A: milter triggers DISCARD action; $FROM_TO"
		"smtpd NOQUEUE: milter-discard: RCPT from $A: milter triggers DISCARD action; $FROM_TO|$CLIENT|$ID"
	)
	local lines one

	for one in "${log[@]}"; do
		IFS='|' read -ra lines <<<"$one"
		count < <(taken "${lines[@]}")
		figures 'messages.discarded=1 messages.received=0 messages.held=0 smtpd.accepted_sessions=0 smtpd.rejected_sessions=0
			smtpd.discarded_sessions=1 smtpd.open=0'
	done
}

@test "reasons of discards, one for each message or recipient" {
	count < <(
		taken "$CLIENT" "$ID" "cleanup 4104E42: discard: header Subject: junk from $A; $FROM_TO"
		taken "${CLIENT/42/43}" "cleanup 4104E43: discard: header Subject: other junk from $A; $FROM_TO"
		thrown '250 2.7.0 Ok, discarded, id=00045-01 - spam' | sed s/4104E42/4104E44/
	)
	figures 'messages.discarded=3 recipients.discarded=1'
	run -0 reasons discard_reasons
	assert_line '2 header Subject'
	assert_line --regexp '^1 250 2.7.0 Ok, discarded, id='
}
