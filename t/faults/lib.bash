# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2034,SC2119,SC2120
# lib.bash: what the fault tests share: requests, a grey-check that keeps running, a small disk of its own.
# shellcheck disable=SC2016,SC2154 # sh expands them; bats sets output and status

DEFERRED='action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'
PASSED='action=DUNNO'

# request SENDER [ADDRESS]: prints one request.
request()
{
	printf '%s\n' request=smtpd_access_policy protocol_state=RCPT "client_address=${2-192.0.2.7}" \
		client_name=mail.example.net "sender=$1" recipient=user@example.org ''
}

# requests COUNT: prints COUNT requests, each from a network of its own.
requests()
{
	perl -e 'printf "request=smtpd_access_policy\nclient_address=10.%d.%d.1\nclient_name=mail.example.net\nsender=s\@example.net\n"
		. "recipient=user\@example.org\n\n", $_ >> 8, $_ & 255 for 1 .. shift' "$1"
}

# triplet SENDER: the key of the record that `request SENDER` makes.
triplet()
{
	echo "192.0.2.0/$1/user@example.org"
}

# check OPTION...: grey-check with the test's store, everything but decisions on its standard error.
check()
{
	"$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet "$@"
}

# behind_socket OPTION...: the same with a socket as standard input and output.
behind_socket()
{
	perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet "$@"
}

# fill_store COUNT: makes a store with COUNT records.
fill_store()
{
	requests "$1" | check >"$DIR/filled" || return 1
	[ "$(grep -c '^action=DEFER' "$DIR/filled")" -eq "$1" ]
}

# leave_databases: writes all to the databases and removes the regions and logs, as in a copy or a backup.
leave_databases()
{
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE" || return 1
	rm -f "$STORE"/__db.* "$STORE"/log.*
}

# all_rows DATABASE: its rows, read as the tests' own user.
all_rows()
{
	(
		set -o pipefail
		flock "$STORE/grey.lock" db_dump -p -h "$STORE" "$1" | records_of_dump
	)
}

# count_rows [DATABASE]: how many there are.
count_rows()
{
	all_rows "${1-postgrey.db}" | wc -l
}

# stored SENDER: there is a record that `request SENDER` made.
stored()
{
	all_rows postgrey.db | grep -q "^$(triplet "$1")$(printf '\t')"
}

# whole: both databases pass db_verify.
whole()
{
	local name

	for name in postgrey.db postgrey_clients.db; do
		flock "$STORE/grey.lock" db_verify -q -h "$STORE" "$name" || return 1
	done
}

# A grey-check that keeps running, see there; what is asked is `request SENDER`.
# shellcheck source=t/lib/live.bash
. "$ROOT/t/lib/live.bash"

live_said()
{
	echo "$DIR/said"
}

# ask_live SENDER [SECONDS]: asks it, prints the answer.
ask_live()
{
	request "$1" >&"$TO" && live_answer "${2-10}"
}

# live_answers SENDER ANSWER: for wait_for: asks again, until the answer is this one.
live_answers()
{
	[ "$(ask_live "$1")" = "$2" ]
}

# kill_live: for teardown. At once: what keeps it from ending may still be there.
kill_live()
{
	[ -n "${LIVE_PROCESS-}" ] || return 0
	exec {TO}>&- {FROM}<&-
	kill -KILL "$LIVE_PROCESS" 2>/dev/null || :
	wait "$LIVE_PROCESS" 2>/dev/null || :
	LIVE_PROCESS=
}

# flood_live NAME: asks it for new triplets until an answer is not that they are deferred, and prints that answer. The
# keys of those that were deferred are added to DIR/deferred.
flood_live()
{
	perl -e '
		$| = 1;
		open my $keys, ">>", $ARGV[1] or die;
		alarm 20;
		local $/ = "\n\n";
		for my $n (1 .. 100_000) {
			my $sender = $ARGV[0] . ("a" x 400) . "n${n}n\@example.net";
			print "request=smtpd_access_policy\nclient_address=192.0.2.7\nclient_name=mail.example.net\nsender=$sender\n"
				. "recipient=user\@example.org\n\n";
			my $answer = <STDIN> // "none\n\n";
			chomp $answer;
			print STDERR $answer if $answer !~ /^action=DEFER_IF_PERMIT Greylisted/;
			exit if $answer !~ /^action=DEFER_IF_PERMIT Greylisted/;
			print $keys "192.0.2.0/$sender/user\@example.org\n";
		}' "$1" "$DIR/deferred" <&"$FROM" 2>&1 >&"$TO"
}

# deferred_are_stored: each triplet in DIR/deferred has its record.
deferred_are_stored()
{
	all_rows postgrey.db | cut -f 1 | LC_ALL=C sort >"$DIR/stored"
	[ -z "$(LC_ALL=C sort "$DIR/deferred" | LC_ALL=C comm -23 - "$DIR/stored")" ]
}

# A disk of its own, so small that it can be filled: a tmpfs in a mount namespace that lives as long as DISK_KEEPER.

# make_disk SIZE: mounts it on DIR/disk, with the store's directory in it.
make_disk()
{
	skip_without_mount
	mkdir "$DIR/disk"
	coproc KEEPER {
		# shellcheck disable=SC2016
		exec unshare --mount --propagation private sh -c '
			mount -t tmpfs -o "size=$1,mode=755" tmpfs "$2" && mkdir -m 700 "$2/store" && echo mounted && exec cat' \
			sh "$1" "$DIR/disk" 2>&1 3>&-
	}
	DISK_KEEPER=$KEEPER_PID
	STORE=$DIR/disk/store
	IFS= read -r -t 10 -u "${KEEPER[0]}" REPLY && [ "$REPLY" = mounted ] && return 0
	DISK_KEEPER=
	skip "this container forbids mount(2): $REPLY"
}

remove_disk()
{
	[ -n "${DISK_KEEPER-}" ] || return 0
	kill -KILL "$DISK_KEEPER" 2>/dev/null || :
	wait "$DISK_KEEPER" 2>/dev/null || :
}

# on_disk COMMAND...: runs it where the disk is mounted. A function runs there too.
on_disk()
{
	# shellcheck disable=SC2016
	nsenter --target "$DISK_KEEPER" --mount --root --wdns=/ bash -c '
		. "$1/t/lib/common.bash"
		. "$1/t/faults/lib.bash"
		BIN=$2 DIR=$3 STORE=$4
		"${@:5}"' bash "$ROOT" "$BIN" "$DIR" "$STORE" "$@"
}

# start_live_on_disk: a grey-check that keeps running, whose store is on the disk.
start_live_on_disk()
{
	start_live nsenter --target "$DISK_KEEPER" --mount --root --wdns=/ perl "$ROOT/t/faults/socket.pl" --own-stderr \
		"$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet
}

fill_disk()
{
	on_disk sh -c 'cat /dev/zero >"$1"' sh "$DIR/disk/filler" 2>/dev/null || :
	[ "$(on_disk df --output=avail "$DIR/disk" | tail -n 1)" -eq 0 ]
}

free_disk()
{
	on_disk rm "$DIR/disk/filler"
}

setup_file()
{
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
}

setup()
{
	DIR=$BATS_TEST_TMPDIR
	[ "$(id -u)" -ne 0 ] || DIR=$(work_dir)
	STORE=$DIR/store
	mkdir -m 700 "$STORE"
}

teardown()
{
	kill_live
	remove_disk
	[ -z "${HOLDER-}" ] || stop_process "$HOLDER"
	[ "$DIR" = "$BATS_TEST_TMPDIR" ] || rm -rf "$DIR"
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# check_as_nobody OPTION...: as the user that spawn(8) would run it as, who can't look into the build's directory.
check_as_nobody()
{
	cp "$BIN/grey-check" "$DIR/grey-check"
	as_nobody "$DIR/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet "$@"
}

# corrupt_files: how many databases were moved aside.
corrupt_files()
{
	find "$STORE" -name '*.corrupt-*' | wc -l
}

# recovers_within TRIES SENDER: asks until the answer is right, a new process each time.
recovers_within()
{
	local try

	for ((try = 1; try <= $1; try++)); do
		run --separate-stderr check < <(request "$2")
		# shellcheck disable=SC2154
		printf '%s\n' "$stderr" >>"$DIR/said"
		[ "$output" != "$DEFERRED" ] || return 0
		echo "try $try: exit code $status, answer $output, said $stderr" >&2
	done
	return 1
}

# with_memory BYTES COMMAND...: runs it with no more, unless it is built with AddressSanitizer, which reserves so much of
# the address space that it can't be limited.
with_memory()
{
	if is_sanitized grey-check; then
		"${@:2}"
	else
		prlimit "--as=$1" "${@:2}"
	fi
}
