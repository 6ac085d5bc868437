#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a running grey-check makes of a list that is spoilt, or gone: what was read stays, and it is told once.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031
load lists-changed

STAYS='; what was read before stays in use'
LINE_STAYS="$STAYS, and a process that starts now ignores the line"

# keeps COMMAND...: after the command has made the list bad what was read stays in use, and the warning comes once.
# WARNING is how it begins.
keeps()
{
	write_before example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	"$@"
	looked_again
	answered "$PASSED"
	assert_equal "$(said "grey-check: $LIST$WARNING")" 1
	looked_again
	answered "$PASSED"
	run -0 cat "$SAID"
	assert_equal "${#lines[@]}" 1
	run -0 cat "$SAID"
	assert_output --partial "$STAYS"

	# Mended, it counts again, and the next time it is bad it is told again.
	[ ! -d "$LIST" ] || rmdir "$LIST"
	replace other.example
	becomes "$GREYLISTED"
	assert_equal "$(said)" 1
	write other.example a.example b.example 'two words'
	looked_again
	answered "$GREYLISTED"
	assert_equal "$(said)" 2
	assert_equal "$(said "grey-check: $LIST:4: \"two words\": there is a blank inside; write one entry per line$LINE_STAYS")" 1
	end_live
}

@test "a bad line in a list: its last good content stays in use, with one warning" {
	WARNING=':2: "two words": there is a blank inside'
	keeps write other.example 'two words'
}

@test "a list replaced by one with bad lines: one warning, of the first of them" {
	WARNING=':1: "300.1.2.3": it is neither'
	keeps replace 300.1.2.3 other.example 'two words' '/(/'
}

@test "a list that is deleted: its last good content stays in use, with one warning" {
	WARNING=": can't read this list: No such file or directory"
	keeps rm "$LIST"
}

make_directory()
{
	rm "$LIST"
	mkdir "$LIST"
}

@test "a list that can't be read any more: its last good content stays in use, with one warning" {
	WARNING=": can't read this list: Is a directory"
	keeps make_directory
}

@test "a bad list that changes, and stays bad, is told once more" {
	write_before example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	write 'two words'
	looked_again
	assert_equal "$(said)" 1
	write 'three more words'
	looked_again
	assert_equal "$(said)" 2
	answered "$PASSED"
	end_live
}

@test "a list that was bad from the start counts without its bad lines, which are told once" {
	write_before 'two words' example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	looked_again
	answered "$PASSED"
	assert_equal "$(said)" 1
	assert_equal "$(said "grey-check: $LIST:1: \"two words\": there is a blank inside; write one entry per line; the line is ignored")" 1
	end_live
}

@test "a list that was bad from the start, and just written, is told once too" {
	write 'two words' example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	looked_again
	answered "$PASSED"
	assert_equal "$(said)" 1
	end_live
}

@test "behind a socket, a list that could not be read at the start works once it appears" {
	local mode answer

	for mode in dunno defer; do
		start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet \
			--clock=request "${NO_LISTS[@]}" "--whitelist-clients=$LIST" "--on-error=$mode"
		run -0 ask_live
		answer=$output
		[ "$mode" = defer ] || assert_output "$PASSED"
		[ "$mode" = dunno ] || assert_output --regexp '^action=DEFER_IF_PERMIT 4\.3\.0 '
		replace example.com
		becomes "$GREYLISTED"
		answered "$PASSED" client_name=mx.example.com
		assert_equal "$(said "grey-check: $LIST: can't read this list: No such file or directory")" 1
		end_live 1 # some were answered without a list
		rm "$LIST"
	done
	[ -n "$answer" ]
}
