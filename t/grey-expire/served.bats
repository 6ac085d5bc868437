#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What grey-check was told in master.cf counts for the other programs, too: the store knows it.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	NOW=$(date +%s)
}

teardown()
{
	[ -z "${WORK-}" ] || rm -r "$WORK"
}

# ago DAYS [NAME=VALUE...]: a request of that time.
ago()
{
	at "$((NOW - $1 * 86400))" "${@:2}"
}

# served OPTION...: grey-check serves its standard input so.
served()
{
	check -q "$@" >/dev/null 2>"$BATS_TEST_TMPDIR/said"
}

keys()
{
	"$BIN/grey-dump" "--store=$STORE" --format=tsv | wc -l
}

expire()
{
	"$BIN/grey-expire" "--store=$STORE" "$@"
}

@test "what --learn has learned with other times stays, under a cron line without options" {
	local i

	for i in 5 4 3 2 1; do
		ago "$i" "sender=$(head -c "$i" /dev/zero | tr "\0" a)@example.net"
	done >"$BATS_TEST_TMPDIR/requests"
	served --learn --retry-window=14d <"$BATS_TEST_TMPDIR/requests"
	run -0 --separate-stderr expire
	assert_equal "$stderr" ''
	run -0 keys
	assert_output 5
}

@test "a record of 40 days stays under a cron line without options where --max-age=60d stands in master.cf" {
	{ ago 50 && ago 40; } | served --max-age=60d --retry-window=20d
	run -0 expire
	run -0 keys
	assert_output 1
	run -0 "$BIN/grey-dump" "--store=$STORE" --count
	assert_line $'passed\t1'
}

@test "--pass enters what passes at the delay that is served" {
	at "$NOW" sender=first@example.net | served --delay=20m
	"$BIN/grey-load" "--store=$STORE" --pass 192.0.2.30 a@example.net b@example.org
	run -0 check -q --delay=20m < <(at "$NOW")
	refute_output --partial DEFER
}

@test "--explain says what the service would answer" {
	at "$((NOW - 400))" | served --delay=20m
	run -0 --separate-stderr check --explain --client-address=192.0.2.30 --sender=a@example.net --recipient=b@example.org
	assert_line --regexp '^answer +DEFER_IF_PERMIT'
	assert_equal "$stderr" ''
	run -0 --separate-stderr check --explain --delay=300 --client-address=192.0.2.30 --sender=a@example.net --recipient=b@example.org
	refute_line --regexp '^answer +DEFER_IF_PERMIT'
	assert_equal "$stderr" "grey-check: --delay=300: grey-check serves $STORE with delay=1200s"
}

@test "--explain knows keys and --learn of the service" {
	at "$NOW" | served --lookup-by-host --learn
	run -0 --separate-stderr check --explain --client-address=192.0.2.30 --sender=a@example.net --recipient=b@example.org
	assert_line --regexp '^action +learn'
	assert_line --regexp '^triplet +192[.]0[.]2[.]30/'
	refute_output --partial 'give --explain the same'
}

@test "an option that differs from what is served is told, and one that does not is not" {
	local program

	at "$NOW" | served --max-age=60d
	for program in grey-dump grey-load; do
		run -0 --separate-stderr "$BIN/$program" "--store=$STORE" --max-age=10d </dev/null
		assert_equal "$stderr" "$program: --max-age=10d: grey-check serves $STORE with max-age=60d"
		run -0 --separate-stderr "$BIN/$program" "--store=$STORE" --max-age=60 </dev/null
		assert_equal "$stderr" ''
	done
	run -0 --separate-stderr expire --max-age=70d
	assert_equal "$stderr" "grey-expire: --max-age=70d: grey-check serves $STORE with max-age=60d"
}

@test "by less than what is served grey-expire deletes only with --force" {
	local option

	{ ago 6 && ago 5; } | served --max-age=60d --retry-window=20d --delay=60
	for option in --max-age=1d --delay=2d; do
		run -2 --separate-stderr expire "$option" --retry-window=1d
		[[ ${stderr_lines[*]} == *"grey-expire: $option: would delete records that grey-check still counts on, so nothing was deleted"* ]] ||
			[[ ${stderr_lines[*]} == *"grey-expire: --retry-window=1d: would delete records"* ]] || fail "$stderr"
		run -0 keys
		assert_output 1
	done
	run -2 expire --max-age=1d
	run -0 expire --max-age=1d --dry-run --verbose
	assert_line 'greylist: 1 max-age'
	run -0 expire --max-age=1d --force
	run -0 keys
	assert_output 0
}

@test "the store counts more than a file, the command line more than the store" {
	local conf=$BATS_TEST_TMPDIR/grey.conf

	at "$NOW" | served --max-age=60d
	echo 'max-age = 10d' >"$conf"
	run -0 expire "--config=$conf" --show-config
	assert_line "max-age = 60d  # store $STORE"
	run -0 expire "--config=$conf" --show-config --max-age=5d
	assert_line 'max-age = 5d  # command line'
	run -0 expire "--config=$conf" --show-config "--store=$STORE.other"
	assert_line "max-age = 10d  # $conf:1"
}

@test "of two services the longest max-age and retry window count, and the shortest delay" {
	at "$NOW" | served --max-age=60d --retry-window=1d --delay=10m
	at "$NOW" | served --max-age=10d --retry-window=3d --delay=60
	run -0 expire --show-config
	assert_line "delay = 60s  # store $STORE"
	assert_line "max-age = 60d  # store $STORE"
	assert_line "retry-window = 3d  # store $STORE"
}

@test "what --pass enters passes at each of two services, and at one whose delay has become longer" {
	at "$NOW" sender=x@example.net | served --delay=20m
	at "$NOW" sender=x@example.net | served --delay=60
	"$BIN/grey-load" "--store=$STORE" --pass 192.0.2.30 a@example.net b@example.org
	run -0 check -q --delay=20m < <(at "$NOW")
	refute_output --partial DEFER
}

@test "grey-dump and --explain show what the service that served last would say" {
	at "$((NOW - 100))" | served --delay=60
	at "$((NOW - 100))" sender=x@example.net | served --delay=20m
	run -0 "$BIN/grey-dump" "--store=$STORE" --show-config
	assert_line "delay = 1200s  # store $STORE"
	run -0 check --explain --client-address=192.0.2.30 --sender=a@example.net --recipient=b@example.org
	assert_line --regexp '^answer +DEFER_IF_PERMIT'
	run -0 expire --show-config
	assert_line "delay = 60s  # store $STORE"
}

@test "a store that was only loaded, or never served, says nothing" {
	"$BIN/grey-load" "--store=$STORE" --pass 192.0.2.30 a@example.net b@example.org
	run -0 --separate-stderr expire --max-age=1d
	assert_equal "$stderr" ''
	run -0 expire --show-config
	assert_line 'max-age = 35d  # default'
}

@test "root, as cron is, sees how a service of another user uses the store" {
	local program

	[ "$(id -u)" -eq 0 ] || skip "needs root"
	WORK=$(work_dir)
	STORE=$WORK/store
	install -d -m 700 -o nobody -g "$(id -g nobody)" "$STORE"
	{ ago 50 && ago 40; } | as_nobody "$BIN/grey-check" --config=none "--store=$STORE" --clock=request --log=none \
		--max-age=60d --retry-window=20d --delay=20m
	for program in grey-dump grey-load grey-expire; do
		run -0 --separate-stderr "$BIN/$program" "--store=$STORE" --show-config
		assert_line "max-age = 60d  # store $STORE"
	done
	run -0 expire
	run -0 keys
	assert_output 1
	run -2 --separate-stderr expire --max-age=1d
	run -0 keys
	assert_output 1
	run -0 check --explain --client-address=203.0.113.31 --sender=a@example.net --recipient=b@example.org
	assert_line --partial 'the delay is 1200 s'
}
