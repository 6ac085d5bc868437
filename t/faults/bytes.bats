#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Four bytes of a page of postgrey.db are others than they were: every program ends soon, with a right answer or clear words,
# what one finds to be sound is sound to the others, and what is lost is said in numbers. See t/faults/bytes.pl.

# DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031,SC2154
load ../lib/common
load lib

# seeds FIRST-LAST
seeds()
{
	perl "$ROOT/t/faults/bytes.pl" "--template=$DIR/template" "--store=$STORE" "--bin=$BIN" "--seeds=$1" --slow="$(as_long 10)"
}

@test "four bytes of a page are changed: grey-expire, grey-dump and grey-check agree on what is there" {
	fill_store 400
	leave_databases
	cp -a "$STORE" "$DIR/template"
	# The ends of values lie where others begin, keys are out of order, records are hidden, or bytes of values differ.
	for seed in 36 51 53 68 131 523 747 1117 1152; do
		run -0 seeds "$seed-$seed"
		assert_output '1 seeds, 0 wrong'
	done
	run -0 seeds "2001-$((2000 + $(as_long 40)))"
	assert_output --partial ' seeds, 0 wrong'
	refute_line --regexp '^seed '
}
