# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# serve.bash: a grey-check --serve for a test, and who talks to it. Load check first.
#
# It listens at SOCKET, and at nothing else unless the test says so; its standard error is the file SAID.

# serve [OPTION...]: starts it and waits until it takes connections.
serve()
{
	SOCKET=$BATS_TEST_TMPDIR/socket
	start_serve "--serve=unix:$SOCKET" "$@"
	wait_for 30 listens || { cat "$SAID" >&2; return 1; }
}

# start_serve [OPTION...]: starts it, with whatever addresses the options say.
start_serve()
{
	SAID=$BATS_TEST_TMPDIR/said
	# shellcheck disable=SC2153
	"$BIN/grey-check" "--store=$STORE" --log=stderr --clock=request "${NO_LISTS[@]}" "$@" </dev/null >/dev/null 2>>"$SAID" 3>&- &
	SERVER=$!
}

# listens: it takes a connection, or has ended.
listens()
{
	perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => shift)' "$SOCKET" || gone "$SERVER"
}

# talk [ADDRESS]: the commands of talk.pl come from standard input.
talk()
{
	perl "$ROOT/t/lib/talk.pl" "${1-unix:$SOCKET}"
}

# end_serve [STATUS] [SIGNAL]: ends it, with this exit code (0).
end_serve()
{
	local pid=$SERVER status=0

	SERVER=
	kill "-${2-TERM}" "$pid" 2>/dev/null || :
	# One that does not end is a failure, with a core or a report of the sanitizers that says where it stands.
	wait_for 60 gone "$pid" || kill -ABRT "$pid"
	wait "$pid" || status=$?
	[ "$status" -eq "${1-0}" ] && return 0
	cat "$SAID" >&2
	echo "grey-check --serve ended with exit code $status, not ${1-0}" >&2
	return 1
}

# kill_serve: for teardown, where a test has failed.
kill_serve()
{
	[ -n "${SERVER-}" ] || return 0
	kill -KILL "$SERVER" 2>/dev/null
	wait "$SERVER" 2>/dev/null || :
	SERVER=
}

# said TEXT: how many lines with TEXT it has written to standard error.
said()
{
	grep -cF -- "$1" "$SAID" || :
}
