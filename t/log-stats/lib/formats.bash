# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# formats.bash: for tests that write the same session in the forms that a maillog comes in (doc/maillog.md A).

# Perl's variables stand in single quotes.
# shellcheck disable=SC2016
load lib/log

# The session: a client that postscreen blocks and one that it knows, which is greylisted, comes back, and sends a message.
session()
{
	local from_to='from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>'

	cat <<-EOF
		postscreen#10 CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen#10 DNSBL rank 5 for [203.0.113.1]:1
		postscreen#10 DISCONNECT [203.0.113.1]:1
		postscreen#10 CONNECT from [203.0.113.8]:2 to [192.0.2.25]:25
		postscreen#10 PASS OLD [203.0.113.8]:2
		smtpd#20 connect from mail.example.net[203.0.113.8]
		smtpd#20 NOQUEUE: reject: RCPT from mail.example.net[203.0.113.8]: 450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html; $from_to
		smtpd#20 disconnect from mail.example.net[203.0.113.8] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
	the_message 21 4104E42 'mail.example.net[203.0.113.8]' a@example.net b@example.org
}

SESSION='postscreen.connects=2 postscreen.blocked=1 postscreen.handed_off=1 smtpd.connects=2 smtpd.rejects=1
	smtpd.rejected_sessions=1 smtpd.accepted_sessions=1 greylist.greylisted=1 greylist.triplets=1 greylist.passed=1
	messages.received=1 messages.delivered=1 recipients.delivered=1 table.postscreen=1 table.smtpd=1 table.delivered=1
	coverage.lines=15 coverage.recognized=15 coverage.foreign=0 coverage.unknown=0'

# The classic form of it.
CLASSIC='strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"'

# same PERL: the session in this form gives its figures, all of them, and each figure is the same as in the classic form.
same()
{
	local classic

	log_file "$CLASSIC" < <(session)
	count_file "$LOG"
	classic=$(all_figures)
	CLASSIC_TIMES=$(times)
	log_file "$1" < <(session)
	same_file "$classic"
}

# same_file FIGURES: $LOG does.
same_file()
{
	count_file "$LOG"
	figures "$SESSION"
	assert_equal "$(all_figures)" "$1"
}

# times: of all events of $LOG, without their fractions.
times()
{
	events "$LOG" >"$BATS_TEST_TMPDIR/events" || return 1
	cut -f1 "$BATS_TEST_TMPDIR/events" | sed 's/\.[0-9]*$//'
}

# same_times: all events have the times that they have in the classic form.
same_times()
{
	assert_equal "$(times)" "$CLASSIC_TIMES"
}

# first_event COLUMN: of $LOG, the time without its fraction.
first_event()
{
	events "$LOG" >"$BATS_TEST_TMPDIR/events" || return 1
	head -1 "$BATS_TEST_TMPDIR/events" | cut -f"$1" | sed 's/\.[0-9]*$//'
}
