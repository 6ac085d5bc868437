#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --serve: where it listens, who may connect, and what is there already.

# shellcheck disable=SC2030,SC2031 # each test is a subshell
load ../lib/check
load ../lib/serve

teardown()
{
	kill_serve
	[ -z "${DIR-}" ] || rm -rf "$DIR"
	[ -z "${OTHER-}" ] || { kill "$OTHER" 2>/dev/null; wait "$OTHER" || :; }
}

# refused STATUS OPTION...: it ends with this status; what it says is its output.
refused()
{
	run "-$1" --separate-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr "${NO_LISTS[@]}" "${@:2}" </dev/null
	# shellcheck disable=SC2154
	output=$stderr
}

@test "unix: the socket has mode 0666, or what --socketmode says, whatever the umask, and is gone in the end" {
	umask 077
	serve
	assert_equal "$(stat -c '%F %a' "$SOCKET")" 'socket 666'
	end_serve
	[ ! -e "$SOCKET" ]
	serve --socketmode=0600
	assert_equal "$(stat -c %a "$SOCKET")" 600
	end_serve
	serve --socketmode=660
	assert_equal "$(stat -c %a "$SOCKET")" 660
	end_serve
	refute_regex "$(cat "$SAID")" 'is ignored'
}

@test "an address or mode that is none is refused, with what would be one" {
	local address

	for address in private/greylist unix:private/greylist unix: inet: inet:0 inet:65536 inet:x inet:::1:10023 inet:127.0.0.1: \
		inet::10023 10023 tcp:10023; do
		refused 2 "--serve=$address"
		assert_output --regexp "^grey-check: --serve=.*: .*"
		refute_output --partial 'No such file'
	done
	refused 2 "--serve=unix:/$(printf '%0120d' 0)"
	assert_output --partial 'at most 107 bytes'
	for address in 9 0o66 rw 10000 1777 ''; do
		refused 2 --serve=unix:/run/x "--socketmode=$address"
		assert_output --partial 'must be an octal mode'
	done
	[ ! -e "$STORE" ]
}

@test "unix: a socket that nobody listens at is replaced; one that is in use, and any other file, is not" {
	serve
	kill -KILL "$SERVER"
	wait "$SERVER" || :
	[ -S "$BATS_TEST_TMPDIR/socket" ]
	serve
	refused 1 "--serve=unix:$SOCKET"
	assert_output --partial 'a server answers there already'
	run -0 talk <<-'E'
		open a
		ask a
		answer a
	E
	assert_output "a: $GREYLISTED"
	end_serve

	echo mine >"$BATS_TEST_TMPDIR/file"
	refused 1 "--serve=unix:$BATS_TEST_TMPDIR/file"
	assert_output --partial 'is not a socket'
	assert_equal "$(cat "$BATS_TEST_TMPDIR/file")" mine
	refused 1 "--serve=unix:$BATS_TEST_TMPDIR/none/socket"
	assert_output --partial "none/socket: No such file or directory"
}

@test "unix: of ten that begin at once where one was killed, one serves" {
	local i pids=() served=0

	serve
	kill -KILL "$SERVER"
	wait "$SERVER" || :
	for i in {1..10}; do
		"$BIN/grey-check" "--store=$STORE" --log=stderr "${NO_LISTS[@]}" "--serve=unix:$SOCKET" </dev/null 2>"$BATS_TEST_TMPDIR/said.$i" 3>&- &
		pids+=($!)
	done
	nine_are_refused() { [ "$(cat "$BATS_TEST_TMPDIR"/said.* | grep -c 'a server answers there already')" -eq 9 ]; }
	wait_for 20 nine_are_refused
	run -0 talk <<-'E'
		open a
		ask a
		answer a
	E
	kill "${pids[@]}" 2>/dev/null || :
	for i in "${pids[@]}"; do
		! wait "$i" || served=$((served + 1))
	done
	assert_equal "$served" 1
	[ ! -e "$SOCKET" ]
}

@test "unix: the socket of another server that has taken the place is not removed in the end" {
	serve
	rm "$SOCKET"
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1) or die' "$SOCKET"
	end_serve
	[ -S "$SOCKET" ]
}

@test "inet: a port alone is at 127.0.0.1 and ::1, and nowhere else" {
	local port

	port=$(free_port)
	SOCKET=$BATS_TEST_TMPDIR/socket
	serve "--serve=inet:$port"
	run -0 talk "inet:$port" <<-'E'
		open a b
		ask a
		ask b sender=c@example.net
		answer a b
	E
	assert_equal "$(grep -cF "$GREYLISTED" <<<"$output")" 2
	# shellcheck disable=SC2016
	run -0 awk -v port="$(printf ':%04X' "$port")" '$2 ~ port "$" && $4 == "0A" { print $2 }' /proc/net/tcp /proc/net/tcp6
	assert_line --regexp '^0100007F:'
	refute_line --regexp '^0+:'
	refused 1 "--serve=inet:127.0.0.1:$port"
	assert_output --partial "--serve=inet:127.0.0.1:$port: Address already in use; is grey-check --serve"
	end_serve
}

@test "inet: names and addresses in brackets are understood, what does not exist is said" {
	local port

	port=$(free_port)
	serve "--serve=inet:localhost:$port"
	run -0 talk "inet:$port" <<-'E'
		open a
		ask a
		answer a
	E
	end_serve
	refused 1 --serve=inet:no-such-host.invalid:10023
	assert_output --partial 'no-such-host.invalid: '
	refused 1 "--serve=inet:192.0.2.1:$port"
	assert_output --partial "--serve=inet:192.0.2.1:$port: Cannot assign requested address"
	if [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6; then
		serve "--serve=inet:[::1]:$port"
		end_serve
	fi
}

@test "where one of several addresses can't be had, none is served" {
	echo >"$BATS_TEST_TMPDIR/file"
	refused 1 "--serve=unix:$BATS_TEST_TMPDIR/good" "--serve=unix:$BATS_TEST_TMPDIR/file"
	[ ! -e "$BATS_TEST_TMPDIR/good" ]
}

@test "started with a connection, as by spawn(8), it says that a server is not started so" {
	# shellcheck disable=SC2016
	run -0 perl -MSocket -e '
		socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, 0) or die;
		open STDIN, "<&", $theirs or die;
		exit(system(@ARGV) >> 8 == 2 ? 0 : 1)' \
		"$BIN/grey-check" "--store=$STORE" "--log=file:$BATS_TEST_TMPDIR/log" "--serve=unix:$BATS_TEST_TMPDIR/socket"
	run -0 grep -c 'error: --serve: standard input is a connection' "$BATS_TEST_TMPDIR/log"
	[ ! -e "$BATS_TEST_TMPDIR/socket" ]
}

# activate OPTION...: systemd-socket-activate for a socket of the file system, and of a port.
activate()
{
	SOCKET=$BATS_TEST_TMPDIR/activated
	SAID=$BATS_TEST_TMPDIR/said
	PORT=$(free_port)
	systemd-socket-activate -l "$SOCKET" -l "127.0.0.1:$PORT" "$BIN/grey-check" "--store=$STORE" \
		--log="file:$BATS_TEST_TMPDIR/log" --clock=request "${NO_LISTS[@]}" "$@" </dev/null >"$SAID" 2>&1 3>&- &
	SERVER=$!
	wait_for 10 test -S "$SOCKET"
}

@test "systemd's sockets (Accept=no) are served, all of them, with and without --serve" {
	local option

	command -v systemd-socket-activate >/dev/null || skip "needs systemd-socket-activate"
	for option in -v --serve=inet:1; do
		activate "$option"
		run -0 talk <<-'E'
			open a b
			ask a policy_test_time=1000
			ask b policy_test_time=1000
			answer a b
		E
		assert_equal "$(grep -cF "$GREYLISTED" <<<"$output")" 2
		run -0 talk "inet:$PORT" <<-'E'
			open a
			ask a policy_test_time=1001
			answer a
		E
		end_serve
		# Whoever made the socket removes it.
		[ -S "$SOCKET" ]
		rm "$SOCKET"
	done
}

@test "systemd's connections (Accept=yes) are served one by one" {
	command -v systemd-socket-activate >/dev/null || skip "needs systemd-socket-activate"
	SOCKET=$BATS_TEST_TMPDIR/activated
	systemd-socket-activate --accept --inetd -l "$SOCKET" "$BIN/grey-check" "--store=$STORE" --log=none "${NO_LISTS[@]}" \
		</dev/null >/dev/null 2>&1 3>&- &
	OTHER=$!
	wait_for 10 test -S "$SOCKET"
	run -0 talk <<-'E'
		open a b
		ask a
		ask b
		answer a b
	E
	assert_equal "$(grep -cF "$GREYLISTED" <<<"$output")" 2
}

@test "as root it makes the socket as root, and is the store's owner when it serves" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	DIR=$(work_dir)
	STORE=$DIR/store
	install -d -m 700 -o nobody "$STORE"
	serve --socketmode=0600
	assert_equal "$(stat -c '%U %a' "$SOCKET")" 'root 600'
	assert_equal "$(stat -c %U "/proc/$SERVER")" nobody
	run -0 talk <<-'E'
		open a
		ask a
		answer a
	E
	end_serve
	assert_equal "$(stat -c %U "$STORE/postgrey.db")" nobody
}

@test "the units that are installed are good in systemd's eyes" {
	command -v systemd-analyze >/dev/null || skip "needs systemd-analyze"
	local name

	mkdir "$BATS_TEST_TMPDIR/units"
	for name in socket service; do
		sed "s|/usr/local/sbin/grey-check|$BIN/grey-check|" "$ROOT/etc/grey-check-server.$name" >"$BATS_TEST_TMPDIR/units/grey-check-server.$name"
	done
	run -0 systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/units/grey-check-server.socket"
	assert_output ''
}
