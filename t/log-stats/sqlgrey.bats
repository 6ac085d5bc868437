#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats: what it reads in the lines of sqlgrey.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154,SC2119
load lib/log

A='mail.example.net[203.0.113.8]'
GREYLISTED='450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted for 5 minutes'

# says KIND [SENDER [RECIPIENT]]: a line in short.
says()
{
	echo "=sqlgrey grey: $1: 203.0.113(203.0.113.8), ${2-a@example.net} -> ${3-b@example.org}"
}

# greylisted [SENDER]: lines in short: smtpd and sqlgrey greylist it.
greylisted()
{
	cat <<-EOF
		smtpd connect from $A
		$(says new "${1:--undef-@-undef-}")
		smtpd NOQUEUE: reject: RCPT from $A: $GREYLISTED; from=<$1> to=<b@example.org> proto=ESMTP helo=<x>
		smtpd disconnect from $A ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
	EOF
}

@test "sqlgrey: the reason is the kind of line, whoever it is about" {
	log_file < <(
		for n in 1 2 3; do
			says new "a$n@example.net"
			echo "=sqlgrey grey: domain awl match: updating 203.0.113(203.0.113.$n), example.net"
			echo "=sqlgrey grey: from awl match: updating 203.0.113(203.0.113.$n), a@example.net(a@example.net)"
		done
		says 'early reconnect'
		says 'early reconnect' c@example.net
		echo "$(says 'reconnect ok') (00:10:03)"
	)
	run -0 --separate-stderr stats --format=tsv --only=greylist "$LOG"
	assert_equal "$(grep '^greylist.reasons' <<<"$output" | sort)" "$(printf 'greylist.reasons\t%s\n' \
		$'1\t0.0833\tpass: reconnect ok' $'2\t0.1667\tgreylist: early reconnect' $'3\t0.2500\tgreylist: new' \
		$'3\t0.2500\tpass: domain awl match' $'3\t0.2500\tpass: from awl match')"
}

@test "sqlgrey: client, sender and recipient are read where they are, and the empty sender by its name for it" {
	log_file <<-'EOF'
		=sqlgrey grey: new: 203.0.113(203.0.113.8), a@example.net -> b@example.org
		=sqlgrey grey: early reconnect: 2001:db8::1(2001:db8::1), "x -> y"@example.net -> b@example.org
		=sqlgrey grey: reconnect ok: 203.0.113.8, -undef-@-undef- -> b@example.org (1 day 02:03:04)
		=sqlgrey grey: throttling: 203.0.113.8(203.0.113.8), a@example.net -> b@example.org
		=sqlgrey grey: domain awl match: updating 203.0.113(203.0.113.8), example.net
		=sqlgrey grey: domain awl: 203.0.113, example.net added
		=sqlgrey grey: new: 203.0
	EOF
	run -0 --separate-stderr events "$LOG"
	assert_equal "$(cut -f 7,9-11 <<<"$output")" "$(printf '%s\t%s\t%s\t%s\n' \
		grey.greylist 203.0.113.8 a@example.net b@example.org \
		grey.greylist 2001:db8::1 '"x -> y"@example.net' b@example.org \
		grey.pass 203.0.113.8 '' b@example.org \
		grey.throttle 203.0.113.8 a@example.net b@example.org \
		grey.pass 203.0.113.8 '' '' \
		info '' '' '' \
		meta.truncated '' '' '')"
}

@test "sqlgrey: what it lets pass after a wait has passed" {
	count < <(greylisted a@example.net; greylisted c@example.net; says 'reconnect ok' | sed 's/$/ (00:10:03)/')
	figures 'greylist.greylisted=2 greylist.triplets=2 greylist.passed=1 greylist.still_open=1'
	count < <(greylisted ''; says 'reconnect ok' -undef-@-undef- | sed 's/$/ (00:10:03)/')
	figures 'greylist.triplets=1 greylist.passed=1'
}

@test "sqlgrey: a match of a whole domain does not say which triplet passed" {
	count < <(greylisted a@example.net; echo '=sqlgrey grey: domain awl match: updating 203.0.113(203.0.113.8), example.net')
	figures 'greylist.triplets=1 greylist.passed=0 greylist.still_open=1'
}
