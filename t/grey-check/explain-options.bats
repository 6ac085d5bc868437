#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --explain: what is asked by its options, and in which form it is told; what is wrong with them.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load explain

@test "--on-error has no part in it: a store that can't be read is an error" {
	run -1 --separate-stderr explain 1000 --store=fail:
	assert_output ''
	assert_equal "$stderr" 'grey-check: the store is fail:, made to fail'
	mkdir -m 777 "$BATS_TEST_TMPDIR/open"
	chmod 777 "$BATS_TEST_TMPDIR/open"
	: >"$BATS_TEST_TMPDIR/open/postgrey.db"
	run -1 --separate-stderr explain 1000 "--store=$BATS_TEST_TMPDIR/open"
	assert_output ''
	assert_regex "$stderr" 'others than its owner can write this directory'
}

@test "a list that can't be read is an error, a bad line of a list is told" {
	run -1 --separate-stderr explain 1000 --whitelist-clients=/nonexistent
	assert_output ''
	assert_equal "$stderr" "grey-check: /nonexistent: can't read this list: No such file or directory"
	local bad
	bad=$(list 'two words' mail.example.net)
	run -0 --separate-stderr explain 1000 "--whitelist-clients=$bad"
	assert_line "rule     $bad:2"
	assert_equal "$stderr" "grey-check: $bad:1: \"two words\": there is a blank inside; write one entry per line; the line is ignored"
}

@test "options that are missing are named, exit code 2; the sender may be empty, the name need not be given" {
	local ask=("$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --time=1000)

	run -2 --separate-stderr "${ask[@]}"
	assert_output ''
	assert_equal "$stderr" $'grey-check: --explain: needs --client-address\ngrey-check: usage: grey-check [-hqv] [--option[=value]] ...'
	run -2 --separate-stderr "${ask[@]}" --client-address=192.0.2.30 --recipient=b@example.org
	assert_equal "$stderr" $'grey-check: --explain: needs --sender\ngrey-check: usage: grey-check [-hqv] [--option[=value]] ...'
	run -2 --separate-stderr "${ask[@]}" --client-address=192.0.2.30 --sender=
	assert_equal "$stderr" $'grey-check: --explain: needs --recipient\ngrey-check: usage: grey-check [-hqv] [--option[=value]] ...'
	run -0 --separate-stderr "${ask[@]}" --client-address=192.0.2.30 --sender= --recipient=b@example.org
	assert_line "triplet  192.0.2.0//b@example.org"
	assert_equal "$stderr" ''
}

@test "an address that is none: exit code 1; a time or a form that is none: exit code 2" {
	run -1 --separate-stderr explain 1000 --client-address=mail.example.net
	assert_output ''
	assert_equal "$stderr" "grey-check: client_address can't be parsed: 'mail.example.net'"
	local value
	for value in x '' 10:00 2026-1-1 -1x tomorrow 1e3; do
		run -2 --separate-stderr explain "$value"
		assert_output ''
		assert_regex "$stderr" "^grey-check: --time=$value: must be epoch seconds, "
	done
	for value in 2026-02-30 2026-13-01; do
		run -2 --separate-stderr explain "$value"
		assert_equal "${stderr_lines[0]}" "grey-check: --time=$value: is a day that does not exist"
		assert_equal "${stderr_lines[1]}" 'grey-check: usage: grey-check [-hqv] [--option[=value]] ...'
	done
	run -2 --separate-stderr explain 1000 --format=xml
	assert_equal "${stderr_lines[0]}" 'grey-check: --format=xml: must be one of text|json'
}

@test "--time: epoch seconds, a day, a time with or without a zone; if not given, now" {
	local now value

	for value in 1970-01-02=86400 1970-01-02T00:00:30Z=86430 '1970-01-02 01:00=90000' 1970-01-02T01:00+01:00=86400 \
		1970-01-02T00:00:00-0530=106200; do
		run -0 fields "${value%=*}"
		assert_line "passes_from=$((${value##*=} + 300))"
	done
	now=$(date +%s)
	run -0 fields -1h
	[ "$(sed -n 's/^passes_from=//p' <<<"$output")" -ge $((now - 3600 + 300)) ]
	run -0 "$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --client-address=192.0.2.30 --sender= \
		--recipient=b@example.org --format=json
	[[ $output =~ \"passes_from\":([0-9]+) ]]
	((BASH_REMATCH[1] >= now + 300 && BASH_REMATCH[1] <= now + 360))
}

@test "times are told in the local zone" {
	run -0 env TZ=XYZ-5:45 "$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --client-address=192.0.2.30 \
		--sender= --recipient=b@example.org --time=1000
	assert_line --regexp '^expires  1970-01-03 06:01:41, '
}

@test "keys are those of the store: networks, --lookup-by-host, --privacy, IPv6" {
	run -0 fields 1000 --lookup-by-host
	assert_line triplet=192.0.2.30/32/a@example.net/b@example.org
	run -0 fields 1000 --sender=list-12-x+tag@Example.NET
	assert_line "triplet=192.0.2.0/list-#-x@example.net/b@example.org"
	run -0 fields 1000 --client-address=2001:DB8::1
	assert_line triplet=2001:db8:0:0:0:0:0:0/a@example.net/b@example.org
	run -0 fields 1000 --privacy
	assert_line --regexp '^triplet=[0-9a-f]{40}$'
}

@test "client, sender and recipient may be copied from a log: name[address], <a@b>, from=<a@b>" {
	local client

	check < <(at 1000) >/dev/null 2>&1
	for client in 'mail.example.net[192.0.2.30]' 'client=mail.example.net[192.0.2.30]' 'mail.example.net[192.0.2.30]:25' '[192.0.2.30]'; do
		run -0 fields 1100 "--client-address=$client" '--sender=<a@Example.net>' '--recipient=to=<b@example.org>,'
		assert_line "triplet=$KEY"
		assert_line reason=early-retry
	done
	run -0 fields 1100 '--sender=<>'
	assert_line triplet=192.0.2.0//b@example.org
	run -0 fields 1100 '--sender=<a>@b'
	assert_line 'triplet=192.0.2.0/<a>@b/b@example.org'
}

@test "--client-address=name[address] sets the name, too, unless that is given" {
	local ask=("$BIN/grey-check" "--store=$STORE" --whitelist-recipients=/dev/null --whitelist-senders=/dev/null --explain
		--time=1000 --sender=a@example.net --recipient=b@example.org "--whitelist-clients=$(list mail.example.net)")

	run -0 "${ask[@]}" '--client-address=mail.example.net[192.0.2.30]'
	assert_line 'reason   client whitelist'
	run -0 "${ask[@]}" '--client-address=mail.example.net[192.0.2.30]' --client-name=other.example
	assert_line --regexp '^reason   new: '
	run -0 "${ask[@]}" --client-address=192.0.2.30
	assert_line --regexp '^reason   new: '
}

@test "bytes that would spoil a terminal or JSON become question marks, UTF-8 survives" {
	run -0 explain 1000 --sender=$'\xff\x1bm\xc3\xbc@x'
	assert_line $'triplet  192.0.2.0/??m\xc3\xbc@x/b@example.org'
	run -0 fields 1000 --sender=$'\xff\x1bq"\\'
	assert_line $'triplet=192.0.2.0/??q"\\/b@example.org'
}
