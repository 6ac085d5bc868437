#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What grey-check does when the input, the disk, the files, the lists or the other programs are not as they should be.
# A store that can't be used must never stop mail, and nothing that can be saved may be lost.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib/common
load faults/lib

setup_file()
{
	need_program grey-check
	export BATS_TEST_TIMEOUT=60
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

# --- requests ---

@test "a NUL byte in an address: DUNNO, said, no record, and the next request is answered" {
	local attribute

	for attribute in sender recipient client_address client_name; do
		run -0 --separate-stderr check < <(request nul@example.net | sed "s/^$attribute=/&a\\x00b/"; request next@example.net)
		assert_equal "$output" "$PASSED"$'\n\n'"$DEFERRED"
		assert_equal "$stderr" "grey-check: attribute with a NUL byte: $attribute; answering DUNNO"
	done
	assert_equal "$(count_rows)" 1
}

@test "NUL bytes in other attributes, in names and in lines of their own change no answer" {
	run -0 --separate-stderr check < <(
		printf 'sasl_method=\0\0\n\0sender=other@example.net\nx\0=\0\n\0\0\0\n'; request nul@example.net)
	assert_output "$DEFERRED"
	assert_regex "$stderr" '^grey-check: ignoring garbage: <[?]*>$'
	run -0 stored nul@example.net
}

@test "a NUL byte in the request's type: no answer, and said" {
	run -0 --separate-stderr check < <(request nul@example.net | sed 's/^request=.*/&\x00/')
	assert_output ''
	assert_regex "$stderr" "^grey-check: unrecognized request type: '.*'; not answered\$"
}

# peak_memory COMMAND...: prints the most memory that it used, in kB, after what it said.
peak_memory()
{
	perl -MPOSIX -e '
		my $pid = fork // die;
		if (!$pid) { exec @ARGV or POSIX::_exit(127) }
		my $peak = 0;
		while (waitpid($pid, POSIX::WNOHANG) == 0) {
			if (open my $in, "<", "/proc/$pid/status") { /^VmHWM:\s*(\d+)/ and $peak = $1 for <$in> }
			select undef, undef, undef, 0.002;
		}
		print STDERR "peak $peak\n";
		exit $? >> 8' "$@"
}

@test "a sender of 10 MB: DUNNO, said, no record, and no memory for it" {
	local long=$DIR/long

	{ request x@example.net | sed '/^sender=/,$d'; printf 'sender='; head -c 10000000 /dev/zero | tr '\0' x
		printf '\nrecipient=user@example.org\n\n'; request next@example.net; } >"$long"
	run -0 --separate-stderr prlimit --as=200000000 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$long"
	assert_equal "$output" "$PASSED"$'\n\n'"$DEFERRED"
	assert_equal "$stderr" 'grey-check: attribute too long: sender; answering DUNNO'
	assert_equal "$(count_rows)" 1
	run -0 --separate-stderr peak_memory "$BIN/grey-check" --store=mem: --log=stderr --quiet <"$long"
	[ "${stderr##*peak }" -lt 16000 ]
}

@test "an unknown attribute of 10 MB changes no answer" {
	run -0 --separate-stderr prlimit --as=200000000 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(
		printf 'unknown='; head -c 10000000 /dev/zero | tr '\0' x; echo; request long@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
	run -0 stored long@example.net
}

@test "a million attributes in one request change no answer and take no memory" {
	run -0 --separate-stderr peak_memory "$BIN/grey-check" "--store=mem:" --log=stderr --quiet < <(
		perl -e 'print "attribute$_=$_\n" for 1 .. 1e6'; request many@example.net)
	assert_output "$DEFERRED"
	[ "${stderr##*peak }" -lt 16000 ]
}

@test "a million lines without '=' in one request are one line in the log" {
	run -0 --separate-stderr check < <(perl -e 'print "garbage\n" x 1e6'; request many@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" "grey-check: ignoring garbage: <garbage> and more lines without '='"
}

INSIDE='grey-check: the input ended inside a request, without the empty line behind it; not answered'

@test "the input ends inside a request, with or without a final newline: exit code 1, said, no answer, no record" {
	run -1 --separate-stderr check < <(request cut@example.net | head -n -1)
	assert_output ''
	assert_equal "$stderr" "$INSIDE"
	run -1 --separate-stderr check < <(request whole@example.net; printf 'request=smtpd_access_policy\nsender=cut@')
	assert_output "$DEFERRED"
	assert_equal "$stderr" "$INSIDE"
	run -1 --separate-stderr check < <(printf 'request=smtpd_access_policy')
	assert_output ''
	assert_equal "$stderr" "$INSIDE"
	assert_equal "$(count_rows)" 1
}

@test "no input at all: exit code 0, nothing said" {
	run -0 --separate-stderr check </dev/null
	assert_output ''
	assert_equal "$stderr" ''
}

@test "standard input that can't be read: said, exit code 1" {
	run -1 --separate-stderr check <"$DIR"
	assert_output ''
	assert_regex "$stderr" "^grey-check: can't read requests: "
}

# A reader that closes the pipe at once; grey-check's exit code and messages are kept.
into_closed_pipe()
{
	{ check 2>"$DIR/said"; echo $? >"$DIR/status"; } | :
}

@test "nobody reads the answers: exit code 1, said once, and the records are kept" {
	run -0 into_closed_pipe < <(requests 1000)
	assert_equal "$(cat "$DIR/status")" 1
	assert_equal "$(cat "$DIR/said")" "grey-check: can't write the answer: Broken pipe"
	run -0 count_rows
	[ "$output" -gt 0 ]
	run -0 whole
}

to_full()
{
	check >/dev/full
}

@test "standard output is full: exit code 1, and said" {
	run -1 --separate-stderr to_full < <(request full@example.net)
	assert_equal "$stderr" "grey-check: can't write the answer: No space left on device"
}

@test "the peer closes the socket before the answer: exit code 1, no signal, the record is kept" {
	run -0 perl -MSocket -MPOSIX -e '
		socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die;
		local $/;
		my $requests = <STDIN>;
		my $pid = fork // die;
		if (!$pid) { POSIX::dup2(fileno $theirs, $_) for 0, 1; exec @ARGV or POSIX::_exit(127) }
		close $theirs;
		syswrite $ours, $requests;
		close $ours;
		waitpid $pid, 0;
		print $?, "\n"' "$BIN/grey-check" "--store=$STORE" --log=none < <(request gone@example.net; request gone2@example.net)
	assert_line 256
	run -0 stored gone@example.net
}

@test "a descriptor that doesn't block is waited for" {
	export STORE
	run -0 --separate-stderr perl -MSocket -MPOSIX -MFcntl -e '
		socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die;
		fcntl $theirs, F_SETFL, O_NONBLOCK or die;
		my $pid = fork // die;
		if (!$pid) { POSIX::dup2(fileno $theirs, $_) for 0, 1; exec @ARGV or POSIX::_exit(127) }
		close $theirs;
		local $/;
		my $requests = <STDIN>;
		1 until waitpid($pid, WNOHANG) || -e "$ENV{STORE}/grey.lock";
		syswrite $ours, $requests;
		shutdown $ours, 1;
		print <$ours>;
		waitpid $pid, 0;
		exit $? >> 8' "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request slow@example.net)
	assert_output "$DEFERRED"
}

# --- --on-error ---

@test "the store fails: --on-error=dunno answers DUNNO, says so once, exit code 1" {
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet < <(requests 3)
	assert_output "$PASSED"$'\n\n'"$PASSED"$'\n\n'"$PASSED"
	assert_equal "$stderr" \
		'grey-check: the store is fail:, made to fail; answering DUNNO: mail passes without greylisting (--on-error)'
}

@test "the store fails: --on-error=defer answers DEFER_IF_PERMIT, says so once, exit code 1" {
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet --on-error=defer < <(requests 2)
	assert_line --index 0 --regexp '^action=DEFER_IF_PERMIT '
	assert_line --index 1 --regexp '^action=DEFER_IF_PERMIT '
	refute_output --partial Greylisted
	assert_equal "$stderr" 'grey-check: the store is fail:, made to fail; answering DEFER_IF_PERMIT (--on-error)'
}

@test "the store fails: --on-error=disconnect ends without an answer, says so, exit code 1" {
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet --on-error=disconnect < <(requests 2)
	assert_output ''
	assert_equal "$stderr" 'grey-check: the store is fail:, made to fail; ending without an answer (--on-error)'
}

@test "a client on a list passes though the store fails and --on-error=defer" {
	echo listed.example.net >"$DIR/clients"
	run -1 --separate-stderr "$BIN/grey-check" --store=fail: --log=stderr --quiet --on-error=defer \
		"--whitelist-clients=$DIR/clients" < <(
		request listed@example.net | sed 's/mail.example/listed.example/'
		request other@example.net
		request listed@example.net | sed 's/mail.example/listed.example/')
	assert_line --index 0 "$PASSED"
	assert_line --index 1 --regexp '^action=DEFER_IF_PERMIT '
	assert_line --index 2 "$PASSED"
}

# --- the disk ---

NO_SPACE='grey-check: .*: No space left on device; answering DUNNO: mail passes without greylisting \(--on-error\)'

@test "a disk that is full before the start: DUNNO, said; once there is room the same process goes on" {
	local size

	need_root
	for size in 3m 30m; do
		DIR=$DIR/$size
		mkdir "$DIR"
		make_disk "$size"
		run -0 fill_disk
		run -1 --separate-stderr on_disk behind_socket < <(request full@example.net)
		assert_output "$PASSED"
		assert_regex "$stderr" "$NO_SPACE"
		run -1 --separate-stderr on_disk check < <(request full@example.net)
		assert_output ''
		assert_regex "$stderr" '^grey-check: .*: No space left on device$'

		start_live nsenter "--mount=/proc/$DISK_KEEPER/ns/mnt" perl "$ROOT/t/faults/socket.pl" --own-stderr \
			"$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet
		assert_equal "$(ask_live first@example.net)" "$PASSED"
		free_disk
		wait_for 10 live_answers second@example.net "$DEFERRED"
		end_live 1
		run -0 on_disk stored second@example.net
		run -0 on_disk whole
		run -0 on_disk ls "$STORE"
		refute_output --partial corrupt
		remove_disk
		DIR=${DIR%/*}
	done
}

@test "a disk with room for the first files only: DUNNO, the cause is said, nothing is moved aside" {
	local room

	need_root
	make_disk 12m
	run -0 on_disk check < <(requests 500)
	for room in 4 100 400 800 1200 2000; do
		run -0 fill_disk
		on_disk truncate -s "-${room}k" "$DIR/disk/filler"
		run --separate-stderr on_disk behind_socket < <(request "room$room@example.net")
		assert_output --regexp "^($PASSED|$DEFERRED)\$"
		[ "$output" = "$DEFERRED" ] || assert_regex "$stderr" "$NO_SPACE"
		free_disk
	done
	run -0 on_disk check < <(request after@example.net)
	assert_output "$DEFERRED"
	run -0 on_disk count_rows
	[ "$output" -ge 501 ]
	run -0 on_disk whole
	run -0 on_disk ls "$STORE"
	refute_output --partial corrupt
	refute_output --partial repair
}

@test "a disk that fills while grey-check runs: DUNNO, said, it goes on soon after there is room, nothing is lost" {
	local size round before

	need_root
	for size in 8m 30m; do
		DIR=$DIR/$size
		mkdir "$DIR"
		make_disk "$size"
		start_live nsenter "--mount=/proc/$DISK_KEEPER/ns/mnt" perl "$ROOT/t/faults/socket.pl" --own-stderr \
			"$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet
		for round in 1 2; do
			assert_equal "$(ask_live "before$round@example.net")" "$DEFERRED"
			run -0 fill_disk
			run -0 flood_live "flood$round"
			assert_output "$PASSED"
			assert_regex "$(cat "$DIR/said")" "$NO_SPACE"
			free_disk
			before=$SECONDS
			wait_for 12 live_answers "after$round@example.net" "$DEFERRED"
			[ $((SECONDS - before)) -le 12 ]
		done
		end_live 1
		for round in 1 2; do
			run -0 on_disk stored "before$round@example.net"
			run -0 on_disk stored "after$round@example.net"
		done
		run -0 on_disk deferred_are_stored
		run -0 on_disk whole
		run -0 on_disk ls "$STORE"
		refute_output --partial corrupt
		refute_output --partial repair
		remove_disk
		DIR=${DIR%/*}
	done
}

# --- files that can't be used ---

@test "a list that can't be read: as a pipe, said and exit code 1; behind a socket, --on-error decides" {
	need_root
	echo example.net >"$DIR/clients"
	chmod 0 "$DIR/clients"
	chown nobody: "$STORE"
	run -1 --separate-stderr check_as_nobody "--whitelist-clients=$DIR/clients" < <(request list@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $DIR/clients: can't read this list: Permission denied"

	run -1 --separate-stderr list_behind_socket
	assert_output "$PASSED"$'\n\n'"$PASSED"
	assert_regex "$stderr" "$DIR/clients: can't read this list: Permission denied"
	assert_regex "$stderr" "a list can't be read; answering DUNNO: mail passes without greylisting \(--on-error\)"
}

list_behind_socket()
{
	cp "$ROOT/t/faults/socket.pl" "$DIR/socket.pl"
	requests 2 | as_nobody perl "$DIR/socket.pl" --own-stderr "$DIR/grey-check" "--store=$STORE" --log=stderr --quiet \
		"--whitelist-clients=$DIR/clients"
}

@test "a list that is missing, or a directory: said, exit code 1; one whose name ends in .local may be missing" {
	run -1 --separate-stderr check "--whitelist-recipients=$DIR/none" < <(request list@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $DIR/none: can't read this list: No such file or directory"
	run -1 --separate-stderr check "--whitelist-recipients=$DIR" < <(request list@example.net)
	assert_regex "$stderr" "^grey-check: $DIR: can't read this list: Is a directory"
	run -0 --separate-stderr check "--whitelist-recipients=$DIR/none.local" < <(request list@example.net)
	assert_output "$DEFERRED"
}

@test "a bad line in a list is named with file and number, the other lines count" {
	printf '%s\n' '# clients' 'first.example' '/(unclosed/' '192.0.2.0/99' 'last.example' >"$DIR/clients"
	run -0 --separate-stderr check "--whitelist-clients=$DIR/clients" < <(
		request first@example.net | sed 's/mail.example.net/first.example/'
		request last@example.net | sed 's/mail.example.net/a.last.example/'
		request other@example.net)
	assert_equal "$output" "$PASSED"$'\n\n'"$PASSED"$'\n\n'"$DEFERRED"
	assert_regex "$stderr" "^grey-check: $DIR/clients:3: .*; the line is ignored"$'\n'"grey-check: $DIR/clients:4: .*; the line is ignored\$"
}

@test "files that may be read but not written: DUNNO behind a socket, exit code 1 as a pipe, the file is named" {
	need_root
	fill_store 10
	chmod 711 "$STORE"
	chmod 444 "$STORE"/*
	run -1 --separate-stderr check_as_nobody < <(request ro@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE.*: Permission denied"

	chown nobody: "$STORE" "$STORE"/*.lock
	chmod 700 "$STORE"
	chmod 600 "$STORE"/*.lock
	run -1 --separate-stderr check_as_nobody < <(request ro@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE/[_a-z0-9.]+: Permission denied"
	assert_equal "$(corrupt_files)" 0

	chown nobody: "$STORE"/*
	chmod 600 "$STORE"/*
	run -0 --separate-stderr check_as_nobody < <(request ro@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(count_rows)" 11
}

@test "a directory that may not be written: DUNNO behind a socket, exit code 1 as a pipe, said" {
	need_root
	fill_store 10
	chown nobody: "$STORE" "$STORE"/*
	rm "$STORE"/__db.*
	chmod 500 "$STORE"
	run -1 --separate-stderr check_as_nobody < <(request ro@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE.*: Permission denied"
	assert_equal "$(corrupt_files)" 0
	chmod 700 "$STORE"
	run -0 --separate-stderr check_as_nobody < <(request ro@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(count_rows)" 11
}

@test "a file system mounted read-only: DUNNO behind a socket, exit code 1 as a pipe, said" {
	need_root
	make_disk 8m
	run -0 on_disk check < <(requests 10)
	on_disk mount -o remount,ro "$DIR/disk"
	run -1 --separate-stderr on_disk check < <(request ro@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE.*: Read-only file system"
	run -1 --separate-stderr on_disk behind_socket < <(request ro@example.net)
	assert_output "$PASSED"
	assert_regex "$stderr" "Read-only file system; answering DUNNO"
	on_disk mount -o remount,rw "$DIR/disk"
	run -0 on_disk check < <(request rw@example.net)
	assert_output "$DEFERRED"
	run -0 on_disk count_rows
	assert_output 11
}

@test "too few descriptors or too little memory: said, nothing is moved aside, and later all is there" {
	fill_store 100
	run --separate-stderr prlimit --nofile=8 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request few@example.net)
	[ "$output" = "$DEFERRED" ] || assert_regex "$stderr" 'Too many open files'
	run --separate-stderr prlimit --nofile=10 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request few@example.net)
	[ "$output" = "$DEFERRED" ] || assert_regex "$stderr" 'Too many open files'
	run --separate-stderr prlimit --as=24000000 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request few@example.net)
	[ "$output" = "$DEFERRED" ] || assert_regex "$stderr" 'Cannot allocate memory'
	run -0 check < <(request enough@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(corrupt_files)" 0
	run -0 count_rows
	[ "$output" -ge 101 ]
}

# --- databases that are none ---

# is_replaced PATTERN-OF-SALVAGED: the database was kept aside, said once, and the new one works.
is_replaced()
{
	recovers_within 3 new@example.net
	assert_equal "$(corrupt_files)" 1
	assert_equal "$(grep -c 'postgrey.db was corrupt: kept as postgrey.db.corrupt-[0-9]*, ' "$DIR/said")" 1
	assert_regex "$(cat "$DIR/said")" "kept as postgrey.db.corrupt-[0-9]*, $1 records salvaged"
	run -0 stored new@example.net
	run -0 whole
	run -0 --separate-stderr check < <(request next@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
}

@test "random bytes in place of postgrey.db: kept aside, said once, a new one is made" {
	perl -e 'srand 1; print map { chr int rand 256 } 1 .. 100_000' >"$STORE/postgrey.db"
	cp "$STORE/postgrey.db" "$DIR/before"
	is_replaced 0
	run -0 cmp "$DIR/before" "$STORE"/postgrey.db.corrupt-*
}

@test "a text file in place of postgrey.db: kept aside, said once, a new one is made" {
	yes 'This is no database.' | head -n 1000 >"$STORE/postgrey.db"
	is_replaced 0
}

@test "a directory in place of postgrey.db: kept aside, said once, a new one is made" {
	mkdir "$STORE/postgrey.db"
	touch "$STORE/postgrey.db/file"
	is_replaced 0
	run -0 find "$STORE" -path '*/postgrey.db.corrupt-*/file'
	assert_output --partial file
}

@test "an empty file in place of postgrey.db becomes a database" {
	: >"$STORE/postgrey.db"
	run -0 recovers_within 3 new@example.net
	run -0 stored new@example.net
	run -0 whole
}

@test "a hash database in place of postgrey.db: kept aside, said once, a new one is made" {
	printf '%s\n' VERSION=3 format=print type=hash HEADER=END ' k' ' 1,1' DATA=END | db_load "$STORE/postgrey.db"
	is_replaced '[01]'
}

@test "a truncated postgrey.db: kept aside, and the records on the pages that are left survive" {
	fill_store 2000
	leave_databases
	truncate -s 50% "$STORE/postgrey.db" 2>/dev/null || truncate -s "$(($(stat -c %s "$STORE/postgrey.db") / 2))" "$STORE/postgrey.db"
	recovers_within 3 new@example.net
	run -0 all_triplets_answered
	run -0 whole
	assert_regex "$(cat "$DIR/said")" 'kept as postgrey.db.corrupt-[0-9]*, [0-9]{3,4} records salvaged'
}

# all_triplets_answered: within three tries, each record is read without an error.
all_triplets_answered()
{
	local try

	for try in 1 2 3; do
		requests 2000 | timeout -s KILL 5 "$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet \
			>"$DIR/answers" 2>>"$DIR/said" && return 0
		echo "try $try: $(sort "$DIR/answers" | uniq -c)" >&2
	done
	return 1
}

@test "pages of random bytes in a database of 2,000 records: kept aside, said once, all other records survive" {
	local salvaged

	fill_store 2000
	leave_databases
	perl -e '
		srand 2;
		open my $file, "+<:raw", $ARGV[0] or die;
		my $pages = (-s $file) / 4096;
		for my $page (int $pages / 3, int $pages / 2) {
			seek $file, 4096 * $page, 0;
			print $file map { chr int rand 256 } 1 .. 4096;
		}' "$STORE/postgrey.db"
	run -0 all_triplets_answered
	assert_equal "$(corrupt_files)" 1
	assert_equal "$(grep -c 'was corrupt: kept as' "$DIR/said")" 1
	salvaged=$(sed -n 's/.*, \([0-9]*\) records salvaged.*/\1/p' "$DIR/said")
	[ "$salvaged" -ge 1800 ]
	[ "$salvaged" -lt 2000 ]
	run -0 count_rows
	assert_output 2000
	run -0 whole
}

@test "pages of zeros, as a power cut may leave them: kept aside, said once, all other records survive" {
	local salvaged

	fill_store 2000
	leave_databases
	perl -e '
		open my $file, "+<:raw", $ARGV[0] or die;
		my $pages = (-s $file) / 4096;
		for my $page (int $pages / 3, int $pages / 2) {
			seek $file, 4096 * $page, 0;
			print $file "\0" x 4096;
		}' "$STORE/postgrey.db"
	run -0 all_triplets_answered
	assert_equal "$(grep -c 'was corrupt: kept as' "$DIR/said")" 1
	salvaged=$(sed -n 's/.*, \([0-9]*\) records salvaged.*/\1/p' "$DIR/said")
	[ "$salvaged" -ge 1800 ]
	run -0 count_rows
	assert_output 2000
	run -0 whole
}

@test "a page that leads back to itself makes no process search for ever" {
	fill_store 2000
	leave_databases
	perl -e '
		open my $file, "+<:raw", $ARGV[0] or die;
		seek $file, 4096, 0;
		read $file, my $root, 4096;
		for my $page (2 .. (-s $file) / 4096 - 1) {
			seek $file, 4096 * $page, 0;
			print $file $root;
		}' "$STORE/postgrey.db"
	run -0 --separate-stderr timeout -k 1 8 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request loop@example.net) ||
		run -0 --separate-stderr timeout -k 1 8 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request loop@example.net)
	assert_output "$DEFERRED"
}

@test "a broken postgrey.db leaves the clients alone, and the other way round" {
	request awl@example.net | check --delay=0 >"$DIR/answers"
	assert_equal "$(count_rows postgrey_clients.db)" 1
	leave_databases
	head -c 20000 /dev/urandom >"$STORE/postgrey.db"
	recovers_within 3 new@example.net
	run -0 all_rows postgrey_clients.db
	assert_output --regexp '^192\.0\.2\.7	1,[0-9]+$'
	leave_databases
	head -c 20000 /dev/urandom >"$STORE/postgrey_clients.db"
	run -0 recovers_within 3 new2@example.net
	run -0 stored new@example.net
	run -0 stored new2@example.net
	run -0 find "$STORE" -name 'postgrey_clients.db.corrupt-*'
	assert_output --partial postgrey_clients.db.corrupt
}

@test "a process that is killed while it salvages costs no records" {


	command -v strace >/dev/null || skip "needs strace"
	fill_store 2000
	request awl@example.net 198.51.100.7 | check --delay=0 >"$DIR/answers"
	leave_databases
	perl -e 'open my $f, "+<:raw", $ARGV[0] or die; seek $f, 40960, 0; print $f "x" x 4096' "$STORE/postgrey.db"
	# Found to be bad; the next process salvages, and ends at the first rename, which is Berkeley DB's own.
	run -1 check < <(requests 2000)
	run strace -f -qq -o /dev/null -e trace=rename -e inject=rename:signal=KILL:when=1 \
		"$BIN/grey-check" "--store=$STORE" --log=none < <(request new@example.net)
	[ "$status" -eq 137 ]
	run -0 all_triplets_answered
	assert_regex "$(cat "$DIR/said")" 'kept as postgrey.db.corrupt-[0-9]*, 1[0-9]{3} records salvaged'
	run -0 count_rows postgrey_clients.db
	assert_output 1
}

# --- the other files of the store ---

@test "garbage in grey.lock: the answer is right, nothing is lost" {
	fill_store 100
	check < <(request before@example.net)
	perl -e 'srand 3; print map { chr int rand 256 } 1 .. 4096' >"$STORE/grey.lock"
	run -0 --separate-stderr check < <(request after@example.net)
	assert_output "$DEFERRED"
	run -0 stored before@example.net
	run -0 count_rows
	assert_output 102
	assert_equal "$(corrupt_files)" 0
	run -0 whole
}

@test "grey.lock is overwritten, cut, or deleted while a process runs: it goes on" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	echo garbage >"$STORE/grey.lock"
	assert_equal "$(ask_live two@example.net)" "$DEFERRED"
	head -c 4096 /dev/urandom >"$STORE/grey.lock"
	assert_equal "$(ask_live three@example.net)" "$DEFERRED"
	rm "$STORE/grey.lock"
	assert_equal "$(ask_live four@example.net)" "$DEFERRED"
	run -0 check < <(request five@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(ask_live six@example.net)" "$DEFERRED"
	end_live 0
	assert_equal "$(cat "$DIR/said")" ''
	assert_equal "$(count_rows)" 6
	run -0 whole
}

@test "grey.lock is emptied while a process runs: it does not die of it" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	: >"$STORE/grey.lock"
	run -0 ask_live two@example.net
	wait_for 5 live_answers three@example.net "$DEFERRED"
}

@test "garbage in the region files: the answer is right and comes soon, nothing is lost" {
	local file

	for file in __db.001 __db.002 __db.003; do
		run -0 check < <(request "before${file//[!1-3]/}x@example.net")
		head -c "$(stat -c %s "$STORE/$file")" /dev/urandom >"$DIR/garbage"
		# In place: a new file would show as another inode.
		cat "$DIR/garbage" >"$STORE/$file"
		run -0 recovers_within 3 "after${file//[!1-3]/}x@example.net"
		run -0 stored "before${file//[!1-3]/}x@example.net"
		run -0 stored "after${file//[!1-3]/}x@example.net"
	done
	assert_equal "$(corrupt_files)" 0
	run -0 whole
}

@test "garbage in the region files while a process runs: it goes on, nothing is lost" {
	local file

	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	for file in __db.001 __db.002 __db.003; do
		assert_equal "$(ask_live "before${file//[!1-3]/}x@example.net")" "$DEFERRED"
		head -c "$(stat -c %s "$STORE/$file")" /dev/urandom >"$DIR/garbage"
		dd if="$DIR/garbage" of="$STORE/$file" conv=notrunc status=none
		wait_for 5 live_answers "after${file//[!1-3]/}x@example.net" "$DEFERRED"
	done
	end_live '[01]'
	for file in __db.001 __db.002 __db.003; do
		run -0 stored "before${file//[!1-3]/}x@example.net"
		run -0 stored "after${file//[!1-3]/}x@example.net"
	done
	assert_equal "$(corrupt_files)" 0
	run -0 whole
}

@test "garbage in the log file: the answer is right, what was checkpointed survives" {
	fill_store 100
	request before@example.net | check
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	for log in "$STORE"/log.*; do
		head -c 100000 /dev/urandom >"$log"
	done
	rm -f "$STORE"/__db.*
	run -0 recovers_within 3 after@example.net
	run -0 stored before@example.net
	run -0 count_rows
	assert_output 102
	run -0 whole
	assert_equal "$(corrupt_files)" 0
}

@test "garbage in the middle of the log: the answer is right, the databases are whole" {
	requests 2000 | check >"$DIR/answers"
	rm -f "$STORE"/__db.*
	for log in "$STORE"/log.*; do
		perl -e 'open my $f, "+<:raw", $ARGV[0] or die; seek $f, 100_000, 0; print $f "garbage!" x 1000' "$log"
	done
	run -0 recovers_within 3 after@example.net
	run -0 stored after@example.net
	run -0 whole
}

@test "log files that are removed, with and without the regions: the answer is right, what was checkpointed survives" {
	fill_store 100
	request before@example.net | check
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	rm "$STORE"/log.*
	run -0 recovers_within 3 joined@example.net
	rm -f "$STORE"/log.* "$STORE"/__db.*
	run -0 recovers_within 3 recovered@example.net
	run -0 stored before@example.net
	run -0 whole
	assert_equal "$(corrupt_files)" 0
}

@test "log files are removed while a process runs: it goes on, and so do others" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	rm "$STORE"/log.*
	wait_for 5 live_answers two@example.net "$DEFERRED"
	run -0 recovers_within 3 three@example.net
	assert_equal "$(ask_live four@example.net)" "$DEFERRED"
	end_live '[01]'
	rm -f "$STORE"/__db.* "$STORE"/log.*
	run -0 recovers_within 3 five@example.net
	run -0 whole
}

@test "regions that are removed, before the start or while a process runs, cost nothing" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	rm "$STORE"/__db.*
	assert_equal "$(ask_live two@example.net)" "$DEFERRED"
	run -0 --separate-stderr check < <(request three@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
	assert_equal "$(ask_live four@example.net)" "$DEFERRED"
	end_live 0
	assert_equal "$(cat "$DIR/said")" ''
	assert_equal "$(count_rows)" 4
	run -0 whole
}

@test "the store's directory is deleted while a process runs: it makes a new one and goes on" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	rm -r "$STORE"
	wait_for 5 live_answers two@example.net "$DEFERRED"
	run -0 --separate-stderr check < <(request three@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(ask_live four@example.net)" "$DEFERRED"
	run -0 stored two@example.net
	run -0 stored three@example.net
	run -0 stored four@example.net
	run -0 whole
}

# --- other processes ---

# hold COMMAND...: runs it in the background until the test ends; it must make DIR/held when it holds what it holds.
hold()
{
	"$@" 3>&- &
	HOLDER=$!
	wait_for 5 test -e "$DIR/held"
}

@test "another process holds grey.lock for ever: after 10 seconds --on-error decides, and grey.lock is named" {
	local before

	# shellcheck disable=SC2016
	hold flock "$STORE/grey.lock" sh -c 'touch "$1" && exec sleep 60' sh "$DIR/held"
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	before=$SECONDS
	assert_equal "$(ask_live one@example.net 25)" "$PASSED"
	[ $((SECONDS - before)) -le 13 ]
	run -0 cat "$DIR/said"
	assert_output --regexp "$STORE/grey.lock: .* for 10 seconds; answering DUNNO: mail passes without greylisting \(--on-error\)"
	refute_output --partial 'process 0 '
	kill "$(pgrep -P "$HOLDER")"
	wait_for 12 live_answers two@example.net "$DEFERRED"
}

@test "a process that is stopped inside the store is named by its number, and nothing is lost when it goes on" {
	requests 20000 >"$DIR/many"
	"$BIN/grey-check" "--store=$STORE" --log=none <"$DIR/many" >"$DIR/answers" 3>&- &
	HOLDER=$!
	wait_for 5 stopped_inside
	run --separate-stderr behind_socket < <(request waiting@example.net)
	assert_output "$PASSED"
	assert_regex "$stderr" "grey.lock: process $HOLDER has held it for 10 seconds; answering DUNNO"
	kill -CONT "$HOLDER"
	wait "$HOLDER"
	HOLDER=
	assert_equal "$(grep -c DEFER "$DIR/answers")" 20000
	assert_equal "$(count_rows)" 20000
	run -0 whole
}

# stopped_inside: stops the process HOLDER; true if it is inside the store.
stopped_inside()
{
	kill -STOP "$HOLDER"
	wait_for 5 grep -q '^State:.T' "/proc/$HOLDER/status"
	[ "$(od -An -tu4 -j12 -N4 "$STORE/grey.lock" | tr -d ' ')" = "$HOLDER" ] && return 0
	kill -CONT "$HOLDER"
	return 1
}

@test "a directory that others can write is refused, in words that help" {
	local mode

	for mode in 0777 0775; do
		chmod "$mode" "$STORE"
		run -1 --separate-stderr check < <(request mode@example.net)
		assert_output ''
		assert_regex "$stderr" "^grey-check: $STORE: others .* \(mode $mode\); do: chmod go-w $STORE\$"
		run -1 --separate-stderr behind_socket < <(request mode@example.net)
		assert_output "$PASSED"
		assert_regex "$stderr" "chmod go-w $STORE; answering DUNNO"
	done
	run -0 find "$STORE" -mindepth 1
	assert_output ''
}

@test "a directory that others can write is refused, in syslog, when standard error is the socket too" {
	need_root
	chmod 0777 "$STORE"
	: >"$DIR/syslog"
	run --separate-stderr "$ROOT/t/lib/private-syslog" "$DIR/syslog" perl "$ROOT/t/faults/socket.pl" "$BIN/grey-check" \
		"--store=$STORE" < <(request mode@example.net)
	[ ! -s "$DIR/syslog.pid" ] || stop_process "$(cat "$DIR/syslog.pid")"
	assert_equal "$status" 1
	assert_output "$PASSED"
	run -0 cat "$DIR/syslog"
	assert_output --partial "chmod go-w $STORE; answering DUNNO"
}

@test "a directory that postgrey runs on is refused, and taken once postgrey is gone" {
	# shellcheck disable=SC2016
	hold flock -x "$STORE/postgrey.lock" sh -c 'touch "$1" && exec sleep 60' sh "$DIR/held"
	run -1 --separate-stderr check < <(request postgrey@example.net)
	assert_output ''
	assert_equal "$stderr" \
		"grey-check: $STORE: postgrey is running on this directory (it holds postgrey.lock); stop postgrey first"
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$PASSED"
	assert_regex "$(cat "$DIR/said")" 'stop postgrey first; answering DUNNO'
	kill "$(pgrep -P "$HOLDER")"
	wait_for 10 live_answers two@example.net "$DEFERRED"
	run ! flock -n -x "$STORE/postgrey.lock" true
}

@test "run by root on somebody's directory, it works as that user, and the files are that user's" {
	need_root
	chown nobody: "$STORE"
	run -0 --separate-stderr check < <(request owner@example.net)
	assert_output "$DEFERRED"
	run -0 find "$STORE" ! -user nobody
	assert_output ''
	run -0 find "$STORE" -type f ! -perm 600
	assert_output ''
}

@test "a store that is not there is made, readable by its owner only, also where the umask is 0" {
	rmdir "$STORE"
	umask 0
	run -0 --separate-stderr check < <(request made@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(stat -c %a "$STORE")" 700
	run -0 find "$STORE" -type f ! -perm 600
	assert_output ''
}

@test "a store in a directory that is not there: said, exit code 1" {
	STORE=$DIR/none/store
	run -1 --separate-stderr check < <(request none@example.net)
	assert_output ''
	assert_equal "$stderr" "grey-check: $STORE: can't make the store's directory: No such file or directory"
}

# --- taking over from postgrey, and giving back ---

# start_postgrey: a postgrey of the test's own on the store, which belongs to nobody.
start_postgrey()
{
	[ -x /usr/sbin/postgrey ] || skip "needs postgrey"
	need_root
	mkdir -p "$DIR/run"
	rm -f "$DIR/run/socket"
	chown -R nobody: "$STORE" "$DIR/run"
	/usr/sbin/postgrey "--unix=$DIR/run/socket" "--dbdir=$STORE" --user=nobody "--group=$(id -gn nobody)" --delay=300 \
		"--hostname=mail.example.org" >"$DIR/postgrey.log" 2>&1 3>&- &
	HOLDER=$!
	wait_for 10 test -S "$DIR/run/socket" || { cat "$DIR/postgrey.log" >&2; return 1; }
}

stop_postgrey()
{
	stop_process "$HOLDER"
	HOLDER=
}

# ask_postgrey: sends the requests on standard input, prints the answers.
ask_postgrey()
{
	perl -MIO::Socket::UNIX -e '
		my $socket = IO::Socket::UNIX->new(Peer => shift) or die "connect: $!\n";
		alarm 20;
		local $/ = "\n\n";
		while (my $request = <STDIN>) { $socket->print($request); $socket->flush; print scalar <$socket> }' "$DIR/run/socket"
}

# make_postgrey_store: asks postgrey for three triplets, one of them passed before.
make_postgrey_store()
{
	start_postgrey
	run -0 ask_postgrey < <(request one@example.net; request two@example.net; request three@example.net 2001:db8::7)
	assert_line --index 0 --partial 'Greylisted, see'
}

@test "the database of a postgrey that was stopped: its records count, new ones are added, postgrey takes it back" {
	make_postgrey_store
	stop_postgrey
	run -0 --separate-stderr check < <(request one@example.net; request four@example.net)
	assert_equal "$output" "$DEFERRED"$'\n\n'"$DEFERRED"
	refute_regex "$stderr" 'corrupt|logs'
	run -0 --separate-stderr "$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr < <(request two@example.net)
	assert_regex "$stderr" 'action=greylist, reason=(early-retry|new)'
	assert_equal "$(count_rows)" 4
	run -0 whole
	run -0 --separate-stderr "$BIN/grey-check" "--store=$STORE" --delay=0 --log=stderr < <(request two@example.net)
	assert_output --regexp '^action=(DUNNO|PREPEND )'

	start_postgrey
	run -0 ask_postgrey < <(request four@example.net; request five@example.net)
	assert_line --index 0 --partial Greylisted
	stop_postgrey
	assert_equal "$(count_rows)" 5
	assert_equal "$(corrupt_files)" 0
	run -0 --separate-stderr check < <(request six@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(count_rows)" 6
}

@test "the regions and logs of a postgrey that was killed: all that it answered is there" {
	make_postgrey_store
	kill -KILL "$HOLDER"
	wait_for 10 gone "$HOLDER"
	HOLDER=
	run -0 --separate-stderr check < <(request four@example.net)
	assert_output "$DEFERRED"
	refute_regex "$stderr" 'corrupt|logs'
	assert_equal "$(count_rows)" 4
	# The cache is ours, not the 264 kB of postgrey's default.
	[ "$(stat -c %s "$STORE/__db.002")" -gt 500000 ]
	run -0 whole
}

@test "the same directory given back and forth ten times, grey-check killed in between: nothing is lost" {
	local round

	for round in 1 2 3 4 5; do
		start_postgrey
		run -0 ask_postgrey < <(request "postgrey$round@example.net" "192.0.2.$round")
		assert_line --index 0 --partial Greylisted
		[ $((round % 2)) -eq 0 ] || kill -KILL "$HOLDER"
		stop_postgrey
		start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
		assert_equal "$(ask_live "grey$round@example.net")" "$DEFERRED"
		kill_live
		assert_equal "$(cat "$DIR/said")" ''
	done
	run -0 count_rows
	assert_output 10
	run -0 whole
}

# old_database: a record of postgrey 1.36 and older, with the host part in its third field.
old_database()
{
	cat <<-'EOF'
		VERSION=3
		format=print
		type=btree
		db_pagesize=4096
		HEADER=END
		 83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp
		 1234254582,1234254582,5
		DATA=END
	EOF
}

# retry_of_old: the request that comes back to that record, so many seconds later.
retry_of_old()
{
	printf '%s\n' request=smtpd_access_policy client_address=83.10.241.9 client_name=mail.example.net \
		sender=limbekcs@aegon.hu recipient=webmaster@rally.or.jp "policy_test_time=$((1234254582 + $1))" ''
}

@test "a database built with db_load from postgrey's records is taken as it is" {
	old_database | db_load "$STORE/postgrey.db"
	run -0 --separate-stderr check --clock=request < <(retry_of_old 310)
	assert_output --partial 'action=PREPEND X-Greylist: delayed 310 seconds'
	refute_regex "$stderr" corrupt
	run -0 all_rows postgrey.db
	assert_output '83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp	1234254582,1234254892,9'
	assert_equal "$(corrupt_files)" 0
	run -0 whole
}

@test "a small database that was copied without its logs is taken, and the first answer is right" {
	fill_store 10
	leave_databases
	run -0 --separate-stderr check < <(request copied@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(count_rows)" 11
	assert_equal "$(corrupt_files)" 0
}

@test "a database that was copied without its logs is taken, with a word, and so is its directory's next postgrey" {
	mkdir -m 700 "$DIR/first"
	requests 3000 | "$BIN/grey-check" "--store=$DIR/first" --log=none >"$DIR/answers"
	flock "$DIR/first/grey.lock" db_checkpoint -1 -h "$DIR/first"
	cp "$DIR/first/postgrey.db" "$STORE/"
	run -0 --separate-stderr check < <(request copied@example.net)
	assert_output "$DEFERRED"
	assert_regex "$stderr" '^grey-check: .*: the databases did not fit their logs \(copied without them\?\): .*$'
	assert_equal "$(count_rows)" 3001
	run -0 --separate-stderr check < <(request copied2@example.net)
	assert_equal "$stderr" ''
	assert_equal "$(corrupt_files)" 0
	run -0 whole

	start_postgrey
	run -0 ask_postgrey < <(request copied3@example.net)
	assert_line --index 0 --partial Greylisted
	stop_postgrey
	assert_equal "$(count_rows)" 3003
}
