#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=alone
# grey-dump and grey-load beside running grey-checks: what was answered is shown at once, nobody is harmed, nothing is
# lost, whoever is killed.

# run sets stderr and stderr_lines; helpers take options, where a test has some. Perl has its own dollar signs; STORE is
# set again in the subshells that bats makes.
# shellcheck disable=SC2154,SC2119,SC2120,SC2016,SC2030,SC2031,SC2153
load ../lib/dump
load ../lib/live

teardown()
{
	kill_live
}

# beside MODE REQUESTS: see live.pl.
beside()
{
	run timeout 600 perl "$ROOT/t/grey-dump/live.pl" "$1" "$2" "$BIN" "$STORE"
	assert_success
	assert_line --index 0 --partial ', 0 wrong'
	echo "# ${lines[0]}" >&3
}

# locked_db_dump [OPTION...]: all that Berkeley DB's tool and grey-check have in common is the lock.
locked_db_dump()
{
	flock "$STORE/grey.lock" db_dump -h "$STORE" "$@"
}

@test "what a running grey-check has answered is shown at once, as db_dump under the lock shows it" {
	local n

	start_live check --auto-whitelist-clients=1
	for n in {1..20}; do
		run -0 ask_live "policy_test_time=$((1000 + n))" "sender=s$n-x@example.net"
		assert_output "$GREYLISTED"
		run -0 --separate-stderr dump -p
		assert_line --partial " 192.0.2.0/s$n-x@example.net/b@example.org"
		assert_line " $((1000 + n)),$((1000 + n)),30"
	done
	run -0 ask_live policy_test_time=2000 sender=s1-x@example.net
	dump -p >"$BATS_TEST_TMPDIR/have"
	locked_db_dump -p postgrey.db | cmp "$BATS_TEST_TMPDIR/have" -
	dump -c >"$BATS_TEST_TMPDIR/have"
	locked_db_dump postgrey_clients.db | cmp "$BATS_TEST_TMPDIR/have" -
	grep -q 2c32303030 "$BATS_TEST_TMPDIR/have"
	end_live
}

@test "a dump does not flush, and grey-check goes on with its store as before it" {
	local before n

	start_live check
	run -0 ask_live policy_test_time=1000
	before=$(sums "$STORE")
	for n in {1..10}; do
		dump -p >/dev/null
		dump --format=tsv --client=192.0.2.30 >/dev/null
		dump -c -f "$BATS_TEST_TMPDIR/file"
	done
	assert_equal "$(sums "$STORE")" "$before"
	run -0 ask_live policy_test_time=1300
	assert_output --partial 'delayed 300 seconds'
	end_live
	assert_equal "$(said recovered)" 0
}

@test "after the grey-checks were killed, all that they answered is shown, and the next one has it" {
	start_live check
	run -0 ask_live policy_test_time=1000
	run -0 ask_live policy_test_time=1001 sender=other@example.net
	kill -KILL "$LIVE_PROCESS"
	wait_for 5 gone "$LIVE_PROCESS"
	run -0 --separate-stderr dump -p
	assert_line ' 192.0.2.0/a@example.net/b@example.org'
	assert_line ' 192.0.2.0/other@example.net/b@example.org'
	run -0 --separate-stderr check < <(at 1300)
	assert_output --partial 'delayed 300 seconds'
}

@test "after a boot, when the regions are gone, all that was answered is shown" {
	start_live check
	run -0 ask_live policy_test_time=1000
	kill -KILL "$LIVE_PROCESS"
	wait_for 5 gone "$LIVE_PROCESS"
	rm -f "$STORE"/__db.*
	run -0 --separate-stderr dump -p
	assert_line ' 192.0.2.0/a@example.net/b@example.org'
	assert_line ' 1000,1000,30'
}

@test "a record that is loaded beside a running grey-check counts at once, one that is deleted does not any more" {
	start_live check
	run -0 ask_live policy_test_time=1000
	assert_output "$GREYLISTED"
	load_into "$STORE" <<<$'192.0.2.0\ta@example.net\tb@example.org\t500\t900\t30'
	run -0 ask_live policy_test_time=1001
	assert_output action=DUNNO
	dump --format=tsv | load_into "$STORE" --delete
	run -0 ask_live policy_test_time=1002
	assert_output "$GREYLISTED"
	end_live
}

@test "--pass beside a running grey-check: the next answer is DUNNO" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=none "${NO_LISTS[@]}"
	run -0 ask_live
	assert_output "$GREYLISTED"
	load_into "$STORE" --pass 192.0.2.30 a@example.net b@example.org
	run -0 ask_live
	assert_output action=DUNNO
	end_live
}

@test "dumps in a loop beside 4 grey-checks: keys ascend, all that was answered before is there" {
	beside dump 6000
}

@test "dumps that are killed in a loop beside 4 grey-checks: no answer is wrong, none is lost" {
	beside kill-dump 4000
}

@test "grey-load in a loop beside 4 grey-checks: no answer is wrong, nothing is lost" {
	beside load 4000
}

@test "grey-load that is killed in a loop beside 4 grey-checks: no answer is wrong, nothing is lost" {
	beside kill-load 4000
}

@test "a store in a directory of somebody else: who may read but not write it is told whom to run as" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	local dir
	dir=$(work_dir)
	STORE=$dir/store
	check < <(at 1000) >/dev/null
	cp "$BIN/grey-dump" "$dir/"
	chown -R daemon: "$STORE"
	chmod 755 "$STORE"
	chmod 644 "$STORE"/*
	local before
	before=$(sums "$STORE")
	run -1 --separate-stderr as_nobody "$dir/grey-dump" -p -h "$STORE"
	assert_output ''
	assert_regex "$stderr" "^grey-dump: $STORE.*Permission denied; the store is daemon's, and this runs as nobody; run it as daemon or as root, \
or, if nobody is to have the store, do: chown -R nobody: $STORE\$"
	chmod 700 "$STORE"
	run -1 --separate-stderr as_nobody "$dir/grey-dump" -p -h "$STORE"
	assert_regex "$stderr" "^grey-dump: $STORE.*Permission denied; the store is daemon's, and this runs as nobody; run it as daemon or as root, \
or, if nobody is to have the store, do: chown -R nobody: $STORE\$"
	assert_equal "$(sums "$STORE")" "$before"
	run -0 --separate-stderr "$BIN/grey-dump" --format=tsv -h "$STORE"
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %U "$STORE"/* | sort -u)" daemon
	rm -rf "$dir"
}

@test "as root, beside a grey-check of the store's owner: its files stay the owner's, and it goes on" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	local dir
	dir=$(work_dir)
	STORE=$dir/store
	install -d -o nobody -m 700 "$STORE"
	cp "$BIN/grey-check" "$dir/"
	start_live setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "$dir/grey-check" "--store=$STORE" --log=none \
		--clock=request "${NO_LISTS[@]}"
	run -0 ask_live policy_test_time=1000
	assert_output "$GREYLISTED"
	run -0 --separate-stderr dump --format=tsv -f "$dir/file"
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %U "$dir/file")" root
	load_into "$STORE" <<<$'192.0.2.0\tx@example.net\tb@example.org\t500\t900\t30'
	load_into "$STORE" -c <<<$'192.0.2.30\t5\t900'
	assert_equal "$(stat -c %U "$STORE"/* | sort -u)" nobody
	run -0 ask_live policy_test_time=1001
	assert_output action=DUNNO
	end_live
	rm -rf "$dir"
}

@test "as root: where the store does not exist, or has no owner but root, nothing is left that shuts others out" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	local dir
	dir=$(work_dir)
	install -d -o nobody -m 700 "$dir/store"
	run -1 --separate-stderr "$BIN/grey-dump" -p -h "$dir/store"
	assert_equal "$(ls -A "$dir/store")" ''
	run -0 --separate-stderr load_into "$dir/store" <<<$'192.0.2.0\tx@example.net\tb@example.org\t500\t900\t30'
	assert_equal "$(stat -c %U "$dir/store"/* | sort -u)" nobody
	rm -rf "$dir"
}
