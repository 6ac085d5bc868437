# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# live.bash: a grey-check that keeps running, asked one request after the other. Load check first.
#
# Its standard input and output are the descriptors TO and FROM, its standard error is the file SAID.

# live_said: where that is to be.
live_said()
{
	echo "$BATS_TEST_TMPDIR/said"
}

# start_live COMMAND...: starts it; `start_live check OPTION...` too.
start_live()
{
	SAID=$(live_said)
	if declare -F "$1" >/dev/null; then
		coproc LIVE { "$@" 2>"$SAID" 3>&-; }
	else
		coproc LIVE { exec "$@" 2>"$SAID" 3>&-; }
	fi
	# shellcheck disable=SC2153
	LIVE_PROCESS=$LIVE_PID
	exec {FROM}<&"${LIVE[0]}" {TO}>&"${LIVE[1]}"
	eval "exec ${LIVE[0]}<&- ${LIVE[1]}>&-"
}

# ask_live [NAME=VALUE...]: asks it, prints the answer.
ask_live()
{
	request "$@" >&"$TO" && live_answer 10
}

# live_answer SECONDS: prints its answer, which must come within that time.
live_answer()
{
	local action empty

	IFS= read -r -t "$1" -u "$FROM" action || return 1
	IFS= read -r -t 5 -u "$FROM" empty || return 1
	[ -z "$empty" ] || return 1
	echo "$action"
}

# live_answers ANSWER [NAME=VALUE...]: for wait_for: asks again, until the answer is this one.
live_answers()
{
	[ "$(ask_live "${@:2}")" = "$1" ]
}

# end_live [PATTERN]: ends its input, and waits until it has ended, with an exit code like that (0).
end_live()
{
	local pid=$LIVE_PROCESS status=0

	exec {TO}>&- {FROM}<&-
	LIVE_PROCESS=
	wait "$pid" || status=$?
	# shellcheck disable=SC2053
	[[ $status == ${1-0} ]] && return 0
	echo "grey-check ended with exit code $status, not ${1-0}" >&2
	return 1
}

# kill_live: for teardown, where a test has failed. Its end comes with that of its input.
kill_live()
{
	[ -n "${LIVE_PROCESS-}" ] || return 0
	exec {TO}>&- {FROM}<&-
	wait_for 10 gone "$LIVE_PROCESS" || kill -KILL "$LIVE_PROCESS"
	wait "$LIVE_PROCESS" 2>/dev/null || :
	LIVE_PROCESS=
}

# said [TEXT]: how many lines with TEXT it has written to standard error.
said()
{
	grep -cF -- "${1-}" "$SAID" || :
}
