#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats --check: sums whose parts are counted one by one, so that they could be wrong.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154,SC2119
load lib/log

SUM='postscreen: connects = blocked + come back + gave up + handed off + open'

# sum_is N: the rule holds, and both sides are N.
sum_is()
{
	run -0 --separate-stderr stats --check --only=check --format=tsv "$LOG"
	assert_line "check.rules	holds	$1	$1	$SUM"
}

@test "--check: sessions of postscreen have each outcome, or are open" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.2]:2
		postscreen CONNECT from [203.0.113.3]:3 to [192.0.2.25]:25
		postscreen DISCONNECT [203.0.113.3]:3
		postscreen CONNECT from [203.0.113.4]:4 to [192.0.2.25]:25
		postscreen DNSBL rank 5 for [203.0.113.4]:4
		postscreen DISCONNECT [203.0.113.4]:4
	EOF
	figures 'postscreen.open=1 postscreen.handed_off=1 postscreen.gave_up=1 postscreen.blocked=1'
	sum_is 4
}

@test "--check: a session that had no end for two hours, and whose port is used again, is open for ever" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.2]:2
		+7300
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen DISCONNECT [203.0.113.1]:1
	EOF
	figures 'postscreen.connects=4 postscreen.gave_up=1 postscreen.handed_off=1 postscreen.open=2'
	sum_is 4
}

# many N SECONDS: N sessions, each so many seconds after the one before; every second one is handed off.
many()
{
	LOG=$BATS_TEST_TMPDIR/maillog
	perl -MPOSIX=strftime -e '
		for my $n (1 .. $ARGV[0]) {
			my $front = strftime("%b %e %H:%M:%S", gmtime 1770742894 + int($n * $ARGV[1])) . " mx1 postfix/postscreen[42]:";
			my $key = sprintf "[10.%d.%d.%d]:4001", $n >> 16, $n >> 8 & 255, $n & 255;
			print "$front CONNECT from $key to [192.0.2.25]:25\n";
			print "$front PASS OLD $key\n" if $n % 2;
		}' "$1" "$2" >"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
}

@test "--check: sessions that are too old to be kept are open" {
	many 5000 10
	figures 'postscreen.connects=5000 postscreen.handed_off=2500 postscreen.open=2500 coverage.forgotten=0'
	sum_is 5000
}

@test "--check: sessions that are dropped at the limit are open, and forgotten" {
	many 70000 0
	figures 'postscreen.connects=70000 postscreen.handed_off=35000 postscreen.open=35000'
	run ! figures 'coverage.forgotten=0'
	sum_is 70000
}

@test "--check: triplets are counted by what became of them" {
	local reject='NOQUEUE: reject: RCPT from x[203.0.113.8]: 450 4.2.0 <b@d>: Recipient address rejected: Greylisted'

	count <<-EOF
		smtpd $reject; from=<a@b> to=<b@d> proto=ESMTP helo=<x>
		smtpd $reject; from=<b@b> to=<b@d> proto=ESMTP helo=<x>
		smtpd $reject; from=<d@b> to=<b@d> proto=ESMTP helo=<x>
		grey-check action=greylist, reason=early-retry (9s missing), client_name=x, client_address=203.0.113.8, sender=d@b, recipient=b@d
		grey-check action=pass, reason=triplet found, client_name=x, client_address=203.0.113.8, sender=a@b, recipient=b@d
		grey-check action=pass, reason=client AWL, client_name=x, client_address=203.0.113.8, sender=a@b, recipient=b@d
		smtpd $reject; from=<a@b> to=<b@d> proto=ESMTP helo=<x>
		+200000
		smtpd $reject; from=<c@b> to=<b@d> proto=ESMTP helo=<x>
	EOF
	figures 'greylist.triplets=4 greylist.passed=1 greylist.never_returned=1 greylist.still_open=2'
	run -0 --separate-stderr stats --check --only=check --format=tsv "$LOG"
	assert_line $'check.rules\tholds\t4\t4\tgreylist: triplets = passed + never returned + still open'
}

@test "--check: a DISCONNECT more than two hours after its CONNECT stands in one figure" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen CONNECT from [203.0.113.2]:2 to [192.0.2.25]:25
		postscreen PASS OLD [203.0.113.2]:2
		+7300
		postscreen DISCONNECT [203.0.113.1]:1
		postscreen DISCONNECT [203.0.113.2]:2
	EOF
	figures 'postscreen.connects=2 postscreen.gave_up=1 postscreen.handed_off=1 postscreen.open=0 postscreen.began_before=1'
	sum_is 2
}

@test "--check: a CONNECT of which the log says that it was repeated is no sign that the log is doubled" {
	count <<-'EOF'
		postscreen CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25
		postscreen message repeated 3 times: [ CONNECT from [203.0.113.1]:1 to [192.0.2.25]:25]
	EOF
	figures 'postscreen.connects=4'
	sum_is 4
}
