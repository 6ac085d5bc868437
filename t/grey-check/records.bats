#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What grey-check makes of records that it finds: postgrey's are understood; expired and unreadable ones count as absent.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

@test "records of postgrey 1.37, which have none, are understood" {
	put_rows postgrey.db <<<"$KEY"$'\n'1000,1000
	run -0 --separate-stderr check < <(at 1300)
	assert_output --partial 'delayed 300 seconds'
	run -0 rows_of postgrey.db
	assert_output "$KEY 1000,1300,30"
}

@test "expired: a triplet not seen for more than the maximum age counts as absent" {
	put_rows postgrey.db <<<"$KEY"$'\n'1000,2000
	run -0 --separate-stderr check --max-age=1d < <(at 88400)
	assert_output action=DUNNO
	run -0 --separate-stderr check --max-age=1d < <(at 174801)
	assert_output "$GREYLISTED"
	run -0 rows_of postgrey.db
	assert_output "$KEY 174801,174801,30"
}

@test "expired: a triplet that never passed, and was not seen for the retry window, counts as absent" {
	put_rows postgrey.db <<<"$KEY"$'\n'1000,1299
	run -0 --separate-stderr check --retry-window=1h < <(at 4900)
	assert_output "$GREYLISTED"
	run -0 rows_of postgrey.db
	assert_output "$KEY 4900,4900,30"
}

@test "expired: a triplet that passed does not expire by the retry window" {
	put_rows postgrey.db <<<"$KEY"$'\n'1000,1300
	run -0 --separate-stderr check --retry-window=1h < <(at 9000)
	assert_output action=DUNNO
}

@test "expired: a triplet that never passed expires by a maximum age that is shorter than the retry window" {
	put_rows postgrey.db <<<"$KEY"$'\n'1000,1000
	run -0 --separate-stderr check --max-age=1h --retry-window=1d < <(at 4601)
	assert_output "$GREYLISTED"
	run -0 rows_of postgrey.db
	assert_output "$KEY 4601,4601,30"
}

@test "expired: a client not counted for more than the maximum age is not whitelisted, and counted from 1" {
	put_rows postgrey_clients.db <<<$'192.0.2.30\n7,1000\n192.0.2.31\n7,1001'
	run -0 --separate-stderr check --max-age=1d < <(at 87401; at 87401 client_address=192.0.2.31; at 87701)
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 action=DUNNO
	assert_line --index 2 --partial 'delayed 300 seconds'
	run -0 rows_of postgrey_clients.db
	assert_output '192.0.2.30 1,87701
192.0.2.31 8,87401'
}

@test "unreadable triplets count as absent, and are written anew" {
	local value

	for value in nonsense 1000 '1000,' ,1000 -1000,1000 '1000 ,1000' 1000,1000x 1000000000000,1 "$(printf '%0200d' 1),1"; do
		rm -rf "${STORE:?}"
		put_rows postgrey.db <<<"$KEY"$'\n'"$value"
		run -0 --separate-stderr check < <(at 1400)
		assert_output "$GREYLISTED"
		assert_regex "$stderr" 'reason=new'
		run -0 rows_of postgrey.db
		assert_output "$KEY 1400,1400,30"
	done
}

@test "unreadable client records count as absent, and are written anew" {
	local value

	for value in nonsense 7 '7,' ,1000 -7,1000 7,1000,1 7,1000x; do
		rm -rf "${STORE:?}"
		put_rows postgrey_clients.db <<<$'192.0.2.30\n'"$value"
		run -0 --separate-stderr check < <(at 1000; at 1300)
		assert_line --index 0 "$GREYLISTED"
		assert_line --index 1 --partial 'delayed 300 seconds'
		run -0 rows_of postgrey_clients.db
		assert_output '192.0.2.30 1,1300'
	done
}
