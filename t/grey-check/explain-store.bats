#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --explain reads a store, whoever works on it and whatever is wrong with it, and changes nothing.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load explain

teardown()
{
	! declare -F kill_live >/dev/null || kill_live
}

# sums: of all that a request could have changed.
sums()
{
	(cd "$STORE" && sha256sum postgrey.db postgrey_clients.db log.*)
}

@test "a database that is damaged is told of, and left as it is" {
	local sum
	check < <(at 1000) >/dev/null 2>&1
	rm -f "$STORE"/__db.*
	truncate -s 5000 "$STORE/postgrey.db"
	sum=$(sha1sum "$STORE/postgrey.db")
	run -1 --separate-stderr explain 1100
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE: .*$STORE/postgrey\.db: "
	assert_equal "$(sha1sum "$STORE/postgrey.db")" "$sum"
	run ! ls "$STORE"/*corrupt*
}

@test "without postgrey_clients.db it tells of the triplet, and makes no file of records" {
	mkdir -m 700 "$STORE"
	printf '%s\n' 192.0.2.0/a@example.net/b@example.org 1000,1000,30 | db_load -T -t btree "$STORE/postgrey.db"
	run -0 explain 1100
	assert_line --regexp '^reason   early-retry: '
	run ! test -e "$STORE/postgrey_clients.db"
}

@test "--explain changes no row, and no byte of the databases and their logs" {
	run -0 --separate-stderr check < <(at 1000; at 1300; at 1400 sender=early@example.net)
	local before rows time
	before=$(sums)
	rows=$(rows_of postgrey.db; rows_of postgrey_clients.db)

	for time in 900 1000 1400 4900 200000 9000000; do
		run -0 explain "$time"
		run -0 explain "$time" --sender=early@example.net --format=json
		run -0 explain "$time" --sender=new@example.net
		run -0 explain "$time" --auto-whitelist-clients=1
	done
	run -0 sums
	assert_output "$before"
	assert_equal "$(rows_of postgrey.db; rows_of postgrey_clients.db)" "$rows"
}

@test "asked with other options than grey-check uses the store with: that is said, with the ones to give" {
	check --ipv4cidr=20 < <(at 1000) >/dev/null 2>&1
	run -0 --separate-stderr explain 1100 --ipv4cidr=24
	assert_equal "$stderr" ''
	assert_line 'options  not those of requests: grey-check uses this store with --ipv4cidr=20 --ipv6cidr=64, which makes other triplets; give --explain the same'
	run -0 fields 1100 --ipv4cidr=24
	assert_line 'used_with=--ipv4cidr=20 --ipv6cidr=64'
	run -0 --separate-stderr explain 1100
	refute_line --regexp ^options
	run -0 --separate-stderr explain 1100 --ipv4cidr=20
	refute_line --regexp ^options
	run -0 fields 1100 --ipv4cidr=20
	refute_line --regexp ^used_with
	assert_line reason=early-retry
}

@test "a database without its logs is read as it is, and stays so" {
	run -0 --separate-stderr check < <(at 1000; at 1300)
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	rm -f "$STORE"/__db.* "$STORE"/log.*
	local before
	before=$(cd "$STORE" && sha256sum ./*.db)

	run -0 --separate-stderr explain 1400
	assert_line 'reason   triplet found: it has passed before'
	assert_equal "$(cd "$STORE" && sha256sum ./*.db)" "$before"
	run -0 --separate-stderr check < <(at 1400)
	assert_output action=DUNNO
}

@test "a corrupt database is told of and left as it is; the next request repairs it" {
	run -0 --separate-stderr check < <(at 1000; at 1300)
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	rm -f "$STORE"/__db.* "$STORE"/log.*
	head -c 6000 /dev/zero | tr '\0' x | dd of="$STORE/postgrey.db" conv=notrunc bs=100 seek=1 2>/dev/null
	local before
	before=$(sha256sum "$STORE/postgrey.db")

	run -1 --separate-stderr explain 1400
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE: "
	assert_equal "$(sha256sum "$STORE/postgrey.db")" "$before"
	run -0 --separate-stderr check < <(at 1400)
	assert_output "$GREYLISTED"
	run -0 find "$STORE" -name 'postgrey.db.corrupt-*'
	assert_output --partial corrupt-
}

@test "root explains a store of another user, and its files stay that user's" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	local dir owner
	dir=$(work_dir)
	cp "$BIN/grey-check" "$dir/"
	STORE=$dir/store
	mkdir -m 700 "$STORE"
	chown nobody: "$STORE"

	run -0 --separate-stderr explain 1000
	assert_line 'action   greylist'
	run -0 ls -A "$STORE"
	assert_output ''
	as_nobody "$dir/grey-check" "--store=$STORE" --log=none --clock=request "${NO_LISTS[@]}" < <(at 1000) >/dev/null
	rm -f "$STORE"/__db.* # so that it has to make them
	run -0 --separate-stderr explain 1300
	assert_line --regexp '^reason   triplet found: it is back'
	owner=$(find "$STORE" ! -user nobody)
	# As its owner.
	run -0 --separate-stderr as_nobody "$dir/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --time=1300 \
		--client-address=192.0.2.30 --client-name=mail.example.net --sender=a@example.net --recipient=b@example.org
	assert_line --regexp '^reason   triplet found: it is back'
	rm -r "$dir"
	assert_equal "$owner" ''
}

@test "one who may not read the store is told" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	local dir
	dir=$(work_dir)
	cp "$BIN/grey-check" "$dir/"
	check "--store=$dir/store" --log=none < <(at 1000) >/dev/null
	run -1 --separate-stderr as_nobody "$dir/grey-check" "--store=$dir/store" "${NO_LISTS[@]}" --explain \
		--client-address=192.0.2.30 --sender= --recipient=b@example.org
	rm -r "$dir"
	assert_output ''
	assert_regex "$stderr" "^grey-check: $dir/store.*: .*[Pp]ermission denied"
}

@test "beside a grey-check that has the store open it says what that will answer, and disturbs nothing" {
	load ../lib/live
	start_live check -q
	run -0 ask_live policy_test_time=1000
	assert_output "$GREYLISTED"
	run -0 --separate-stderr explain 1100
	assert_line --regexp '^reason   early-retry: '
	assert_equal "$stderr" ''
	run -0 ask_live policy_test_time=1100
	assert_output "$GREYLISTED"
	run -0 explain 1300 --format=json
	assert_output --partial '"reason":"triplet found"'
	run -0 ask_live policy_test_time=1300
	assert_output --partial 'delayed 300 seconds'
	run -0 explain 1300
	assert_line 'reason   triplet found: it has passed before'
	end_live
	run -0 cat "$SAID"
	assert_output ''
	run -0 rows_of postgrey.db
	assert_output "$KEY 1000,1300,30"
}

# requests_of NAME: 5000 requests, each from a network of its own.
requests_of()
{
	perl -e 'printf "request=smtpd_access_policy\nclient_address=10.%d.%d.1\nclient_name=x\nsender=$ARGV[0]\nrecipient=b\@example.org\n\n",
		$_ >> 8, $_ & 255 for 1 .. 5000' "$1"
}

@test "beside grey-checks that write without a pause it says what is there, and nothing of theirs is lost" {
	local one two round # not i, which bats' run overwrites
	run -0 --separate-stderr check < <(at 1000)
	requests_of one | check --clock=system -q >"$BATS_TEST_TMPDIR/one" 2>&1 3>&- &
	one=$!
	requests_of two | check --clock=system -q >"$BATS_TEST_TMPDIR/two" 2>&1 3>&- &
	two=$!
	for round in {1..30}; do
		run -0 --separate-stderr explain 1100 --format=json
		assert_output --partial '"reason":"early-retry"'
		assert_equal "$round: $stderr" "$round: "
	done
	wait "$one"
	wait "$two"
	run -0 sort -u "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	assert_output $'\n'"$GREYLISTED"
	assert_equal "$(rows_of postgrey.db | wc -l)" 10001
}
