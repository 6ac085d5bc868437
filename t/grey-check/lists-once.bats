#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The bad lines of a list are told once until the file changes, however many processes find them.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031
load lists-changed

BAD='"two words": there is a blank inside; write one entry per line'

# starts [OPTION...]: one more process, with the list; what it says is added to the file ALL.
starts()
{
	check -q "--whitelist-clients=$LIST" "$@" < <(at 1) 2>>"$BATS_TEST_TMPDIR/all" >"$BATS_TEST_TMPDIR/answer"
}

# all_said: what all of them have said since it was called last.
all_said()
{
	run -0 cat "$BATS_TEST_TMPDIR/all"
	: >"$BATS_TEST_TMPDIR/all"
}

@test "a bad line is told by the first process that starts, and not by the next ones" {
	write_before example.net 'two words' '300.1.2.3'
	starts
	all_said
	assert_equal "${#lines[@]}" 2
	assert_line "grey-check: $LIST:2: $BAD; the line is ignored"
	assert_line --regexp "^grey-check: $LIST:3: \"300.1.2.3\": .*; the line is ignored$"
	starts
	starts
	all_said
	assert_output ''
}

@test "twenty processes at the same moment tell it once" {
	local i

	write_before example.net 'two words'
	starts # who makes the store
	write_before example.net x.example 'two words'
	: >"$BATS_TEST_TMPDIR/all"
	for i in {1..20}; do
		check -q "--whitelist-clients=$LIST" < <(at 1) 2>>"$BATS_TEST_TMPDIR/all" >"$BATS_TEST_TMPDIR/answer.$i" 3>&- &
	done
	wait
	all_said
	assert_output "grey-check: $LIST:3: $BAD; the line is ignored"
}

@test "each change of the file is told anew, also where the same line is bad" {
	write_before 'two words'
	starts
	write_before 'two words' other.example
	starts
	touch -d '-2 minutes' "$LIST"
	starts
	all_said
	assert_equal "${#lines[@]}" 3
}

@test "of a running process that keeps what it had, and one that starts, the first tells a bad line" {
	write_before example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	write_before example.net 'two words' 'three words too'
	looked_again
	assert_equal "$(said "grey-check: $LIST:2: $BAD; what was read before stays in use, and a process that starts now ignores the line")" 1
	starts
	all_said
	assert_output --regexp "^grey-check: $LIST:3: .*; the line is ignored$"
	end_live
	assert_equal "$(said)" 1
}

@test "of hundreds of bad lines ten are told, and how many there are" {
	printf 'bad line %d\n' {1..300} >"$LIST"
	touch -d '-1 minute' "$LIST"
	starts
	all_said
	assert_equal "${#lines[@]}" 11
	assert_line --index 10 "grey-check: $LIST: 290 more lines are ignored; grey-check --check-config shows them all"
	starts
	all_said
	assert_output ''
	run -2 --separate-stderr check --check-config "--whitelist-clients=$LIST"
	assert_equal "${#stderr_lines[@]}" 300
}

@test "who asks is told: --check-config and --explain say it each time, and take no message from the log" {
	write_before 'two words'
	starts
	for _ in 1 2; do
		run -2 --separate-stderr check --check-config "--whitelist-clients=$LIST"
		assert_equal "$stderr" "grey-check: $LIST:1: $BAD; the line is ignored"
		run -0 --separate-stderr check --explain --client-address=192.0.2.30 --sender=a --recipient=b "--whitelist-clients=$LIST"
		assert_regex "$stderr" "$LIST:1: $BAD"
	done
	write_before 'two words' x.example
	run -0 --separate-stderr check --explain --client-address=192.0.2.30 --sender=a --recipient=b "--whitelist-clients=$LIST"
	: >"$BATS_TEST_TMPDIR/all"
	starts
	all_said
	assert_equal "${#lines[@]}" 1
}

@test "where there is no store to share, each process tells it" {
	write_before 'two words'
	starts --store=mem:
	starts --store=mem:
	all_said
	assert_equal "${#lines[@]}" 2
}

@test "many changes: no mark of before keeps a new one from being told" {
	local i

	for i in {1..250}; do
		echo "$i bad"
	done >"$BATS_TEST_TMPDIR/lines"
	for i in {1..25}; do
		head -n "$((i * 10))" "$BATS_TEST_TMPDIR/lines" | tail -n 10 >"$LIST"
		touch -d "-$((100 - i)) minutes" "$LIST"
		starts
	done
	all_said
	assert_equal "${#lines[@]}" 250
}
