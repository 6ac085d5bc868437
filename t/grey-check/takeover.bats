#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Taking over a store from postgrey, and giving it back.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load ../lib/postgrey
load ../faults/lib

# start_postgrey: a postgrey of the test's own on the store, which belongs to nobody.
start_postgrey()
{
	need_postgrey
	chown -R nobody: "$STORE"
	run_postgrey "$STORE" "$DIR/run/socket" "$DIR/postgrey.log"
}

# make_postgrey_store: asks postgrey for three triplets, one of them passed before.
make_postgrey_store()
{
	start_postgrey
	run -0 ask_postgrey "$DIR/run/socket" < <(request one@example.net; request two@example.net; request three@example.net 2001:db8::7)
	assert_line --index 0 --partial 'Greylisted, see'
}

@test "the database of a postgrey that was stopped: its records count, new ones are added, postgrey takes it back" {
	make_postgrey_store
	stop_postgrey
	run -0 --separate-stderr check < <(request one@example.net; request four@example.net)
	assert_equal "$output" "$DEFERRED"$'\n\n'"$DEFERRED"
	refute_regex "$stderr" 'corrupt|logs'
	# Ten seconds later: in the same second it would be new.
	run -0 --separate-stderr "$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --clock=request < <(
		request two@example.net | sed "1s/^/policy_test_time=$(($(date +%s) + 10))\n/")
	assert_regex "$stderr" 'action=greylist, reason=early-retry'
	assert_equal "$(count_rows)" 4
	run -0 whole
	run -0 --separate-stderr "$BIN/grey-check" "--store=$STORE" --delay=0 --log=stderr < <(request two@example.net)
	assert_output --regexp '^action=(DUNNO|PREPEND )'

	start_postgrey
	run -0 ask_postgrey "$DIR/run/socket" < <(request four@example.net; request five@example.net)
	assert_line --index 0 --partial Greylisted
	stop_postgrey
	assert_equal "$(count_rows)" 5
	assert_equal "$(corrupt_files)" 0
	run -0 --separate-stderr check < <(request six@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(count_rows)" 6
}

@test "the regions and logs of a postgrey that was killed: all that it answered is there" {
	make_postgrey_store
	kill -KILL "$HOLDER"
	wait_for 10 gone "$HOLDER"
	HOLDER=
	run -0 --separate-stderr check < <(request four@example.net)
	assert_output "$DEFERRED"
	refute_regex "$stderr" 'corrupt|logs'
	assert_equal "$(count_rows)" 4
	# The cache is ours, not the 264 kB of postgrey's default.
	run -0 as_nobody flock "$STORE/grey.lock" db_stat -m -h "$STORE"
	assert_line --index 0 --regexp '^20MB .*Total cache size$'
	run -0 whole
}

@test "the same directory given back and forth ten times, grey-check killed in between: nothing is lost" {
	local round

	for round in 1 2 3 4 5; do
		start_postgrey
		run -0 ask_postgrey "$DIR/run/socket" < <(request "postgrey$round@example.net" "192.0.2.$round")
		assert_line --index 0 --partial Greylisted
		[ $((round % 2)) -eq 0 ] || kill -KILL "$HOLDER"
		stop_postgrey
		start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
		assert_equal "$(ask_live "grey$round@example.net")" "$DEFERRED"
		kill_live
		assert_equal "$(cat "$DIR/said")" ''
	done
	run -0 count_rows
	assert_output 10
	run -0 whole
}

# old_database: a record of postgrey 1.36 and older, with the host part in its third field.
old_database()
{
	cat <<-'EOF'
		VERSION=3
		format=print
		type=btree
		db_pagesize=4096
		HEADER=END
		 83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp
		 1234254582,1234254582,5
		DATA=END
	EOF
}

# retry_of_old: the request that comes back to that record, so many seconds later.
retry_of_old()
{
	printf '%s\n' request=smtpd_access_policy client_address=83.10.241.9 client_name=mail.example.net \
		sender=limbekcs@aegon.hu recipient=webmaster@rally.or.jp "policy_test_time=$((1234254582 + $1))" ''
}

@test "a database built with db_load from postgrey's records is taken as it is" {
	old_database | db_load "$STORE/postgrey.db"
	run -0 --separate-stderr check --clock=request < <(retry_of_old 310)
	assert_output --partial 'action=PREPEND X-Greylist: delayed 310 seconds'
	refute_regex "$stderr" corrupt
	run -0 all_rows postgrey.db
	assert_output '83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp	1234254582,1234254892,9'
	assert_equal "$(corrupt_files)" 0
	run -0 whole
}

@test "a small database that was copied without its logs is taken, and the first answer is right" {
	fill_store 10
	leave_databases
	run -0 --separate-stderr check < <(request copied@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(count_rows)" 11
	assert_equal "$(corrupt_files)" 0
}

@test "a database that was copied without its logs is taken, with a word, and so is its directory's next postgrey" {
	mkdir -m 700 "$DIR/first"
	requests 3000 | "$BIN/grey-check" "--store=$DIR/first" --log=none >"$DIR/answers"
	flock "$DIR/first/grey.lock" db_checkpoint -1 -h "$DIR/first"
	cp "$DIR/first/postgrey.db" "$STORE/"
	run -0 --separate-stderr check < <(request copied@example.net)
	assert_output "$DEFERRED"
	assert_regex "$stderr" '^grey-check: .*: the databases did not fit their logs \(copied without them\?\): .*$'
	assert_equal "$(count_rows)" 3001
	run -0 --separate-stderr check < <(request copied2@example.net)
	assert_equal "$stderr" ''
	assert_equal "$(corrupt_files)" 0
	run -0 whole

	start_postgrey
	run -0 ask_postgrey "$DIR/run/socket" < <(request copied3@example.net)
	assert_line --index 0 --partial Greylisted
	stop_postgrey
	assert_equal "$(count_rows)" 3003
}
