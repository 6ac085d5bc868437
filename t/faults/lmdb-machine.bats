#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A store of LMDB whose machine fails, or whose other users do: answers go on, and nothing is lost.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib
load lmdb-lib

# stop_inside: HOLDER is a process that was stopped in the commit of its third new triplet.
stop_inside()
{
	command -v strace >/dev/null || skip "needs strace"
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	check < <(request first@example.net) >"$DIR/answers"
	requests 100 >"$DIR/requests"
	rm -f "$DIR/trace"
	strace -D -o "$DIR/trace" -P "$PLACE/greylist.mdb" -e inject=pwrite64:signal=STOP:when=3 "$BIN/grey-check" \
		"--store=$STORE" --delay=300 --quiet <"$DIR/requests" >"$DIR/answers" 3>&- &
	HOLDER=$!
	# One that only the tracer holds is not stopped yet.
	wait_for 20 grep -q 'stopped by SIGSTOP' "$DIR/trace"
}

@test "grey.state is overwritten while a process holds it: it goes on with a new one, and loses nothing" {
	local way

	for way in 'head -c 8192 /dev/zero' true 'head -c 8192 /dev/urandom'; do
		rm -rf "$PLACE"
		stop_inside
		$way >"$PLACE/grey.state"
		kill -CONT "$HOLDER"
		wait "$HOLDER"
		HOLDER=
		assert_equal "$(grep -c DEFER "$DIR/answers")" 100
		assert_equal "$(rows)" 101
	done
}

@test "a process that was stopped while it holds the lock is named by who waits, and soon; the others go on when it does" {
	stop_inside
	for _ in 1 2; do
		run --separate-stderr timeout 5 perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" \
			"--store=$STORE" --log=stderr --quiet < <(request waiting@example.net)
		assert_output "$PASSED"
		assert_regex "$stderr" "grey.state: process $HOLDER has held it since [-0-9]+ [:0-9]+ \([0-9]+ s\), and is stopped; \
it goes on by kill -CONT $HOLDER; answering DUNNO"
	done
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet
	assert_equal "$(ask_live first@example.net)" "$PASSED"
	kill -CONT "$HOLDER"
	wait "$HOLDER"
	HOLDER=
	wait_for 10 live_answers after@example.net "$DEFERRED"
	end_live 1
	assert_equal "$(grep -c DEFER "$DIR/answers")" 100
	assert_equal "$(rows)" 102
}

@test "a process that was stopped while it holds the lock, and then is killed, keeps nobody waiting" {
	stop_inside
	kill -KILL "$HOLDER"
	wait "$HOLDER" || :
	HOLDER=
	run -0 --separate-stderr check < <(request after@example.net)
	assert_output --partial "$DEFERRED"
	assert_equal "$stderr" ''
	[ "$(rows)" -ge $(($(grep -c DEFER "$DIR/answers") + 2)) ]
}

@test "a disk that is full before the start: DUNNO, said; once there is room the same process goes on" {
	need_root
	make_disk 3m
	PLACE=$STORE STORE=lmdb:$STORE
	run -0 fill_disk
	run -1 --separate-stderr on_disk behind_socket < <(request full@example.net)
	assert_output "$PASSED"
	assert_regex "$stderr" "No space left on device; answering DUNNO: mail passes without greylisting"
	start_live_on_disk
	assert_equal "$(ask_live first@example.net)" "$PASSED"
	free_disk
	wait_for 10 live_answers second@example.net "$DEFERRED"
	end_live 1
	assert_equal "$(rows)" 1
	run -0 on_disk ls "$PLACE"
	refute_output --partial corrupt
}

@test "a disk that fills up while it is used: what was deferred is stored, and it goes on when there is room" {
	need_root
	make_disk 3m
	PLACE=$STORE STORE=lmdb:$STORE
	start_live_on_disk
	assert_equal "$(ask_live first@example.net)" "$DEFERRED"
	run -0 fill_disk
	assert_equal "$(flood_live full)" "$PASSED"
	assert_equal "$(said "greylist.mdb: No space left on device; answering DUNNO")" 1
	run -0 deferred_are_rows
	free_disk
	wait_for 10 live_answers room@example.net "$DEFERRED"
	end_live 1
	run -0 deferred_are_rows
	run -0 on_disk ls "$PLACE"
	refute_output --partial corrupt
}

# readers: the processes that LMDB's lock file names.
readers()
{
	mdb_stat -n -r "$PLACE/greylist.mdb" | awk '$1 ~ /^[0-9]+$/ { print $1 }'
}

# asked_without PID: for wait_for: asks, and is that process no longer a reader?
asked_without()
{
	ask_live again@example.net >/dev/null && ! readers | grep -qx "$1"
}

@test "the slot of a reader that was killed while it reads, and so the pages that it held on to, are given up" {
	local reader

	command -v mdb_dump >/dev/null || skip "needs mdb_dump"
	start_live check
	flood 3000
	mkfifo "$DIR/pipe"
	mdb_dump -n -s triplets "$PLACE/greylist.mdb" >"$DIR/pipe" 3>&- &
	reader=$!
	exec 7<"$DIR/pipe"
	head -c 100 <&7 >/dev/null
	wait_for 10 eval 'readers | grep -qx "$reader"'
	kill -KILL "$reader"
	wait "$reader" || :
	exec 7<&-
	wait_for 30 asked_without "$reader"
	end_live
}

# flood COUNT: so many records, by a process of their own.
flood()
{
	requests "$1" | check >"$DIR/answers"
	[ "$(grep -c '^action=DEFER' "$DIR/answers")" -eq "$1" ]
}

# as_user USER COMMAND...: runs it so, from where every user may.
as_user()
{
	cp "$BIN/grey-check" "$BIN/grey-dump" "$DIR"
	setpriv --reuid="$1" --regid="$(id -g "$1")" --clear-groups "${@:2}"
}

@test "who may read the store but not write it is told as whom to run" {
	need_root
	chown daemon "$PLACE"
	chmod 755 "$PLACE"
	run -0 check < <(request first@example.net)
	chmod 644 "$PLACE"/*
	run -1 --separate-stderr as_user nobody "$DIR/grey-check" --config=none "--store=$STORE" --log=stderr \
		< <(request first@example.net)
	assert_output ''
	assert_regex "$stderr" "$PLACE: can't use the store's directory: .*the store is daemon's, and this runs as nobody; \
run it as daemon or as root"
	run --separate-stderr as_user nobody "$DIR/grey-dump" --config=none "--store=$STORE"
	assert_regex "$stderr" "the store is daemon's, and this runs as nobody; run it as daemon or as root"
}

@test "what root makes in a store belongs to the store's owner, and the owner goes on with it" {
	need_root
	chown daemon "$PLACE"
	run -0 check < <(request root@example.net)
	run -0 "$BIN/grey-expire" --config=none "--store=$STORE" --log=stderr
	run -0 find "$PLACE" ! -user daemon
	assert_output ''
	run -0 --separate-stderr as_user daemon "$DIR/grey-check" --config=none "--store=$STORE" --delay=300 --log=stderr --quiet \
		< <(request owner@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
}

@test "a file of the store that is another user's is refused, and named" {
	local file

	need_root
	run -0 check < <(request first@example.net)
	for file in grey.state greylist.mdb greylist.mdb-lock; do
		chown daemon "$PLACE/$file"
		run -1 --separate-stderr check < <(request second@example.net)
		assert_output ''
		assert_regex "$stderr" "$PLACE/$file: belongs to another user; move it away"
		chown root "$PLACE/$file"
	done
	run -0 --separate-stderr check < <(request second@example.net)
	assert_output "$DEFERRED"
}

@test "a directory whose file system can't map files into memory is refused, in words that help" {
	local file

	command -v strace >/dev/null || skip "needs strace"
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	run -0 check < <(request first@example.net)
	for file in grey.state greylist.mdb greylist.mdb-lock; do
		run -1 --separate-stderr strace -o "$DIR/trace" -P "$PLACE/$file" -e inject=mmap:error=ENODEV "$BIN/grey-check" \
			"--store=$STORE" --log=stderr < <(request second@example.net)
		assert_output ''
		assert_regex "$stderr" "^grey-check: $PLACE/gre[a-z.]*: No such device; its file system can't map files into memory \
\(mmap\(2\)\): put the store on another one\$"
	done
}

@test "a read of the file that is interrupted for ever is given up: --on-error's answer, and no damage" {
	command -v strace >/dev/null || skip "needs strace"
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	run -0 check < <(request first@example.net)
	rm "$PLACE/grey.state"
	run -1 --separate-stderr timeout 60 perl "$ROOT/t/faults/socket.pl" --own-stderr strace -o "$DIR/trace" \
		-P "$PLACE/greylist.mdb" -e inject=pread64:error=EINTR "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet \
		< <(request first@example.net)
	assert_output "$PASSED"
	assert_regex "$stderr" "greylist.mdb: Interrupted system call; answering DUNNO"
	run -0 --separate-stderr check < <(request first@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
}
