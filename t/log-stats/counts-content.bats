#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats counts refusals that cleanup logs, and those of filters before the queue, as it counts smtpd's own.

# run sets stderr and output.
# shellcheck disable=SC2154
load lib/counts

TRIED='from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>'

# rows LIST: "COUNT TEXT" of each row of a list in the JSON in $output.
rows()
{
	JSON=$output perl -MJSON::PP -e '
		my ($section, $list) = split /\./, $ARGV[0];
		print "$_->{count} $_->{text}\n" for @{ decode_json($ENV{JSON})->{$section}{$list} };' "$1"
}

# refused QID LINE [CLIENT]: lines in short: a session whose one message cleanup refuses with this line.
refused()
{
	cat <<-EOF
		smtpd connect from ${3-$A}
		smtpd $1: client=${3-$A}
		cleanup $1: message-id=<$1@example.net>
		cleanup $1: $2
		smtpd disconnect from ${3-$A} ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
	EOF
}

@test "a milter's refusal at the end of a message has a stage, a code, a reason and a client; an empty text is one" {
	count < <(
		refused 4104E41 "milter-reject: END-OF-MESSAGE from $A: 5.7.1 Spam message rejected; $TRIED"
		refused 4104E42 "milter-reject: END-OF-MESSAGE from $A: 4.7.1 Try again later; $TRIED"
		refused 4104E43 "milter-reject: END-OF-MESSAGE from $A: 4.7.1  ; $TRIED"
	)
	figures 'smtpd.content_rejects=3 smtpd.rejects=0 smtpd.milter_rejects=0 smtpd.rejected_sessions=3 table.smtpd=3'
	assert_equal "$(rows smtpd.by_stage)" '3 END-OF-MESSAGE'
	assert_equal "$(rows smtpd.by_code)" $'2 4.7.1\n1 5.7.1'
	assert_equal "$(rows smtpd.by_reason)" $'1 (no text)\n1 Spam message rejected\n1 Try again later'
	assert_equal "$(rows top.clients)" '3 203.0.113.8'
}

@test "header_checks and body_checks that refuse have the stage that they looked at" {
	count < <(
		refused 4104E41 "reject: header Subject: win a car from $A; $TRIED: 5.7.1 No cars here"
		refused 4104E42 "reject: body click; from=<x> here from $A; $TRIED: 5.7.1 message content rejected"
		refused 4104E43 "milter-header-reject: header X-Spam: Yes from $A; $TRIED: 5.7.1 No spam"
	)
	figures 'smtpd.content_rejects=3 smtpd.rejected_sessions=3'
	assert_equal "$(rows smtpd.by_stage)" $'2 header\n1 body'
	assert_equal "$(rows smtpd.by_code)" '3 5.7.1'
	assert_equal "$(rows smtpd.by_reason)" $'1 No cars here\n1 No spam\n1 message content rejected'
	assert_equal "$(rows top.clients)" '3 203.0.113.8'
}

@test "a milter that greylists at the end of a message: by its text, and only with 4.x.y" {
	log_file < <(
		refused 4104E41 "milter-reject: END-OF-MESSAGE from $A: 4.7.1 Try again later; $TRIED"
		refused 4104E42 "milter-reject: END-OF-MESSAGE from $A: 5.7.1 Try again later; ${TRIED/b@/c@}"
		echo +600
		message 4104E43
	)
	count_file "$LOG"
	figures 'greylist.greylisted=0'
	count_file "$LOG" '--greylist-text=try again later'
	figures 'greylist.greylisted=1 greylist.triplets=1 greylist.passed=1 smtpd.content_rejects=2'
}

@test "a refusal whose message began before the log counts by what its own line says" {
	count <<-EOF
		cleanup 4104E41: milter-reject: END-OF-MESSAGE from $A: 5.7.1 Spam message rejected; $TRIED
		cleanup 4104E42: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 5.7.1 Spam message rejected; $TRIED
		cleanup 4104E43: milter-reject: END-OF-MESSAGE from $A: 5.7.1 Spam message rejected; $TRIED sasl_username=<u>
	EOF
	figures 'smtpd.content_rejects=1 smtpd.connects=0 messages.received=0'
	assert_equal "$(rows top.clients)" '1 203.0.113.8'
}

@test "what a filter before the queue refuses counts for the client of its session" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: client=$A
		smtpd proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=12345-01 - spam; $TRIED
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
		smtpd connect from x.example.net[2001:db8::8]
		smtpd NOQUEUE: client=x.example.net[2001:db8::8]
		smtpd proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=12345-02 - spam; $TRIED
		smtpd disconnect from x.example.net[2001:db8::8] ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
	EOF
	figures 'smtpd.proxy_rejects=2 smtpd.rejected_sessions=2'
	assert_equal "$(rows top.clients)" $'1 2001:db8::8\n1 203.0.113.8'
	assert_equal "$(rows smtpd.by_reason)" '2 Reject, id=# - spam'
}

@test "clients that only had to wait, and passed, were not turned away" {
	local grey='450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted'

	wait_for()
	{
		echo "smtpd connect from $1"
		echo "smtpd NOQUEUE: reject: RCPT from $1: ${grey/b@/$2@}; ${TRIED/b@/$2@}"
		echo "smtpd disconnect from $1 ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
	}
	log_file < <(
		wait_for "$A" b
		wait_for 'y.example.net[203.0.113.9]' b
		wait_for 'z.example.net[203.0.113.10]' c
		wait_for 'z.example.net[203.0.113.10]' b
		wait_for 'w.example.net[203.0.113.11]' c
		wait_for 'u.example.net[203.0.113.12]' b
		echo "smtpd NOQUEUE: reject: RCPT from u.example.net[203.0.113.12]: $UNKNOWN_USER; $TRIED"
		echo +600
		message 4104E43
	)
	count_file "$LOG"
	figures 'greylist.triplets=2 greylist.passed=1'
	assert_equal "$(rows top.clients)" $'2 203.0.113.10\n2 203.0.113.12\n1 203.0.113.11'
	assert_equal "$(rows top.networks)" '5 203.0.113.0/24'
	run -0 --separate-stderr stats --only=top --format=tsv "$LOG"
	assert_line $'top.clients\t2\t0.4000\t203.0.113.10'
}

@test "what warn_if_reject would have refused is listed by reason" {
	count <<-EOF
		smtpd connect from $A
		smtpd NOQUEUE: reject_warning: RCPT from $A: 554 5.7.1 Service unavailable; Client host [203.0.113.8] blocked using bl.example.org; $TRIED
		smtpd NOQUEUE: reject_warning: RCPT from $A: 450 4.7.25 Client host rejected: cannot find your hostname, [203.0.113.8]; $TRIED
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=2 quit=1 commands=4
	EOF
	figures 'smtpd.reject_warnings=2 smtpd.rejects=0'
	assert_equal "$(rows smtpd.warning_reasons)" $'1 Client host rejected: cannot find your hostname, []\n1 bl.example.org'
}
