#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump where something is wrong, with its output, the store, or its options: it says so, and changes nothing.

# Perl has its own dollar signs. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2154
load ../lib/dump

USAGE='grey-dump: usage: grey-dump [-pN] [-c] [-f file] [-h home | --store=store] [--option=value ...] [dbfile]'

@test "a full standard output is an error, in all forms" {
	local format

	hex_records 'map { ("10.0.0.0/$_\@x/b\@y", "1000,2000,5") } 1 .. 20000' | make_db "$STORE/postgrey.db"
	for format in auto table tsv json; do
		run -1 --separate-stderr bash -c '"$BIN/grey-dump" -h "$0" --format="$1" >/dev/full' "$STORE" "$format"
		assert_equal "$stderr" 'grey-dump: standard output: No space left on device'
		run -1 --separate-stderr bash -c '"$BIN/grey-dump" -h "$0" --format="$1" --client=10.0.0.1 --sender=5@x >/dev/full' \
			"$STORE" "$format"
		assert_equal "$stderr" 'grey-dump: standard output: No space left on device'
	done
	run -1 --separate-stderr bash -c '"$BIN/grey-dump" -h "$0" >&-' "$STORE"
	assert_regex "$stderr" '^grey-dump: standard output: '
}

@test "closed standard files: nothing that is meant for them ends up in the store" {
	local closed

	make_text "$STORE/postgrey.db" <<<"$SEED
bad
value"
	check </dev/null
	db_dump -h "$STORE" postgrey.db >"$BATS_TEST_TMPDIR/want"
	for closed in '>&-' '2>&-' '<&- >&-' '>&- 2>&-' '<&- 2>&-' '<&- >&- 2>&-'; do
		run bash -c "'$BIN/grey-dump' -h '$STORE' $closed"
		run bash -c "'$BIN/grey-dump' -h '$STORE' --format=tsv $closed"
		run bash -c "'$BIN/grey-dump' -h '$STORE' --format=tsv -f '$BATS_TEST_TMPDIR/file' $closed"
		assert_equal "$closed: $(head -c 100 "$STORE/postgrey.lock" | tr '\0' .)" "$closed: "
		assert_equal "$closed: $(head -c 8 "$STORE/grey.lock" | tr '\0' .)" "$closed: greylock"
	done
	db_dump -h "$STORE" postgrey.db | cmp "$BATS_TEST_TMPDIR/want" -
}

@test "the databases and the log are never changed" {
	check < <(at 1000; at 1300; at 1300 sender=c@example.net) >/dev/null
	local before
	before=$(sums "$STORE")
	dump -p >/dev/null
	dump -c >/dev/null
	dump --format=tsv --client=192.0.2.0/24 >/dev/null
	dump --format=json -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$(sums "$STORE")" "$before"
}

@test "a damaged database is an error, and neither repaired nor moved" {
	local before offset

	hex_records 'map { ("10.0.0.0/$_\@x/b\@y", "1000,2000,5") } 1 .. 2000' >"$BATS_TEST_TMPDIR/records"
	for offset in 0 1 2 7; do
		rm -rf "$STORE"
		make_db "$STORE/postgrey.db" <"$BATS_TEST_TMPDIR/records"
		printf 'nonsense%.0s' {1..512} | dd "of=$STORE/postgrey.db" "seek=$offset" bs=4096 conv=notrunc status=none
		before=$(sha1sum "$STORE/postgrey.db")
		run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/file"
		assert_regex "$stderr" '^grey-dump: '
		run ! test -e "$BATS_TEST_TMPDIR/file"
		assert_equal "$(sha1sum "$STORE/postgrey.db")" "$before"
		run -1 compgen -G "$STORE/*corrupt*"
	done
}

@test "where there is no database it says so, and makes nothing" {
	run -1 --separate-stderr dump -p
	assert_output ''
	assert_regex "$stderr" "^grey-dump: $STORE: .*(no greylist|No such file)"
	run ! test -e "$STORE"
	mkdir "$STORE"
	run -1 --separate-stderr dump -p
	assert_output ''
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey.db"
	assert_equal "$(ls -A "$STORE")" ''
	run -1 --separate-stderr dump -c --format=tsv
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey_clients.db"
	assert_equal "$(ls -A "$STORE")" ''
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -1 --separate-stderr dump -c
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey_clients.db"
	run ! test -e "$STORE/postgrey_clients.db"
	run -0 --separate-stderr dump --format=tsv
}

@test "wrong usage: exit code 2, what is wrong, and the usage" {
	local options

	make_text "$STORE/postgrey.db" <<<"$SEED"
	while read -r -a options; do
		run -2 --separate-stderr dump "${options[@]}"
		assert_output ''
		assert_regex "${stderr_lines[0]}" '^grey-dump: .*: .'
		assert_equal "${stderr_lines[1]}" "$USAGE"
		assert_equal "${#stderr_lines[@]}" 2
	done <<'END'
--bogus
-x
-l
postgrey.db postgrey_clients.db
other.db
postgrey.db.bak
--format=xml
--format=tsv -p
-p --format=json
--format=table -p
--count -p
--count=5
-c --sender=*
-c --recipient=*
--client=x
--client=
--client=192.0.2.0/33
--client=2001:db8::/129
--client=192
--client=192.0.2.256
--state=new
--since=x
--since=2026-02-30
--until=2026-13-01
--until=-5x
--delay=x
--ipv4cidr=0
--ipv6cidr=129
-f
END
}

@test "--help shows every option of the table, --version the version" {
	local name names

	names=$(table_options grey-dump)
	run -0 --separate-stderr "$BIN/grey-dump" --help
	assert_line --index 0 "${USAGE#grey-dump: }"
	while read -r name; do
		[ "$name" = dbdir ] || assert_line --partial "--$name"
	done <<<"$names"
	run -0 --separate-stderr "$BIN/grey-dump" --version
	assert_output --regexp '^grey-dump [0-9.]+$'
	run -1 --separate-stderr bash -c '"$BIN/grey-dump" --help >/dev/full'
	assert_equal "$stderr" 'grey-dump: standard output: No space left on device'
}
