# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# storm.bash: storms on a store of the test's own, see storm.pl. Load common first.
# shellcheck disable=SC2154 # bats sets output and stderr

setup_file()
{
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
}

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

# storm OPTION... [-- GREY-CHECK'S OPTION...]: on a store of KIND, by default Berkeley DB's. What grey-check complains of goes to syslog, as its standard error is a socket.
storm()
{
	local options=() command logged=

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	command=(perl "$ROOT/t/faults/storm.pl" "${options[@]}" "--store=${KIND-}$STORE" "$BIN/grey-check" "${@:2}")

	if ! mount_missing >/dev/null; then
		logged=yes
		: >"$BATS_TEST_TMPDIR/syslog"
		command=("$ROOT/t/lib/private-syslog" "$BATS_TEST_TMPDIR/syslog" "${command[@]}")
	fi
	run --separate-stderr "${command[@]}"
	[ ! -s "$BATS_TEST_TMPDIR/syslog.pid" ] || stop_process "$(cat "$BATS_TEST_TMPDIR/syslog.pid")"
	# shellcheck disable=SC2154
	printf '%s\n' "$output" "$stderr" | sed '/^$/d; s/^/# /' | head -n 30 >&3
	assert_success
	assert_output --partial ' 0 complaints'
	refute_output --partial ' 0 answers'
	assert_output --regexp ' [0-9]{1,5} recoveries'
	assert_equal "$stderr" ''
	[ -z "$logged" ] || assert_equal "$(head -c 2000 "$BATS_TEST_TMPDIR/syslog")" ''
}
