#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A call of the system fails while a store is recovered: it is the machine's failure, not damage. The answer is right or
# --on-error's, and nothing is lost, repaired or removed, whichever call it is, and whatever the error.

# DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib
load machine

# each_fails SECONDS CALL ERRNO: the first, second, ... of these calls on the store's directory, databases and log fails,
# until there are no more, or the time is over.
each_fails()
{
	local end=$((SECONDS + $1)) n harm

	for ((n = 1; SECONDS < end; n++)); do
		copy_template
		request "$2@example.net" | perl "$ROOT/t/faults/socket.pl" --own-stderr strace -qq -o "$DIR/trace" -P "$STORE" \
			-P "$STORE/postgrey.db" -P "$STORE/postgrey_clients.db" -P "$STORE/log.0000000001" -e "trace=$2" \
			-e "inject=$2:error=$3:when=$n" "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet >"$DIR/out" 2>"$DIR/err"
		grep -q INJECTED "$DIR/trace" || break
		! harm=$(harmed) || { echo "$2 no. $n fails with $3: $harm; $(cat "$DIR/err")" && return 1; }
	done
	[ "$n" -gt 1 ] || { echo "no $2 at all" && return 1; }
}

@test "the directory can't be read while the end of the log is looked for: no log is lost sight of" {
	local error

	command -v strace >/dev/null || skip "needs strace"
	make_records
	for error in EIO EINTR ENOMEM EUCLEAN; do
		run -0 each_fails "$(as_long 4)" getdents64 "$error"
	done
}

@test "a write fails in a recovery, for any reason" {
	local error

	command -v strace >/dev/null || skip "needs strace"
	make_records
	for error in EINTR ETIMEDOUT ESTALE EUCLEAN EIO; do
		run -0 each_fails "$(as_long 4)" write,pwrite64 "$error"
	done
}

@test "a read, a sync or a look at a file fails in a recovery, for any reason" {
	local error call

	command -v strace >/dev/null || skip "needs strace"
	make_records
	for call in openat read fsync lseek fstat,newfstatat; do
		for error in EINTR ESTALE EUCLEAN; do
			run -0 each_fails "$(as_long 3)" "$call" "$error"
		done
	done
}

# each_has_no_memory SECONDS [AGAIN]: the same for allocations; they fail from there on with AGAIN.
each_has_no_memory()
{
	local end=$((SECONDS + $1)) n harm

	for ((n = 1; SECONDS < end; n++)); do
		copy_template
		rm -f "$DIR/mark"
		request memory@example.net | perl "$ROOT/t/faults/socket.pl" --own-stderr env ${2:+"NO_MEMORY_AGAIN=1"} \
			"NO_MEMORY_AT=$n" "NO_MEMORY_MARK=$DIR/mark" "LD_PRELOAD=$DIR/no_memory.so" \
			"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet >"$DIR/out" 2>"$DIR/err"
		[ -e "$DIR/mark" ] || break
		! harm=$(harmed) || { echo "allocation no. $n fails: $harm; $(cat "$DIR/err")" && return 1; }
	done
	[ "$n" -gt 2 ]
}

@test "there is no memory, for any one allocation from the first on, or for it and all that follow" {
	! is_sanitized grey-check || skip "AddressSanitizer has allocations of its own"
	make_records
	cc -shared -fPIC -O1 -o "$DIR/no_memory.so" "$ROOT/t/faults/no_memory.c"
	run -0 each_has_no_memory "$(as_long 20)"
	run -0 each_has_no_memory "$(as_long 5)" AGAIN
}

@test "a lock of grey-expire's that fails is not another grey-expire at work; an interrupted one is tried again" {
	local error

	command -v strace >/dev/null || skip "needs strace"
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	make_records
	for error in ENOLCK EIO EINTR; do
		run -1 --separate-stderr strace -qq -o /dev/null -P "$STORE/grey-expire.lock" -e trace=flock -e "inject=flock:error=$error" \
			"$BIN/grey-expire" "--store=$STORE" --log=stderr
		assert_regex "$stderr" "^grey-expire: $STORE/grey-expire.lock: "
	done
	run -0 --separate-stderr strace -qq -o /dev/null -P "$STORE/grey-expire.lock" -e trace=flock -e inject=flock:error=EINTR:when=1 \
		"$BIN/grey-expire" "--store=$STORE" --log=stderr
	assert_regex "$stderr" 'expiry: records=400'
	hold_lock "$STORE/grey-expire.lock"
	run -0 --separate-stderr "$BIN/grey-expire" "--store=$STORE" --log=stderr
	assert_regex "$stderr" 'another grey-expire is at work'
	let_go
}

# program_fails SECONDS CALL ERROR PROGRAM OPTION...: each call no. N fails in turn, in a process of a store that needs a
# recovery: it ends soon, with 0 or 1 and words, nothing is lost or repaired, and a dump that says it is whole is.
program_fails()
{
	local end=$((SECONDS + $1)) n harm status

	for ((n = 1; SECONDS < end; n++)); do
		copy_template
		status=0
		timeout -s KILL "$(as_long 10)" strace -qq -o "$DIR/trace" -P "$STORE" -P "$STORE/postgrey.db" \
			-P "$STORE/postgrey_clients.db" -P "$STORE/log.0000000001" -P "$STORE/grey.lock" -P "$STORE/__db.001" \
			-e "trace=$2" -e "inject=$2:error=$3:when=$n" "$BIN/$4" "--store=$STORE" "${@:5}" </dev/null >"$DIR/dumped" 2>"$DIR/err" || status=$?
		grep -q INJECTED "$DIR/trace" || break
		[ "$status" -eq 0 ] || { [ "$status" -eq 1 ] && [ -s "$DIR/err" ]; } ||
			{ echo "$4: $2 no. $n fails with $3: exit code $status; $(cat "$DIR/err")" && return 1; }
		[ "$4" != grey-dump ] || [ "$status" -ne 0 ] ||
			[ -z "$(cut -f 1-6 "$DIR/dumped" | LC_ALL=C sort | LC_ALL=C comm -3 - "$DIR/expected")" ] ||
			{ echo "$4: $2 no. $n fails with $3: the dump is not whole" && return 1; }
		cp "$DIR/answer" "$DIR/out"
		! harm=$(harmed) || { echo "$4: $2 no. $n fails with $3: $harm; $(cat "$DIR/err")" && return 1; }
	done
}

@test "a call of the system fails in grey-load, grey-dump and grey-expire: they say so, and nothing is lost" {
	local call error seconds

	command -v strace >/dev/null || skip "needs strace"
	make_records
	"$BIN/grey-dump" "--store=$STORE" -p >"$DIR/dump"
	echo "$DEFERRED" >"$DIR/answer"
	seconds=$(as_long 1)
	for call in openat read,pread64 write getdents64 fsync flock mmap; do
		for error in ENOSPC ESTALE; do
			run -0 program_fails "$seconds" "$call" "$error" grey-expire --log=stderr
			run -0 program_fails "$seconds" "$call" "$error" grey-load "$DIR/dump"
			run -0 program_fails "$seconds" "$call" "$error" grey-dump --format=tsv
		done
	done
}
