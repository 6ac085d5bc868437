#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The lists of grey-check: who waits how long, and is never auto-whitelisted, by delay= and `never` after an entry.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load ../lib/check

# waits SECONDS OPTION...: the request above waits that long, and passes then.
waits()
{
	run -0 --separate-stderr check --store=mem: --greylist-text=%s "${@:2}" < <(at 1000; at $((999 + $1)); at $((1000 + $1)))
	assert_line --index 0 "action=DEFER_IF_PERMIT $1"
	assert_line --index 1 'action=DEFER_IF_PERMIT 1'
	assert_line --index 2 --partial "delayed $1 seconds"
}

@test "delay= behind an entry is the delay of what it matches, in all units" {
	waits 90 "--whitelist-clients=$(list 'example.net delay=90')"
	waits 90 "--whitelist-clients=$(list '192.0.2.0/24  delay=90s # slow')"
	waits 600 "--whitelist-clients=$(list $'/^mail/\tdelay=10m')"
	waits 7200 "--whitelist-recipients=$(list 'b@ delay=2h')"
	waits 400 "--greylist-recipients=$(list 'example.org delay=400')"
}

@test "delay=: what no entry matches has the delay of --delay" {
	waits 300 "--whitelist-clients=$(list 'other.example delay=90')" "--whitelist-recipients=$(list 'c@ delay=80')"
	waits 500 --delay=500 "--whitelist-clients=$(list 'other.example delay=90')"
}

@test "delay=: a client's comes before a recipient's, and before that of --greylist-recipients" {
	waits 90 "--whitelist-clients=$(list 'example.net delay=90')" "--whitelist-recipients=$(list 'b@ delay=80')"
	waits 80 "--whitelist-recipients=$(list 'b@ delay=80')" "--greylist-recipients=$(list 'example.org delay=70')"
}

@test "delay=: an entry without, on any whitelist, passes nevertheless" {
	local slow slow_recipient
	slow=$(list 'example.net delay=90')
	slow_recipient=$(list 'b@ delay=90')

	run -0 --separate-stderr check "--whitelist-clients=$slow" "--whitelist-recipients=$(list b@)" < <(at 1)
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=recipient whitelist'
	run -0 --separate-stderr check "--whitelist-clients=$slow" "--whitelist-senders=$(list a@example.net)" < <(at 1)
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=sender whitelist'
	run -0 --separate-stderr check "--whitelist-clients=$(list example.net)" "--whitelist-recipients=$slow_recipient" < <(at 1)
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=client whitelist'
}

@test "delay=: of a file the most specific entry counts" {
	local clients
	clients=$(list 'example.net delay=90' 'mail.example.net delay=80' 'slow.mail.example.net delay=70')
	waits 80 "--whitelist-clients=$clients"
	run -0 --separate-stderr check "--whitelist-clients=$(list example.net 'mail.example.net delay=80')" < <(at 1
		at 2 client_name=mx.example.net)
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 action=DUNNO
}

@test "delay=0 passes at once and is stored, but has no header and says nothing of its client" {
	run -0 --separate-stderr check "--whitelist-recipients=$(list 'b@ delay=0')" --auto-whitelist-clients=1 < <(at 1000
		at 1000 recipient=c@example.org)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 --partial DEFER_IF_PERMIT
	refute_regex "$stderr" 'whitelisted|delay='
	run -0 rows_of postgrey.db
	assert_line '192.0.2.0/a@example.net/b@example.org 1000,1000,30'
}

@test "delay=: the clients that waited count for the auto-whitelist as all others" {
	run -0 --separate-stderr check "--whitelist-recipients=$(list 'b@ delay=90')" --auto-whitelist-clients=1 < <(
		at 1000; at 1090; at 1091 recipient=other@example.org)
	assert_line --index 2 action=DUNNO
	assert_regex "$stderr" 'whitelisted: mail\.example\.net\[192\.0\.2\.30\]'
}

# on_auto_whitelist OPTION...: the client of the request above is on it, and asks again, with these options.
on_auto_whitelist()
{
	check --auto-whitelist-clients=1 < <(at 1 sender=first@x; at 301 sender=first@x) >/dev/null 2>&1
	run -0 rows_of postgrey_clients.db
	assert_output '192.0.2.30 1,301'
	run -0 --separate-stderr check --auto-whitelist-clients=1 --greylist-text=%s "$@" < <(at 10000)
}

@test "delay= and never: what somebody wrote counts more than the auto-whitelist that was learned" {
	local entry option

	for option in clients=/./ clients=example.net clients=192.0.2.0/24 recipients=b@; do
		on_auto_whitelist "--whitelist-${option%%=*}=$(list "${option#*=} delay=90")"
		assert_output 'action=DEFER_IF_PERMIT 90'
		rm -r "${STORE:?}"
		on_auto_whitelist "--whitelist-${option%%=*}=$(list "${option#*=} never")"
		assert_output 'action=DEFER_IF_PERMIT 300'
		rm -r "${STORE:?}"
	done
	for entry in 'example.org delay=90' 'example.org delay=90 never'; do
		on_auto_whitelist "--greylist-recipients=$(list "$entry")"
		assert_output 'action=DEFER_IF_PERMIT 90'
		rm -r "${STORE:?}"
	done
	on_auto_whitelist "--greylist-recipients=$(list example.org)" "--whitelist-clients=$(list 'other.example never')"
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=client AWL'
}

@test "never: it waits for --delay, passes, and does not count for the auto-whitelist, nor renews what is there" {
	local never
	never=--whitelist-clients=$(list 'example.net never')

	waits 300 "$never"
	waits 80 --delay=80 "$never"
	waits 90 "--whitelist-recipients=$(list 'b@ never delay=90')"
	run -0 --separate-stderr check "$never" --auto-whitelist-clients=1 < <(at 1000; at 1300; at 1301 sender=other@example.net)
	assert_line --index 1 --partial 'delayed 300 seconds'
	assert_line --index 2 "$GREYLISTED"
	refute_regex "$stderr" whitelisted:
	run -0 rows_of postgrey_clients.db
	assert_output ''
	rm -r "$STORE"
	on_auto_whitelist "$never"
	run -0 --separate-stderr check --auto-whitelist-clients=1 "$never" < <(at 10300)
	assert_output --partial 'delayed 300 seconds'
	run -0 rows_of postgrey_clients.db
	assert_output '192.0.2.30 1,301'
}

@test "never and delay=: the first entry counts with all that it says, and one that passes more than any" {
	waits 300 "--whitelist-clients=$(list 'example.net never')" "--whitelist-recipients=$(list 'b@ delay=80')"
	on_auto_whitelist "--whitelist-clients=$(list 'example.net delay=70')" "--whitelist-recipients=$(list 'b@ never')"
	assert_output 'action=DEFER_IF_PERMIT 70'
	rm -r "$STORE"
	on_auto_whitelist "--whitelist-recipients=$(list 'b@ never')" "--greylist-recipients=$(list 'example.org delay=70')"
	assert_output 'action=DEFER_IF_PERMIT 300'
	run -0 --separate-stderr check "--whitelist-clients=$(list 'example.net never')" "--whitelist-recipients=$(list b@)" < <(at 1)
	assert_output action=DUNNO
	run -0 --separate-stderr check "--whitelist-clients=$(list 'net never' example.net)" < <(at 1)
	assert_output action=DUNNO
	waits 300 "--whitelist-clients=$(list net 'example.net never')"
}

@test "never: --check-config knows it after clients and recipients, and refuses it after senders" {
	run -0 --separate-stderr check --check-config "--whitelist-clients=$(list 'example.net never')" \
		"--whitelist-recipients=$(list 'b@ delay=5m never')" "--greylist-recipients=$(list 'example.org never')"
	assert_equal "$stderr" ''
	run -2 --separate-stderr check --check-config "--whitelist-senders=$(list 'a@example.net never')"
	assert_regex "$stderr" 'only clients and recipients can have the word "never"'
}

@test "of several files for one option the first that has an entry counts, whatever it says" {
	local pass slow
	pass=$(list example.net)
	slow=$(list '# none' 'mail.example.net delay=90')

	run -0 --separate-stderr check "--whitelist-clients=$pass" "--whitelist-clients=$slow" < <(at 1)
	assert_output action=DUNNO
	waits 90 "--whitelist-clients=$slow" "--whitelist-clients=$pass"
	waits 90 "--whitelist-clients=$(list other.example)" "--whitelist-clients=$slow" "--whitelist-clients=$pass"
	waits 80 "--whitelist-recipients=$(list 'example.org delay=80')" "--whitelist-recipients=$(list b@example.org)"
	waits 70 "--greylist-recipients=$(list 'example.org delay=70')" "--greylist-recipients=$(list 'b@example.org delay=60')"
	waits 70 "--greylist-recipients=$(list 'example.com delay=60')" "--greylist-recipients=$(list 'b@example.org delay=70')"
}

@test "delay=: what is no delay makes a line bad, and senders have clients there" {
	local value file

	for value in delay= delay=x delay=-1 delay=1.5h delay=36526d 'delay=1 delay=2' delayed=1 'delay=9 x'; do
		file=$(list "mail.example.net $value")
		run -0 --separate-stderr check --store=mem: "--whitelist-clients=$file" < <(at 1)
		assert_output "$GREYLISTED"
		assert_regex "${stderr_lines[0]}" "^grey-check: $file:1: .+; the line is ignored\$"
	done
	file=$(list 'a@example.net 192.0.2.0/33')
	run -0 --separate-stderr check "--whitelist-senders=$file" < <(at 1)
	assert_output "$GREYLISTED"
	assert_equal "${stderr_lines[0]}" \
		"grey-check: $file:1: \"192.0.2.0/33\": the prefix is not from 0 to 32; the line is ignored"
}
