#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What grey-check logs, in which form, and where to.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check
load ../lib/syslogged

WHO='client_name=mail.example.net, client_address=192.0.2.30, sender=a@example.net, recipient=b@example.org'

@test "the log lines of postgrey that its users know are the same here" {
	local who='client_name=magdeliv01.itmedia.co.jp, client_address=202.218.219.97, sender=magowner-mailmag-mobileex@itmedia.co.jp, recipient=xxx@rally.or.jp'
	local -a request

	IFS=, read -ra request <<<"${who//, /,}"
	run -0 --separate-stderr check --syslog-name=postgrey < <(at 1234252895 "${request[@]}" etrn_domain=; at 1234255149 "${request[@]}" etrn_domain=)
	assert_line --index 0 'action=DEFER_IF_PERMIT 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/rally.or.jp.html'
	assert_line --index 1 --regexp '^action=PREPEND X-Greylist: delayed 2254 seconds by grey-check-'
	assert_equal "$stderr" "postgrey: action=greylist, reason=new, $who
postgrey: action=pass, reason=triplet found, delay=2254, $who"
}

@test "each kind of decision has its line" {
	echo trusted.example >"$BATS_TEST_TMPDIR/clients"
	echo postmaster@ >"$BATS_TEST_TMPDIR/recipients"
	run -0 --separate-stderr check --auto-whitelist-clients=2 "--whitelist-clients=$BATS_TEST_TMPDIR/clients" \
		"--whitelist-recipients=$BATS_TEST_TMPDIR/recipients" < <(at 1000; at 1042; at 1300; at 1301
		at 9000 sender=c@d; at 9300 sender=c@d; at 9301
		at 1 client_name=trusted.example; at 1 recipient=postmaster@x)
	assert_equal "$stderr" "grey-check: action=greylist, reason=new, $WHO
grey-check: action=greylist, reason=early-retry (258s missing), $WHO
grey-check: action=pass, reason=triplet found, delay=300, $WHO
grey-check: action=pass, reason=triplet found, $WHO
grey-check: action=greylist, reason=new, ${WHO/a@example.net/c@d}
grey-check: whitelisted: mail.example.net[192.0.2.30]
grey-check: action=pass, reason=triplet found, delay=300, ${WHO/a@example.net/c@d}
grey-check: action=pass, reason=client AWL, $WHO
grey-check: action=pass, reason=client whitelist, ${WHO/mail.example.net/trusted.example}
grey-check: action=pass, reason=recipient whitelist, ${WHO/b@example.org/postmaster@x}"
}

@test "a client without a name is whitelisted: address, as postgrey logs it" {
	run -0 --separate-stderr check --auto-whitelist-clients=1 < <(at 1000 client_name= client_address=2001:db8::a
		at 1300 client_name= client_address=2001:db8::a; at 1000; at 1300)
	assert_equal "$(grep whitelisted: <<<"$stderr")" 'grey-check: whitelisted: 2001:DB8:0:0:0:0:0:A
grey-check: whitelisted: mail.example.net[192.0.2.30]'
}

@test "delay= is in the line of the recipient that gets the header, not in those of the others" {
	run -0 --separate-stderr check < <(at 1; at 1 recipient=c@d; at 400 instance=a; at 400 instance=a recipient=c@d)
	assert_equal "${stderr_lines[2]}" "grey-check: action=pass, reason=triplet found, delay=399, $WHO"
	assert_equal "${stderr_lines[3]}" "grey-check: action=pass, reason=triplet found, ${WHO/b@example.org/c@d}"
}

@test "a first time in the future is corrected, and told" {
	run -0 --separate-stderr check < <(at 1000; at 900; at 901)
	assert_equal "$stderr" "grey-check: action=greylist, reason=new, $WHO
grey-check: correcting date for first seen in the future!
grey-check: action=greylist, reason=new, $WHO
grey-check: action=greylist, reason=early-retry (299s missing), $WHO"
}

@test "the queue id leads the line if there is one" {
	run -0 --separate-stderr check < <(at 1 queue_id=4323D19802D; at 2 queue_id=)
	assert_equal "$stderr" "grey-check: 4323D19802D: action=greylist, reason=new, $WHO
grey-check: action=greylist, reason=early-retry (299s missing), $WHO"
}

@test "attributes that are empty are left out" {
	run -0 --separate-stderr check < <(at 1 client_name= sender=; at 1 recipient=)
	assert_equal "$stderr" "grey-check: action=greylist, reason=new, client_address=192.0.2.30, recipient=b@example.org
grey-check: action=greylist, reason=new, ${WHO%, recipient=*}"
}

@test "a value that holds what looks like another field can't pass for two" {
	run -0 --separate-stderr check < <(at 1000 'sender=a, recipient=victim@example.org' 'client_name=x,y, z')
	assert_equal "$stderr" 'grey-check: action=greylist, reason=new, client_name=x,y\x2c z, client_address=192.0.2.30, sender=a\x2c recipient=victim@example.org, recipient=b@example.org'
}

@test "what can't be seen, or turns the text around, becomes question marks" {
	run -0 --separate-stderr check < <(at 1000 sender=$'a\u202e\u200b@example.net')
	assert_regex "$stderr" 'sender=a\?\?\?\?\?\?@example\.net,'
}

@test "control bytes, and bytes that are no UTF-8, become question marks; UTF-8 survives" {
	run -0 --separate-stderr check < <(at 1 $'sender=a\tb\e[1m\x7f\x01@\xff\xc3(' $'recipient=gr\xc3\xbc\xc3\x9fe@\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x98\x80' \
		$'client_name=a\rb')
	assert_equal "$stderr" $'grey-check: action=greylist, reason=new, client_name=a?b, client_address=192.0.2.30, sender=a?b?[1m??@??(, recipient=gr\xc3\xbc\xc3\x9fe@\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x98\x80'
}

@test "percent signs are no formats" {
	run -0 --separate-stderr check < <(at 1 sender=%s%n%d%99999d@x client_name=%n recipient=%s@%s)
	assert_output 'action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/%s.html'
	assert_equal "$stderr" 'grey-check: action=greylist, reason=new, client_name=%n, client_address=192.0.2.30, sender=%s%n%d%99999d@x, recipient=%s@%s'
}

@test "a line over 16384 bytes is cut between two characters, and ends with dots" {
	local euros log=$BATS_TEST_TMPDIR/log
	euros=$(printf '€%.0s' {1..1360})

	check < <(at 1 "queue_id=$euros" "client_name=$euros" "sender=$euros" "recipient=$euros"
		at 1 "queue_id=x$euros" "client_name=$euros" "sender=$euros" "recipient=$euros"
		at 1 "queue_id=xx$euros" "client_name=$euros" "sender=$euros" "recipient=$euros") 2>"$log" >/dev/null
	assert_equal "$(grep -c '' "$log")" 3
	run -0 env LC_ALL=C awk 'length > 16384 + 12 || !/\.\.\.$/' "$log"
	assert_output ''
	run -0 iconv -f UTF-8 -t UTF-8 "$log"
}

@test "-q: decisions are not logged, what is worth knowing is; -qq: only warnings" {
	local requests=$BATS_TEST_TMPDIR/requests option

	{ at 1000 client_address=unknown; at 1000; at 1300 garbage; } >"$requests"
	run -0 --separate-stderr check -q --auto-whitelist-clients=1 <"$requests"
	assert_equal "$stderr" "grey-check: client_address can't be parsed: 'unknown'; answering DUNNO
grey-check: ignoring garbage: <garbage>
grey-check: whitelisted: mail.example.net[192.0.2.30]"
	for option in -qq '--quiet --quiet' '-q -q -q'; do
		rm -rf "${STORE:?}"
		# shellcheck disable=SC2086
		run -0 --separate-stderr check $option --auto-whitelist-clients=1 <"$requests"
		assert_equal "$stderr" "grey-check: client_address can't be parsed: 'unknown'; answering DUNNO"
	done
}

@test "-v and --verbose log more than -q leaves" {
	run -0 --separate-stderr check -q -v < <(at 1)
	assert_equal "$stderr" "grey-check: action=greylist, reason=new, $WHO"
	run -0 --separate-stderr check -qq --verbose < <(at 1 garbage)
	assert_equal "$stderr" 'grey-check: ignoring garbage: <garbage>'
}

@test "--log=none: only warnings, on standard error" {
	run -0 --separate-stderr check --log=none -v < <(at 1000 client_address=unknown; at 1000; at 1300 garbage)
	assert_equal "$stderr" "grey-check: client_address can't be parsed: 'unknown'; answering DUNNO"
}

@test "--syslog-name is the name on standard error too" {
	run -0 --separate-stderr check --syslog-name=other < <(at 1)
	assert_equal "$stderr" "other: action=greylist, reason=new, $WHO"
}

# script_syslogged SCRIPT: the same of a script of Bash, which can make requests.
script_syslogged()
{
	export -f request at
	export STORE
	syslogged bash -c "$1"
}

@test "--log=syslog, the default: decisions go to mail.info, warnings to mail.warning and standard error" {
	skip_without_syslog
	# shellcheck disable=SC2016
	run -0 --separate-stderr script_syslogged '
		{ at 1000; at 1000 client_address=unknown; at 1001 garbage; } |
			"$BIN/grey-check" --store=mem: --clock=request >/dev/null'
	assert_output "<22>grey-check[PID]: action=greylist, reason=new, $WHO
<20>grey-check[PID]: warning: client_address can't be parsed: 'unknown'; answering DUNNO
<21>grey-check[PID]: ignoring garbage: <garbage>
<22>grey-check[PID]: action=greylist, reason=early-retry (299s missing), $WHO"
	assert_equal "$stderr" "grey-check: client_address can't be parsed: 'unknown'; answering DUNNO"
}

@test "--syslog-facility and its other names, --syslog-name: where and as whom it logs" {
	skip_without_syslog
	# shellcheck disable=SC2016
	run -0 --separate-stderr script_syslogged '
		for option in --syslog-facility=local0 --syslogfacility=local7 --facility=daemon "--syslog-facility mail" --facility=uucp; do
			request | "$BIN/grey-check" --store=mem: --syslog-name=greylist $option >/dev/null
		done'
	assert_output "<134>greylist[PID]: action=greylist, reason=new, $WHO
<190>greylist[PID]: action=greylist, reason=new, $WHO
<30>greylist[PID]: action=greylist, reason=new, $WHO
<22>greylist[PID]: action=greylist, reason=new, $WHO
<70>greylist[PID]: action=greylist, reason=new, $WHO"
	assert_equal "$stderr" ''
}

@test "--log=stderr and --log=none: nothing goes to syslog" {
	skip_without_syslog
	# shellcheck disable=SC2016
	run -0 --separate-stderr script_syslogged '
		for sink in stderr none; do
			{ request; request client_address=unknown; } | "$BIN/grey-check" --store=mem: --log=$sink >/dev/null
		done'
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 3
}

@test "what a person calls tells its errors at standard error, and nothing to syslog" {
	skip_without_syslog
	BAD_LIST=$(list 192.0.2.0/33)
	export BAD_LIST
	# shellcheck disable=SC2016
	run --separate-stderr script_syslogged '
		"$BIN/grey-check" --bogus
		"$BIN/grey-check" --explain --bogus
		"$BIN/grey-check" --explain --client-address=192.0.2.1 --sender=a@b --recipient=c@d --store=/dev/null/x
		"$BIN/grey-check" --check-config "--whitelist-clients=$BAD_LIST"
		"$BIN/log-stats" --bogus
		"$BIN/log-stats" /nowhere
		echo foreign | "$BIN/log-stats"
		"$BIN/grey-dump" --bogus
		"$BIN/grey-dump" --store=/nowhere
		"$BIN/grey-load" --bogus
		:'
	assert_success
	assert_output ''
	for name in grey-check log-stats grey-dump grey-load; do
		assert_regex "$stderr" "$name: --bogus: there is no such option; see --help"
	done
	assert_regex "$stderr" 'log-stats: /nowhere: No such file or directory'
}

@test "--log=stderr at the socket of spawn(8): a warning in syslog, and the decisions there" {
	skip_without_syslog
	# shellcheck disable=SC2016
	run -0 --separate-stderr script_syslogged '
		request | perl "$ROOT/t/faults/socket.pl" "$BIN/grey-check" --store=mem: --log=stderr >/dev/null'
	assert_output "<20>grey-check[PID]: warning: --log=stderr: standard error is the socket of the requests here; logging as with --log=syslog
<22>grey-check[PID]: action=greylist, reason=new, $WHO"
}

@test "--log=none at the socket of spawn(8): only trouble is in syslog" {
	skip_without_syslog
	# shellcheck disable=SC2016
	run -0 --separate-stderr script_syslogged '
		{ request; request client_address=unknown; } | perl "$ROOT/t/faults/socket.pl" "$BIN/grey-check" --store=mem: --log=none >/dev/null'
	assert_output "<20>grey-check[PID]: warning: client_address can't be parsed: 'unknown'; answering DUNNO"
}
