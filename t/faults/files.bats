#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The other files of the store, spoilt or gone.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

@test "garbage in grey.lock: the answer is right, nothing is lost" {
	fill_store 100
	check < <(request before@example.net)
	perl -e 'srand 3; print map { chr int rand 256 } 1 .. 8192' >"$STORE/grey.lock"
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
	head -c 8192 /dev/urandom >"$STORE/grey.lock"
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

@test "grey.lock is emptied again and again while a process answers: each answer is right, nothing is lost" {
	local n

	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	for n in {1..20}; do
		assert_equal "$n: $(ask_live "a$n@example.net")" "$n: $DEFERRED"
		: >"$STORE/grey.lock"
		assert_equal "$n: $(ask_live "b$n@example.net")" "$n: $DEFERRED"
	done
	end_live 0
	assert_equal "$(count_rows)" 40
	run -0 whole
}

# uses_lock PID: it has the grey.lock open that is there now.
uses_lock()
{
	local fd

	for fd in "/proc/$1/fd/"*; do
		[ ! "$fd" -ef "$STORE/grey.lock" ] || return 0
	done
	return 1
}

@test "grey.lock is deleted, renamed or replaced while a process runs: from the next request on it uses the new one" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	mv "$STORE/grey.lock" "$STORE/aside"
	assert_equal "$(ask_live two@example.net)" "$DEFERRED"
	run -0 uses_lock "$LIVE_PROCESS"
	rm "$STORE/grey.lock"
	assert_equal "$(ask_live three@example.net)" "$DEFERRED"
	run -0 uses_lock "$LIVE_PROCESS"
	mv "$STORE/aside" "$STORE/grey.lock"
	assert_equal "$(ask_live four@example.net)" "$DEFERRED"
	run -0 uses_lock "$LIVE_PROCESS"
	end_live 0
	assert_equal "$(count_rows)" 4
	run -0 whole
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

# one_aside: prints the only directory of logs that were set aside.
one_aside()
{
	local found=("$STORE"/logs.set-aside-*)

	[ "${#found[@]}" -eq 1 ] && [ -d "${found[0]}" ] && basename "${found[0]}"
}

@test "good logs of another database are moved aside, which is said, and grey-expire removes them after a week" {
	local aside made

	fill_store 100
	leave_databases
	cp "$STORE/postgrey.db" "$STORE/postgrey_clients.db" "$DIR"
	rm "$STORE"/postgrey*.db
	check < <(request other@example.net) >"$DIR/answers"
	rm "$STORE"/__db.*
	(cd "$STORE" && md5sum log.*) >"$DIR/sums"
	cp "$DIR"/postgrey*.db "$STORE"
	run -0 --separate-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr < <(request new@example.net)
	assert_output "$DEFERRED"
	aside=$(one_aside)
	assert_regex "$stderr" "$STORE: the databases did not fit their logs .* the logs moved to $aside"
	(cd "$STORE/$aside" && md5sum --quiet -c "$DIR/sums")
	run -0 count_rows
	assert_output 101
	made=${aside##*-}
	run -0 "$BIN/grey-expire" "--store=$STORE" --log=none "--now=$((made + 604799))" --max-age=1000d --retry-window=1000d
	run -0 one_aside
	assert_output "$aside"
	run -0 "$BIN/grey-expire" -n "--store=$STORE" --log=none "--now=$((made + 604800))" --max-age=1000d --retry-window=1000d
	run -0 one_aside
	run -0 "$BIN/grey-expire" "--store=$STORE" --log=none "--now=$((made + 604800))" --max-age=1000d --retry-window=1000d
	run ! one_aside
	run -0 count_rows
	assert_output 101
}

@test "a region file that was cut short, anywhere: the answer is right and comes soon, nothing is lost" {
	local file size at

	run -0 check < <(request before@example.net)
	for file in __db.001 __db.002 __db.003; do
		size=$(stat -c %s "$STORE/$file")
		for at in 0 1 100 4095 4096 4097 $((size / 2)) $((size - 4096)) $((size - 1)); do
			truncate -s "$at" "$STORE/$file"
			run -0 --separate-stderr timeout 2 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request "$file-$at@example.net")
			assert_output "$DEFERRED"
			run -0 stored before@example.net
		done
	done
	assert_equal "$(corrupt_files)" 0
	run -0 whole
}

@test "a region file is cut short while a process runs: it goes on, nothing is lost" {
	local file size at

	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live before@example.net)" "$DEFERRED"
	for file in __db.001 __db.002 __db.003; do
		size=$(stat -c %s "$STORE/$file")
		for at in 0 100 4096 $((size / 2)) $((size - 1)); do
			truncate -s "$at" "$STORE/$file"
			assert_equal "$(ask_live "cut$at${file//[!1-3]/}x@example.net" 2)" "$DEFERRED"
		done
	done
	end_live 0
	run -0 stored before@example.net
	run -0 whole
}
