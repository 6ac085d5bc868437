#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats tells the daemon of a line that does not name it by what it says (doc/maillog.md G10), and what was logged in
# search of a fault is of class debug.

# Perl's variables stand in single quotes.
# shellcheck disable=SC2016,SC2153
load lib/formats

# class PROGRAM TEXT: the class of such a line.
class()
{
	printf 'Feb 10 17:01:35 mx1 %s[42]: %s\n' "$1" "$2" >"$BATS_TEST_TMPDIR/log"
	events "$BATS_TEST_TMPDIR/log" | cut -f7
}

@test "a session whose lines say postfix[pid] alone gives the figures of the classic form" {
	same 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host " . $tag =~ s/^postfix\/\w+/postfix/r . ": $text\n"'
	same 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host " . $tag =~ s/^postfix\/\w+/postfix-in/r . ": $text\n"'
}

@test "a daemon that is not named is told only by what no other says" {
	assert_equal "$(class postfix 'NOQUEUE: reject: RCPT from unknown[203.0.113.8]: 554 5.7.1 <b@example.org>: Relay access denied; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>')" smtpd.reject
	assert_equal "$(class postfix '4104E42: milter-reject: END-OF-MESSAGE from x[203.0.113.8]: 4.7.1 Try again later; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>')" cleanup.milter_reject
	assert_equal "$(class postfix '4104E42: to=<b@example.org>, relay=none, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (example.org)')" deliver.discarded
	assert_equal "$(class postfix '4104E42: to=<b@example.org>, relay=none, delay=0.1, delays=0.1/0/0/0, dsn=4.4.1, status=deferred (connect to x)')" deliver.deferred
	assert_equal "$(class postfix '4104E42: removed')" qmgr.removed
	assert_equal "$(class postfix 'daemon started -- version 3.7.11, configuration /etc/postfix')" master
	assert_equal "$(class postfix 'warning: something new')" warning
	# tlsproxy says so, too, and no CONNECT has shown whose process it is.
	assert_equal "$(class postfix 'DISCONNECT [203.0.113.8]:4001')" unknown
	assert_equal "$(class postfix 'invented words')" unknown
}

@test "master has its own words and no others; its scripts may say anything" {
	assert_equal "$(class postfix/master 'terminating on signal 15')" master
	assert_equal "$(class postfix/master 'reload -- version 3.7.11, configuration /etc/postfix')" master
	assert_equal "$(class postfix/master 'invented words')" unknown
	assert_equal "$(class postfix/postfix-script 'the Postfix mail system is running: PID: 42')" master
}

@test "what smtpd -v and a high loglevel of TLS write is debug" {
	local text

	while read -r text; do
		assert_equal "$text: $(class postfix/smtpd "$text")" "$text: debug"
	done <<-'EOF'
		> unknown[203.0.113.8]: 220 mx1.example.org ESMTP Postfix
		< unknown[203.0.113.8]: EHLO mail.example.net
		>>> START Client host RESTRICTIONS <<<
		>>> END Client host RESTRICTIONS <<<
		generic_checks: name=permit_mynetworks
		generic_checks: name=permit_mynetworks status=0
		match_hostname: unknown ~? 127.0.0.0/8
		match_list_match: unknown: no match
		smtpd_check_addr: addr=a@example.net
		smtp_get: EOF
		name_mask: host
		dict_eval: const  127.0.0.0/8
		send attr request = connect
		private/anvil: wanted attribute: status
		input attribute name: status
		input attribute value: 0
		connect to subsystem private/rewrite
		rewrite_clnt: local: a -> a@example.org
		process generation: 10 (10)
		watchdog_pat: 0x55d0c3b2b0a0
		SSL_accept:before SSL initialization
		SSL_accept:SSLv3/TLS write server hello
		SSL_accept:error in SSLv3/TLS read client hello
		unknown[203.0.113.8]: TLS cipher list "aNULL:-aNULL:HIGH:@STRENGTH"
		unknown[203.0.113.8]: Issuing session ticket, key expiration: 1770746494
		mx.example.com[198.51.100.1]:25: certificate verification depth=1 verify=1 subject=/O=Example
		read from 55D0C3B2B0A0 [55D0C3B2B0A0] (5 bytes => -1 (0xFFFFFFFFFFFFFFFF))
		0000 16 03 01 02 00                                   .....
	EOF
	assert_equal "$(class postfix/smtpd 'invented words')" unknown
}

@test "old wordings: an approximate size, PIX, a cached failure, postgrey's delay" {
	assert_equal "$(class postfix/smtpd 'lost connection after DATA (approximately 0 bytes) from unknown[203.0.113.8]')" smtpd.lost
	assert_equal "$(class postfix/smtp '4104E42: enabling PIX <CRLF>.<CRLF> workaround for mx.example.com[198.51.100.1]:25')" info
	assert_equal "$(class postfix/smtp '4104E42: SASL [CACHED] authentication failed; server mx.example.com[198.51.100.1] said: 535 5.7.8 no')" smtp.try_failed
	assert_equal "$(class postgrey 'delayed 603 seconds: client=mail.example.net[203.0.113.8], from=a@example.net, to=b@example.org')" grey.pass
	count_file "$BATS_TEST_TMPDIR/log"
	figures 'greylist.wait_p50=603'
}
