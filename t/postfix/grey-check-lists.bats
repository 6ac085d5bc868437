#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A real Postfix asks grey-check through spawn(8): users who have logged in, lists that are replaced under load, --learn.

load spawn

services()
{
	mkdir "$PF_DIR/lists"
	printf '%s\n' 'boss@friends.example' 'bound@example.net 198.51.100.0/24' >"$PF_DIR/lists/senders"
	printf '%s\n' 'optin@example.org' 'slow@example.org delay=900' >"$PF_DIR/lists/greylisted"
	: >"$PF_DIR/lists/replaced"
	pf_service login --delay=300
	pf_service nologin --delay=300 --no-sasl-pass
	pf_service lists --delay=300 --greylist-text=Wait-%s "--whitelist-senders=$PF_DIR/lists/senders" \
		"--greylist-recipients=$PF_DIR/lists/greylisted"
	pf_service replaced --delay=300 --auto-whitelist-clients=0 "--whitelist-clients=$PF_DIR/lists/replaced"
	pf_service learn --delay=300 --learn
}

# need_login: Postfix may be built without SASL.
need_login()
{
	postconf -a | grep -q . || skip "this Postfix knows no SASL"
}

@test "who has logged in is accepted at once, and nothing is stored" {
	need_login
	SMTP_LOGIN=user run -0 smtp_send login 'mail.example.net[192.0.2.40]' login@example.net subject-login user@example.org
	assert_line --partial LOGIN=user
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 1 sender=login@example.net
	assert_output 'action=pass, reason=sasl username, client_name=mail.example.net, client_address=192.0.2.40, sender=login@example.net, recipient=user@example.org'
	run -1 row "$(pf_store login)" postgrey.db 192.0.2.0/login@example.net/user@example.org
}

@test "who has not logged in is greylisted by the same grey-check" {
	run -0 smtp_send login 'mail.example.net[192.0.2.41]' nobody@example.net subject-nobody user@example.org
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
}

@test "--no-sasl-pass: who has logged in is greylisted too" {
	need_login
	SMTP_LOGIN=user run -0 smtp_send nologin 'mail.example.net[192.0.2.42]' nologin@example.net subject-nologin user@example.org
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
	run -0 pf_decision 1 sender=nologin@example.net
	assert_output --partial 'action=greylist, reason=new, '
	run -0 row "$(pf_store nologin)" postgrey.db 192.0.2.0/nologin@example.net/user@example.org
}

@test "senders on a whitelist are accepted, where they are bound to clients only from these" {
	run -0 smtp_send lists 'mail.example.net[192.0.2.43]' boss@friends.example subject-boss optin@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 1 sender=boss@friends.example
	assert_output --partial 'action=pass, reason=sender whitelist, '
	run -0 smtp_send lists 'mail.example.net[198.51.100.9]' bound@example.net subject-bound-1 optin@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 smtp_send lists 'mail.example.net[192.0.2.43]' bound@example.net subject-bound-2 optin@example.org
	assert_line 'S: 450 4.2.0 <optin@example.org>: Recipient address rejected: Wait-300'
}

@test "only recipients who opted in are greylisted, each with the delay of its rule" {
	run -0 smtp_send lists 'mail.example.net[192.0.2.44]' three@example.net subject-three \
		other@example.org optin@example.org slow@example.org
	assert_line 'S: 250 2.1.5 Ok'
	assert_line 'S: 450 4.2.0 <optin@example.org>: Recipient address rejected: Wait-300'
	assert_line 'S: 450 4.2.0 <slow@example.org>: Recipient address rejected: Wait-900'
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 3 sender=three@example.net
	assert_line --index 0 --partial 'action=pass, reason=recipient not greylisted, '
	assert_line --index 1 --partial 'action=greylist, reason=new, '
	assert_line --index 2 --partial 'action=greylist, reason=new, '
}

@test "--learn: all mail is accepted at once, without a header, and the log says what would have been deferred" {
	run -0 smtp_send learn 'mail.example.net[192.0.2.45]' learn@example.net subject-learn-1 user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 smtp_send learn 'mail.example.net[192.0.2.45]' learn@example.net subject-learn-2 user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 2 sender=learn@example.net
	assert_line --index 0 'action=learn, reason=new, client_name=mail.example.net, client_address=192.0.2.45, sender=learn@example.net, recipient=user@example.org'
	assert_line --index 1 --regexp '^action=learn, reason=(new|early-retry \([0-9]+s missing\)), '
	wait_for 20 pf_delivered subject-learn-1
	run ! grep '^X-Greylist:' "$(pf_delivered subject-learn-1)"
	run -0 row "$(pf_store learn)" postgrey.db 192.0.2.0/learn@example.net/user@example.org
}

@test "a list that is replaced under load: no answer is wrong, and the last version counts within seconds" {
	run perl "$ROOT/t/postfix/replace-lists.pl" 7 "$PF_DIR/queue/private/replaced" "$PF_DIR/lists/replaced"
	echo "$output"
	assert_equal "$status" 0
	assert_output --partial ', 0 wrong answers'
	run ! grep -F "$PF_DIR/lists/replaced" "$PF_DIR/syslog"
}
