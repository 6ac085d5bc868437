#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-load: what it says that it did, and a dry run.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load ../lib/dump

FIVE=$'192.0.2.0\tnew@x\tb@y\t1000\t2000\t
192.0.2.0\tnew@x\tb@y\t1000\t2000\t
192.0.2.0\tthere@x\tb@y\t1000\t2000\t
192.0.2.0\tolder@x\tb@y\t1\t2000\t
nonsense'

make_store()
{
	put '192.0.2.0/there@x/b@y 1000,2000' '192.0.2.0/older@x/b@y 1000,2000'
}

@test "-v: how many were loaded, merged, unchanged, refused; without it, and not at a terminal, only what was refused" {
	make_store
	run -1 --separate-stderr bring -v <<<"$FIVE"
	assert_equal "${#stderr_lines[@]}" 2
	assert_equal "${stderr_lines[1]}" 'grey-load: standard input: 1 loaded, 1 merged, 2 unchanged, 1 refused'
	run -0 --separate-stderr bring --verbose < <(head -n 4 <<<"$FIVE")
	assert_equal "$stderr" 'grey-load: standard input: 0 loaded, 0 merged, 4 unchanged, 0 refused'
	run -0 --separate-stderr bring --verbose --replace < <(echo $'192.0.2.0\tnew@x\tb@y\t1500\t1600\t')
	assert_equal "$stderr" 'grey-load: standard input: 0 loaded, 1 replaced, 0 unchanged, 0 refused'
	run -0 --separate-stderr bring -v --delete < <(head -n 4 <<<"$FIVE")
	assert_equal "$stderr" 'grey-load: standard input: 2 deleted, 2 not there or not the same, 0 refused'
	run -0 --separate-stderr bring -v --pass 192.0.2.5 a@x b@y
	assert_equal "$stderr" 'grey-load: --pass: 1 loaded, 0 merged, 0 unchanged, 0 refused'
	run -0 --separate-stderr bring <<<$'192.0.2.0\tquiet@x\tb@y\t1500\t1600\t'
	assert_equal "$stderr" ''
}

@test "keys that are made with other options than grey-check uses the store with: that is said" {
	local options

	check --ipv4cidr=20 < <(at 1) >/dev/null 2>&1
	for options in '' -n; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr bring $options --ipv4cidr=24 --pass 192.0.2.5 a@x b@y
		assert_equal "${stderr_lines[0]}" "grey-load: $STORE: grey-check uses this store with --ipv4cidr=20 --ipv6cidr=64, so \
no request will ask for keys that were made with --ipv4cidr=24 --ipv6cidr=64; give grey-load the same options"
	done
	run -0 --separate-stderr bring --pass 192.0.2.5 a@x b@y
	assert_equal "$stderr" ''
	run -0 --separate-stderr bring --ipv4cidr=20 <<<$'192.0.2.5\ta@x\tb@y\t1000\t2000\t'
	assert_equal "$stderr" ''
	run -0 --separate-stderr bring < <(dump -p)
	refute_regex "$stderr" 'grey-check uses'
	run -0 --separate-stderr check --ipv4cidr=20 < <(at 2)
	refute_regex "$stderr" 'was used with'
}

@test "at a terminal it says it unasked" {
	echo $'192.0.2.0\tnew@x\tb@y\t1000\t2000\t' >"$BATS_TEST_TMPDIR/file"
	run -0 script -qec "'$BIN/grey-load' -h '$STORE' '$BATS_TEST_TMPDIR/file'" /dev/null </dev/null
	assert_output --partial "grey-load: $BATS_TEST_TMPDIR/file: 1 loaded, 0 merged, 0 unchanged, 0 refused"
}

@test "--dry-run: says what would be done, as if it had been done, and stores nothing" {
	local before option

	make_store
	before=$(keys_and_values "$STORE")
	for option in -n --dry-run; do
		run -1 --separate-stderr bring "$option" <<<"$FIVE"
		assert_equal "${stderr_lines[1]}" \
			'grey-load: standard input: nothing was stored; would be: 1 loaded, 1 merged, 2 unchanged, 1 refused'
		assert_equal "$(keys_and_values "$STORE")" "$before"
	done
	run -0 --separate-stderr bring -n --delete <<<$'192.0.2.0\tthere@x\tb@y\t1000\t2000\t\n192.0.2.0\tthere@x\tb@y\t1000\t2000\t'
	assert_equal "$stderr" 'grey-load: standard input: nothing was stored; would be: 1 deleted, 1 not there or not the same, 0 refused'
	run -0 --separate-stderr bring -n --pass 192.0.2.5 a@x b@y
	assert_regex "$stderr" 'nothing was stored; would be: 1 loaded'
	assert_equal "$(keys_and_values "$STORE")" "$before"
}

@test "--dry-run: a store that does not exist is an empty one, and is not made" {
	run -0 --separate-stderr bring -n < <(head -n 4 <<<"$FIVE")
	assert_equal "$stderr" 'grey-load: standard input: nothing was stored; would be: 3 loaded, 0 merged, 1 unchanged, 0 refused'
	run ! test -e "$STORE"
	mkdir -m 700 "$STORE"
	run -0 --separate-stderr bring -n < <(head -n 4 <<<"$FIVE")
	run -0 ls -A "$STORE"
	assert_output ''
}

@test "--dry-run of many records says what the run then does" {
	perl -e 'srand 7; print join("\t", "10.0." . int(rand 3) . ".0", "s" . ("a" .. "z")[rand 26] . "\@x", "r\@y", int(rand 9),
		10 + int rand 9, int rand 256), "\n" for 1 .. 2000' >"$BATS_TEST_TMPDIR/file"
	make_store
	run -0 --separate-stderr bring -n "$BATS_TEST_TMPDIR/file"
	local foretold=$stderr
	run -0 --separate-stderr bring -v "$BATS_TEST_TMPDIR/file"
	assert_equal "${foretold/nothing was stored; would be: /}" "$stderr"
}
