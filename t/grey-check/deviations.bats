#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Where grey-check differs from postgrey 1.37 on purpose: a test for each of the deviations that the manual lists.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

@test "host field: at /24 it is the last octet" {
	run -0 --separate-stderr check < <(at 1234254582 client_address=83.10.241.5 sender=limbekcs@aegon.hu recipient=webmaster@rally.or.jp)
	run -0 rows_of postgrey.db
	assert_output '83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp 1234254582,1234254582,5'
}

@test "host field: at other prefixes it is the full address" {
	run -0 --separate-stderr check --ipv4cidr=23 < <(at 1; at 1 client_address=2001:db8::a)
	run -0 --separate-stderr check --ipv4cidr=32 < <(at 1)
	run -0 rows_of postgrey.db
	assert_output "$KEY 1,1,192.0.2.30
192.0.2.30/a@example.net/b@example.org 1,1,192.0.2.30
2001:db8:0:0:0:0:0:0/a@example.net/b@example.org 1,1,2001:DB8:0:0:0:0:0:A"
}

@test "host field: by host there is none" {
	run -0 --separate-stderr check --lookup-by-host < <(at 1; at 1 client_address=2001:db8::a)
	run -0 rows_of postgrey.db
	assert_output '192.0.2.30/32/a@example.net/b@example.org 1,1
2001:db8:0:0:0:0:0:a/128/a@example.net/b@example.org 1,1'
}

@test "host field: on a rewrite it is the current client's" {
	run -0 --separate-stderr check < <(at 1; at 2 client_address=192.0.2.31)
	run -0 rows_of postgrey.db
	assert_output "$KEY 1,2,31"
	run -0 --separate-stderr check < <(at 400 client_address=192.0.2.32)
	run -0 rows_of postgrey.db
	assert_output "$KEY 1,400,32"
}

@test "the X-Greylist header names grey-check and its version" {
	run -0 --separate-stderr check --hostname=mx.example < <(at 1; at 400)
	assert_line --index 1 --regexp "^action=PREPEND X-Greylist: delayed 399 seconds by $("$BIN/grey-check" --version | tr ' ' -) at mx\.example; "
}

@test "a.b in a client list is a /16" {
	echo 192.0 >"$BATS_TEST_TMPDIR/list"
	run -0 --separate-stderr check "--whitelist-clients=$BATS_TEST_TMPDIR/list" < <(at 1 client_address=192.0.255.255
		at 1 client_address=192.1.0.0 client_name=x)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 "$GREYLISTED"
}

@test "--delay=0 means no delay" {
	run -0 --separate-stderr check --delay=0 < <(at 1000; at 1000)
	assert_line --index 0 --partial 'action=PREPEND X-Greylist: delayed 0 seconds'
	assert_line --index 1 action=DUNNO
	assert_regex "$stderr" 'action=pass, reason=triplet found, delay=0, '
}

@test "a request without a recipient, as for VRFY, ETRN and DATA of several, is answered without a link to nowhere" {
	run -0 --separate-stderr check < <(at 1 recipient= protocol_state=VRFY etrn_domain=; at 1 recipient= sender=c@d; at 1 recipient=b@ sender=e@f)
	assert_line --index 0 'action=DEFER_IF_PERMIT 4.2.0 Greylisted'
	assert_line --index 1 'action=DEFER_IF_PERMIT Greylisted'
	assert_line --index 2 "${GREYLISTED/example.org/}"
	run -0 --separate-stderr check '--greylist-text=Greylisted for %s s, more at https://example.org/%r' < <(at 1 recipient= sender=g@h)
	assert_output 'action=DEFER_IF_PERMIT Greylisted for 300 s'
	run -0 --separate-stderr check '--greylist-text=wait %s s at %r, please' < <(at 1 recipient= sender=i@j)
	assert_output 'action=DEFER_IF_PERMIT wait 300 s at , please'
}

@test "long values: those over 512 bytes are not cut, so two of them stay two keys" {
	local long
	long=$(printf '%02000d' 0)

	run -0 --separate-stderr check < <(at 1 "sender=x${long}1@x" "recipient=x${long}1@x"
		at 1000 "sender=x${long}2@x" "recipient=x${long}1@x"; at 1000 "sender=x${long}1@x" "recipient=x${long}2@x")
	run -0 grep -c DEFER_IF_PERMIT <<<"$output"
	assert_output 3
	run -0 rows_of postgrey.db
	assert_equal "${#lines[@]}" 3
	assert_line "192.0.2.0/x${long}1@x/x${long}1@x 1,1,30"
}

@test "long values: with a line over 4096 bytes mail passes with a warning, and nothing is stored" {
	local name long
	long=$(printf '%04090d' 0)

	for name in sender recipient client_name client_address; do
		run -0 --separate-stderr check < <(at 1 "$name=$long"; at 1 "$name=$long$long$long")
		assert_output $'action=DUNNO\n\naction=DUNNO'
		assert_equal "$stderr" "grey-check: attribute too long: $name; answering DUNNO
grey-check: attribute too long: $name; answering DUNNO"
	done
	run -0 rows_of postgrey.db
	assert_output ''
}

@test "an IPv4-mapped IPv6 address counts as the IPv4 address" {
	echo 198.51.100.7 >"$BATS_TEST_TMPDIR/list"
	run -0 --separate-stderr check "--whitelist-clients=$BATS_TEST_TMPDIR/list" < <(at 1 client_address=::ffff:192.0.2.30
		at 400; at 1 client_address=::FFFF:203.0.113.1; at 1 client_address=::ffff:198.51.100.7)
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 --partial 'delayed 399 seconds'
	assert_line --index 2 "$GREYLISTED"
	assert_line --index 3 action=DUNNO
	run -0 rows_of postgrey.db
	assert_output "$KEY 1,400,30
203.0.113.0/a@example.net/b@example.org 1,1,1"
	run -0 rows_of postgrey_clients.db
	assert_output '192.0.2.30 1,400'
}

@test "sasl_username: an authenticated sender passes, and nothing is stored" {
	run -0 --separate-stderr check < <(at 1 sasl_username=joe; at 1 sasl_username= sender=c@d)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 "$GREYLISTED"
	assert_regex "${stderr_lines[0]}" 'action=pass, reason=sasl username, client_name='
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/c@d/b@example.org 1,1,30'
}

@test "--no-sasl-pass: an authenticated sender is greylisted too" {
	run -0 --separate-stderr check --no-sasl-pass < <(at 1 sasl_username=joe)
	assert_output "$GREYLISTED"
}

@test "client_address=unknown is answered, and so are those after it" {
	run -0 --separate-stderr check < <(at 1 client_address=unknown; at 1)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 "$GREYLISTED"
	assert_equal "${stderr_lines[0]}" "grey-check: client_address can't be parsed: 'unknown'; answering DUNNO"
}

@test "the messages that have their header are remembered in the process only" {
	run -0 --separate-stderr check < <(at 1 recipient=1@x; at 1 recipient=2@x; at 400 recipient=1@x instance=a)
	assert_line --index 2 --partial action=PREPEND
	run -0 --separate-stderr check < <(at 400 recipient=2@x instance=a)
	assert_output --partial action=PREPEND
}

@test "--on-error=dunno, the default: mail passes, with one warning for many requests, and the exit code is 1" {
	local option

	for option in -v --on-error=dunno; do
		run -1 --separate-stderr check -q --store=fail: "$option" < <(at 1; at 2; at 3)
		assert_output $'action=DUNNO\n\naction=DUNNO\n\naction=DUNNO'
		run -0 grep -c 'made to fail' <<<"$stderr"
		assert_output 1
	done
}

@test "--on-error=defer: mail is deferred" {
	run -1 --separate-stderr check --store=fail: --on-error=defer < <(at 1; at 2 etrn_domain=)
	assert_output 'action=DEFER_IF_PERMIT 4.3.0 The greylist is not available, please try again later

action=DEFER_IF_PERMIT 4.3.0 The greylist is not available, please try again later'
	assert_regex "${stderr_lines[0]}" 'made to fail; answering DEFER_IF_PERMIT \(--on-error\)$'
}

@test "--on-error=disconnect: it ends without an answer, those before got theirs" {
	run -1 --separate-stderr check --store=fail: --on-error=disconnect < <(at 1 sasl_username=joe; at 2; at 3 sasl_username=joe)
	assert_output action=DUNNO
	assert_regex "$stderr" 'made to fail; ending without an answer \(--on-error\)'
}

@test "--on-error: lists and unusable requests need no store" {
	echo example.net >"$BATS_TEST_TMPDIR/list"
	run -0 --separate-stderr check --store=fail: --on-error=defer "--whitelist-clients=$BATS_TEST_TMPDIR/list" \
		< <(at 1; at 2 client_address=unknown client_name=x)
	assert_output $'action=DUNNO\n\naction=DUNNO'
}

@test "the clock of a request is believed with --clock=request only" {
	local first now
	now=$(date +%s)

	"$BIN/grey-check" "--store=$STORE" --log=none < <(at 1000) >/dev/null
	run -0 rows_of postgrey.db
	first=${output#* }
	first=${first%%,*}
	[ "$first" -ge "$now" ]
	[ "$first" -le $((now + 60)) ]
	run -0 --separate-stderr check < <(at 1000 sender=c@d)
	run -0 rows_of postgrey.db
	assert_line '192.0.2.0/c@d/b@example.org 1000,1000,30'
}

# row_of_c: the value that the sender c@d has.
row_of_c()
{
	rows_of postgrey.db | sed -n 's,^192\.0\.2\.0/c@d/b@example\.org ,,p' | grep .
}

@test "--clock=request: a request without a time, or with one that is none, has the system's" {
	local value now
	now=$(date +%s)

	for value in '' -5 1000.5 1e9 tomorrow 1000000000000; do
		rm -rf "${STORE:?}"
		run -0 --separate-stderr check < <(at "$value")
		assert_equal "${stderr_lines[0]}" "grey-check: policy_test_time is not a time; the system's clock counts"
		run -0 rows_of postgrey.db
		assert_output --regexp "^$KEY ([0-9]+),\1,30\$"
		value=${output##* }
		[ "${value%%,*}" -ge "$now" ]
	done
	run -0 --separate-stderr check < <(request sender=c@d)
	refute_regex "$stderr" 'no time'
	run -0 row_of_c
	[ "${output%%,*}" -ge "$now" ]
}
