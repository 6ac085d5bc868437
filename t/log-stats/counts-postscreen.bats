#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts postscreen's verdicts (doc/maillog.md B1): each session was blocked, came back, gave up, was handed
# off, or is open.

load lib/counts

@test "postscreen in drop mode logs no reject, and has blocked" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.4]:4 to [192.0.2.25]:25
		postscreen DENYLISTED [203.0.113.3]:3
		postscreen DISCONNECT [203.0.113.3]:3
		postscreen BLACKLISTED [203.0.113.4]:4
		postscreen DISCONNECT [203.0.113.4]:4
		postscreen PREGREET 14 after 0.2 from [203.0.113.2]:2: EHLO ylmf-pc\r\n
		postscreen DISCONNECT [203.0.113.2]:2
		+6
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=4 postscreen.blocked=4 table.postscreen=4'
}

@test "a clean client in deep tests comes back, and is not blocked" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		+6
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen PASS NEW [203.0.113.1]:1
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=1 postscreen.come_back=1 postscreen.blocked=0 table.postscreen=0'
}

@test "an allowlisted client is handed off" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen ALLOWLISTED [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen WHITELISTED [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=2 postscreen.open=0'
}

@test "postscreen: a fail mark in enforce mode blocks, with one reject or three" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen PREGREET 14 after 0.2 from [203.0.113.1]:1: EHLO x\\r\\n
		+6
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests after SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 450 4.7.1 Service unavailable; client [203.0.113.2] blocked using zen.spamhaus.org; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.blocked=2 table.postscreen=2 smtpd.rejects=0'
}

@test "postscreen: a client with a fail mark that hangs up before RCPT is blocked" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests after SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.blocked=1 postscreen.gave_up=0'
}

@test "postscreen: each test that fails before DISCONNECT blocks" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen NON-SMTP COMMAND from [203.0.113.1]:1 after CONNECT: GET / HTTP/1.1
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen COMMAND PIPELINING from [203.0.113.2]:2 after : \r\n
		postscreen DISCONNECT [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen BARE NEWLINE from [203.0.113.3]:3 after EHLO
		postscreen DISCONNECT [203.0.113.3]:3
		postscreen CONNECT from [203.0.113.4]:4 to [192.0.2.25]:25
		postscreen COMMAND TIME LIMIT from [203.0.113.4]:4 after CONNECT
		postscreen DISCONNECT [203.0.113.4]:4
		postscreen CONNECT from [203.0.113.5]:5 to [192.0.2.25]:25
		postscreen COMMAND COUNT LIMIT from [203.0.113.5]:5 after RCPT
		postscreen DISCONNECT [203.0.113.5]:5
		postscreen CONNECT from [203.0.113.6]:6 to [192.0.2.25]:25
		postscreen COMMAND LENGTH LIMIT from [203.0.113.6]:6 after UNIMPLEMENTED
		postscreen DISCONNECT [203.0.113.6]:6
		postscreen CONNECT from [203.0.113.7]:7 to [192.0.2.25]:25
		postscreen DATA without valid RCPT from [203.0.113.7]:7
		postscreen DISCONNECT [203.0.113.7]:7
	EOF
	figures 'postscreen.connects=7 postscreen.blocked=7'
}

@test "postscreen: a fail mark that is ignored ends in a hand-off, told by the next smtpd connect of that client" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DNSBL rank 5 for [203.0.113.1]:1
		smtpd connect from unknown[203.0.113.1]
		smtpd disconnect from unknown[203.0.113.1] ehlo=1 quit=1 commands=2
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PREGREET 14 after 0.2 from [203.0.113.2]:2: EHLO x\r\n
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=1 postscreen.blocked=0 postscreen.open=1 smtpd.connects=1'
}

@test "postscreen: one smtpd connect is claimed once, by a session of that host and client" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.1]:2 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		mx2:smtpd connect from unknown[203.0.113.3]
		smtpd connect from unknown[203.0.113.1]
		smtpd connect from unknown[203.0.113.4]
	EOF
	figures 'postscreen.connects=3 postscreen.handed_off=1 postscreen.open=2'
}

@test "postscreen: the smtpd connect of a session that has passed is not another's" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.1]:2 to [192.0.2.25]:25
		smtpd connect from unknown[203.0.113.1]
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=1 postscreen.open=1'
}

@test "postscreen: PASS OLD and PASS NEW are handed off, unless DISCONNECT follows" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PASS NEW [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen PASS NEW [203.0.113.3]:3
		postscreen DISCONNECT [203.0.113.3]:3
	EOF
	figures 'postscreen.connects=3 postscreen.handed_off=2 postscreen.gave_up=1 postscreen.blocked=0'
}

@test "postscreen: a clean client that hangs up gave up" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests before SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen HANGUP after 7 from [203.0.113.2]:2 in tests after SMTP handshake
		postscreen PASS NEW [203.0.113.2]:2
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.gave_up=2 postscreen.blocked=0'
}

@test "postscreen: a veto sends clients back, it does not block them, denylisted or not" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.26]:25
		postscreen ALLOWLIST VETO [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.26]:25
		postscreen DENYLISTED [203.0.113.2]:2
		postscreen WHITELIST VETO [203.0.113.2]:2
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.come_back=2 postscreen.blocked=0'
}

@test "postscreen: a denylisted client is blocked, with soft_bounce in the words of 'come back' too" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen DENYLISTED [203.0.113.1]:1
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 450 4.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen DENYLISTED [203.0.113.2]:2
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 550 5.3.2 Service currently unavailable; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.come_back=0 postscreen.blocked=2'
}

@test "postscreen: too many connections and busy ports block, in all wordings" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: CONNECT from [203.0.113.1]:1: too many connections
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: CONNECT from [203.0.113.2]:2: all server ports busy
		postscreen DISCONNECT [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen reject: connect from [203.0.113.3]:3: all screening ports busy
		postscreen DISCONNECT [203.0.113.3]:3
		postscreen CONNECT from [203.0.113.4]:4 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: CONNECT from [203.0.113.4]:4: all screening ports busy
		postscreen DISCONNECT [203.0.113.4]:4
	EOF
	figures 'postscreen.connects=4 postscreen.blocked=4'
}

@test "postscreen: the same client and port again says that the first was handed off" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		+300
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen HANGUP after 0.7 from [203.0.113.1]:1 in tests before SMTP handshake
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=2 postscreen.handed_off=1 postscreen.gave_up=1'
}

@test "postscreen: what has not ended at the end of the log is open" {
	count <<-EOF
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen NOQUEUE: reject: RCPT from [203.0.113.2]:2: 550 5.5.1 Protocol error; $PSC_FROM_TO
	EOF
	figures 'postscreen.connects=2 postscreen.open=2 postscreen.blocked=0'
}

@test "postscreen: hosts and instances have sessions of their own" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		mx2:postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		=postfix-in/postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		mx2:postscreen DNSBL rank 5 for [203.0.113.1]:1
		postscreen DISCONNECT [203.0.113.1]:1
		mx2:postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=3 postscreen.gave_up=1 postscreen.blocked=1 postscreen.open=1'
}

@test "postscreen: lines of tlsproxy in the same words, and PASS of a test, say nothing of the session" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		tlsproxy CONNECT from [203.0.113.1]:1
		postscreen PASS pregreet test [203.0.113.1]:1
		tlsproxy DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=1 postscreen.open=1'
}

@test "the edge of the file: postscreen's sums hold for sessions whose CONNECT is in the file before" {
	count <<-EOF
		postscreen NOQUEUE: reject: RCPT from [203.0.113.1]:1: 550 5.5.1 Protocol error; $PSC_FROM_TO
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=1 postscreen.handed_off=1'
}
