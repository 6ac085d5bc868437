#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-load where something is wrong with its input or its options: it says what, and loads the rest or nothing.

# Perl has its own dollar signs. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2154
load ../lib/dump

USAGE='grey-load: usage: grey-load [--delete | --replace] [-cnv] [-h home | --store=store] [--option=value ...] [file]'

# told INPUT NUMBER...: standard error has a message of each of these lines. A number may be a pattern.
told()
{
	local number

	for number in "${@:2}"; do
		grep -q "^grey-load: $1:$number: " <<<"$stderr" || fail "$number: $stderr"
	done
}

@test "tsv lines that end with CR LF are bad: the CR is no part of a record" {
	run -1 --separate-stderr bring <<<$'192.0.2.0\ta@x\tb@y\t1\t2\t3\r'
	assert_regex "$stderr" 'ends with CR LF'
	run -0 "$BIN/grey-dump" -p -h "$STORE"
	refute_output --partial 192.0.2
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
	told 'standard input' 2 3 4 5 6 7 8 9 10 11 12 13
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
	told 'standard input' 2 3 4 5 6 7 8 9 10 11 12
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
	told "$BATS_TEST_TMPDIR/file" '[78]' 9 12 '1[34]' '1[56]'
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

@test "a database instead of its dump: that is said in a line, and how to load it" {
	put "$KEY 1000,2000,30"
	local told='this is a Berkeley DB database, and not a dump of one: dump it with grey-dump, and load that'
	run -1 --separate-stderr load_into "$STORE.new" "$STORE/postgrey.db"
	assert_equal "$stderr" "grey-load: $STORE/postgrey.db:1: $told"
	run -1 --separate-stderr load_into "$STORE.new" < <(cat "$STORE/postgrey.db")
	assert_equal "$stderr" "grey-load: standard input:1: $told"

	# The position in the log that stands before the magic number may hold a line feed.
	cp "$STORE/postgrey.db" "$BATS_TEST_TMPDIR/copy"
	printf '\n' | dd of="$BATS_TEST_TMPDIR/copy" bs=1 seek=4 conv=notrunc status=none
	run -1 --separate-stderr load_into "$STORE.new" "$BATS_TEST_TMPDIR/copy"
	assert_equal "$stderr" "grey-load: $BATS_TEST_TMPDIR/copy:1: $told"
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

@test "wrong usage: exit code 2, what is wrong, and the usage; no store is made" {
	local options

	while read -r -a options; do
		run -2 --separate-stderr bring "${options[@]}" </dev/null
		assert_output ''
		assert_regex "${stderr_lines[0]}" '^grey-load: .*: .'
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
--pass mail.example.net[192.0.2] a@b c@d
--pass 192.0.2.1 <a@b c@d
--pass 192.0.2.1 a@b c@d,e@f
--pass -c 192.0.2.1 a@b c@d
--pass --delete 192.0.2.1 a@b c@d
--pass --replace 192.0.2.1 a@b c@d
--delay=x
--ipv4cidr=33
END
	run -2 --separate-stderr "$BIN/grey-load" --store=bogus:x </dev/null
}

@test "--help shows every option of the table, --version the version" {
	local name names

	names=$(table_options grey-load)
	run -0 --separate-stderr "$BIN/grey-load" --help
	while read -r name; do
		[ "$name" = dbdir ] || assert_line --partial "--$name"
	done <<<"$names"
	run -0 --separate-stderr "$BIN/grey-load" --version
	assert_output --regexp '^grey-load [0-9.]+$'
}

@test "the store is the default one, unless -h or --store names another, and of several the last counts" {
	run -0 "$BIN/grey-load" --config=none --show-config
	assert_line --regexp '^store = /.*  # default$'
	run -0 "$BIN/grey-load" --config=none -h "$STORE" --show-config
	assert_line "store = $STORE  # command line"
	run -0 "$BIN/grey-load" --config=none -h /elsewhere "--store=$STORE" --show-config
	assert_line "store = $STORE  # command line"
	echo 'store = /elsewhere' >"$BATS_TEST_TMPDIR/grey.conf"
	run -0 "$BIN/grey-load" "--config=$BATS_TEST_TMPDIR/grey.conf" -h "$STORE" --show-config
	assert_line "store = $STORE  # command line"
}
