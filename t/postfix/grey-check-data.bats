#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A real Postfix asks grey-check at DATA and ETRN, where a request names no recipient.

# run sets stderr.
# shellcheck disable=SC2154
load spawn

services()
{
	echo /./ >"$PF_DIR/recipients"
	pf_service data --delay=300 "--whitelist-recipients=$PF_DIR/recipients"
	pf_main 'smtpd_data_restrictions = check_policy_service unix:private/data' \
		'smtpd_etrn_restrictions = check_policy_service unix:private/data'
}

@test "DATA of a message with several recipients is put off without a link to nowhere" {
	run -0 smtp_send data 'mail.example.net[192.0.2.50]' a@example.net subject-several one@example.org two@example.org
	assert_line 'S: 450 4.2.0 <DATA>: Data command rejected: Greylisted'
	run -0 row "$(pf_store data)" postgrey.db 192.0.2.0/a@example.net/
}

@test "DATA of a message with one recipient names it" {
	run -0 smtp_send data 'mail.example.net[192.0.2.50]' a@example.net subject-one one@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
}

@test "ETRN is put off without a link to nowhere" {
	run -0 smtp data <<<$'EHLO client.example.net\nXCLIENT NAME=mail.example.net ADDR=192.0.2.51\nEHLO client.example.net\nETRN example.org\nQUIT'
	assert_line --regexp '^S: 450 4\.2\.0 <example\.org>: Etrn command rejected: Greylisted$'
}
