#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-load on a store that has records: merging, replacing, deleting, passing.

# STORE is set again in the subshells that bats makes. run sets stderr and stderr_lines.
# shellcheck disable=SC2030,SC2031,SC2154
load ../lib/dump

@test "two random stores merged in both orders, twice, in random forms: always the same, as foretold" {
	local seed

	for ((seed = 1; seed <= $(as_long 3); seed++)); do
		run perl "$ROOT/t/grey-load/merge.pl" "$seed" "$BIN" "$BATS_TEST_TMPDIR/$seed"
		assert_success
		assert_line --partial ' 0 wrong'
	done
}

@test "merged: the smaller first, the larger last, the host of the later, of equal ones the larger; clients the larger of both" {
	put "$KEY 1000,2000,30"
	bring --store="$STORE" <<<"192.0.2.0	a@example.net	b@example.org	1100	2100	29"
	run -0 keys_and_values "$STORE"
	assert_output "$KEY 1000,2100,29"
	bring <<<"192.0.2.0	a@example.net	b@example.org	900	2100	3"
	run -0 keys_and_values "$STORE"
	assert_output "$KEY 900,2100,3"
	bring <<<"192.0.2.0	a@example.net	b@example.org	950	2099	255"
	run -0 keys_and_values "$STORE"
	assert_output "$KEY 900,2100,3"
	bring -c <<<$'192.0.2.30\t5\t1000'
	bring -c <<<$'192.0.2.30\t4\t1001\twaiting'
	run -0 keys_and_values "$STORE" postgrey_clients.db
	assert_output '192.0.2.30 5,1001'
}

@test "merged: where the record that is there can't be decoded, the loaded one takes its place" {
	put "$KEY nonsense"
	bring <<<"192.0.2.0	a@example.net	b@example.org	900	2100	3"
	run -0 keys_and_values "$STORE"
	assert_output "$KEY 900,2100,3"
}

@test "--replace: what is loaded takes the place of what is there" {
	put "$KEY 1000,2000,30" '10.0.0.0/x@y/b@z 1,2,3'
	bring --replace <<<"192.0.2.0	a@example.net	b@example.org	1100	1900	29"
	run -0 keys_and_values "$STORE"
	assert_output "10.0.0.0/x@y/b@z 1,2,3
$KEY 1100,1900,29"
	bring --replace -c <<<$'192.0.2.30\t4\t1001'
	bring --replace -c <<<$'192.0.2.30\t3\t1000'
	run -0 keys_and_values "$STORE" postgrey_clients.db
	assert_output '192.0.2.30 3,1000'
}

@test "--delete: those of the input go, others stay, in every form" {
	local form

	for form in '' -p --format=tsv --format=json; do
		STORE=$BATS_TEST_TMPDIR/store$form
		put '10.0.0.0/x@spam.example/b@z 1,2,3' '10.0.0.0/x@y/b@z 1,2,3' '10.0.1.0/y@Spam.Example/b@z 5,6' '10.0.2.0//x@spam.example 1,2'
		# shellcheck disable=SC2086
		dump $form --sender='*@spam.example' >"$BATS_TEST_TMPDIR/form"
		run -0 --separate-stderr bring --delete "$BATS_TEST_TMPDIR/form"
		assert_equal "$stderr" ''
		run -0 keys_and_values "$STORE"
		assert_output '10.0.0.0/x@y/b@z 1,2,3
10.0.2.0//x@spam.example 1,2'
		run -0 --separate-stderr bring --delete "$BATS_TEST_TMPDIR/form"
	done
}

@test "--delete: what has changed since it was dumped stays" {
	put '10.0.0.0/x@y/b@z 1,2,3' '10.0.0.0/z@y/b@z 1,2,3'
	dump --format=tsv >"$BATS_TEST_TMPDIR/form"
	bring <<<$'10.0.0.0\tx@y\tb@z\t1\t3\t3'
	bring --delete "$BATS_TEST_TMPDIR/form"
	run -0 keys_and_values "$STORE"
	assert_output '10.0.0.0/x@y/b@z 1,3,3'
}

@test "--delete: what can't be decoded goes too, in every form, of any length and with any key" {
	local form

	for form in '' -p --format=tsv --format=json; do
		STORE=$BATS_TEST_TMPDIR/store$form
		hex_records '("bad", "\0nonsense", "Vbad", "x", "zero", "", "long", "x" x 500, "\n\t\\", "\t")' | make_db "$STORE/postgrey.db"
		# shellcheck disable=SC2086
		dump $form >"$BATS_TEST_TMPDIR/form" 2>/dev/null || :
		run -0 --separate-stderr bring --delete "$BATS_TEST_TMPDIR/form"
		assert_equal "$form $stderr" "$form "
		run -0 keys_and_values "$STORE"
		assert_output ''
	done
}

@test "--delete: a record that is empty in the input, and long in the store, is another and stays" {
	hex_records '("k", "x" x 500)' | make_db "$STORE/postgrey.db"
	bring --delete <<<$'k\t'
	run -0 keys_and_values "$STORE"
	assert_output "k $(printf 'x%.0s' {1..500})"
}

@test "a database with several records of one key, as other programs make them, is left as it is, and that is said" {
	hex_records '("10.0.0.0/a\@x/b\@y", "1,2,3", "10.0.0.0/a\@x/b\@y", "1,5,3")' | make_db "$STORE/postgrey.db" duplicates=1
	run -1 --separate-stderr "$BIN/grey-load" -h "$STORE" --delete <<<$'10.0.0.0\ta@x\tb@y\t1\t2\t3'
	assert_regex "$stderr" 'this database has several records of one key .*made with duplicates.* load it into a new one'
	run -0 keys_and_values "$STORE"
	assert_output $'10.0.0.0/a@x/b@y 1,2,3\n10.0.0.0/a@x/b@y 1,5,3'
}

@test "--pass with a delay that is longer than the time since 1970 is refused" {
	run -1 --separate-stderr "$BIN/grey-load" -h "$STORE" --pass --delay=30000d 192.0.2.1 a@x b@y
	assert_equal "$stderr" 'grey-load: --delay: is longer than the time since 1970'
}

@test "a tsv input that begins with V or { is one" {
	hex_records '("Vbad", "x", "{bad", "y")' | make_db "$STORE/postgrey.db"
	bring --delete <<<$'Vbad\tx'
	bring --delete <<<$'{bad\ty'
	run -0 keys_and_values "$STORE"
	assert_output ''
}

@test "--pass: grey-check lets the message through at once, in every kind of key" {
	local options home=$STORE n=0

	while read -r -a options; do
		STORE=$home$((++n))
		run -0 --separate-stderr bring --pass "${options[@]}" 192.0.2.30 'A+x@Example.net' B@example.org
		assert_output ''
		assert_equal "$stderr" ''
		run -0 --separate-stderr check --clock=system "${options[@]}" < <(request)
		assert_output action=DUNNO
		[ "${options[0]}" != --delay=0 ] || continue
		run -0 --separate-stderr check --clock=system "${options[@]}" < <(request recipient=other@example.org)
		assert_output "$GREYLISTED"
	done <<'END'
--delay=300
--lookup-by-host
--ipv4cidr=20
--ipv4cidr=32
--privacy
--delay=1h
--delay=0 --retry-window=0
END
	assert_equal "$n" 7
}

@test "--pass: a bounce, an IPv6 client, one who waits already, and one who is expired" {
	local now
	now=$(date +%s)

	bring --pass 2001:db8::1 '' b@example.org
	run -0 --separate-stderr check --clock=system < <(request client_address=2001:db8::1 sender=)
	assert_output action=DUNNO
	for first in "$now" "$((now - 100))" $((now - 5000000)) 1000; do
		STORE=$BATS_TEST_TMPDIR/$first
		put "$KEY $first,$first,30"
		bring --pass 192.0.2.30 a@example.net b@example.org
		run -0 --separate-stderr check --clock=system < <(request)
		assert_output action=DUNNO
	done
}
