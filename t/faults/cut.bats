#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A database that was cut beside its good logs: a recovery must not make empty pages of what is missing. What the file and
# the logs hold is in the new one, and what happened is said in numbers.

# DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib
load machine

# cut_to BYTES: a copy of the template whose postgrey.db is as long as that; a request to it is answered right.
cut_to()
{
	copy_template
	truncate -s "$1" "$STORE/postgrey.db"
	"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$DIR/after" >"$DIR/out" 2>"$DIR/err"
	[ "$(cat "$DIR/out")" = "$DEFERRED" ] || { echo "cut to $1: $(cat "$DIR/out" "$DIR/err")" && return 1; }
}

# is_mended BYTES: every record of DIR/expected is there, and nothing else but the new one; it is said unless a recovery
# has made all good, for what was cut off stands in the log since the last checkpoint.
is_mended()
{
	triplets >"$DIR/now"
	[ "$(LC_ALL=C comm -23 "$DIR/expected" "$DIR/now" | wc -l) $(LC_ALL=C comm -13 "$DIR/expected" "$DIR/now" | wc -l)" = '0 1' ] ||
		{ echo "cut to $1: $(wc -l <"$DIR/now") records; $(cat "$DIR/err")" && return 1; }
	[ "$(corrupt_files)" -gt 0 ] || [ -s "$DIR/err" ] || { whole && return 0; }
	grep -Eq "postgrey.db was corrupt: kept as postgrey.db.corrupt-[0-9]+, 400 records salvaged \([0-9]+ of them only from \
the log\).*; it had been cut to $1 bytes" "$DIR/err" || { echo "cut to $1: $(cat "$DIR/err")" && return 1; }
	whole
}

@test "cut at each page's boundary and one byte beside it, and by one byte: no record is lost, and it is said" {
	local size at end=$((SECONDS + $(as_long 60)))

	make_records
	size=$(stat -c %s "$DIR/template/postgrey.db")
	for ((at = size - 1; at >= 0; at = at % 4096 == 1 ? at - 1 : at % 4096 == 0 ? at - 1 : at / 4096 * 4096 + 1)); do
		[ "$SECONDS" -lt "$end" ] || break
		run -0 cut_to "$at"
		run -0 is_mended "$at"
	done
}

@test "cut when the oldest log is gone: the salvaged are counted, and what is in file and log is there" {
	local lost

	make_records
	rm -rf "$DIR/template"
	STORE=$DIR/template
	mkdir -m 700 "$STORE"
	requests 3000 | check >"$DIR/answers"
	leave_databases
	requests 3100 | tail -n +$((3000 * 6 + 1)) | check >>"$DIR/answers"
	rm "$STORE"/__db.*
	STORE=$DIR/store
	copy_template
	triplets >"$DIR/expected"
	assert_equal "$(wc -l <"$DIR/expected")" 3100
	run -0 cut_to "$(($(stat -c %s "$DIR/template/postgrey.db") - 5000))"
	triplets >"$DIR/now"
	lost=$(LC_ALL=C comm -23 "$DIR/expected" "$DIR/now" | wc -l)
	assert_regex "$(cat "$DIR/err")" ", $((3100 - lost)) records salvaged"
	[ "$lost" -le 120 ]
	requests 3100 | tail -n 600 | triplets_of | LC_ALL=C sort >"$DIR/in-log"
	assert_equal "$(LC_ALL=C comm -23 "$DIR/in-log" <(cut -f 1-3 "$DIR/now"))" ''
	run -0 whole
}

# triplets_of: of requests, their keys as `triplets` prints them.
triplets_of()
{
	sed -n 's/^client_address=\(.*\)\.1$/\1.0	s@example.net	user@example.org/p'
}

# make_changed_records: the same of records of which many were changed and some deleted after they had been put; pages were
# joined, and keys put again.
make_changed_records()
{
	rm -rf "$DIR/template"
	STORE=$DIR/template
	mkdir -m 700 "$STORE"
	requests 1500 | check --delay=0 >"$DIR/answers"
	requests 700 | tail -n +$((200 * 6 + 1)) | check --delay=0 >>"$DIR/answers"
	"$BIN/grey-dump" "--store=$STORE" -p >"$DIR/dump"
	perl -ne '$data ||= /HEADER=END/, print, next if !$data or /^\S/; $pair .= $_; next if ++$lines % 2;
		print $pair if $lines % 14 < 10; $pair = ""' "$DIR/dump" >"$DIR/some"
	"$BIN/grey-load" --delete "--store=$STORE" "$DIR/some"
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	"$BIN/grey-expire" "--store=$STORE" --compact --log=none
	requests 900 | tail -n +$((600 * 6 + 1)) | check --delay=0 >>"$DIR/answers"
	rm "$STORE"/__db.*
	STORE=$DIR/store
	copy_template
	triplets >"$DIR/expected"
	[ "$(wc -l <"$DIR/expected")" -gt 400 ]
	[ "$(wc -l <"$DIR/expected")" -lt 1300 ]
}

@test "cut after records were changed and deleted: each is as it was last, and none comes back" {
	local size at end=$((SECONDS + $(as_long 30)))

	make_records
	make_changed_records
	size=$(stat -c %s "$DIR/template/postgrey.db")
	for ((at = size - 1; at >= 0; at = at % 4096 == 1 ? at - 1 : at % 4096 == 0 ? at - 1 : at / 4096 * 4096 + 1)); do
		[ "$SECONDS" -lt "$end" ] || break
		run -0 cut_to "$at"
		triplets >"$DIR/now"
		assert_equal "$(LC_ALL=C comm -3 "$DIR/expected" "$DIR/now" | wc -l)" 1
		run -0 whole
	done
}

@test "who only reads says that a database was cut, and leaves its repair to others" {
	make_records
	copy_template
	truncate -s 20000 "$STORE/postgrey.db"
	run -1 --separate-stderr "$BIN/grey-dump" "--store=$STORE" -p
	assert_equal "$stderr" "grey-dump: $STORE: a database is damaged; the next program that writes repairs it, such as grey-expire"
	assert_output ''
	"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$DIR/after" >"$DIR/out" 2>"$DIR/err"
	assert_equal "$(cat "$DIR/out")" "$DEFERRED"
	run -0 is_mended 20000
}

@test "a process that is killed while it recovers a database that was cut hides nothing" {
	local n

	command -v strace >/dev/null || skip "needs strace"
	make_records
	for n in 1 2 3 4 5 6 8 10; do
		copy_template
		truncate -s 20000 "$STORE/postgrey.db"
		run strace -f -qq -o /dev/null -P "$STORE/postgrey.db" -P "$STORE/repair.new" -e trace=write,fsync \
			-e "inject=write,fsync:signal=KILL:when=$n" "$BIN/grey-check" "--store=$STORE" --log=none <"$DIR/after"
		"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$DIR/after" >"$DIR/out" 2>"$DIR/err"
		assert_equal "$(cat "$DIR/out")" "$DEFERRED"
		triplets >"$DIR/now"
		assert_equal "$(LC_ALL=C comm -23 "$DIR/expected" "$DIR/now")" ''
		run -0 whole
	done
}
