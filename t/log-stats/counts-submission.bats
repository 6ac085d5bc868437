#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts submission beside MX: services of that name, and sessions that log in (doc/maillog.md G5).

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib/counts

LOGIN='sasl_method=PLAIN, sasl_username=u@example.org'

# refused [PROGRAM#PID]: lines in short, of a session of which smtpd refuses all recipients.
refused()
{
	cat <<-EOF
		$1 connect from $A
		$1 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		$1 disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
}

@test "sessions of submission, submissions and smtps, by service or by syslog_name, stand beside those of MX" {
	count < <(
		refused smtpd#1
		refused submission/smtpd#2
		refused submissions/smtpd#3
		refused smtps/smtpd#4
		refused "=postfix-submission/smtpd#5"
		refused "=submission/smtpd#6"
		refused "=postfix/submissions-proxyprotocol/smtpd#7"
	)
	figures 'smtpd.connects=1 smtpd.rejects=1 smtpd.rejected_sessions=1 table.smtpd=1 smtpd.clients=1
		submission.connects=6 submission.rejects=6 submission.rejected_sessions=6 submission.clients=1'
	JSON=$output run -0 figure submission.top_clients
	assert_output --partial '203.0.113.8'
}

@test "limits, failed logins, lost connections and what is no SMTP are counted for submission, too" {
	count <<-EOF
		submission/smtpd#2 connect from $A
		submission/smtpd#2 warning: $A: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=u@example.org
		submission/smtpd#2 lost connection after AUTH from $A
		submission/smtpd#2 disconnect from $A ehlo=1 auth=0/1 commands=1/2
		smtps/smtpd#3 connect from $A
		smtps/smtpd#3 warning: non-SMTP command from $A: GET / HTTP/1.1
		smtps/smtpd#3 disconnect from $A unknown=0/1 commands=0/1
		submissions/smtpd#4 connect from $A
		submissions/smtpd#4 warning: AUTH command rate limit exceeded: 51 from $A for service submissions
		submissions/smtpd#4 disconnect from $A ehlo=1 auth=0/1 commands=1/2
		smtpd#5 connect from $A
		smtpd#5 warning: $A: SASL LOGIN authentication failed: UGFzc3dvcmQ6
		smtpd#5 disconnect from $A ehlo=1 auth=0/1 quit=1 commands=2/3
	EOF
	figures 'submission.connects=3 submission.sasl_failures=1 submission.limits=1 submission.rejected_sessions=2
		submission.neither_sessions=1 smtpd.connects=1 smtpd.sasl_failures=1 smtpd.neither_sessions=1 smtpd.limits=0
		tls.sasl_failures=2 smtpd.lost=[]'
	JSON=$output run -0 figure submission.lost
	assert_output --partial 'lost connection after AUTH'
}

# late: a session that is refused twice, fails to log in, and then does; it is lost at the end.
late()
{
	cat <<-EOF
		smtpd#1 connect from $A
		smtpd#1 NOQUEUE: reject: RCPT from $A: 450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted; $FROM_TO
		smtpd#1 NOQUEUE: reject: RCPT from $A: 554 5.7.1 Service unavailable; Client host [203.0.113.8] blocked using zen.spamhaus.org; $FROM_TO
		smtpd#1 warning: $A: SASL LOGIN authentication failed: UGFzc3dvcmQ6
		smtpd#1 timeout after RCPT from $A
		smtpd#1 4104E42: client=$A, $LOGIN
		cleanup 4104E42: message-id=<1@example.net>
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=1 (queue active)
		smtpd#1 disconnect from $A ehlo=1 auth=1 mail=1 rcpt=1/3 data=1 quit=1 commands=6/8
	EOF
}

@test "what was counted of a session before it logged in moves to submission with it" {
	count --by=hour < <(late)
	figures 'smtpd.connects=0 smtpd.rejects=0 smtpd.accepted_sessions=0 smtpd.sasl_failures=0 smtpd.clients=0
		smtpd.by_stage=[] smtpd.by_code=[] smtpd.by_reason=[] smtpd.lost=[] rbl.rejects=[] top.clients=[] table.smtpd=0
		greylist.greylisted=0 greylist.triplets=0 messages.submitted=1 submission.connects=1 submission.clients=1
		submission.accepted_sessions=1 submission.rejects=2 submission.sasl_failures=1'
	JSON=$output run -0 figure submission.by_stage submission.by_code submission.by_reason submission.lost
	assert_output --partial '"count":2'
	assert_output --partial '554 5.7.1'
	assert_output --partial 'zen.spamhaus.org'
	assert_output --partial 'timeout after RCPT'
	count_file "$LOG" --unit=recipient
	figures 'table.smtpd=0'
	count_file "$LOG" --unit=recipient --service=submission
	figures 'table.smtpd=2 smtpd.rejects=2 smtpd.connects=1 smtpd.accepted_sessions=1'
	count_file "$LOG" --unit=recipient --service=mx
	figures 'table.smtpd=0 smtpd.rejects=0 smtpd.connects=0'
}

@test "a reject_warning that names a login proves it" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject_warning: RCPT from $A: $UNKNOWN_USER; $FROM_TO sasl_method=PLAIN sasl_username=u@example.org
		smtpd disconnect from $A ehlo=1 auth=1 mail=1 rcpt=1 quit=1 commands=5
	EOF
	figures 'smtpd.connects=0 smtpd.reject_warnings=0 submission.connects=1 submission.reject_warnings=1'
}

@test "loopback and XFORWARD are of neither, even with a login" {
	count <<-EOF
		submission/smtpd#1 connect from localhost[127.0.0.1]
		submission/smtpd#1 NOQUEUE: reject: RCPT from localhost[127.0.0.1]: $UNKNOWN_USER; $FROM_TO
		submission/smtpd#1 4104E42: client=localhost[127.0.0.1], $LOGIN
		submission/smtpd#1 disconnect from localhost[127.0.0.1] ehlo=1 auth=1 mail=1 rcpt=1/2 data=1 quit=1 commands=5/6
		smtpd#2 connect from $A
		smtpd#2 4104E43: client=$A, orig_queue_id=4104E40, orig_client=x[203.0.113.9]
		smtpd#2 disconnect from $A ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
	EOF
	figures 'smtpd.connects=0 smtpd.open=0 submission.connects=0 submission.rejects=0 submission.open=0'
}

@test "--service=mx and submission have it in the section smtpd; --only asks for it; --check has its sum" {
	log_file < <(refused smtpd#1; refused submission/smtpd#2; refused submission/smtpd#3)
	count_file "$LOG" --service=submission
	figures 'smtpd.connects=2 table.smtpd=2'
	JSON=$output run ! figure submission.connects
	count_file "$LOG" --service=mx
	figures 'smtpd.connects=1 table.smtpd=1'
	run -0 --separate-stderr stats --only=submission --format=tsv "$LOG"
	assert_line $'submission\tconnects\t2'
	run -0 --separate-stderr stats --check --only=check --format=tsv "$LOG"
	assert_line $'check.rules\tholds\t2\t2\tsubmission: connects + began before = accepted + rejected + discarded + neither + open + forgotten'
}

@test "without submission it is one line for people, and whole for programs" {
	log_file < <(refused smtpd#1)
	run -0 --separate-stderr stats "$LOG"
	assert_line '  Submission: no connections.'
	run -0 --separate-stderr stats --format=tsv "$LOG"
	assert_line $'submission\tconnects\t0'
}
