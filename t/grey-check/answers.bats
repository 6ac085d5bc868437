#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What stands in grey-check's answers: the text of a deferral, the header of a delayed message, and when there is one.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

@test "4.2.0 stands before the text where the request has etrn_domain" {
	run -0 --separate-stderr check < <(at 1 etrn_domain=; at 1 etrn_domain=x; at 1)
	assert_line --index 0 "${GREYLISTED/PERMIT/PERMIT 4.2.0}"
	assert_line --index 1 "${GREYLISTED/PERMIT/PERMIT 4.2.0}"
	assert_line --index 2 "$GREYLISTED"
}

@test "a text that begins with a digit gets no 4.2.0" {
	run -0 --separate-stderr check '--greylist-text=4.7.1 wait %s' < <(at 1 etrn_domain=)
	assert_output 'action=DEFER_IF_PERMIT 4.7.1 wait 300'
}

@test "the recipients of a message get one header" {
	local i

	run -0 --separate-stderr check < <(for i in 1 2 3; do at 1 "recipient=$i@x" instance=a.1; done
		for i in 1 2 3; do at 400 "recipient=$i@x" instance=b.2; done)
	assert_line --index 3 --partial 'action=PREPEND X-Greylist: '
	assert_line --index 4 action=DUNNO
	assert_line --index 5 action=DUNNO
}

@test "a header is for the first pass, not for later ones" {
	run -0 --separate-stderr check < <(at 1 instance=a; at 400 instance=b; at 800 instance=c)
	assert_line --index 1 --partial 'action=PREPEND X-Greylist: '
	assert_line --index 2 action=DUNNO
}

@test "requests without an instance are each a message, those of instance 0 none" {
	local i

	run -0 --separate-stderr check < <(for i in 1 2 3 4; do at 1 "recipient=$i@x"; done
		at 400 recipient=1@x; at 400 recipient=2@x; at 400 recipient=3@x instance=0; at 400 recipient=4@x)
	assert_line --index 4 --partial 'action=PREPEND X-Greylist: '
	assert_line --index 5 --partial 'action=PREPEND X-Greylist: '
	assert_line --index 6 action=DUNNO
	assert_line --index 7 --partial 'action=PREPEND X-Greylist: '
}

@test "ten messages are remembered, the eleventh is new again" {
	local i

	run -0 --separate-stderr check < <(for i in {1..13}; do at 1 "recipient=$i@x"; done
		for i in {1..10}; do at 400 "recipient=$i@x" "instance=i$i"; done
		at 400 recipient=11@x instance=i1; at 400 recipient=12@x instance=i11; at 400 recipient=13@x instance=i1)
	assert_line --index 22 --partial 'action=PREPEND '
	assert_line --index 23 action=DUNNO
	assert_line --index 24 --partial 'action=PREPEND '
	assert_line --index 25 --partial 'action=PREPEND '
}
