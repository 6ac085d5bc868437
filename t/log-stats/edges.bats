#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts: cases that a review of its source found, each wrong before.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154,SC2119
load lib/counts

@test "a message whose root was found late, and is forgotten before its end, is followed all the same" {
	late_root()
	{
		cat <<-EOF
			smtpd#7 connect from $A
			smtpd#7 AAAAAA1: client=$A
			cleanup AAAAAA1: message-id=<1@example.net>
			qmgr AAAAAA1: from=<a@example.net>, size=1, nrcpt=1 (queue active)
			smtpd#8 connect from localhost[127.0.0.1]
			smtpd#8 AAAAAA2: client=localhost[127.0.0.1]
			cleanup AAAAAA2: message-id=<1@example.net>
			qmgr AAAAAA2: from=<a@example.net>, size=1, nrcpt=1 (queue active)
			cleanup AAAAAA3: message-id=<1@example.net>
			qmgr AAAAAA3: from=<a@example.net>, size=1, nrcpt=1 (queue active)
			local AAAAAA2: to=<b@example.org>, relay=local, $SENT (forwarded as AAAAAA3)
			smtp AAAAAA1: to=<b@example.org>, relay=127.0.0.1[127.0.0.1]:10024, $SENT (250 2.0.0 Ok: queued as AAAAAA2)
			qmgr AAAAAA1: removed
			qmgr AAAAAA2: removed
		EOF
		for ((n = 0; n < 4200; n++)); do
			printf 'pickup %X: uid=0 from=<root>\nqmgr %X: removed\n' $((0xBB00000 + n)) $((0xBB00000 + n))
		done
		cat <<-EOF
			smtp AAAAAA3: to=<c@example.com>, relay=x[192.0.2.1]:25, $SENT (250 ok)
			smtp AAAAAA3: to=<d@example.com>, relay=x[192.0.2.1]:25, $SENT (250 ok)
			qmgr AAAAAA3: removed
		EOF
	}
	log_file < <(late_root)
	count_file "$LOG"
	figures 'messages.received=1 messages.submitted=0 messages.delivered=1 recipients.delivered=2'
}

@test "postscreen: a test that fails when the session seems to be handed off is counted once" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.8]:4001 to [192.0.2.25]:25
		smtpd#7 connect from mail.example.net[203.0.113.8]
		postscreen DNSBL rank 5 for [203.0.113.8]:4001
		postscreen DISCONNECT [203.0.113.8]:4001
	EOF
	figures 'postscreen.blocked=1 postscreen.handed_off=0'
	run -0 --separate-stderr stats --format=tsv --only=postscreen "$LOG"
	assert_line $'postscreen.tests\tdnsbl\tdrop\t1\t0\t1\t0\t1'
}

@test "postscreen: --postscreen-mode=denylist=ignore makes a soft bounce a come back" {
	count --postscreen-mode=denylist=ignore <<-'EOF'
		postscreen CONNECT from [203.0.113.8]:4001 to [192.0.2.25]:25
		postscreen DENYLISTED [203.0.113.8]:4001
		postscreen NOQUEUE: reject: RCPT from [203.0.113.8]:4001: 450 4.3.2 Service currently unavailable; from=<a@b>, to=<c@d>, proto=ESMTP, helo=<x>
		postscreen DISCONNECT [203.0.113.8]:4001
	EOF
	figures 'postscreen.blocked=0 postscreen.come_back=1'
}

@test "--instance: what is repeated of another instance does not count for it" {
	count --instance=postfix-in <<-EOF
		=postfix-in/smtpd connect from $A
		=postfix-in/smtpd NOQUEUE: reject: RCPT from $A: 550 5.1.1 <x@y>: Recipient address rejected: no; $FROM_TO
		=postfix-out/smtp connect to x[192.0.2.1]:25: Connection refused
	EOF
	printf 'Feb 10 17:01:50 mx1 last message repeated 3 times\n' >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG" --instance=postfix-in
	figures 'smtpd.rejects=1'
}

@test "a line that comes late at New Year costs no year" {
	local log=$BATS_TEST_TMPDIR/late

	{
		echo "Dec 31 23:59:59 mx1 postfix/smtpd[1]: connect from $A"
		echo "Jan  1 00:00:00 mx1 postfix/smtpd[2]: connect from $A"
		echo "Dec 31 23:59:59 mx1 postfix/smtpd[3]: connect from $A"
		echo "Jan  1 00:00:01 mx1 postfix/smtpd[4]: connect from $A"
	} >"$log"
	touch -d '2026-01-02 00:00:00' "$log"
	run -0 --separate-stderr stats --events "$log"
	assert_equal "$(cut -f 1 <<<"$output" | xargs)" '1767225599 1767225600 1767225599 1767225601'
}

@test "SPF results are counted by their names, in all wordings" {
	log_file <<-'EOF'
		=policyd-spf Fail; identity=helo; client-ip=1.2.3.4; helo=x
		=policyd-spf prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=1.2.3.4
		policy-spf Policy action=PREPEND Received-SPF: none (x)
	EOF
	run -0 --separate-stderr stats --format=tsv --only=tls "$LOG"
	assert_line $'tls.spf\t1\t0.3333\tFail'
	assert_line $'tls.spf\t1\t0.3333\tPass'
	assert_line $'tls.spf\t1\t0.3333\tnone'
}

@test "--service=submission --unit=recipient: its delivered recipients are in the table" {
	count --service=submission --unit=recipient <<-EOF
		submission/smtpd#7 connect from $A
		submission/smtpd#7 AAAAAA1: client=$A, sasl_method=PLAIN, sasl_username=u
		cleanup AAAAAA1: message-id=<1@example.net>
		qmgr AAAAAA1: from=<a@example.net>, size=1, nrcpt=1 (queue active)
		smtp AAAAAA1: to=<c@example.com>, relay=x[192.0.2.1]:25, $SENT (250 ok)
		qmgr AAAAAA1: removed
	EOF
	figures 'table.delivered=1 messages.submitted=1 recipients.delivered=1'
}

@test "greylisting of a local client is none of the MX service" {
	count <<-'EOF'
		smtpd#7 connect from localhost[127.0.0.1]
		smtpd#7 NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 450 4.2.0 <b@d>: Recipient address rejected: Greylisted; from=<a@b> to=<b@d> proto=ESMTP helo=<x>
		smtpd#7 disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
	figures 'smtpd.rejects=0 greylist.greylisted=0 greylist.triplets=0'
}

@test "improper pipelining refuses nobody where Postfix has no counters yet" {
	count <<-EOF
		smtpd#7 connect from $A
		smtpd#7 improper command pipelining after HELO from $A
		smtpd#7 disconnect from $A
	EOF
	figures 'smtpd.rejected_sessions=0 table.smtpd=0'
}

@test "a client whose address is empty is one client, and makes no other one two" {
	for ((n = 1; n <= 40; n++)); do
		printf 'Feb 10 17:01:35 mx1 postfix/smtpd[%d]: connect from a[192.0.2.%d]\n' "$n" "$n"
		printf 'Feb 10 17:01:35 mx1 postfix/smtpd[1%d]: connect from x[]\n' "$n"
	done >"$BATS_TEST_TMPDIR/log"
	run -0 --separate-stderr stats --format=json "$BATS_TEST_TMPDIR/log"
	figures 'smtpd.connects=80 smtpd.clients=41'
}

@test "a program that wraps lines is not taken for the one that wrote them, even if both names are equally long" {
	cat >"$BATS_TEST_TMPDIR/log" <<-EOF
		May  2 22:56:18 docker-host1 docker[812]: May  2 20:56:17 mail1 postfix/smtpd[4]: connect from x[192.0.2.1]
		May  2 22:56:19 docker-host1 docker[812]: May  2 20:56:18 mail1 postfix/qmgr[5]: 4104E3D: removed
		May  2 22:56:20 docker-host1 docker[812]: May  2 20:56:19 mail1 postfix/smtpd[4]: disconnect from x[192.0.2.1]
	EOF
	run -0 --separate-stderr stats --events "$BATS_TEST_TMPDIR/log"
	assert_equal "$(cut -f2,5,6,7 <<<"$output")" "$(printf 'mail1\tsmtpd\t4\tsmtpd.connect\nmail1\tqmgr\t5\tqmgr.removed\nmail1\tsmtpd\t4\tsmtpd.disconnect')"
}

@test "what is repeated of a very long line does not depend on where in the file it stands" {
	long()
	{
		perl -e 'print "Feb 10 17:01:34 mx1 cron[1]: x\n" x $ARGV[0];
			print "Feb 10 17:01:35 mx1 postfix/smtp[42]: 4104E3D: to=<r\@d>, orig_to=<", "o" x 2300, "\@d>, relay=x[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (ok)\n";
			print "Feb 10 17:01:34 mx2 cron[1]: x\n" x $ARGV[1];
			print "Feb 10 17:01:36 mx1 last message repeated 2 times\n"' "$@"
	}
	repeated() { long "$@" | stats --events - | cut -f7 | grep -v foreign | sort | uniq -c | tr -s ' \n' ' '; }
	near=$(repeated 1 1)
	assert_equal "$near" "$(repeated 1 9000)"
	assert_equal "$near" "$(repeated 8600 1)"
	assert_equal "$near" ' 1 deliver.sent 1 meta.repeat 2 meta.truncated '
}
