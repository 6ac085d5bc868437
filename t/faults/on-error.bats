#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What --on-error decides when the store fails.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

@test "the store fails: --on-error=dunno answers DUNNO, says so once, exit code 1" {
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet < <(requests 3)
	assert_output "$PASSED"$'\n\n'"$PASSED"$'\n\n'"$PASSED"
	assert_equal "$stderr" \
		'grey-check: the store is fail:, made to fail; answering DUNNO: mail passes without greylisting (--on-error)'
}

@test "the store fails: --on-error=defer answers DEFER_IF_PERMIT, says so once, exit code 1" {
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet --on-error=defer < <(requests 2)
	assert_line --index 0 --regexp '^action=DEFER_IF_PERMIT '
	assert_line --index 1 --regexp '^action=DEFER_IF_PERMIT '
	refute_output --partial Greylisted
	assert_equal "$stderr" 'grey-check: the store is fail:, made to fail; answering DEFER_IF_PERMIT (--on-error)'
}

@test "the store fails: --on-error=disconnect ends without an answer, says so, exit code 1" {
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet --on-error=disconnect < <(requests 2)
	assert_output ''
	assert_equal "$stderr" 'grey-check: the store is fail:, made to fail; ending without an answer (--on-error)'
}

@test "a client on a list passes though the store fails and --on-error=defer" {
	echo listed.example.net >"$DIR/clients"
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet --on-error=defer \
		"--whitelist-clients=$DIR/clients" < <(
		request listed@example.net | sed 's/mail.example/listed.example/'
		request other@example.net
		request listed@example.net | sed 's/mail.example/listed.example/')
	assert_line --index 0 "$PASSED"
	assert_line --index 1 --regexp '^action=DEFER_IF_PERMIT '
	assert_line --index 2 "$PASSED"
}
