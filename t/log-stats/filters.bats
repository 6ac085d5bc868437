#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats tells what filters and SPF servers said of mail, by program and outcome, and what checks did.

# run sets stderr and output.
# shellcheck disable=SC2154
load lib/counts

# rows LIST: "COUNT TEXT" of each row of a list in the JSON in $output.
rows()
{
	JSON=$output perl -MJSON::PP -e '
		my ($section, $list) = split /\./, $ARGV[0];
		print "$_->{count} $_->{text}\n" for @{ decode_json($ENV{JSON})->{$section}{$list} };' "$1"
}

@test "filters: the outcome of each program is counted, and their lines stay foreign" {
	count --top=100 <<-'EOF'
		=amavis (12345-06) Passed CLEAN {RelayedInbound}, [203.0.113.8]:51234 [203.0.113.8] <a@example.net> -> <user@example.org>, Queue-ID: 4104E42, mail_id: abc, Hits: -1, size: 1000, queued_as: 4104E43, 500 ms
		=amavis (12345-07) Blocked SPAM {DiscardedInbound,Quarantined}, [203.0.113.8]:51235 <a@example.net> -> <user@example.org>
		=amavis (12345-08) Blocked INFECTED (Eicar-Test-Signature) {DiscardedInbound}, <a@example.net> -> <user@example.org>
		=amavisd-new (12345-09) Passed, <a@example.net> -> <user@example.org>
		=amavis (12345-10) ESMTP::10024 /var/lib/amavis/tmp: Passed CLEAN
		=opendkim 4104E42: DKIM-Signature field added (s=mail, d=example.org)
		=opendkim 4104E42: DKIM verification successful
		=opendkim 4104E42: no signature data
		=opendkim 4104E42: bad signature data
		=opendkim 4104E42: mail.example.net [203.0.113.8] not internal
		=opendmarc 4104E42: example.net fail
		=opendmarc 4104E42: example.net pass
		=opendmarc 4104E42: SPF(mailfrom): a@example.net pass
		=opendmarc ignoring connection from localhost
		=rspamd <ab12cd>; proxy; rspamd_task_write_log: id: <1@example.net>, qid: <4104E42>, ip: 203.0.113.8, from: <a@example.net>, (default: F (no action): [1.00/15.00] [X(0.00){}]), len: 100
		=rspamd <ab12cd>; proxy; rspamd_task_write_log: id: <1@example.net>, qid: <4104E42>, ip: 203.0.113.8, from: <a@example.net>, (default: T (reject): [21.00/15.00] []), len: 100
		=rspamd <ab12cd>; proxy; rspamd_message_parse: loaded message
		=spamd spamd: identified spam (12.5/5.0) for filter:5001 in 0.7 seconds, 895 bytes.
		=spamd spamd: clean message (0.1/5.0) for filter:5001 in 0.7 seconds, 895 bytes.
		=spamd spamd: result: Y 12 - BAYES_99
		=clamav-milter Message from <a@example.net> to <b@example.org> infected by Eicar-Test-Signature
		=clamav-milter Clean message from <a@example.net> to <b@example.org>
		=pmg-smtp-filter 4246C5DD52C8A5: moved mail for <b@example.org> to spam quarantine - 4246C5DD52C8A6 (rule: Quarantine/Mark Spam)
		=pmg-smtp-filter 4246C5DD52C8A5: accept mail to <b@example.org> (4104E43) (rule: default-accept)
		=sshd Accepted publickey for root
		smtpd connect from unknown[203.0.113.8]
	EOF
	figures 'coverage.lines=26 coverage.foreign=25 coverage.recognized=1 coverage.filters=24 filters.lines=24 filters.outcomes=18'
	assert_equal "$(rows filters.by_program)" "$(cat <<-'EOF'
		5 opendkim
		4 amavis
		4 opendmarc
		3 rspamd
		3 spamd
		2 clamav-milter
		2 pmg-smtp-filter
		1 amavisd-new
	EOF
	)"
	assert_equal "$(rows filters.by_outcome)" "$(cat <<-'EOF'
		1 amavis: Blocked INFECTED
		1 amavis: Blocked SPAM
		1 amavis: Passed CLEAN
		1 amavisd-new: Passed
		1 clamav-milter: clean
		1 clamav-milter: infected
		1 opendkim: bad signature
		1 opendkim: no signature
		1 opendkim: signed
		1 opendkim: verification successful
		1 opendmarc: dmarc fail
		1 opendmarc: dmarc pass
		1 pmg-smtp-filter: accepted
		1 pmg-smtp-filter: quarantined
		1 rspamd: no action
		1 rspamd: reject
		1 spamd: clean
		1 spamd: spam
	EOF
	)"
}

@test "SPF: a fail of policyd-spf and of postfix-policyd-spf-perl is a result, once, and lines have their client" {
	log_file <<-'EOF'
		=policyd-spf prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=203.0.113.8; helo=mail.example.net; envelope-from=a@example.net; receiver=<UNKNOWN>
		=policyd-spf 550 5.7.23 Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;id=a@example.net;ip=203.0.113.9;r=<UNKNOWN>
		=policyd-spf 550 5.7.23 Message rejected due to: SPF softfail - not authorized.
		=policyd-spf 451 4.7.24 Message temporarily deferred, see above
		=policyd-spf 550 5.7.24 SPF Permanent Error: Too many DNS lookups
		=policyd-spf : prepend Authentication-Results: mx.example.org; spf=pass (sender SPF authorized) smtp.mailfrom=example.net (client-ip=203.0.113.8; helo=mail.example.net; envelope-from=a@example.net; receiver=u@example.org)
		policy-spf : SPF fail (Mechanism '-all' matched): Envelope-from: a@example.net
		policy-spf handler sender_policy_framework: is decisive.
		policy-spf : Policy action=550 Please see http://www.openspf.org/Why?s=mfrom&id=a%40example.net&ip=203.0.113.9&r=mx.example.org
		policy-spf : SPF pass (Mechanism 'mx' matched): Envelope-from: a@example.net
		policy-spf : Policy action=PREPEND Received-SPF: pass (example.net: 203.0.113.8 is authorized to use 'a@example.net' in 'mfrom' identity (mechanism 'mx' matched)) receiver=mx.example.org; identity=mailfrom; envelope-from="a@example.net"; helo=mail.example.net; client-ip=203.0.113.8
	EOF
	count_file "$LOG"
	assert_equal "$(rows tls.spf)" "$(printf '%s\n' '3 Pass' '2 Fail' '1 Permerror' '1 Softfail' '1 Temperror')"
	figures 'filters.outcomes=8'
	run -0 --separate-stderr events "$LOG"
	assert_equal "$(cut -f7,9 <<<"$output" | grep '^spf' | tr '\t\n' ' ;')" \
		'spf.result 203.0.113.8;spf.result 203.0.113.9;spf.result ;spf.result ;spf.result ;spf.result 203.0.113.8;spf.result ;spf.result 203.0.113.8;'
}

@test "SPF results that differ only by case are one, written as the first one" {
	log_file <<-'EOF'
		policy-spf : Policy action=PREPEND Received-SPF: softfail (x) client-ip=203.0.113.8
		policy-spf : Policy action=PREPEND Received-SPF: none (x) client-ip=203.0.113.8
		=policyd-spf prepend Received-SPF: Softfail (mailfrom) identity=mailfrom; client-ip=203.0.113.8
		policy-spf : Policy action=PREPEND Received-SPF: None (x) client-ip=203.0.113.8
	EOF
	count_file "$LOG"
	assert_equal "$(rows tls.spf)" "$(printf '%s\n' '2 none' '2 softfail')"
	assert_equal "$(rows filters.by_outcome)" "$(printf '%s\n' '2 policy-spf: none' '1 policy-spf: softfail' '1 policyd-spf: Softfail')"
}

@test "what access tables, header checks and milters did is listed by class; the master's starts are counted" {
	count <<-EOF
		master daemon started -- version 3.7.11, configuration /etc/postfix
		master reload -- version 3.7.11, configuration /etc/postfix
		master terminating on signal 15
		cleanup 4104E42: prepend: header Subject: x from $A; $FROM_TO: X-Test: yes
		cleanup 4104E42: replace: header Received: x from $A; $FROM_TO: Received: y
		smtpd NOQUEUE: redirect: RCPT from $A: <b@example.org>: Recipient address triggers REDIRECT c@example.org; $FROM_TO
		smtpd warning: hostname bad.example.net does not resolve to address 203.0.113.8: Name or service not known
		smtp connect to mx.example.com[198.51.100.1]:25: Connection refused
		smtp connect to mx2.example.com[2001:db8::1]:25: Connection refused
	EOF
	assert_equal "$(rows filters.actions)" $'1 cleanup.prepend\n1 cleanup.replace\n1 smtpd.redirect'
	figures 'problems.starts=1 problems.reloads=1 problems.stops=1 problems.fcrdns=1 problems.tries_failed=2'
	assert_equal "$(rows problems.try_reasons)" '2 Connection refused'
}

@test "commands with bad syntax, and old Postfix' warnings of what is not SMTP, refuse a client" {
	local what

	for what in "Illegal address syntax from $A in MAIL command: <a@b@c>" "$A sent non-SMTP command: GET / HTTP/1.0" \
		"$A sent message header instead of SMTP command: From: a@example.net" "non-SMTP command from $A: GET / HTTP/1.1"; do
		count <<-EOF
			smtpd connect from $A
			smtpd warning: $what
			smtpd disconnect from $A
		EOF
		figures 'smtpd.rejected_sessions=1 smtpd.rejects=0 table.smtpd=1'
		assert_equal "$(rows top.clients)" '1 203.0.113.8'
		[[ $what == Illegal* ]] && figures 'smtpd.bad_syntax=1 smtpd.non_smtp=0 problems.warnings=1' ||
			figures 'smtpd.bad_syntax=0 smtpd.non_smtp=1 problems.warnings=0'
	done
}

@test "events: postgrey's /32 is off, whitelisted and tlsproxy lines have their client" {
	log_file <<-EOF
		=postgrey action=pass, reason=client AWL, client_name=mail.example.net, client_address=203.0.113.8/32, sender=a@example.net, recipient=b@example.org
		=postgrey whitelisted: mail.example.net[203.0.113.8]
		=postgrey whitelisted: 203.0.113.8
		=sqlgrey whitelist: 203.0.113.8, mail.example.net(a@example.net -> b@example.org)
		tlsproxy CONNECT from [203.0.113.8]:4001
		tlsproxy Anonymous TLS connection established from [203.0.113.8]:4001: TLSv1.3 with cipher x
		tlsproxy SSL_accept error from [203.0.113.8]:4001: lost connection
		tlsproxy TLS handshake failed for service=smtpd peer=[203.0.113.8]:4001
	EOF
	run -0 --separate-stderr events "$LOG"
	assert_equal "$(cut -f9 <<<"$output" | sort | uniq -c | tr -s ' ')" ' 8 203.0.113.8'
}

@test "events: deliveries and tries end with the other side's code and who it is; the columns before stay" {
	local to='to=<b@example.com>, relay=mx.example.com[198.51.100.1]:25, delay=1, delays=1/0/0/0'

	log_file <<-EOF
		smtp 4104E42: $to, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4104E43)
		smtp 4104E42: $to, dsn=5.1.1, status=bounced (host mx.example.com[198.51.100.1] said: 550 5.1.1 <b@example.com>: User unknown (in reply to RCPT TO command))
		smtp 4104E42: $to, dsn=4.7.0, status=deferred (host mx.example.com[198.51.100.1] refused to talk to me: 421 4.7.0 later)
		smtp 4104E42: to=<b@example.com>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.com[198.51.100.1]:25: Connection timed out)
		smtp 4104E42: host mx.example.com[198.51.100.1] said: 450 4.2.0 later (in reply to RCPT TO command)
		smtp connect to mx.example.com[198.51.100.1]:25: Connection refused
		smtp 4104E42: lost connection with mx.example.com[198.51.100.1] while receiving the initial server greeting
		virtual 4104E42: to=<b@example.org>, relay=virtual, $SENT (delivered to maildir)
		smtpd connect from $A
	EOF
	run -0 --separate-stderr events "$LOG"
	assert_equal "$(cut -f7,12,15- <<<"$output")" "$(tr ' ' '\t' <<-'END'
		deliver.sent  250 mx.example.com[198.51.100.1]:25
		deliver.bounced  550 mx.example.com[198.51.100.1]:25
		deliver.deferred  421 mx.example.com[198.51.100.1]:25
		deliver.deferred   none
		smtp.try_failed  450 mx.example.com[198.51.100.1]
		smtp.try_failed   mx.example.com[198.51.100.1]:25
		smtp.try_failed   mx.example.com[198.51.100.1]
		deliver.sent   virtual
		smtpd.connect   
	END
	)"
	assert_equal "$(awk -F '\t' '{ print NF }' <<<"$output" | sort -u)" 16
}

@test "load taken off smtpd stands only where postscreen runs" {
	log_file < <(message 4104E42)
	run -0 --separate-stderr stats "$LOG"
	refute_line --partial 'load taken off'
	log_file < <(message 4104E42; echo 'postscreen CONNECT from [203.0.113.8]:1 to [192.0.2.25]:25')
	run -0 --separate-stderr stats "$LOG"
	assert_line --regexp "^ +load taken off smtpd \(first row's share\) +0\.0 %"
}
