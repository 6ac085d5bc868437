#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts in units, sessions, recipients or lines (doc/maillog.md B8, D); --service and --instance; --check.

load lib/counts

# unit_log: what the three units count differently.
unit_log()
{
	cat <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.7.1 Service unavailable; client [203.0.113.1] blocked using zen.spamhaus.org; $PSC_FROM_TO
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.7.1 Service unavailable; client [203.0.113.1] blocked using zen.spamhaus.org; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PREGREET 14 after 0.2 from [203.0.113.2]:2: EHLO x\\r\\n
		postscreen DISCONNECT [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: RCPT from [203.0.113.3]:3: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.3]:3
		smtpd#1 connect from $A
		smtpd#1 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#1 NOQUEUE: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#1 disconnect from $A ehlo=1 mail=1 rcpt=0/2 quit=1 commands=3/5
		smtpd#2 connect from $A
		smtpd#2 4104E42: client=$A
		smtpd#2 4104E42: reject: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		smtpd#2 NOQUEUE: reject_warning: RCPT from $A: $UNKNOWN_USER; $FROM_TO
		qmgr 4104E42: from=<a@example.net>, size=1000, nrcpt=3 (queue active)
		smtpd#2 disconnect from $A ehlo=1 mail=1 rcpt=3/4 data=1 quit=1 commands=7/8
		local 4104E42: to=<b@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<c@example.org>, relay=local, $SENT (delivered to maildir)
		local 4104E42: to=<d@example.org>, relay=local, $BOUNCED (unknown user: "d")
		bounce 4104E42: sender non-delivery notification: 4104E44
		qmgr 4104E44: from=<>, size=3000, nrcpt=1 (queue active)
		smtp 4104E44: to=<a@example.net>, relay=$A:25, $SENT (250 2.0.0 Ok)
		smtpd#3 connect from $A
		smtpd#3 4104E45: client=$A
		cleanup 4104E45: milter-reject: END-OF-MESSAGE from $A: 5.7.1 no; $FROM_TO
		smtpd#3 disconnect from $A ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
		smtpd#4 connect from $A
		smtpd#4 NOQUEUE: reject: MAIL from $A: 552 5.3.4 Message size exceeds fixed limit; proto=ESMTP helo=<x>
		smtpd#4 disconnect from $A ehlo=1 mail=0/1 quit=1 commands=2/3
	EOF
}

@test "--unit=session, the default: sessions blocked, refused, and with a message accepted" {
	count < <(unit_log)
	figures 'unit=session table.postscreen=2 table.smtpd=3 table.delivered=1 smtpd.rejected_sessions=3
		smtpd.accepted_sessions=1 smtpd.rejects=4 smtpd.reject_warnings=1 recipients.delivered=2'
	count_file "$LOG" --unit=session
	figures 'unit=session table.postscreen=2 table.smtpd=3 table.delivered=1'
}

@test "--unit=recipient: recipients refused, one for each other refusal, and recipients delivered" {
	count --unit=recipient < <(unit_log)
	figures 'unit=recipient table.postscreen=3 table.smtpd=5 table.delivered=2 smtpd.rejected_sessions=3
		smtpd.accepted_sessions=1 smtpd.rejects=4 recipients.delivered=2'
}

@test "--unit=line: what grep counts" {
	count --unit=line < <(unit_log)
	figures "unit=line table.postscreen=$(grep -c 'postscreen.*NOQUEUE: reject' "$LOG")
		table.smtpd=$(grep -c 'smtpd.*NOQUEUE: reject:' "$LOG") table.delivered=$(grep -c 'status=sent' "$LOG")"
	figures 'table.postscreen=3 table.smtpd=3 table.delivered=3 smtpd.rejected_sessions=3 recipients.delivered=2'
}

@test "the unit is named above the table" {
	local unit

	log_file < <(unit_log)
	for unit in session recipient 'log line'; do
		run -0 --separate-stderr stats "--unit=${unit#log }" "$LOG"
		assert_line --index 0 "Mail, in ${unit}s"
		assert_output --partial 'turned away by postscreen'
		assert_output --partial 'turned away by smtpd'
		assert_output --partial 'received and delivered'
	done
}

@test "--service narrows all figures" {
	log_file < <(message 4104E42; message 4104E43 | sed 's/^smtpd/submission\/smtpd/; /client=/s/$/, sasl_method=PLAIN, sasl_username=u/')
	count_file "$LOG"
	figures 'messages.received=1 messages.submitted=1 recipients.delivered=2 messages.delivered=2'
	count_file "$LOG" --service=mx
	figures 'messages.received=1 messages.submitted=0 recipients.delivered=1 messages.delivered=1'
	count_file "$LOG" --service=submission
	figures 'messages.received=0 messages.submitted=1 recipients.delivered=1 messages.delivered=1'
}

@test "--instance narrows to one syslog_name" {
	log_file < <(message 4104E42; message 4104E43 | sed 's/^/=postfix-in\//')
	count_file "$LOG" --instance=postfix-in
	figures "$ONE_MESSAGE"
	count_file "$LOG"
	figures 'messages.received=2 recipients.delivered=2'
}

@test "--check finds the sums right, and says so by its exit code" {
	log_file < <(unit_log)
	run -0 --separate-stderr stats --check "$LOG"
	assert_line --regexp '^ +holds '
	refute_line --regexp '^ +FAILS '
}

@test "--check fails on a log that has its lines twice" {
	log_file < <(unit_log)
	run -1 --separate-stderr stats --check < <(sed p "$LOG")
	assert_line --regexp '^ +FAILS .* no CONNECT of postscreen stands there twice$'
	run -0 --separate-stderr stats --check "$LOG"
	assert_line --regexp '^ +holds .* no CONNECT of postscreen stands there twice$'
}
