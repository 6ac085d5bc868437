#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-expire ends early: by a signal, beside another one, with wrong options, or where the store is none of its own.

# STORE is set again in the subshells that bats makes. run sets stderr and stderr_lines.
# shellcheck disable=SC2030,SC2031,SC2154
load lib

# is_blocked PID: it waits for a lock.
is_blocked()
{
	grep -qE -- "-> FLOCK +ADVISORY +WRITE $1 " /proc/locks
}

# has_claimed PID: it is the one grey-expire of the store, and at work.
has_claimed()
{
	grep -qE "FLOCK +ADVISORY +WRITE $1 [0-9a-f:]+:$(stat -c %i "$STORE/grey-expire.lock") " /proc/locks
}

@test "SIGTERM and SIGINT: it ends with what is at hand, says so, and the next one goes on" {
	local signal

	for signal in TERM INT; do
		rm -rf "${STORE:?}"
		mkdir -m 700 "$STORE"
		make_old 60000
		# sh ignores SIGINT in what it runs in the background.
		perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -v \
			>"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
		PROCESS=$!
		until has_claimed "$PROCESS" 2>/dev/null; do kill -0 "$PROCESS"; done
		kill "-$signal" "$PROCESS"
		wait "$PROCESS"
		PROCESS=
		run -0 cat "$BATS_TEST_TMPDIR/said"
		assert_line --partial incomplete
		echo "# $signal: ${lines[0]}, ${lines[1]}" >&3
		run -0 db_verify -q "$STORE/postgrey.db"
		[ "$(dumped postgrey.db | wc -l)" -gt 5454 ]
		run -0 --separate-stderr expire
		[ "$(dumped postgrey.db | wc -l)" -eq 5454 ]
	done
}

@test "SIGTERM while it waits for the store: it ends with 0, having deleted nothing" {
	make_old 1000
	expire -n >/dev/null
	hold_lock "$STORE/grey.lock"
	"$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -v >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	PROCESS=$!
	wait_for 5 is_blocked "$PROCESS"
	kill -TERM "$PROCESS"
	let_go
	wait "$PROCESS"
	PROCESS=
	run -0 cat "$BATS_TEST_TMPDIR/said"
	assert_line --partial incomplete
	assert_line 'greylist: 0 max-age'
	[ "$(dumped postgrey.db | wc -l)" -eq 1000 ]
}

@test "while another one is at work, it deletes nothing and ends with 0; after that one's end it works again" {
	local claim

	make_old 1000
	exec {claim}<>"$STORE/grey-expire.lock"
	flock "$claim"
	run -0 --separate-stderr expire {claim}>&-
	[ "$(dumped postgrey.db | wc -l)" -eq 1000 ]
	exec {claim}>&-
	run -0 --separate-stderr expire
	[ "$(dumped postgrey.db | wc -l)" -eq 90 ]
}

@test "run by somebody who can't read the store, it says whose it is, and ends with 1" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	DIR=$(work_dir)
	STORE=$DIR/store
	install -d -m 700 "$STORE"
	cp "$BIN/grey-expire" "$DIR/"
	run -1 --separate-stderr as_nobody "$DIR/grey-expire" "--store=$STORE"
	assert_output ''
	assert_equal "$stderr" "grey-expire: $STORE: can't open the store's directory: Permission denied; the directory is root's, and this runs \
as nobody; do: chown nobody: $STORE"
}

@test "wrong usage: exit code 2, with a word, and nothing is made" {
	local options

	rmdir "$STORE"
	for options in --bogus operand --compact=no '-n --compact' '-n --compact=shrink' --now=never --delay=x --max-age=0 --retry-window=-1 \
		--store=other:place --store=bdb: -x; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr expire $options
		assert_output ''
		assert_regex "$stderr" '^grey-expire: '
		[ ! -e "$STORE" ]
	done
}

@test "a store that is missing: -n ends with 1 and makes nothing" {
	rmdir "$STORE"
	run -1 --separate-stderr expire -n
	assert_output ''
	assert_equal "$stderr" "grey-expire: $STORE: there is no greylist"
	[ ! -e "$STORE" ]
}

@test "a store that is running postgrey's: exit code 1, with a word" {
	local postgrey

	make_old 10
	exec {postgrey}>"$STORE/postgrey.lock"
	flock "$postgrey"
	run -1 --separate-stderr expire {postgrey}>&-
	assert_output ''
	assert_regex "$stderr" 'postgrey is running on this directory'
	exec {postgrey}>&-
	assert_equal "$(dumped postgrey.db | wc -l)" 10
}
