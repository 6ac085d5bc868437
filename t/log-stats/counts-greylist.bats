#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts greylisting: who was put off, came back and passed, or never returned.

load lib/counts

GREYLISTED='450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'

@test "the log of the seed: 2 connects, 1 reject, 1 greylisted, 1 passed after 2254 s, 1 received and delivered" {
	cp "$LOGS/seed.log" "$BATS_TEST_TMPDIR/maillog"
	touch -d "$LOG_MTIME" "$BATS_TEST_TMPDIR/maillog"
	count_file "$BATS_TEST_TMPDIR/maillog"
	figures 'unit=session smtpd.connects=2 smtpd.rejects=1 smtpd.rejected_sessions=1 smtpd.accepted_sessions=1
		greylist.greylisted=1 greylist.triplets=1 greylist.passed=1 messages.received=1 messages.delivered=1
		recipients.delivered=1 postscreen.connects=0 table.postscreen=0 table.smtpd=1 table.delivered=1
		coverage.unknown=0 coverage.foreign=0'
	run -0 --separate-stderr stats "$BATS_TEST_TMPDIR/maillog"
	assert_line --regexp '^ +half of them within +37 min 34 s$'
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

@test "greylisting: a comma that grey-check has escaped is read back, and the recipient is the last field" {
	cat >"$BATS_TEST_TMPDIR/maillog" <<-'EOF'
		Nov 27 07:00:00 mx grey-check[1]: action=greylist, reason=new, client_name=x, client_address=192.0.2.9, sender=a\x2c recipient=victim@example.org, recipient=b@example.org
	EOF
	run -0 stats --events "$BATS_TEST_TMPDIR/maillog"
	assert_output --partial $'\t192.0.2.9\ta, recipient=victim@example.org\tb@example.org\t'
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

@test "requests that grey-check answered without a store have a figure, and a sentence in short if there are any" {
	local who='client_name=mail.example.net, client_address=203.0.113.8, sender=a@example.net, recipient=b@example.org'

	log_file <<-EOF
		smtpd connect from $A
		grey-check error: /var/lib/grey/postgrey.db: No space left on device; answering DUNNO: mail passes without greylisting (--on-error)
		grey-check action=error, reason=unavailable, $who
		+60
		grey-check 4104E42: action=error, reason=unavailable, ${who/b@/c@}
		grey-check warning: client_address can't be parsed: 'unknown'; answering DUNNO
		grey-check /etc/grey/whitelist_clients: Permission denied; answering DUNNO: mail passes without greylisting (--on-error)
	EOF
	count_file "$LOG"
	figures 'greylist.without_store=2 greylist.greylisted=0 problems.errors=2 problems.warnings=1'
	run -0 --separate-stderr stats "$LOG"
	assert_line '  2 requests were answered without a store.'
	assert_line --regexp '^ +answered without a store +2$'
	assert_line --regexp ' error: unavailable$'
	assert_line --regexp ' error: grey-check: /etc/grey/whitelist_clients: Permission denied; answering DUNNO: '
	run -0 --separate-stderr stats --format=tsv "$LOG"
	assert_line $'greylist\twithout_store\t2'

	grep -v '4104E42' "$LOG" >"$BATS_TEST_TMPDIR/one"
	run -0 --separate-stderr stats "$BATS_TEST_TMPDIR/one"
	assert_line '  1 request was answered without a store.'
	grep -v 'action=error' "$LOG" >"$BATS_TEST_TMPDIR/none"
	run -0 --separate-stderr stats "$BATS_TEST_TMPDIR/none"
	refute_line --partial 'without a store.'
}
