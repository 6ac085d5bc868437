#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Where a real Postfix has no syslog, as in a container: what grey-check logs stands in maillog_file or in a file of its
# own, and log-stats reads it there.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load spawn

# Without a mount namespace the system's own /dev/log is there, if it has one.
PF_SYSLOG=absent
! mount_missing >/dev/null || PF_SYSLOG=untouched

services()
{
	mkdir "$PF_DIR/log" "$PF_DIR/closed"
	chown nobody: "$PF_DIR/log"
	PF_GROUP=postdrop pf_service postlog --delay=2 --log=postlog
	PF_GROUP=postdrop pf_service by_path --delay=300 "--log=postlog:$PF_DIR/queue/public/postlog"
	PF_GROUP=postdrop pf_service by_default --delay=300
	PF_GROUP=postdrop pf_service stderr --delay=300 --log=stderr
	PF_GROUP=postdrop pf_service stdout --delay=300 --log=file:/dev/stdout
	PF_GROUP=postdrop pf_service closed --delay=300 "--log=file:$PF_DIR/closed/grey.log"
	PF_GROUP=postdrop pf_service wrong --log=postlog --dealy=60
	PF_GROUP=postdrop pf_service broken --log=postlog
	pf_service file --delay=2 "--log=file:$PF_DIR/log/grey.log"
	chmod 0777 "$(pf_store broken)"
}

# asked SERVICE [SENDER]: a message comes whose recipient this service is asked about.
asked()
{
	smtp_send "$1" 'mail.example.net[192.0.2.9]' "${2-$1@example.net}" "subject-$1" user@example.org >"$PF_DIR/said"
}

# logged TEXT: prints the lines with this text in maillog_file, when there are any.
logged()
{
	wait_for 10 pf_logged "$1" || { cat "$PF_DIR/mail.log" >&2; return 1; }
	grep -F -- "$1" "$PF_DIR/mail.log"
}

STAMP='[A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
WHO='client_name=mail.example.net, client_address=192.0.2.9'

@test "--log=postlog: decisions stand in maillog_file, in the form of Postfix's own lines" {
	local service

	for service in postlog by_path; do
		asked $service
		run -0 logged "sender=$service@example.net, "
		assert_output --regexp "^$STAMP mx grey-check\[[0-9]+\]: action=greylist, reason=new, $WHO, sender=$service@example.net, recipient=user@example.org$"
	done
}

@test "syslog is asked for, and there is none: the lines stand in maillog_file by themselves" {
	[ "$PF_SYSLOG" = absent ] || [ ! -e /dev/log ] || skip_without_mount
	asked by_default
	run -0 logged 'sender=by_default@example.net, '
	assert_output --regexp "^$STAMP mx grey-check\[[0-9]+\]: action=greylist, reason=new, "
}

@test "--log=stderr where that is the socket: a warning says so, and the lines come to the log" {
	[ "$PF_SYSLOG" = absent ] || [ ! -e /dev/log ] || skip_without_mount
	asked stderr
	run -0 logged 'sender=stderr@example.net, '
	run -0 logged '--log=stderr: '
	assert_output --regexp ' grey-check\[[0-9]+\]: warning: --log=stderr: standard error is the socket of the requests here; logging as with --log=syslog$'
}

@test "--log=file: a line is in the form of syslog's files" {
	asked file
	wait_for 10 grep -q 'sender=file@example.net' "$PF_DIR/log/grey.log"
	run -0 cat "$PF_DIR/log/grey.log"
	assert_output --regexp '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}[+-][0-9]{2}:[0-9]{2} [^ .]+ grey-check\[[0-9]+\]: action=greylist, reason=new, '
	run -0 stat -c '%U %a' "$PF_DIR/log/grey.log"
	assert_output 'nobody 600'
}

@test "a file that can't be written, and the standard output of a container: mail is answered, and maillog_file says why" {
	[ "$PF_SYSLOG" = absent ] || [ ! -e /dev/log ] || skip_without_mount
	asked closed
	run -0 cat "$PF_DIR/said"
	assert_output --partial "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
	run -0 logged 'sender=closed@example.net, '
	run -0 logged "can't log to $PF_DIR/closed/grey.log: "
	assert_output --regexp " grey-check\[[0-9]+\]: error: can't log to .*/grey.log: Permission denied; logging to postlog instead$"

	asked stdout
	run -0 logged 'sender=stdout@example.net, '
	run -0 logged "can't log to /proc/1/fd/1: "
	assert_output --regexp ' grey-check\[[0-9]+\]: error: .*; logging to postlog instead$'
}

@test "an option that is misspelt in master.cf: one line in maillog_file names the right one, and says what mail does" {
	asked wrong
	run -0 cat "$PF_DIR/said"
	assert_output --partial 'S: 451 4.3.5 <user@example.org>: Recipient address rejected: Server configuration problem'
	run -0 logged ' error: --dealy=60: '
	assert_line --index 0 --regexp 'grey-check\[[0-9]+\]: error: --dealy=60: there is no such option; did you mean --delay\? Postfix now does what default_action .* by default mail is deferred$'
	run ! grep -F 'usage: grey-check' "$PF_DIR/mail.log"
}

@test "log-stats reads all of it: greylisted and passed, what was answered without a store, errors" {
	asked postlog again@example.net
	wait_for 20 smtp_accepted postlog 'mail.example.net[192.0.2.9]' again@example.net subject-again user@example.org
	run -0 logged 'action=pass, reason=triplet found, delay='
	asked broken
	run -0 logged 'action=error, reason=unavailable, '

	run -0 --separate-stderr "$BIN/log-stats" --format=tsv --check "$PF_DIR/mail.log"
	assert_line $'greylist\twithout_store\t1'
	assert_line $'greylist\twaits\t1'
	assert_line $'coverage\tunknown\t0'
	assert_line --regexp $'^greylist.reasons\t[0-9]+\t.*\tgreylist: new$'
	assert_line --regexp $'^problems.texts\t.*\terror: grey-check: --dealy=#: there is no such option'
	run -0 --separate-stderr "$BIN/log-stats" "$PF_DIR/mail.log"
	assert_line '  1 request was answered without a store.'

	run -0 --separate-stderr "$BIN/log-stats" --events "$PF_DIR/log/grey.log"
	assert_line --regexp $'\tgrey-check\t[0-9]+\tgrey.greylist\t\t192.0.2.9\tfile@example.net\tuser@example.org\t'
	assert_equal "$stderr" ''
}
