#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Files and directories that can't be used, and a process that is short of something.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

@test "a list that can't be read: as a pipe, said and exit code 1; behind a socket, --on-error decides" {
	need_root
	echo example.net >"$DIR/clients"
	chmod 0 "$DIR/clients"
	chown nobody: "$STORE"
	run -1 --separate-stderr check_as_nobody "--whitelist-clients=$DIR/clients" < <(request list@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $DIR/clients: can't read this list: Permission denied"

	run -1 --separate-stderr nobody_behind_socket "--whitelist-clients=$DIR/clients"
	assert_output "$PASSED"$'\n\n'"$PASSED"
	assert_regex "$stderr" "$DIR/clients: can't read this list: Permission denied"
	assert_regex "$stderr" "a list can't be read; answering DUNNO: mail passes without greylisting \(--on-error\)"
}

# nobody_behind_socket OPTION...: two requests, as check_as_nobody, with a socket as standard input and output.
nobody_behind_socket()
{
	cp "$BIN/grey-check" "$ROOT/t/faults/socket.pl" "$DIR/"
	requests 2 | as_nobody perl "$DIR/socket.pl" --own-stderr "$DIR/grey-check" "--store=$STORE" --log=stderr --quiet "$@"
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
	run -1 --separate-stderr nobody_behind_socket
	assert_output "$PASSED"$'\n\n'"$PASSED"
	assert_regex "$stderr" "^grey-check: $STORE/[_a-z0-9.]+: Permission denied; answering DUNNO"
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
	run -1 --separate-stderr nobody_behind_socket
	assert_output "$PASSED"$'\n\n'"$PASSED"
	assert_regex "$stderr" "^grey-check: $STORE.*: Permission denied; answering DUNNO"
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
	run -1 --separate-stderr prlimit --nofile=8 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request few@example.net)
	assert_regex "$stderr" 'Too many open files'
	run -1 --separate-stderr prlimit --nofile=10 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request few@example.net)
	assert_regex "$stderr" 'Too many open files'
	run --separate-stderr with_memory 24000000 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request few@example.net)
	[ "$output" = "$DEFERRED" ] || assert_regex "$stderr" 'Cannot allocate memory'
	run -0 check < <(request enough@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(corrupt_files)" 0
	run -0 count_rows
	[ "$output" -ge 101 ]
}
