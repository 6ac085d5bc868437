#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --check-postfix: which smtpd asks the service, where in its restrictions, and what if there is no answer.

load check-postfix

@test "no smtpd asks it: it is put where it belongs in the list that there is" {
	ask reject_unauth_destination
	run -0 check
	finds FAULT 'main.cf: no smtpd asks greylist'
	assert_line 'exit 1'
	run -0 mended
	ask ''
	run -0 check
	run -0 mended
	assert_line --partial "'smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination, reject_unlisted_recipient, check_policy_service { unix:private/greylist, timeout=10s, default_action=DUNNO }'"
	ask 'permit_mynetworks reject_unauth_destination, permit'
	run -0 check
	run -0 mended
	assert_line --partial 'permit_mynetworks reject_unauth_destination, reject_unlisted_recipient, check_policy_service { unix:private/greylist, timeout=10s, default_action=DUNNO }, permit'
}

@test "a name that nobody serves, or postgrey's, is replaced, not asked as well" {
	local name

	for name in unix:private/greylst private/greylist '{ inet:127.0.0.1:10023, timeout=10s }' ''; do
		ask "reject_unauth_destination, reject_unlisted_recipient, check_policy_service $name"
		run -0 check
		finds FAULT 'main.cf: no smtpd asks greylist'
		run -0 mended
		assert_line --partial "'smtpd_recipient_restrictions = reject_unauth_destination, reject_unlisted_recipient, check_policy_service { unix:private/greylist, timeout=10s, default_action=DUNNO }'"
	done
	ask 'reject_unauth_destination, check_policy_service unix:private/greylst'
	run -0 check
	finds FAULT 'main.cf: check_policy_service asks unix:private/greylst, and master.cf has no such service'
	ask 'reject_unauth_destination, check_policy_service private/greylist'
	run -0 check
	finds FAULT 'check_policy_service "private/greylist": a name that begins with unix: or inet: has to follow'
}

@test "a list of the smtpd's entry, and not of main.cf, is named when nobody asks" {
	local smtpd

	smtpd=127.0.0.1:$(pf_port greylist)
	ask reject_unauth_destination
	postconf -c "$CF" -P "$smtpd/inet/smtpd_recipient_restrictions=reject_unauth_destination,permit"
	run -0 check
	finds FAULT 'no smtpd asks greylist'
	assert_line --regexp "^ +in master.cf, below $smtpd: -o \{ smtpd_recipient_restrictions = reject_unauth_destination,reject_unlisted_recipient, check_policy_service \{ .* \}, permit \}\$"
}

@test "what only users who log in get to counts neither as asking nor as the place to ask" {
	sed -i "/^127/i\\
submission inet n - n - - smtpd\\
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\\
smtps inet n - n - - smtpd\\
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject\\
  -o smtpd_recipient_restrictions=check_policy_service,unix:private/greylist" "$CF/master.cf"
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	refute_output --partial smtps
	ask reject_unauth_destination
	run -0 check
	finds FAULT 'no smtpd asks greylist'
	run -0 mended
}

@test "a check that is never reached, that only warns, or that stands in the wrong list: a line to paste mends it" {
	ask 'permit, check_policy_service unix:private/greylist'
	run -0 check
	finds FAULT 'the check is never reached: permit stands before it'
	run -0 mended
	ask 'permit_auth_destination, reject_unauth_destination, CHECK_POLICY_SERVICE unix:private/greylist, permit'
	run -0 check
	finds FAULT 'the check is never reached: permit_auth_destination stands before it'
	run -0 mended
	ask 'reject_unauth_destination, warn_if_reject, check_policy_service unix:private/greylist, permit'
	run -0 check
	finds FAULT 'warn_if_reject stands before the check'
	run -0 mended
	ask 'reject_unauth_destination, permit'
	postconf -c "$CF" -e 'smtpd_data_restrictions = reject_unauth_pipelining, check_policy_service unix:private/greylist'
	run -0 check
	finds FAULT 'smtpd_data_restrictions: a mail with several recipients has none here'
	run -0 mended
	assert_line --partial "'smtpd_data_restrictions = reject_unauth_pipelining'"
	ask reject_unauth_destination
	postconf -c "$CF" -e 'smtpd_sender_restrictions = check_policy_service unix:private/greylist, reject_unknown_sender_domain'
	run -0 check
	finds remark 'smtpd_sender_restrictions: the check is better in smtpd_recipient_restrictions'
	postconf -c "$CF" -e 'smtpd_delay_reject = no'
	run -0 check
	finds FAULT 'smtpd_sender_restrictions: with smtpd_delay_reject = no there is no recipient here yet'
	run -0 mended
	assert_line --partial "'smtpd_sender_restrictions = reject_unknown_sender_domain'"
}

@test "a socket by its whole path is not found by an smtpd in a chroot" {
	ask "reject_unauth_destination, reject_unlisted_recipient, check_policy_service { unix:$PF_DIR/queue/private/greylist, timeout=10s, default_action=DUNNO }"
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	postconf -c "$CF" -F "127.0.0.1:$(pf_port greylist)/inet/chroot = y"
	run -0 check
	finds FAULT "runs in a chroot .*, where there is no $PF_DIR/queue/private/greylist"
	run -0 mended
}

@test "the order, the timeout and the default action: one line to paste mends all of them" {
	postconf -c "$CF" -e 'smtpd_relay_restrictions ='
	ask 'permit_mynetworks, check_policy_service unix:private/greylist, reject_unauth_destination'
	run -0 check
	finds remark 'the check comes before reject_unauth_destination'
	finds remark 'the check comes before reject_unlisted_recipient'
	finds remark 'does not answer within 100s, mail waits: the default action is "451 4.3.5 Server configuration problem"'
	refute_line --regexp '^(FAULT|exit)'
	run -0 mended
	assert_line "postconf -c $CF -e 'smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination, reject_unlisted_recipient, check_policy_service { unix:private/greylist, timeout=10s, default_action=DUNNO }, reject_unauth_destination'"
}

@test "what is pasted keeps the other options of a check, and the shell's quotes" {
	ask "reject_unauth_destination, check_client_access inline:{ {192.0.2.9 = 550 it's you} }, check_policy_service { unix:private/greylist, try_limit=1, { default_action = 450 4.3.5 it's broken } }, permit"
	run -0 check
	finds remark "mail waits: the default action is \"450 4.3.5 it's broken\""
	run -0 mended
	run -0 --separate-stderr postconf -c "$CF" -h smtpd_recipient_restrictions
	assert_output "reject_unauth_destination, check_client_access inline:{ {192.0.2.9 = 550 it's you} }, reject_unlisted_recipient, check_policy_service { unix:private/greylist, timeout=10s, default_action=DUNNO, try_limit=1 }, permit"
}

@test "what can't be written anew, for it stands behind a \$name, is said to be so" {
	# shellcheck disable=SC2016
	ask 'reject_unauth_destination, $grey'
	postconf -c "$CF" -e 'grey = check_policy_service unix:private/greylist'
	run -0 check
	finds remark 'the check comes before reject_unlisted_recipient'
	# shellcheck disable=SC2016
	assert_line --regexp '^ +the check stands in a class or a \$name that this list names'
}

@test "a default action for all policy services is no matter alone, and one beside others" {
	postconf -c "$CF" -e smtpd_policy_service_default_action=DUNNO
	ask 'reject_unauth_destination, reject_unlisted_recipient, check_policy_service unix:private/greylist'
	run -0 check
	finds ok 'does not answer within 100s, mail passes'
	ask 'reject_unauth_destination, reject_unlisted_recipient, check_policy_service inet:127.0.0.1:9, check_policy_service unix:private/greylist'
	run -0 check
	finds remark 'lets mail pass when other policy services do not answer, too'
}

@test "what a service of master.cf says otherwise is looked at, with a line to paste" {
	local smtpd

	smtpd=127.0.0.1:$(pf_port greylist)/inet
	postconf -c "$CF" -P "$smtpd/smtpd_recipient_restrictions=check_policy_service,unix:private/greylist"
	run -0 check
	finds remark "$smtpd: -o smtpd_recipient_restrictions: .*reject_unlisted_recipient"
	assert_line --regexp "^ +in master.cf, below ${smtpd%/inet}: -o \{ smtpd_recipient_restrictions = .*reject_unlisted_recipient, check_policy_service \{ unix:private/greylist, timeout=10s, default_action=DUNNO \} \}\$"
}

@test "a restriction class that a table names counts as asking" {
	postconf -c "$CF" -e 'smtpd_restriction_classes = selective' 'selective = check_policy_service unix:private/greylist'
	ask 'reject_unauth_destination, check_recipient_access static:selective'
	run -0 check
	finds ok 'a class of smtpd_restriction_classes asks greylist'
	refute_line --regexp '^(FAULT|exit)'
	ask 'reject_unauth_destination, reject_unlisted_recipient, selective'
	run -0 check
	finds ok 'main.cf: smtpd_recipient_restrictions: smtpd asks greylist'
}
