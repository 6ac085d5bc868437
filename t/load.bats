#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-load: what grey-dump and db_dump write comes back as it was; merging, deleting, replacing, passing; bad input.

# run sets stderr and stderr_lines; helpers take options, where a test has some. Perl has its own dollar signs; STORE is
# set again in the subshells that bats makes.
# shellcheck disable=SC2154,SC2119,SC2120,SC2016,SC2030,SC2031,SC2153
load lib/dump

USAGE='grey-load: usage: grey-load [--delete | --replace] [-c] [-h home | --store=store] [--option=value ...] [file]'
KEY=192.0.2.0/a@example.net/b@example.org

# bring [OPTION...] <INPUT
bring()
{
	load_into "$STORE" "$@"
}

# keys_and_values STORE [DATABASE]: "key value" a line.
keys_and_values()
{
	db_dump -p -h "$1" "${2-postgrey.db}" | sed '1,/^HEADER=END/d; /^DATA=END/d' | sed 'N; s/^ \(.*\)\n /\1 /'
}

# put RECORD...: a store with these, "key value" each.
put()
{
	local record

	for record in "$@"; do
		printf '%s\n' "${record% *}" "${record##* }"
	done | make_text "$STORE/postgrey.db"
}

# comes_back [OPTION...]: dumped in every form, loaded into a new store and dumped again it is the same.
comes_back()
{
	local form new n=0

	for form in '' -p --format=tsv --format=json; do
		new=$STORE.back$((++n))
		rm -rf "${new:?}"
		# shellcheck disable=SC2086
		dump $form "$@" >"$BATS_TEST_TMPDIR/form" || return 1
		run --separate-stderr load_into "$new" "$@" "$BATS_TEST_TMPDIR/form"
		[ "$status$stderr" = 0 ] || fail "form $form: exit code $status: $stderr"
		dump -p "$@" >"$BATS_TEST_TMPDIR/want"
		"$BIN/grey-dump" -h "$new" -p "$@" >"$BATS_TEST_TMPDIR/have"
		diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/have" || fail "form $form"
	done
}

@test "dumped in each form, loaded into a new store, dumped: the same" {
	make_text "$STORE/postgrey.db" <<<"$SEED
192.0.2.0/\\5c\\09\\00\\0a\\c3\\bc\"@x/{r}@y
1000,2000,30
192.0.2.5/32/a@x/b@y
1000,2000
2001:db8:0:0:0:0:0:0//b@y
1000,2000,2001:DB8:0:0:0:0:0:1
192.0.2.0/with/slash@x/also/slash@y
1000,2000,192.0.2.1
192.0.2.0/nobody/b@y
0,999999999999,255
$(printf '%040d' 1)
1000,2000,30"
	make_text "$STORE/postgrey_clients.db" <<<$'192.0.2.30\n1,1000\n2001:DB8:0:0:0:0:0:1\n5,2000\n'"$(printf '%040d' 1)"$'\n0,0'
	comes_back
	comes_back -c
}

@test "dumped and loaded: an empty sender, an empty recipient" {
	put "192.0.2.0//b@x 1000,2000,30" "192.0.2.1/a@x/ 1000,2000,30"
	comes_back
}

@test "dumped and loaded: a bounce to several recipients, whose key has neither" {
	check < <(at 1000 sender= recipient=) >/dev/null 2>&1
	run -0 keys_and_values "$STORE"
	assert_output '192.0.2.0// 1000,1000,30'
	comes_back
}

@test "dumped and loaded: a sender that is the number of a prefix" {
	check < <(at 1000 sender=32; at 1000 sender=128 client_address=2001:db8::1) >/dev/null
	comes_back
}

@test "dumped and loaded: what grey-check has written, in every kind of key" {
	local option n=0 home=$STORE

	for option in --lookup-by-subnet --lookup-by-host --ipv4cidr=20 --ipv6cidr=48 --privacy; do
		STORE=$home$((++n))
		check "$option" --auto-whitelist-clients=1 < <(at 1000; at 1300; at 1400 sender=; at 1500 client_address=2001:db8::1;
			at 1900 client_address=2001:db8::1; at 1901 sender='a/b@x' recipient='c/d@y') >/dev/null 2>&1
		comes_back
		comes_back -c
	done
}

@test "dumped and loaded: the longest keys" {
	local long
	long=$(printf '%04084d' 0)
	check < <(at 1000 "sender=x$long@example.n" "recipient=y$long@example.n" client_address=2001:db8:1111:2222:3333:4444:5555:6666) >/dev/null
	comes_back
}

@test "two random stores merged in both orders, twice, in random forms: always the same, as foretold" {
	local seed

	for seed in {1..12}; do
		run perl "$ROOT/t/lib/load-merge.pl" "$seed" "$BIN" "$BATS_TEST_TMPDIR/$seed"
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

@test "tsv lines that end with CR LF are bad: the CR is no part of a record" {
	run -1 --separate-stderr bring <<<$'192.0.2.0\ta@x\tb@y\t1\t2\t3\r'
	assert_regex "$stderr" 'ends with CR LF'
	run -0 "$BIN/grey-dump" -p -h "$STORE"
	refute_output --partial 192.0.2
}

@test "--pass with a delay that is longer than there is time is refused" {
	run -1 --separate-stderr "$BIN/grey-load" -h "$STORE" --pass --delay=30000d 192.0.2.1 a@x b@y
	assert_equal "$stderr" 'grey-load: --delay: is longer than there is time'
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

@test "bad lines are told with their number, nothing of them is written, the rest is loaded: tsv" {
	run -1 --separate-stderr bring <<END
10.0.0.0	a@x	b@y	1	2	3
10.0.1.0	a@x	b@y	x	2	3
10.0.2.0	a@x	b@y	1	2
nonsense

10.0.3.0	a\\@x	b@y	1	2	3
10.0.4.0	a@x	b@y	1	2	$(printf '%0200d' 0)
no-network	a@x	b@y	1	2	3
10.0.5.0	a@x	b@y	1	2	3	waiting	0		more
10.0.6.0	a@x	b@y	1	9999999999999999999	3
10.0.7.0	a@x	b@y	-1	2	3
bad	value
10.0.0.1	5	1000
10.0.9.0	a@x	b@y	1	2	
END
	local number
	for number in 2 3 4 5 6 7 8 9 10 11 12 13; do
		grep -q "^grey-load: standard input:$number: " <<<"$stderr" || fail "$number: $stderr"
	done
	assert_equal "${stderr_lines[-1]}" 'grey-load: standard input: 12 bad records were not loaded, 2 were'
	run -0 keys_and_values "$STORE"
	assert_output '10.0.0.0/a@x/b@y 1,2,3
10.0.9.0/a@x/b@y 1,2'
}

@test "bad lines are told with their number, nothing of them is written, the rest is loaded: json" {
	run -1 --separate-stderr bring <<'END'
{"network":"10.0.0.0","sender":"a@x","recipient":"b@y","first":1,"last":2,"host":"3"}
{"network":"10.0.1.0","sender":"a@x","recipient":"b@y","first":"1","last":2,"host":"3"}
{"network":"10.0.2.0","sender":"a@x","recipient":"b@y","first":1.5,"last":2,"host":"3"}
{"network":"10.0.3.0","sender":"a@x","first":1,"last":2,"host":"3"}
{"network":"10.0.4.0","sender":"a\\q@x","recipient":"b@y","first":1,"last":2,"host":"3"}
{"network":"10.0.5.0","sender":5,"recipient":"b@y","first":1,"last":2,"host":"3"}
["10.0.6.0"]
{"network":"10.0.7.0",
{}

{"network":"10.0.8.0","sender":"a@x","recipient":"b@y","first":-1,"last":2}
{"key":"k","value":"v"}
{"network":"10.0.9.0","sender":"a@x","recipient":"b@y","first":1,"last":2,"host":null,"more":[1,{}]}
END
	local number
	for number in 2 3 4 5 6 7 8 9 10 11 12; do
		grep -q "^grey-load: standard input:$number: " <<<"$stderr" || fail "$number: $stderr"
	done
	assert_equal "${stderr_lines[-1]}" 'grey-load: standard input: 11 bad records were not loaded, 2 were'
	run -0 keys_and_values "$STORE"
	assert_output '10.0.0.0/a@x/b@y 1,2,3
10.0.9.0/a@x/b@y 1,2'
}

@test "bad lines are told with their number, nothing of them is written, the rest is loaded: db_dump's" {
	printf '%s\n' VERSION=3 format=print type=btree HEADER=END ' 10.0.0.0/a@x/b@y' ' 1,2,3' ' 10.0.1.0/a@x/b@y' ' nonsense' \
		' 10.0.2.0/a@x/b\4' ' 1,2,3' ' 10.0.3.0/a@x/b@y' '1,2,3' ' ' ' 1,2,3' " 10.0.4.0/a@x/b@y" " 1,2,$(printf '%0200d' 0)" \
		' 10.0.9.0/a@x/b@y' ' 1,2' DATA=END >"$BATS_TEST_TMPDIR/file"
	run -1 --separate-stderr bring "$BATS_TEST_TMPDIR/file"
	local number
	for number in '[78]' 9 12 '1[34]' '1[56]'; do
		grep -q "^grey-load: $BATS_TEST_TMPDIR/file:$number: " <<<"$stderr" || fail "$number: $stderr"
	done
	run -0 keys_and_values "$STORE"
	assert_output '10.0.0.0/a@x/b@y 1,2,3
10.0.9.0/a@x/b@y 1,2'
}

@test "an input that is cut off is told, whatever its form and wherever the cut, and no half record is written" {
	local form size at line

	put "$KEY 1000,2000,30" '10.0.0.0/x@y/b@z 1,2,3'
	for form in '' -p --format=tsv --format=json; do
		# shellcheck disable=SC2086
		dump $form >"$BATS_TEST_TMPDIR/whole"
		size=$(stat -c %s "$BATS_TEST_TMPDIR/whole")
		for ((at = size - 1; at > 0; at -= 1 + at % 4)); do
			head -c "$at" "$BATS_TEST_TMPDIR/whole" >"$BATS_TEST_TMPDIR/cut"
			[[ $form != --format* ]] || [ -n "$(tail -c 1 "$BATS_TEST_TMPDIR/cut")" ] || continue
			run --separate-stderr load_into "$STORE.cut" "$BATS_TEST_TMPDIR/cut"
			[[ $status -eq 1 && -n $stderr ]] || fail "form $form cut at $at of $size: exit code $status, $stderr"
		done
		keys_and_values "$STORE" >"$BATS_TEST_TMPDIR/want"
		while read -r line; do
			grep -qxF "$line" "$BATS_TEST_TMPDIR/want" || fail "half a record: $line"
		done < <(keys_and_values "$STORE.cut")
	done
}

@test "triplets and clients are not taken for one another" {
	put "$KEY 1000,2000,30"
	make_text "$STORE/postgrey_clients.db" <<<$'192.0.2.30\n1,1000'
	dump -p >"$BATS_TEST_TMPDIR/triplets"
	dump -p -c >"$BATS_TEST_TMPDIR/clients"
	run -1 --separate-stderr bring "$BATS_TEST_TMPDIR/clients"
	assert_regex "$stderr" 'use -c'
	run -1 --separate-stderr bring -c "$BATS_TEST_TMPDIR/triplets"
	assert_regex "$stderr" '\(-c\)'
	dump -p | cmp - "$BATS_TEST_TMPDIR/triplets"
	dump -p -c | cmp - "$BATS_TEST_TMPDIR/clients"
}

@test "bad records by the thousand: a hundred are told, all are counted" {
	yes nonsense | head -n 5000 >"$BATS_TEST_TMPDIR/file"
	run -1 --separate-stderr bring "$BATS_TEST_TMPDIR/file"
	assert_equal "${#stderr_lines[@]}" 102
	assert_equal "${stderr_lines[-1]}" "grey-load: $BATS_TEST_TMPDIR/file: 5000 bad records were not loaded, 0 were"
}

@test "lines of any length and bytes are refused, and the next is read" {
	run -1 --separate-stderr bring < <(head -c 3000000 /dev/zero; echo; head -c 200000 /dev/zero | tr '\0' x; echo
		printf '10.0.9.0\ta@x\tb@y\t1\t2\t3\n')
	assert_equal "${#stderr_lines[@]}" 3
	run -0 keys_and_values "$STORE"
	assert_output '10.0.9.0/a@x/b@y 1,2,3'
}

@test "an input that can't be read is an error" {
	run -1 --separate-stderr bring "$BATS_TEST_TMPDIR/none"
	assert_equal "$stderr" "grey-load: $BATS_TEST_TMPDIR/none: can't read: No such file or directory"
	run -1 --separate-stderr bring "$BATS_TEST_TMPDIR"
	assert_regex "$stderr" 'Is a directory'
	run -1 --separate-stderr bash -c '"$BIN/grey-load" -h "$0" <&-' "$STORE"
	assert_regex "$stderr" 'standard input'
	assert_equal "$(head -c 100 "$STORE/postgrey.lock" | tr '\0' .)" ''
}

@test "100,000 records: all are loaded, into an empty store and again" {
	hex_records 'map { (sprintf("10.%d.%d.0/s%06d\@example.net/r\@example.org", $_ / 256 & 255, $_ & 255, $_ * 7919 % 100003),
		"1000,2000,$_") } 1 .. 100000' | make_db "$STORE/postgrey.db"
	dump -p >"$BATS_TEST_TMPDIR/want"
	load_into "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/want"
	load_into "$BATS_TEST_TMPDIR/new" "$BATS_TEST_TMPDIR/want"
	"$BIN/grey-dump" -p -h "$BATS_TEST_TMPDIR/new" | cmp "$BATS_TEST_TMPDIR/want" -
	load_into "$BATS_TEST_TMPDIR/new" --delete "$BATS_TEST_TMPDIR/want"
	run -0 keys_and_values "$BATS_TEST_TMPDIR/new"
	assert_output ''
}

@test "as root: the file is root's, the store stays its owner's" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	local dir
	dir=$(work_dir)
	mkdir -m 700 "$dir/store"
	chown nobody: "$dir/store"
	printf '10.0.9.0\ta@x\tb@y\t1\t2\t3\n' >"$dir/input"
	chmod 600 "$dir/input"
	run -0 --separate-stderr load_into "$dir/store" "$dir/input"
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %U "$dir/store"/* | sort -u)" nobody
	mkdir -m 700 "$dir/out"
	run -0 --separate-stderr "$BIN/grey-dump" -h "$dir/store" --format=tsv -f "$dir/out/file"
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %U "$dir/out/file")" root
	assert_equal "$(cut -f 1-6 "$dir/out/file")" "$(cat "$dir/input")"
	assert_equal "$(stat -c %U "$dir/store"/* | sort -u)" nobody
	rm -rf "$dir"
}

@test "wrong usage: exit code 2, what is wrong, and the usage; no store is made" {
	local options

	while read -r -a options; do
		run -2 --separate-stderr bring "${options[@]}" </dev/null
		assert_output ''
		assert_equal "${stderr_lines[1]}" "$USAGE"
		assert_equal "${#stderr_lines[@]}" 2
		run ! test -e "$STORE"
	done <<'END'
--bogus
-p
--delete --replace
one two
--pass
--pass 192.0.2.1 a@b
--pass 192.0.2.1 a@b c@d e
--pass 192.0.2 a@b c@d
--pass mail.example.net a@b c@d
--pass -c 192.0.2.1 a@b c@d
--pass --delete 192.0.2.1 a@b c@d
--pass --replace 192.0.2.1 a@b c@d
--delay=x
--ipv4cidr=33
END
	run -2 --separate-stderr "$BIN/grey-load" --store=bogus:x </dev/null
}

@test "--help shows every option of the table, --version the version" {
	local name

	run -0 --separate-stderr "$BIN/grey-load" --help
	while read -r name; do
		[ "$name" = dbdir ] || assert_line --partial "--$name"
	done < <(sed -n 's/^	{ "\([a-z0-9-]*\)".*/\1/p' "$ROOT/src/grey-load/settings.c")
	run -0 --separate-stderr "$BIN/grey-load" --version
	assert_output --regexp '^grey-load [0-9.]+$'
}
