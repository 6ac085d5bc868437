#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# grey-expire while grey-check answers: nothing that was answered is lost, and just the right records go. See busy.pl.

# run sets stderr.
# shellcheck disable=SC2154
load ../lib/common

setup_file()
{
	need_program grey-expire
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
}

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

# busy OPTION...: all that it or the programs say is of interest.
busy()
{
	run --separate-stderr perl "$ROOT/t/grey-expire/busy.pl" "$@" "--store=$STORE" "$BIN"
	printf '%s\n' "$output" "$stderr" | sed '/^$/d; s/^/# /' | head -n 20 >&3
	assert_success
	assert_output --partial ' 0 complaints'
	assert_equal "$stderr" ''
}

@test "10 connections ask again for what is about to go: what was answered stays, with its new time; the rest goes" {
	for _ in 1 2; do
		rm -rf "${STORE:?}"
		mkdir -m 700 "$STORE"
		busy --old=60000
		refute_output --partial ' 0 of 60000 old'
	done
}

@test "grey-expire is killed 100 times while 10 connections ask: no answer is lost, wrong or late, the last one does the rest" {
	busy --old=60000 --kills=100
	refute_output --partial ' 0 killed'
}

@test "grey-expire --compact is killed 50 times while 10 connections ask: the same" {
	busy --old=60000 --kills=50 --option=--compact
	refute_output --partial ' 0 killed'
}

@test "grey-expire --compact=shrink is killed 50 times while 10 connections ask: the same" {
	busy --old=60000 --kills=50 --option=--compact=shrink
	refute_output --partial ' 0 killed'
}
