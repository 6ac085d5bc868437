#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --explain: random requests are answered as it said before, and what it foretells comes true.

load ../lib/check

# foretell SEED [OPTION...]: see there. The header is without its date, which of real mail is the real one.
foretell()
{
	run perl "$ROOT/t/grey-check/foretell.pl" "$1" "${REQUESTS-$(as_long 100)}" "$BIN/grey-check" "--store=$STORE" \
		"--whitelist-clients=$(list listed.example 'slow.example delay=20m' '2001:db8::1 never')" \
		"--whitelist-recipients=$(list postmaster@ 'hasty@ delay=0' 'sub.example.org delay=2h never')" \
		"--whitelist-senders=$(list friends.example 'bound@example.net 192.0.2.0/25')" \
		"--greylist-recipients=$(list example.org)" '--x-greylist-header=X-Greylist: %t' \
		--auto-whitelist-clients=2 --retry-window=3h --max-age=2d "${@:2}"
	[ "$status" -eq 0 ] || fail "$output"
}

@test "300 random requests at random times are answered as it said before, and what it foretells comes true" {
	local reason

	REQUESTS=300 foretell 1 # with fewer not every reason comes up
	for reason in 'client AWL' 'client whitelist' early-retry new 'recipient not greylisted' 'recipient whitelist' \
		'sender whitelist' 'triplet found'; do
		assert_line --regexp "^$reason +[0-9]"
	done
}

@test "the same with --learn" {
	foretell 2 --learn
}

@test "the same with --privacy, --lookup-by-host and without an auto-whitelist" {
	foretell 3 --privacy --lookup-by-host --auto-whitelist-clients=0
}

@test "the same with a --max-age below the --retry-window, and both below a delay" {
	foretell 4 --max-age=1h
}
