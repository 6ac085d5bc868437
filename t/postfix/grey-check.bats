#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A real Postfix asks grey-check through spawn(8). One throwaway Postfix for all tests (t/lib/postfix.bash); each
# test has a sender of its own, so that none depends on another.

load spawn

services()
{
	local lists=$PF_DIR/etc

	printf '%s\n' '# those we trust' trusted.example 198.51.100.77 >"$lists/clients"
	printf '%s\n' 'postmaster@' >"$lists/recipients"

	pf_service slow --delay=300
	pf_service quick --delay=2
	pf_service awl --delay=1 --auto-whitelist-clients=1
	pf_service lists --delay=300 "--whitelist-clients=$lists/clients" "--whitelist-recipients=$lists/recipients"
}

@test "a new sender, recipient and network are greylisted, stored and logged" {
	run -0 smtp_send slow 'mail.example.net[192.0.2.10]' new@example.net subject-new user@example.org
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
	refute_line --partial 'S: 354'

	run -0 pf_decision 1 sender=new@example.net
	assert_output 'action=greylist, reason=new, client_name=mail.example.net, client_address=192.0.2.10, sender=new@example.net, recipient=user@example.org'

	run -0 row "$(pf_store slow)" postgrey.db 192.0.2.0/new@example.net/user@example.org
	assert_output --regexp '^([0-9]+),\1,10$'
}

@test "the decision is logged as mail.info under the name grey-check" {
	smtp_send slow 'mail.example.net[192.0.2.11]' facility@example.net subject-facility user@example.org
	run -0 pf_decision 1 sender=facility@example.net
	run -0 grep -F sender=facility@example.net "$PF_DIR/syslog"
	assert_output --regexp '^<22>.* grey-check\[[0-9]+\]: action='
}

@test "a retry before the delay is over is greylisted again, and the log says what is missing" {
	local message=('mail.example.net[192.0.2.12]' early@example.net subject-early user@example.org)
	local key=192.0.2.0/early@example.net/user@example.org

	smtp_send slow "${message[@]}"
	wait_for 10 pf_delay_over slow "$key" 1
	run -0 smtp_send slow "${message[@]}"
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"

	run -0 pf_decision 2 sender=early@example.net
	assert_line --index 1 --regexp '^action=greylist, reason=early-retry \([0-9]+s missing\), client_name=mail.example.net, '
	run -0 row "$(pf_store slow)" postgrey.db "$key"
	assert_output --regexp '^[0-9]+,[0-9]+,12$'
	refute_output --regexp '^([0-9]+),\1,'
}

@test "a retry after the delay is accepted, and delivered with the X-Greylist header" {
	local message=('mail.example.net[192.0.2.13]' later@example.net subject-later user@example.org)

	run -0 smtp_send quick "${message[@]}"
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
	wait_for 20 smtp_accepted quick "${message[@]}"

	run -0 wait_for 20 pf_delivered subject-later
	run -0 grep -c '^X-Greylist:' "$output"
	assert_output 1
	run -0 grep -h '^X-Greylist:' "$(pf_delivered subject-later)"
	assert_output --regexp '^X-Greylist: delayed [0-9]+ seconds by grey-check-[^ ]+ at [^ ]+; (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [^ ]+$'

	wait_for 10 grep -q 'action=pass.*sender=later@example.net' "$PF_DIR/syslog"
	run -0 pf_grey_log sender=later@example.net
	assert_line --regexp 'action=pass, reason=triplet found, delay=[0-9]+, client_name=mail.example.net, client_address=192.0.2.13, sender=later@example.net, recipient=user@example.org$'
}

@test "a known triplet is accepted at once, without a header, also from its neighbour in the network" {
	smtp_send quick 'mail.example.net[192.0.2.14]' known@example.net subject-known-1 user@example.org
	wait_for 10 pf_delay_over quick 192.0.2.0/known@example.net/user@example.org 2
	smtp_accepted quick 'mail.example.net[192.0.2.14]' known@example.net subject-known-2 user@example.org

	run -0 smtp_send quick 'other.example.net[192.0.2.15]' known@example.net subject-known-3 user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	wait_for 20 pf_delivered subject-known-3
	run ! grep '^X-Greylist:' "$(pf_delivered subject-known-3)"
	run -0 pf_decision 3 sender=known@example.net
	assert_line --index 2 'action=pass, reason=triplet found, client_name=other.example.net, client_address=192.0.2.15, sender=known@example.net, recipient=user@example.org'
}

@test "a message to three recipients gets the header once" {
	local message=('mail.example.net[192.0.2.16]' several@example.net subject-several)
	local recipients=(a@example.org b@example.org c@example.org)
	local file

	run -0 smtp_send quick "${message[@]}" "${recipients[@]}"
	assert_line "S: 450 4.2.0 <a@example.org>: $GREYLISTED"
	assert_line "S: 450 4.2.0 <b@example.org>: $GREYLISTED"
	assert_line "S: 450 4.2.0 <c@example.org>: $GREYLISTED"
	wait_for 10 pf_delay_over quick 192.0.2.0/several@example.net/c@example.org 2

	run -0 smtp_send quick "${message[@]}" "${recipients[@]}"
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	wait_for 20 pf_delivered subject-several 3
	for file in $(pf_delivered subject-several 3); do
		run -0 grep -c '^X-Greylist:' "$file"
		assert_output 1
	done
	run -0 pf_decision 6 sender=several@example.net
	assert_equal "$(grep -c 'reason=triplet found, delay=' <<<"$output")" 1
	assert_equal "$(grep -c 'reason=triplet found, client_name=' <<<"$output")" 2
}

@test "of a message's recipients only those that waited are accepted" {
	smtp_send quick 'mail.example.net[192.0.2.17]' mixed@example.net subject-mixed-1 old@example.org
	wait_for 10 pf_delay_over quick 192.0.2.0/mixed@example.net/old@example.org 2

	run -0 smtp_send quick 'mail.example.net[192.0.2.17]' mixed@example.net subject-mixed-2 new@example.org old@example.org
	assert_line "S: 450 4.2.0 <new@example.org>: $GREYLISTED"
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	wait_for 20 pf_delivered subject-mixed-2
	run -0 grep -h '^Delivered-To:' "$(pf_delivered subject-mixed-2)"
	assert_output 'Delivered-To: old@example.org'
}

@test "a client that passed often enough is auto-whitelisted" {
	smtp_send awl 'relay.example.com[203.0.113.5]' one@example.com subject-awl-1 user@example.org
	wait_for 10 pf_delay_over awl 203.0.113.0/one@example.com/user@example.org 1
	smtp_accepted awl 'relay.example.com[203.0.113.5]' one@example.com subject-awl-1 user@example.org
	run -0 row "$(pf_store awl)" postgrey_clients.db 203.0.113.5
	assert_output --regexp '^1,[0-9]+$'
	wait_for 10 grep -q 'whitelisted: relay.example.com\[203.0.113.5\]' "$PF_DIR/syslog"

	run -0 smtp_send awl 'relay.example.com[203.0.113.5]' two@example.com subject-awl-2 other@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 1 sender=two@example.com
	assert_output 'action=pass, reason=client AWL, client_name=relay.example.com, client_address=203.0.113.5, sender=two@example.com, recipient=other@example.org'
	wait_for 20 pf_delivered subject-awl-2
	run ! grep '^X-Greylist:' "$(pf_delivered subject-awl-2)"
	run -1 row "$(pf_store awl)" postgrey.db 203.0.113.0/two@example.com/other@example.org
}

@test "a client on the whitelist is accepted at once, by name and by address" {
	run -0 smtp_send lists 'mx7.trusted.example[192.0.2.20]' byname@example.net subject-byname user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 1 sender=byname@example.net
	assert_output --partial 'action=pass, reason=client whitelist, client_name=mx7.trusted.example, '

	run -0 smtp_send lists 'unknown[198.51.100.77]' byaddress@example.net subject-byaddress user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 1 sender=byaddress@example.net
	assert_output --partial 'action=pass, reason=client whitelist, '

	run -1 row "$(pf_store lists)" postgrey.db 192.0.2.0/byname@example.net/user@example.org
}

@test "a recipient on the whitelist is accepted at once, the one beside it is not" {
	run -0 smtp_send lists 'mail.example.net[192.0.2.21]' help@example.net subject-help postmaster@example.org user@example.org
	assert_line 'S: 250 2.1.5 Ok'
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 2 sender=help@example.net
	assert_line --index 0 --partial 'action=pass, reason=recipient whitelist, '
	assert_line --index 1 --partial 'action=greylist, reason=new, '
}

@test "the null sender is greylisted like any other" {
	run -0 smtp_send slow 'bounces.example.net[192.0.2.22]' '' subject-null null@example.org
	assert_line "S: 450 4.2.0 <null@example.org>: $GREYLISTED"
	run -0 pf_decision 1 recipient=null@example.org
	assert_output 'action=greylist, reason=new, client_name=bounces.example.net, client_address=192.0.2.22, recipient=null@example.org'
	run -0 row "$(pf_store slow)" postgrey.db 192.0.2.0//null@example.org
}

@test "an IPv6 client is greylisted by its /64" {
	perl -MSocket -e 'socket my $s, AF_INET6, SOCK_STREAM, 0 or exit 1' || skip "this kernel has no IPv6"

	run -0 smtp_send slow 'mail6.example.net[2001:db8::5]' six@example.net subject-six user@example.org
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
	wait_for 10 pf_delay_over slow 2001:db8:0:0:0:0:0:0/six@example.net/user@example.org 1
	run -0 smtp_send slow 'mail6.example.net[2001:db8::99:1]' six@example.net subject-six user@example.org

	run -0 pf_decision 2 sender=six@example.net
	assert_line --index 0 'action=greylist, reason=new, client_name=mail6.example.net, client_address=2001:db8::5, sender=six@example.net, recipient=user@example.org'
	assert_line --index 1 --partial 'action=greylist, reason=early-retry ('
	run -0 rows "$(pf_store slow)" postgrey.db
	assert_equal "$(grep -c /six@example.net/ <<<"$output")" 1
}
