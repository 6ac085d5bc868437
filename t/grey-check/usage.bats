#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check's command line: what is refused, and how; what postgrey's users may keep in it; --help and --version.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

USAGE='grey-check: usage: grey-check [-hqv] [--option[=value]] ...'

# refused MESSAGE OPTION...: it ends with exit code 2, the message and the usage, before any request or store.
refused()
{
	run -2 --separate-stderr check "${@:2}" < <(at 1)
	assert_output ''
	assert_equal "${stderr_lines[0]}" "grey-check: $1"
	assert_equal "${stderr_lines[1]}" "$USAGE"
	assert_equal "${#stderr_lines[@]}" 2
	run ! test -e "$STORE"
}

@test "an unknown option, or one that is not unique, is refused with the usage" {
	refused '--bogus: there is no such option; see --help' --bogus
	refused '--bogus=1: there is no such option; see --help' --bogus=1
	refused '-x: there is no such option; see --help' -x
	refused '--whitelist: could be --whitelist-clients, --whitelist-recipients or --whitelist-senders' --whitelist
}

@test "an option that is misspelt is refused with the nearest one" {
	refused '--dealy=60: there is no such option; did you mean --delay?' --dealy=60
	refused '--dealy: there is no such option; did you mean --delay?' --dealy 60
	refused '--whitelist_clients=x: there is no such option; did you mean --whitelist-clients?' --whitelist_clients=x
	refused '--maxage=35: there is no such option; did you mean --max-age?' --maxage=35
}

@test "one dash where there are two is refused with the right form, even if it could be read as letters" {
	refused '-delay=60: a long option has two dashes: --delay=60' -delay=60
	refused '-delay: a long option has two dashes: --delay' -delay 60
	refused '-sync: a long option has two dashes: --sync' -q -sync
	refused '-ipv4cidr=24: a long option has two dashes: --ipv4cidr=24' -ipv4cidr=24
	refused '-user=postgrey: a long option has two dashes: --user=postgrey' -user=postgrey
}

# behind_socket OPTION...: as spawn(8) starts it, where standard error is the socket too; LOG has what it logged.
behind_socket()
{
	LOG=$BATS_TEST_TMPDIR/log
	rm -f "$LOG"
	run --separate-stderr perl "$ROOT/t/faults/socket.pl" "$BIN/grey-check" "--store=$STORE" "--log=file:$LOG" "$@" < <(request)
}

NOW='Postfix now does what default_action of check_policy_service or smtpd_policy_service_default_action says: by default mail is deferred'

@test "at the socket of spawn(8) a usage error is one line in the log that is asked for, with what happens to mail" {
	behind_socket --dealy=60 --syslog-name=greylist
	assert_equal "$status" 2
	assert_output ''
	assert_equal "$stderr" ''
	run -0 sed 's/^[^ ]* [^ ]* \([^[]*\)\[[0-9]*\]/\1/' "$LOG"
	assert_output "greylist: error: --dealy=60: there is no such option; did you mean --delay? $NOW"

	behind_socket "Greylisted'"
	run -0 cat "$LOG"
	assert_line --regexp "grey-check\\[[0-9]+\\]: error: Greylisted': takes no operands; .* goes in braces: .*\\. $NOW\$"
	assert_equal "${#lines[@]}" 1
	run ! test -e "$STORE"
}

@test "at the socket of spawn(8) a store that there can't be is told with what happens to mail" {
	behind_socket --store=bogus:x
	assert_equal "$status" 2
	run -0 cat "$LOG"
	assert_line --index 0 --regexp 'error: --store=bogus:x: no such kind of store'
	assert_line --index 1 --regexp "error: ending without an answer; $NOW\$"
}

@test "an argument that is missing, or that the option does not take, is refused" {
	refused '--delay: needs an argument' --delay
	refused '-u: needs an argument' -u
	refused '--sync=on: must be yes or no' --sync=on
	refused '--explain=yes: --explain takes no argument' --explain=yes
}

@test "operands are refused with the usage" {
	refused 'operand: takes no operands; requests come from standard input' operand
	refused '-: takes no operands; requests come from standard input' -q -
	refused '--help: takes no operands; requests come from standard input' -- --help
}

@test "an option that goes with --explain is refused without it" {
	refused '--client-address: goes with --explain only' --client-address=192.0.2.1
	refused '--sender: goes with --explain only' --sender=
	refused '--recipient: goes with --explain only' --recipient=a@b
	refused '--time: goes with --explain only' --time=1
}

@test "a time that is none is refused with what it may be" {
	local form='must be a number, followed by s, m, h, d or w for seconds, minutes, hours, days or weeks'
	local option value

	for option in delay max-age retry-window; do
		for value in '' x 5x 1.5 -1 1h30m '5 m' 99999999999999; do
			refused "--$option=$value: $form" "--$option=$value"
		done
	done
}

@test "a time out of its bounds is refused with the bounds" {
	refused '--delay=36526d: must be from 0s to 3155760000s' --delay=36526d
	refused '--max-age=0: must be from 1s to 3155760000s' --max-age=0
	refused '--max-age=36526: must be from 1s to 3155760000s' --max-age=36526
	refused '--retry-window=876601h: must be from 0s to 3155760000s' --retry-window=876601h
}

@test "a number out of its bounds is refused with the bounds" {
	local value

	for value in 0 33 x -1 24.0 99999999999999; do
		refused "--ipv4cidr=$value: must be a number from 1 to 32" "--ipv4cidr=$value"
	done
	refused '--ipv6cidr=0: must be a number from 1 to 128' --ipv6cidr=0
	refused '--ipv6cidr=129: must be a number from 1 to 128' --ipv6cidr=129
	refused '--auto-whitelist-clients=1000001: must be a number from 0 to 1000000' --auto-whitelist-clients=1000001
	refused '--auto-whitelist-clients=yes: must be a number from 0 to 1000000' --auto-whitelist-clients=yes
}

@test "the bounds themselves are accepted" {
	check --delay=3155760000 --max-age=1s --retry-window=0 --ipv4cidr=1 --ipv6cidr=1 --auto-whitelist-clients=0 </dev/null
	check --delay=0 --max-age=36525 --retry-window=36525d --ipv4cidr=32 --ipv6cidr=128 --auto-whitelist-clients=1000000 </dev/null
}

@test "a word that is none of the choices is refused with the choices" {
	refused '--on-error=reject: must be one of dunno|defer|disconnect' --on-error=reject
	refused '--clock=: must be one of system|request' --clock=
}

@test "a log that is none is refused with what there is" {
	local all='must be syslog, postlog, file:PATH, stderr or none' path='must be file: and a path from the root, such as file:/var/log/grey.log'

	refused "--log=syslog|stderr: $all" '--log=syslog|stderr'
	refused "--log=/var/log/grey.log: $all" --log=/var/log/grey.log
	refused "--log=fil:/x: $all" --log=fil:/x
	refused "--log=file: $path" --log=file
	refused "--log=file:: $path" --log=file:
	refused "--log=file:grey.log: $path" --log=file:grey.log
	refused '--log=postlog:: names no socket; give postlog, or postlog:PATH' --log=postlog:
}

@test "a facility that is none is refused with all that there are" {
	local all='mail|auth|authpriv|cron|daemon|ftp|kern|lpr|news|syslog|user|uucp|local0|local1|local2|local3|local4|local5|local6|local7'

	refused "--syslog-facility=local8: must be one of $all" --syslog-facility=local8
	refused "--facility=MAIL: must be one of $all" --facility=MAIL
}

@test "texts that are too long, or not one line, are refused" {
	local long option
	long=$(printf '%1001s' x)

	for option in greylist-action greylist-text x-greylist-header hostname; do
		refused "--$option=a?b: must be one line" "--$option=a"$'\n'b
		run -2 --separate-stderr check "--$option=$long" </dev/null
		assert_regex "$stderr" "^grey-check: --$option= +"
		run -0 --separate-stderr check --store=mem: "--$option=${long:1}" </dev/null
	done
	run -2 --separate-stderr check "--syslog-name=$(printf '%065d' 0)"
	assert_regex "$stderr" 'must not be longer than 64 bytes'
}

@test "a list that is given more than 64 times is refused" {
	local lists

	mapfile -t lists < <(yes -- --whitelist-recipients=/dev/null | head -n 63)
	check --store=mem: "${lists[@]}" </dev/null
	refused '--whitelist-recipients=last: was given too often' "${lists[@]}" --whitelist-recipients=last
}

@test "a store of an unknown kind is refused with exit code 2" {
	local reason='no such kind of store in this build; give bdb:DIRECTORY'

	run -2 --separate-stderr check --store=bogus:x < <(at 1)
	assert_output ''
	[[ "$stderr" == "grey-check: --store=bogus:x: $reason"* ]]
	run -2 --separate-stderr check --store=:x </dev/null
	[[ "$stderr" == "grey-check: --store=:x: $reason"* ]]
	run -2 --separate-stderr check --store=bdb: </dev/null
	assert_equal "$stderr" 'grey-check: --store=bdb:: names no directory'
	run -2 --separate-stderr check --store=mem:x </dev/null
	assert_equal "$stderr" 'grey-check: --store=mem:x: mem: takes nothing after the colon'
	run -2 --separate-stderr check --store=fail:x </dev/null
	assert_equal "$stderr" 'grey-check: --store=fail:x: fail: takes nothing after the colon'
}

@test "a store that can't be made is an error with exit code 1 and its reason" {
	run -1 --separate-stderr check --store=/dev/null/x < <(at 1)
	assert_output ''
	assert_regex "$stderr" '^grey-check: /dev/null/x: .*Not a directory'
}

@test "--help and -h: usage and options on standard output" {
	run -0 --separate-stderr "$BIN/grey-check" --help
	assert_line --index 0 "${USAGE#grey-check: }"
	assert_equal "$stderr" ''
	local help=$output
	run -0 --separate-stderr "$BIN/grey-check" -h
	assert_output "$help"
}

@test "--help: every option of the table, its short form, argument and default are shown" {
	local row name names help

	names=$(table_options grey-check)
	run -0 --separate-stderr "$BIN/grey-check" --help
	for row in --store=STORE --delay=TIME --max-age=TIME --retry-window=TIME '--auto-whitelist-clients[=N]' --lookup-by-subnet \
		--lookup-by-host --ipv4cidr=BITS --ipv6cidr=BITS --privacy --whitelist-clients=FILE --whitelist-recipients=FILE \
		--greylist-action=ACTION --greylist-text=TEXT --x-greylist-header=TEXT --hostname=NAME --exim --no-sasl-pass \
		'--on-error=dunno|defer|disconnect' --sync '--clock=system|request' '--log=syslog|postlog[:PATH]|file:PATH|stderr|none' --syslog-name=NAME \
		'-v, --verbose' '-q, --quiet' --check-config '-h, --help' --version '-u, --unix=PATH' '-d, --daemonize' \
		--socketmode=MODE --listen-queue-size=N --pidfile=PATH --user=USER --group=GROUP; do
		grep -qE -- "^ {2,6}${row//[\[\]|]/.}( {2}|\$)" <<<"$output" || fail "no row $row"
	done
	for row in 'default: 300s' 'default: 35d' 'default: 2d' 'default: 5' 'default: 24' 'default: 64' 'default: DEFER_IF_PERMIT' \
		'default: dunno' 'default: system' 'default: syslog' 'default: mail' 'default: grey-check'; do
		assert_line --partial "($row)"
	done
	help=$output
	while read -r name; do
		case $name in
		dbdir | syslogfacility | facility) run ! grep -q -- "--$name" <<<"$help" ;;
		*) grep -q -- "--$name" <<<"$help" || fail "$name is not shown" ;;
		esac
	done <<<"$names"
}

@test "--help: the argument of --inet is shown as one that must be given" {
	run -0 --separate-stderr "$BIN/grey-check" --help
	assert_line --partial '-i, --inet=[HOST:]PORT '
}

@test "--help: the facilities are all shown" {
	run -0 --separate-stderr "$BIN/grey-check" --help
	assert_line --partial 'uucp|local0|local1|local2|local3|local4|local5|local6|local7'
}

@test "--version: name and version on standard output" {
	run -0 --separate-stderr "$BIN/grey-check" --version
	assert_output --regexp '^grey-check [0-9]+\.[0-9]+[0-9.]*$'
	assert_equal "$stderr" ''
}

@test "--help and --version: an output that can't be written is an error" {
	local option

	for option in --help --version; do
		# shellcheck disable=SC2016
		run -1 --separate-stderr bash -c '"$0" "$1" >/dev/full' "$BIN/grey-check" "$option"
		assert_equal "$stderr" 'grey-check: standard output: No space left on device'
	done
}

@test "the options of postgrey that mean nothing here are accepted with one warning each" {
	run -0 --separate-stderr check -q --unix=/run/x --inet=10023 --socketmode=0666 --listen-queue-size=9 --pidfile=/run/pid \
		--daemonize --user=postgrey --group=postgrey < <(at 1)
	assert_output "$GREYLISTED"
	assert_equal "${#stderr_lines[@]}" 8
	for option in unix inet socketmode listen-queue-size pidfile daemonize user group; do
		assert_equal "$(grep -c "^grey-check: --$option is ignored: " <<<"$stderr")" 1
	done
}

@test "-u, -i and -d are accepted with one warning each, as in Debian's init script" {
	run -0 --separate-stderr check -q -u /run/x -i 127.0.0.1:10023 -d < <(at 1)
	assert_output "$GREYLISTED"
	assert_equal "$stderr" "grey-check: --unix is ignored: postgrey's; here the service name in master.cf does it
grey-check: --inet is ignored: postgrey's; here master.cf, inetd.conf or --serve does it
grey-check: --daemonize is ignored: postgrey's; here spawn(8) starts and ends processes"
}

@test "--inet HOST:PORT, as two words, is accepted too" {
	run -0 --separate-stderr check -q --inet 127.0.0.1:10023 --unix /run/x < <(at 1)
	assert_output "$GREYLISTED"
}

@test "--auto-whitelist-clients N, as two words, is accepted as postgrey accepts it" {
	run -0 --separate-stderr check --auto-whitelist-clients 1 < <(at 1000; at 1300; at 1301 sender=unseen@x)
	assert_line --index 2 action=DUNNO
}
