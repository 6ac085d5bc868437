#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A request costs no more calls of the system than in the first version. (The sanitizers make calls of their own.)
# bats file_tags=once

load before

COUNT=1000

# requests COUNT: all new, from a client each.
requests()
{
	perl -e 'printf "request=smtpd_access_policy\nclient_address=10.%d.%d.1\nclient_name=mail.example.net\nsender=a\@example.net\n"
		. "recipient=b\@example.org\npolicy_test_time=1\n\n", $_ >> 8, $_ & 255 for 1 .. shift' "$1"
}

# count_calls FILE: those that strace wrote there, but for the looks at files by their names, which are made once a second,
# the waits for a lock that another process still has, and the reads of requests, which come in pieces.
count_calls()
{
	grep -cvE '^[a-z0-9]+\((AT_FDCWD, )?"|^read\(0,|EAGAIN|EINTR|^(sched_yield|setitimer|rt_sig[a-z]*|---)' "$1"
}

# calls CHECK COUNT: prints how many calls it makes to answer so many requests on one connection.
calls()
{
	rm -rf "$STORE"
	requests 1 | "$1" "--store=$STORE" -q --log=none "${NO_LISTS[@]}" >/dev/null
	requests "$2" >"$BATS_TEST_TMPDIR/requests"
	strace -qq -o "$BATS_TEST_TMPDIR/calls" "$1" "--store=$STORE" --log=none --clock=request "${NO_LISTS[@]}" \
		<"$BATS_TEST_TMPDIR/requests" >"$BATS_TEST_TMPDIR/answers" || return
	[ "$(grep -cF "$GREYLISTED" "$BATS_TEST_TMPDIR/answers")" -eq "$2" ] || return
	count_calls "$BATS_TEST_TMPDIR/calls"
}

# no_more_calls: what one takes is what there is beside the requests. One more for each request would be a thousand.
no_more_calls()
{
	local old new

	old=$(($(calls "$OLD/grey-check" "$COUNT") - $(calls "$OLD/grey-check" 1)))
	new=$(($(calls "$BIN/grey-check" "$COUNT") - $(calls "$BIN/grey-check" 1)))
	echo "# $COUNT requests: $old calls in the first version, $new now" >&3
	[ "$old" -ge "$COUNT" ] && [ "$new" -ge "$COUNT" ] && [ "$new" -le $((old + COUNT / 10)) ]
}

@test "a request costs no call of the system more than in the first version" {
	command -v strace >/dev/null || skip "needs strace"
	! is_sanitized grey-check || skip "the sanitizers make calls of their own"
	no_more_calls
}

# beside OPTION...: how many calls a process makes for 60 requests, while after each of them one with these options answers.
beside()
{
	rm -rf "$STORE"
	check -q < <(at 1) >/dev/null
	start_live strace -qq -o "$BATS_TEST_TMPDIR/live" "$BIN/grey-check" "--store=$STORE" --log=none --clock=request "${NO_LISTS[@]}"
	for _ in {1..60}; do
		ask_live policy_test_time=1 >/dev/null || return
		check -q "$@" < <(at 1) >/dev/null 2>&1 || return
	done
	end_live || return
	count_calls "$BATS_TEST_TMPDIR/live"
}

@test "nor does it where two services with different settings answer in turn" {
	command -v strace >/dev/null || skip "needs strace"
	! is_sanitized grey-check || skip "the sanitizers make calls of their own"
	load ../lib/live
	local alone in_turn

	alone=$(beside)
	in_turn=$(beside --delay=60)
	echo "# 60 requests: $alone calls with one service, $in_turn with two" >&3
	[ "$alone" -gt 300 ] && [ "$in_turn" -lt $((alone + 60)) ]
}
