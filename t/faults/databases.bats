#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Databases that are corrupt: a right answer soon, and what is good of them survives.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

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
		requests 2000 | timeout -s KILL 60 "$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet \
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

check_loop()
{
	"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request loop@example.net)
}

# Of the processor's time: a busy machine makes the wall's clock say nothing.
in_seconds_of_work()
{
	local seconds=$1
	shift
	(
		ulimit -t "$seconds"
		"$@"
	)
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
	run -0 --separate-stderr in_seconds_of_work 8 check_loop ||
		run -0 --separate-stderr in_seconds_of_work 8 check_loop
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
	run strace -f -qq -o /dev/null -e trace=renameat -e inject=renameat:signal=KILL:when=1 \
		"$BIN/grey-check" "--store=$STORE" --log=none < <(request new@example.net)
	[ "$status" -eq 137 ]
	run -0 all_triplets_answered
	assert_regex "$(cat "$DIR/said")" 'kept as postgrey.db.corrupt-[0-9]*, 1[0-9]{3} records salvaged'
	run -0 count_rows postgrey_clients.db
	assert_output 1
}

# set_version FILE VERSION: as another Berkeley DB would have written it: of a database, or a log file.
set_version()
{
	perl -e 'open my $f, "+<:raw", $ARGV[0] or die; seek $f, 16, 0; print $f pack "L", $ARGV[1]' "$@"
}

# refused PATTERN: a request is not answered, and nothing of the store is changed but its lock and regions.
refused()
{
	local before after

	before=$(cd "$STORE" && find . -name "postgrey*.db*" -type f -o -name "log.*" | sort | xargs md5sum)
	run -1 --separate-stderr check < <(request new@example.net)
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE: $1"
	run -1 --separate-stderr behind_socket < <(request new@example.net)
	assert_output "$PASSED"
	run -1 --separate-stderr "$BIN/grey-dump" "--store=$STORE"
	assert_regex "$stderr" "^grey-dump: $STORE: $1"
	run -1 --separate-stderr "$BIN/grey-load" "--store=$STORE" </dev/null
	after=$(cd "$STORE" && find . -name "postgrey*.db*" -type f -o -name "log.*" | sort | xargs md5sum)
	assert_equal "$after" "$before"
	assert_equal "$(corrupt_files)" 0
}

@test "a database of a newer Berkeley DB is refused, not taken for damage, and said what to do" {
	local name

	fill_store 100
	leave_databases
	for name in postgrey.db postgrey_clients.db; do
		set_version "$STORE/$name" 10
		refused "$name is of a newer format, btree version 10 \(Berkeley DB 5.3.28, .*, reads up to 9\): .*Berkeley DB 6 or later\. \
Nothing was changed\. .*db_dump -p, .*grey-load"
		set_version "$STORE/$name" 9
	done
	run -0 --separate-stderr check < <(request old@example.net)
	assert_output "$DEFERRED"
	run -0 count_rows
	assert_output 101
}

@test "a newer hash, queue or heap database is refused, an older btree too; one of the other order of bytes as well" {
	local magic

	for magic in 061561:11:hash 042253:5:queue 074582:2:heap; do
		perl -e 'print pack "x12L2x500", hex $ARGV[0], $ARGV[1]' "${magic%%:*}" "$(cut -d : -f 2 <<<"$magic")" >"$STORE/postgrey.db"
		refused "postgrey.db is of a newer format, ${magic##*:} version "
	done
	perl -e 'print pack "x12N2x500", 0x053162, 10' >"$STORE/postgrey.db"
	[ "$(printf '\1\0' | od -An -td2 | tr -d ' ')" != 1 ] || refused "postgrey.db is of a newer format, btree version 10 "
	fill_old
	refused "postgrey.db is of an older format, btree version 8 .* Run db_upgrade"
}

# fill_old: a database that says that it is of Berkeley DB 3.
fill_old()
{
	rm -rf "${STORE:?}"/*
	fill_store 1
	leave_databases
	set_version "$STORE/postgrey.db" 8
}

@test "a log of a newer Berkeley DB is refused, and stays" {
	fill_store 100
	rm "$STORE"/__db.*
	set_version "$STORE/log.0000000001" 22
	refused 'log.0000000001 is of a newer format, log version 22 '
	set_version "$STORE/log.0000000001" 19
	run -0 check < <(request old@example.net)
	assert_output "$DEFERRED"
	run -0 count_rows
	assert_output 101
}

@test "a version that no Berkeley DB will have for long is damage, and is mended" {
	fill_store 2000
	leave_databases
	set_version "$STORE/postgrey.db" 1000000
	is_replaced '[0-9]+'
}

@test "a running process refuses a newer database that took the place of its own, and goes on when the old one is back" {
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	leave_databases
	cp "$STORE/postgrey.db" "$DIR/old"
	set_version "$STORE/postgrey.db" 10
	kill_live
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet
	assert_equal "$(ask_live two@example.net)" "$PASSED"
	cp "$DIR/old" "$STORE/postgrey.db"
	wait_for 12 live_answers two@example.net "$DEFERRED"
	assert_equal "$(corrupt_files)" 0
	assert_equal "$(count_rows)" 2
}
