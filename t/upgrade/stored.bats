#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Stores that earlier versions left, as text: first, by the first version, and layout-1, in the layout that came after it.
# Each later layout gets a directory of its own; none is ever taken away, nor changed.

# STORE is set again in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031,SC2154,SC2119,SC2120
load ../lib/check

setup_file()
{
	need_program grey-check
	need_program grey-dump
	need_program grey-expire
	need_program grey-load
}

# When it was left, epoch seconds.
LEFT=1700000000

# bring NAME: makes the test's store of what is there.
bring()
{
	local from=$ROOT/t/upgrade/stores/$1 name

	install -d -m 700 "$STORE"
	for name in postgrey.db postgrey_clients.db; do
		db_load -f "$from/$name.dump" "$STORE/$name" || return
	done
	perl -e 'my ($size, %row); while (<>) { $size = $1 if /^size (\d+)/; $row{$1} = $2 if /^(\d+) ([0-9a-f]{32})$/ }
		my $page = "\0" x $size; substr $page, $_, 16, pack "H*", $row{$_} for keys %row; print $page' \
		"$from/grey.lock.hex" >"$STORE/grey.lock"
}

# changed_from KEYS: what is said when the defaults come next.
changed_from()
{
	assert_equal "$stderr" "grey-check: $STORE: this store was used with $1 until now, and from now on with --ipv4cidr=24 \
--ipv6cidr=64: records that were made before are not found any more, and their senders wait once more; to go back, give $1 \
again"
}

@test "grey-dump shows each record that an earlier version stored, byte for byte" {
	local store

	for store in first layout-1; do
		STORE=$BATS_TEST_TMPDIR/$store
		bring "$store"
		run -0 --separate-stderr "$BIN/grey-dump" "--store=$STORE" -p
		assert_output "$(cat "$ROOT/t/upgrade/stores/$store/postgrey.db.dump")"
		assert_equal "$stderr" ''
		run -0 --separate-stderr "$BIN/grey-dump" "--store=$STORE" -p -c
		assert_output "$(cat "$ROOT/t/upgrade/stores/$store/postgrey_clients.db.dump")"
		assert_equal "$stderr" ''
	done
}

@test "grey-check finds what the first version stored: who waited passes, who is whitelisted too, and nothing is said" {
	bring first
	run -0 --separate-stderr check -q < <(
		at $((LEFT + 500)) sender=waits@example.net
		at $((LEFT + 500)) client_address=198.51.100.7 sender= recipient=postmaster@example.org
		at $((LEFT + 500)) client_address=203.0.113.1 sender=user+another@example.net
		at $((LEFT + 26000)) client_address=192.0.2.77 sender=unknown@example.net)
	assert_line --index 0 --partial 'delayed 490 seconds'
	assert_line --index 1 --partial 'delayed 470 seconds'
	assert_line --index 2 --partial 'delayed 460 seconds'
	assert_line --index 3 'action=DUNNO'
	assert_equal "$stderr" ''
}

@test "grey-check finds what was stored in layout 1, and how the store was used" {
	bring layout-1
	run -0 --separate-stderr check -q < <(at $((LEFT + 500)) sender=waits@example.net)
	assert_output --partial 'delayed 490 seconds'
	changed_from '--ipv4cidr=28 --ipv6cidr=64'
	bring layout-1
	run -0 --separate-stderr check -q --ipv4cidr=28 --delay=60s < <(at $((LEFT + 100)))
	assert_output --partial 'delayed 100 seconds'
	assert_equal "$stderr" ''
}

@test "grey-check knows which keys the first version used" {
	bring first
	run -0 --separate-stderr check -q --ipv4cidr=28 < <(at $((LEFT + 500)))
	assert_output "$GREYLISTED"
	assert_regex "$stderr" 'was used with --ipv4cidr=24 --ipv6cidr=64 until now, and from now on with --ipv4cidr=28 --ipv6cidr=64: '
}

@test "grey-expire keeps of an earlier version's store what has not expired, and deletes the rest" {
	local store

	for store in first layout-1; do
		STORE=$BATS_TEST_TMPDIR/$store
		bring "$store"
		run -0 "$BIN/grey-expire" "--store=$STORE" --max-age=36500d --retry-window=36500d --log=none
		run -0 "$BIN/grey-dump" "--store=$STORE" -p
		assert_output "$(cat "$ROOT/t/upgrade/stores/$store/postgrey.db.dump")"
		# Of those that never passed the last retry was years ago.
		run -0 "$BIN/grey-expire" "--store=$STORE" --max-age=36500d --log=none
		run -0 keys_and_values "$STORE"
		assert_equal "${#lines[@]}" 7
		run -0 "$BIN/grey-expire" "--store=$STORE" --log=none
		run -0 keys_and_values "$STORE"
		assert_output ''
		run -0 keys_and_values "$STORE" postgrey_clients.db
		assert_output ''
	done
}

@test "the databases and the log, copied under the lock while a process goes on, hold every record" {
	load ../lib/live
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr -q --clock=request "${NO_LISTS[@]}"
	run -0 ask_live policy_test_time=1
	run -0 ask_live policy_test_time=1 sender=c@example.net
	# As grey-store(5) does it.
	install -d -m 700 "$STORE.copy"
	(cd "$STORE" && flock grey.lock tar -cf "$BATS_TEST_TMPDIR/grey.tar" ./*.db log.*)
	run -0 ask_live policy_test_time=400
	end_live
	STORE=$STORE.copy
	tar -xf "$BATS_TEST_TMPDIR/grey.tar" -C "$STORE"
	run -0 --separate-stderr check -q < <(at 400; at 400 sender=c@example.net)
	assert_line --index 0 --partial 'delayed 399 seconds'
	assert_line --index 1 --partial 'delayed 399 seconds'
	assert_equal "$stderr" ''
}

@test "grey-load brings records into an earlier version's store" {
	bring first
	run -0 "$BIN/grey-load" "--store=$STORE" < <(printf '%s\n' VERSION=3 format=print type=btree HEADER=END \
		' 192.0.2.0/a@example.net/b@example.org' " $((LEFT - 10)),$((LEFT + 9000)),31" DATA=END)
	run -0 keys_and_values "$STORE"
	assert_line "192.0.2.0/a@example.net/b@example.org $((LEFT - 10)),$((LEFT + 9000)),31"
	assert_equal "${#lines[@]}" 11
}
