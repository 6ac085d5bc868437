#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --learn: decides, records and logs, but defers nothing.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

# Triplets that are new, early, back, known, and a client on its way to the auto-whitelist.
requests()
{
	at 1000
	at 1100
	at 1400
	at 1500
	at 6000 sender=second@example.net
	at 6300 sender=second@example.net
	at 6301 sender=third@example.net
	at 6302 sender=fourth@example.net client_address=198.51.100.9
}

@test "--learn: every answer is DUNNO, the log says what would have been deferred" {
	run -0 --separate-stderr check --learn --auto-whitelist-clients=2 < <(requests)
	assert_output "$(printf 'action=DUNNO\n\n%.0s' 1 2 3 4 5 6 7 8)"
	run -0 sed 's/^grey-check: //; s/, client_name=.*//' <<<"$stderr"
	assert_output 'action=learn, reason=new
action=learn, reason=early-retry (200s missing)
action=pass, reason=triplet found
action=pass, reason=triplet found
action=learn, reason=new
whitelisted: mail.example.net[192.0.2.30]
action=pass, reason=triplet found
action=pass, reason=client AWL
action=learn, reason=new'
}

@test "--learn: a line of the log has all that it has without" {
	run -0 --separate-stderr check --learn < <(at 1000 queue_id=4XyZ)
	assert_equal "$stderr" "grey-check: 4XyZ: action=learn, reason=new, client_name=mail.example.net, \
client_address=192.0.2.30, sender=a@example.net, recipient=b@example.org"
}

@test "--learn: the rows of the store are those without it" {
	run -0 --separate-stderr check --learn --auto-whitelist-clients=2 < <(requests)
	run -0 rows_of postgrey.db
	local triplets=$output
	run -0 rows_of postgrey_clients.db
	local clients=$output

	rm -r "$STORE"
	run -0 --separate-stderr check --auto-whitelist-clients=2 < <(requests)
	run -0 rows_of postgrey.db
	assert_output "$triplets"
	assert_line '192.0.2.0/a@example.net/b@example.org 1000,1500,30'
	run -0 rows_of postgrey_clients.db
	assert_output "$clients"
	assert_output '192.0.2.30 2,6300'
}

@test "what --learn has learnt is known without it, and what is new is greylisted" {
	run -0 --separate-stderr check --learn < <(at 1000; at 1400; at 1400 sender=once@example.net)
	run -0 --separate-stderr check < <(at 1500; at 1500 sender=once@example.net; at 1500 sender=new@example.net
		at 1700 sender=once@example.net)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 "$GREYLISTED"
	assert_line --index 2 "$GREYLISTED"
	assert_line --index 3 --partial 'action=PREPEND X-Greylist: delayed 300 seconds'
}

@test "--learn: whitelists and logged-in users pass as without it, and -q keeps the log quiet" {
	run -0 --separate-stderr check --learn "--whitelist-clients=$(list trusted.example)" \
		< <(at 1 client_name=trusted.example; at 2 sasl_username=user)
	assert_regex "$stderr" 'action=pass, reason=client whitelist'
	assert_regex "$stderr" 'action=pass, reason=sasl username'
	run -0 --separate-stderr check --learn -q < <(at 1)
	assert_output action=DUNNO
	assert_equal "$stderr" ''
}

@test "--learn: a store that fails is a matter of --on-error" {
	run -1 --separate-stderr check --learn --store=fail: --on-error=defer < <(at 1)
	assert_output --regexp '^action=DEFER_IF_PERMIT '
}

@test "--learn --exim: it ends after one answer" {
	run -0 --separate-stderr check --learn --exim < <(at 1; at 2)
	assert_output action=DUNNO
}
