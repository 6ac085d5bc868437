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
	assert_regex "$stderr" "^grey-check: $STORE.*: Permission denied; .*; do: chown nobody: $STORE\$"

	chown nobody: "$STORE" "$STORE"/*.lock
	chmod 700 "$STORE"
	chmod 600 "$STORE"/*.lock
	run -1 --separate-stderr check_as_nobody < <(request ro@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE/[_a-z0-9.]+: Permission denied; a file in it is not nobody's; do: chown nobody: $STORE/\*\$"
	run -1 --separate-stderr nobody_behind_socket
	assert_output "$PASSED"$'\n\n'"$PASSED"
	assert_regex "$stderr" "^grey-check: $STORE/[_a-z0-9.]+: Permission denied; .*; do: chown nobody: $STORE/\*; answering DUNNO"
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
	assert_regex "$stderr" "^grey-check: $STORE.*: Permission denied; do: chmod u\+rwx $STORE\$"
	run -1 --separate-stderr nobody_behind_socket
	assert_output "$PASSED"$'\n\n'"$PASSED"
	assert_regex "$stderr" "^grey-check: $STORE.*: Permission denied; do: chmod u\+rwx $STORE; answering DUNNO"
	assert_equal "$(corrupt_files)" 0
	chmod 700 "$STORE"
	run -0 --separate-stderr check_as_nobody < <(request ro@example.net)
	assert_output "$DEFERRED"
	assert_equal "$(count_rows)" 11
}

@test "a store that can't be made, or reached: the command that mends it is told, and mends it" {
	need_root
	local parent

	rm -r "$STORE"
	parent=$DIR/parent
	mkdir -m 755 "$parent"
	STORE=$parent/store
	run -1 --separate-stderr check_as_nobody < <(request made@example.net)
	assert_equal "$stderr" "grey-check: $STORE: can't make the store's directory: Permission denied; do: install -d -m 0700 -o nobody -g \
$(id -gn nobody) $STORE"
	eval "${stderr##*do: }"
	run -0 check_as_nobody < <(request made@example.net)
	assert_output "$DEFERRED"
	chmod 700 "$parent"
	run -1 --separate-stderr check_as_nobody < <(request made@example.net)
	assert_regex "$stderr" "^grey-check: $STORE: .*: Permission denied; nobody may not search $parent; do: chmod a\+x $parent\$"
	eval "${stderr##*do: }"
	chown root: "$STORE"
	run -1 --separate-stderr check_as_nobody < <(request made@example.net)
	assert_regex "$stderr" "^grey-check: $STORE: .*: Permission denied; the directory is root's, and this runs as nobody; do: chown nobody: $STORE\$"
	eval "${stderr##*do: }"
	run -0 check_as_nobody < <(request made@example.net)
	assert_output "$DEFERRED"
}

@test "a directory that a group can write, as where Kubernetes mounts a volume: refused, and one below it works" {
	chmod 2775 "$STORE"
	run -1 --separate-stderr check < <(request group@example.net)
	assert_output ''
	assert_equal "$stderr" "grey-check: $STORE: others than its owner can write this directory (mode 2775); do: chmod go-w $STORE; or, if it is \
a volume of Kubernetes, give --store=$STORE/store, which is made in it with mode 0700, and the pod fsGroupChangePolicy: OnRootMismatch, \
with which it stays so"
	STORE=$STORE/store
	run -0 --separate-stderr check < <(request group@example.net)
	assert_output "$DEFERRED"
	run -0 stat -c %a "$STORE"
	assert_output --regexp '700$'
}

# on_type BYTES: asks as if the store were on a file system of this type, as statfs(2) gives it in this machine's order of bytes.
on_type()
{
	strace -qq -o /dev/null -e trace=fstatfs -e "inject=fstatfs:poke_exit=@arg2=$1" \
		"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request type@example.net)
}

@test "a store on a file system of the network, or of FUSE: refused by its name, on others it works" {
	command -v strace >/dev/null || skip "needs strace"
	strace -e inject=fstatfs:poke_exit=@arg2=00 true 2>/dev/null || skip "needs an strace that can write a system call's results"
	[ "$(printf '\1\0' | od -An -td2 | tr -d ' ')" = 1 ] || skip "needs a little-endian machine"
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working

	run -1 --separate-stderr on_type 6969000000000000
	assert_equal "$stderr" "grey-check: $STORE: the directory is on NFS, whose locks can't be relied on; put the store on a local file system, by --store"
	run -1 --separate-stderr on_type 4655736500000000
	assert_regex "$stderr" 'on FUSE \(as sshfs'
	run -1 --separate-stderr on_type 424d53ff00000000
	assert_regex "$stderr" 'on CIFS'
	run ! test -e "$STORE/postgrey.db"
	run -0 --separate-stderr on_type 307c4c7900000000 # overlayfs
	assert_output "$DEFERRED"
	run -0 --separate-stderr on_type 9419020100000000 # tmpfs
	assert_output "$DEFERRED"
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

# refused_within PATTERN: in two seconds mail passes, and the message has it; nothing is moved aside or removed.
refused_within()
{
	run --separate-stderr timeout 2 perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr \
		--quiet < <(request refused@example.net)
	assert_output "$PASSED"
	assert_regex "$stderr" "$1"
	assert_equal "$(corrupt_files)" 0
}

@test "what is no regular file in the place of one is not opened, and hangs nobody" {
	local name

	check < <(request one@example.net) >"$DIR/answers"
	for name in postgrey.db postgrey_clients.db log.0000000001 grey.lock postgrey.lock; do
		mv "$STORE/$name" "$DIR/kept"
		mkfifo "$STORE/$name"
		refused_within "$STORE/$name: is a FIFO, not a regular file; move it away"
		rm "$STORE/$name"
		ln -s "$DIR/kept" "$STORE/$name"
		refused_within "$STORE/$name: is a symbolic link, not a regular file; move it away"
		rm "$STORE/$name"
		mv "$DIR/kept" "$STORE/$name"
	done
	mkfifo "$STORE/grey-expire.lock"
	run -1 --separate-stderr timeout 2 "$BIN/grey-expire" "--store=$STORE" --log=stderr
	assert_equal "$stderr" "grey-expire: $STORE/grey-expire.lock: is a FIFO, not a regular file; move it away"
	for name in __db.001 __db.002 __db.003; do
		rm "$STORE/$name"
		mkfifo "$STORE/$name"
		run -0 --separate-stderr timeout 2 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request two@example.net)
		assert_output "$DEFERRED"
	done
	run -0 --separate-stderr check < <(request one@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
	run -0 count_rows
	assert_output 2
}

@test "a database that belongs to another user is not opened; root's is" {
	need_root
	chown nobody: "$STORE"
	check < <(request one@example.net) >"$DIR/answers"
	chmod 666 "$STORE/postgrey.db"
	chown daemon "$STORE/postgrey.db"
	refused_within "$STORE/postgrey.db: belongs to another user; move it away"
	chown root "$STORE/postgrey.db"
	run -0 --separate-stderr check < <(request two@example.net)
	assert_output "$DEFERRED"
}

@test "a directory of root's whose place a link takes, as root looks at it, is not written through" {
	need_root
	! is_sanitized grey-check || skip "AddressSanitizer wants to be loaded first"
	cc -shared -fPIC -O1 -o "$DIR/swap.so" "$ROOT/t/faults/swap.c"
	mkdir -m 700 "$DIR/victim"
	chown nobody: "$DIR/victim"
	ln -s "$DIR/victim" "$DIR/link"
	rmdir "$STORE"
	ln -s "$DIR/root" "$STORE"
	mkdir -m 700 "$DIR/root"
	run -1 --separate-stderr env "SWAP_PATH=$STORE" "SWAP_WITH=$DIR/link" "LD_PRELOAD=$DIR/swap.so" "$BIN/grey-check" \
		"--store=$STORE" --log=stderr --quiet < <(request root@example.net)
	assert_output ''
	assert_regex "$stderr" "$STORE: can't use the store's directory: it belongs to uid $(id -u nobody), and this runs as root"
	run -0 find "$DIR/victim" "$DIR/root" -mindepth 1
	assert_output ''
}
