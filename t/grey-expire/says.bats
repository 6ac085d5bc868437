#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-expire: what it says in syslog, and at a terminal.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib
load ../lib/syslogged

@test "one line goes to syslog for each run, of mail.info" {
	skip_without_syslog
	put_rows postgrey.db <<<$'a\n1,1\nb\nx\nc\n'"$((NOW - 172801)),$((NOW - 172801))"$'\nd\n'"$NOW,$NOW"
	put_rows postgrey_clients.db <<<$'a\n1,1\nb\n1,'"$NOW"
	local sizes='bytes=[0-9]+, bytes-before=[0-9]+, seconds=[0-9]+\.[0-9], longest-slice=[0-9]+\.[0-9]ms'
	local sums='records=4, deleted=3, max-age=1, retry-window=1, unreadable=1, awl=2, awl-deleted=1'

	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -n
	assert_output --regexp "^<22>grey-expire\[PID\]: dry run: $sums, $sizes\$"
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -q
	assert_output --regexp "^<22>grey-expire\[PID\]: expiry: $sums, $sizes\$"
	assert_equal "$stderr" ''
	sums='records=1, deleted=0, max-age=0, retry-window=0, unreadable=0, awl=1, awl-deleted=0'
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW"
	assert_output --regexp "^<22>grey-expire\[PID\]: expiry: $sums, $sizes\$"
	assert_equal "$stderr" ''
}

@test "syslog has it when another one is at work, and how long a shrinking will take before its result" {
	skip_without_syslog
	local claim

	make_old 1000
	exec {claim}<>"$STORE/grey-expire.lock"
	flock "$claim"
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" {claim}>&-
	assert_output "<21>grey-expire[PID]: another grey-expire is at work on $STORE"
	exec {claim}>&-
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" --compact=shrink
	assert_line --index 0 --regexp '^<21>grey-expire\[PID\]: shrinking 0 MB: holds the store for about [0-9]+ ms'
	assert_line --index 1 --regexp '^<22>grey-expire\[PID\]: expiry: records=1000, deleted=910, '
	assert_equal "${#lines[@]}" 2
}

# slow_expire COLUMNS OPTION...: at a terminal so wide, and the store is not to be had for a while in the middle of it.
slow_expire()
{
	local held

	script -qec "stty cols $1 rows 24; '$BIN/grey-expire' '--store=$STORE' --now=$NOW ${*:2}" "$BATS_TEST_TMPDIR/typescript" \
		>"$BATS_TEST_TMPDIR/terminal" </dev/null 3>&- &
	PROCESS=$!
	until grep -q "FLOCK .*:$(stat -c %i "$STORE/grey-expire.lock" 2>/dev/null || echo none) " /proc/locks; do
		kill -0 "$PROCESS"
	done
	exec {held}<>"$STORE/grey.lock"
	flock "$held"
	sleep 0.3
	exec {held}>&-
	wait "$PROCESS"
	PROCESS=
}

@test "at a terminal it shows how far it is, and wipes that; not with -q" {
	local line=$'\r''grey-expire: [0-9]+ records, [0-9]+ a second( \[#* *\] +[0-9]+ %(, [0-9]+ (s|min) left)?)?'$'\033''\[K'

	make_old 60000
	slow_expire 80
	run -0 cat "$BATS_TEST_TMPDIR/terminal"
	assert_output --regexp "^($line)+"$'(\r\033\\[K)+$'
	rm -rf "${STORE:?}"
	mkdir -m 700 "$STORE"
	make_old 60000
	slow_expire 80 -q
	run -0 cat "$BATS_TEST_TMPDIR/terminal"
	assert_output ''
}

@test "at a terminal that is narrow no line of it wraps" {
	make_old 60000
	slow_expire 36
	# shellcheck disable=SC2016
	run -0 perl -ne 'for (split /\r/) { s/\e\[K//; $n++ if /^grey-expire: \d+ records/; die "$_\n" if length > 35 }
		END { die "none\n" if !$n }' "$BATS_TEST_TMPDIR/terminal"
}

@test "the line of a run goes where --log says" {
	make_old 100
	run -0 --separate-stderr "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" "--log=file:$BATS_TEST_TMPDIR/log"
	assert_output ''
	assert_equal "$stderr" ''
	run -0 cat "$BATS_TEST_TMPDIR/log"
	assert_output --regexp '^20[^ ]+ [^ ]+ grey-expire\[[0-9]+\]: expiry: records=100, '
	run -1 --separate-stderr "$BIN/grey-expire" --store=/nowhere "--log=file:$BATS_TEST_TMPDIR/log"
	run -0 tail -n +2 "$BATS_TEST_TMPDIR/log"
	assert_output --regexp '^20[^ ]+ [^ ]+ grey-expire\[[0-9]+\]: error: /nowhere: '
	assert_equal "${#lines[@]}" 1
	run -2 --separate-stderr "$BIN/grey-expire" --log=file
	assert_regex "${stderr_lines[0]}" '^grey-expire: --log=file: must be '
}

@test "with --log=stderr and -v nothing is said twice" {
	make_old 100
	run -0 --separate-stderr "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -v --log=stderr --compact=shrink
	assert_regex "${stderr_lines[0]}" '^grey-expire: shrinking '
	assert_regex "${stderr_lines[1]}" '^grey-expire: expiry: records=100, '
	assert_equal "${#stderr_lines[@]}" 2
}

# at_terminal OPTION...: at a terminal; what came to syslog is printed, what stood there is in the file terminal.
at_terminal()
{
	syslogged script -qec "'$BIN/grey-expire' $*" "$BATS_TEST_TMPDIR/typescript" >"$BATS_TEST_TMPDIR/syslogged" \
		2>"$BATS_TEST_TMPDIR/terminal" </dev/null
}

@test "what keeps it from its work is told at a terminal alone, but from cron in syslog, too; a run is always logged" {
	skip_without_syslog
	local wrong

	for wrong in --store=/nowhere --dealy=1; do
		run at_terminal "$wrong"
		run -0 cat "$BATS_TEST_TMPDIR/syslogged"
		assert_output ''
		run -0 cat "$BATS_TEST_TMPDIR/terminal"
		assert_output --partial "grey-expire: ${wrong#--store=}: "
		refute_output --partial error:
		run --separate-stderr syslogged "$BIN/grey-expire" "$wrong"
		assert_output --regexp "^<19>grey-expire\[PID\]: error: ${wrong#--store=}: "
		assert_equal "${#lines[@]}" 1
		assert_regex "$stderr" "^grey-expire: ${wrong#--store=}: "
	done
	make_old 100
	at_terminal "--store=$STORE" "--now=$NOW"
	run -0 cat "$BATS_TEST_TMPDIR/syslogged"
	assert_output --regexp '^<22>grey-expire\[PID\]: expiry: records=100, '
}
