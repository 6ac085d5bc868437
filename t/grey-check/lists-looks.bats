#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# How often a running grey-check looks whether its lists have changed.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031
load lists-changed

# traced OPTION...: a grey-check that keeps running under strace, which notes in the file CALLS when the list is looked at.
traced()
{
	command -v strace >/dev/null || skip "needs strace"
	CALLS=$BATS_TEST_TMPDIR/calls
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	start_live strace -qq -o "$CALLS" -P "$LIST" "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet --clock=request \
		"${NO_LISTS[@]}" "$@"
}

# looks: how many times the list was looked at, by its name; reads: and was opened.
looks()
{
	grep -cE "stat.*\"$LIST\"" "$CALLS" || :
}

reads()
{
	grep -c '^open' "$CALLS" || :
}

@test "a list is looked at once a second at most, and read once" {
	local i began looked

	write_before other.example
	traced "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	looked=$(looks)
	began=$(date +%s%N)
	for ((i = 0; i < 200; i++)); do
		ask_live >/dev/null
	done
	# In N seconds there are N + 1 looks, if one of them is due at once.
	(($(looks) - looked <= ($(date +%s%N) - began) / 1000000000 + 1))
	becomes "$GREYLISTED" client_name=x
	end_live
	assert_equal "$(reads)" 1
}

@test "200 requests at once make grey-check look twice at most" {
	local i began

	write_before other.example
	traced "--whitelist-clients=$LIST"
	for ((i = 0; i < 200; i++)); do
		request "sender=s$i@example.net"
	done >"$BATS_TEST_TMPDIR/requests"
	began=$(date +%s%N)
	cat "$BATS_TEST_TMPDIR/requests" >&"$TO"
	for ((i = 0; i < 400; i++)); do
		IFS= read -r -t 10 -u "$FROM" _
	done
	end_live
	# And once more for each second that a slow machine takes for it.
	assert [ "$(looks)" -le $((2 + ($(date +%s%N) - began) / 1000000000)) ]
	assert_equal "$(reads)" 1
}

@test "as long as no request comes no list is looked at, the next request looks" {
	local looked

	write_before other.example
	traced "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	looked=$(looks)
	# It has nothing to say for more than two intervals.
	run ! read -r -t 2.2 -u "$FROM" _
	assert_equal "$(looks)" "$looked"
	answered "$GREYLISTED"
	assert_equal "$(looks)" $((looked + 1))
	end_live
}
