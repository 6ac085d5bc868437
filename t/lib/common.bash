# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# common.bash: what every test file loads first (the demo sources it too): where things are, waiting, ports.

ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
BIN=${GREY_BIN:-$ROOT/bin}
export ROOT BIN

if declare -F bats_require_minimum_version >/dev/null; then
	bats_require_minimum_version 1.5.0
	load /usr/lib/bats/bats-support/load
	load /usr/lib/bats/bats-assert/load
fi

# as_long COUNT: prints it GREY_TORTURE times: how many seconds, seeds or requests a test takes that is the better the more
# it has. Once is what `make test` has the time for, `make check` takes four times as long, `make torture` forty.
as_long()
{
	echo $(($1 * ${GREY_TORTURE:-1}))
}

# need_program NAME: for setup_file. A program that was not built is a failure, not a reason to skip.
need_program()
{
	[ -x "$BIN/$1" ] && return 0
	echo "no $BIN/$1: run make first" >&2
	return 1
}

# is_sanitized PROGRAM: it is built with AddressSanitizer.
is_sanitized()
{
	grep -q __asan_init "$BIN/$1"
}

# table_options PROGRAM: the options in its table, a line each. None at all is a failure.
table_options()
{
	perl -0ne 'print "$1\n" while /\bOPT_[A-Z_]+\(\s*"([a-z0-9-]+)"/g' "$ROOT/src/$1/settings.c" | grep .
}

# skip_if_set: for setup. bats 1.8 knows no skip in setup_file, so that sets SKIP to the reason.
skip_if_set()
{
	[ -z "${SKIP-}" ] || skip "$SKIP"
}

# mount_missing: says what keeps a test from mounting a file system that only it sees; fails if nothing does.
mount_missing()
{
	local why

	if [ "$(id -u)" -ne 0 ]; then
		echo "needs root, to mount"
	elif ! why=$(unshare --mount --propagation private mount -n -t tmpfs tmpfs /dev 2>&1); then
		echo "needs to mount in a namespace of its own, CAP_SYS_ADMIN in a container: $why"
	else
		return 1
	fi
}

# skip_without_mount, skip_without_syslog: for a test, or setup. A private syslog is a /dev that is mounted.
skip_without_mount()
{
	local why

	! why=$(mount_missing) || skip "$why"
}

skip_without_syslog()
{
	local why

	! why=$(mount_missing) || skip "$why, for a private syslog"
}

# wait_for SECONDS COMMAND [ARGUMENT...]: runs COMMAND until it succeeds. Fails when that takes longer than SECONDS.
# This, and not a sleep of a length that somebody guessed, is how tests wait for something to happen.
wait_for()
{
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

# NOBODY: an address at which nothing listens. A free port is somebody else's a moment later.
# shellcheck disable=SC2034
NOBODY=127.0.0.1:1

# free_port: prints a TCP port that nothing listens on at 127.0.0.1. It is free now, not reserved: whoever fails to
# bind it asks again. Any of many, and none that the kernel gives to connections: so hardly anybody else has it a moment
# later, or after a server that is started again.
free_port()
{
	perl -MIO::Socket::INET -e '
		for (1 .. 100) {
			my $port = 10_000 + int rand 20_000;
			my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 1) or next;
			print "$port\n";
			exit;
		}
		die "free_port: $!\n"'
}

# gone PID: there is no such process (any more), or only its zombie.
gone()
{
	local state
	state=$(sed -n 's/^State:[[:blank:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 0
	[ -z "$state" ] || [ "$state" = Z ]
}

# stop_process PID: ends it with SIGTERM, after 10 seconds with SIGKILL, and waits until it is gone.
stop_process()
{
	kill -TERM "$1" 2>/dev/null || return 0
	wait_for 10 gone "$1" && return 0
	kill -KILL "$1" 2>/dev/null
	wait_for 5 gone "$1"
}

# hold_lock FILE: HOLDER, a process, has its lock until let_go, or stop_process in teardown. It is that process which took
# it: the lock of one that has ended is not in /proc/locks of a container, nor is who waits for it.
hold_lock()
{
	local held=$BATS_TEST_TMPDIR/held

	rm -f "$held"
	# shellcheck disable=SC2016
	flock --no-fork "$1" sh -c ': >"$1" && exec sleep 60' sh "$held" 3>&- &
	HOLDER=$!
	wait_for 5 test -e "$held"
}

let_go()
{
	stop_process "$HOLDER"
	HOLDER=
}

# work_dir: makes and prints a directory that every user can reach, as Postfix's processes and spawn's user= must.
# (bats' own temporary directories are 0700.) The caller removes it.
work_dir()
{
	local dir
	dir=$(mktemp -d "${TMPDIR:-/tmp}/grey-test.XXXXXX") || return 1
	chmod 755 "$dir"
	if ! as_nobody test -x "$dir"; then
		echo "user nobody cannot reach $dir: set TMPDIR to a directory that it can" >&2
		rmdir "$dir"
		return 1
	fi
	echo "$dir"
}

# as_nobody COMMAND [ARGUMENT...]: runs it as the user that spawn(8) and inetd run grey-check as in the tests.
as_nobody()
{
	setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "$@"
}

# make_text STORE/NAME: makes a database of standard input, lines of key and value in turn, as they are.
make_text()
{
	install -d -m 700 "${1%/*}"
	db_load -T -t btree "$1"
}

# put_rows DATABASE: the same in the test's own store, as somebody else left it.
put_rows()
{
	make_text "$STORE/$1"
}

# records_of_dump: what db_dump prints becomes "key<TAB>value", a line a record.
records_of_dump()
{
	awk '/^DATA=END/ { body = 0 } body { line = substr($0, 2); if (n++ % 2) print key "\t" line; else key = line }
		/^HEADER=END/ { body = 1 }'
}

# rows STORE DATABASE: prints its rows, "key<TAB>value" a line, as Berkeley DB's own tool reads them. flock: because
# that is all that db_dump and grey-check have in common. As nobody: a file made by root would lock grey-check out.
rows()
{
	[ -e "$1/grey.lock" ] || return 1
	(
		set -o pipefail
		as_nobody flock "$1/grey.lock" db_dump -p -h "$1" "$2" | records_of_dump
	)
}

# row STORE DATABASE KEY: prints the value stored under KEY. 1: there is none; 2: the store can't be read.
row()
{
	local all

	all=$(rows "$1" "$2") || return 2
	awk -F '\t' -v key="$3" '$1 == key { print $2; found = 1 } END { exit !found }' <<<"$all"
}
