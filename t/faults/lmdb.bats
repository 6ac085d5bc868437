#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A store of LMDB whose file is damaged: answers go on, nothing is lost in silence, and nobody crashes.

# shellcheck disable=SC2030,SC2031,SC2154
load ../lib/common
load lib

setup()
{
	need_program grey-check
	DIR=$BATS_TEST_TMPDIR STORE=$BATS_TEST_TMPDIR/store
	export DIR STORE
}

# check_lmdb: grey-check with the test's store.
check_lmdb()
{
	"$BIN/grey-check" "--store=lmdb:$STORE" --delay=300 --log=stderr --quiet
}

# fill COUNT: a store with COUNT records, each of a network of its own.
fill()
{
	requests "$1" | check_lmdb >"$DIR/filled"
	[ "$(grep -c '^action=DEFER' "$DIR/filled")" -eq "$1" ]
}

# rows: how many triplets there are.
rows()
{
	echo $(($("$BIN/grey-dump" "--store=lmdb:$STORE" | grep -c '^ ') / 2))
}

# spoil PAGE...: pages of the file become zeros.
spoil()
{
	local page

	for page; do
		dd if=/dev/zero "of=$STORE/greylist.mdb" bs=4096 count=1 "seek=$page" conv=notrunc status=none
	done
}

# leaves [EACH]: the numbers of each fourth page with records, in use or not.
leaves()
{
	perl -e 'open my $in, "<:raw", $ARGV[0] or die; local $/ = \4096; my $n = 0;
		while (my $page = <$in>) { my ($number, undef, $flags) = unpack "Q S S", $page;
		print "$n\n" if $number == $n && $flags == 2 && $n % $ARGV[1] == 0; $n++ }' "$STORE/greylist.mdb" "${1-4}"
}

@test "pages that make no sense are left out, said once, and the old file is kept" {
	local lost

	fill 3000
	# shellcheck disable=SC2046
	spoil $(leaves)
	run -0 --separate-stderr "$BIN/grey-expire" "--store=lmdb:$STORE" --log=stderr
	assert_regex "$stderr" "greylist.mdb was corrupt \(triplets: .*\): kept as greylist.mdb.corrupt-[0-9]*, [0-9]* records salvaged"
	[ "$(find "$STORE" -name '*.corrupt-*' | wc -l)" -eq 1 ]
	lost=$((3000 - $(rows)))
	[ "$lost" -gt 0 ]
	[ "$lost" -lt 2000 ]
	run -0 --separate-stderr check_lmdb < <(requests 3000)
	[ "$(grep -c '^action=DEFER' <<<"$output")" -eq 3000 ]
	assert_equal "$stderr" ''
	[ "$(rows)" -eq 3000 ]
}

@test "who stumbles over damage in a small file mends it before it answers" {
	fill 3000
	start_live "$BIN/grey-check" "--store=lmdb:$STORE" --delay=300 --log=stderr --quiet
	assert_equal "$(ask_live before@example.net)" "$DEFERRED"
	# shellcheck disable=SC2046
	spoil $(leaves 1)
	assert_equal "$(ask_live after@example.net)" "$DEFERRED"
	assert_equal "$(said 'kept as greylist.mdb.corrupt-')" 1
	assert_equal "$(said)" 1
	end_live
	[ "$(rows)" -gt 0 ]
}

@test "a file that was cut, or has one head less, is salvaged by the first process that opens it" {
	fill 3000
	rm "$STORE/grey.state"
	spoil 0
	run -0 --separate-stderr check_lmdb < <(requests 3000)
	assert_regex "$stderr" 'one of its two heads makes no sense.* kept as'
	assert_regex "$stderr" ' (2999|3000) records salvaged'
	truncate -s 100000 "$STORE/greylist.mdb"
	run -0 --separate-stderr check_lmdb < <(requests 3000)
	assert_regex "$stderr" 'greylist.mdb was corrupt .* kept as'
	[ "$(grep -c '^action=' <<<"$output")" -eq 3000 ]
	[ "$(rows)" -eq 3000 ]
}

@test "what is no greylist at all is set aside, with a word" {
	mkdir -m 700 "$STORE"
	echo 'a text' >"$STORE/greylist.mdb"
	run -0 --separate-stderr check_lmdb < <(request a@example.org)
	assert_output --partial "$DEFERRED"
	assert_regex "$stderr" 'greylist.mdb was corrupt \(it has no head\): kept as greylist.mdb.corrupt-[0-9]*, 0 records'
	grep -q 'a text' "$STORE"/greylist.mdb.corrupt-*
}

# second: a second process that runs on, and answers what is written to its descriptor NEXT. Comes before start_live, so
# that it has none of that one's descriptors, and ends after it.
second()
{
	mkfifo "$DIR/next"
	check_lmdb <"$DIR/next" >"$DIR/answers" 2>"$DIR/errors" 3>&- &
	SECOND=$!
	exec {NEXT}>"$DIR/next"
}

# second_deferred COUNT: so many of its answers said so.
second_deferred()
{
	[ "$(grep -c "^$DEFERRED" "$DIR/answers")" -eq "$1" ]
}

# all_answer NAME COUNT: both that run on, and one that is started, answer COUNT requests each, in turn.
all_answer()
{
	local n

	for ((n = 0; n < $2; n++)); do
		assert_equal "$(ask_live "$1-live$n@example.net")" "$DEFERRED"
		request "$1-second$n@example.net" >&"$NEXT"
		wait_for 10 second_deferred $((++ANSWERED))
		run -0 --separate-stderr check_lmdb < <(request "$1-started$n@example.net")
		assert_output "$DEFERRED"
		assert_equal "$stderr" ''
	done
}

# ends: the two end by themselves, and have said nothing.
ends()
{
	end_live 0
	exec {NEXT}>&-
	wait "$SECOND"
	assert_equal "$(cat "$DIR/said" "$DIR/errors")" ''
}

@test "grey.state is overwritten or cut while processes run: they go on with one and the same new one, and lose nothing" {
	local way

	ANSWERED=0
	second
	start_live "$BIN/grey-check" "--store=lmdb:$STORE" --delay=300 --log=stderr --quiet
	for way in 'head -c 8192 /dev/urandom' 'head -c 8192 /dev/zero' true 'head -c 100 /dev/urandom' 'head -c 4096 /dev/zero'; do
		all_answer "${way//[^a-z0-9]/}a" 1
		$way >"$STORE/grey.state"
		all_answer "${way//[^a-z0-9]/}b" 4
	done
	ends
	assert_equal "$(rows)" $((5 * 5 * 3))
}

@test "the file becomes garbage while a process has it open: it is said to be damaged, and what is not its fault is not blamed" {
	fill 100
	start_live "$BIN/grey-check" "--store=lmdb:$STORE" --delay=300 --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	head -c 65536 /dev/urandom >"$STORE/greylist.mdb"
	run -0 ask_live two@example.net
	assert_output --partial action=
	run -0 --separate-stderr check_lmdb < <(request three@example.net)
	assert_output "$DEFERRED"
	end_live '[01]'
	assert_regex "$(cat "$DIR/said")" 'greylist.mdb (is damaged|was corrupt)'
	refute_regex "$(cat "$DIR/said")" 'can.t grow'
}

@test "LMDB's own lock file becomes garbage while a process has it open: all is salvaged, and answers go on" {
	fill 100
	start_live "$BIN/grey-check" "--store=lmdb:$STORE" --delay=300 --log=stderr --quiet
	assert_equal "$(ask_live one@example.net)" "$DEFERRED"
	perl -e 'print "\xff" x 65536' 1<>"$STORE/greylist.mdb-lock"
	run -0 ask_live two@example.net
	run -0 --separate-stderr check_lmdb < <(request three@example.net)
	assert_output "$DEFERRED"
	end_live '[01]'
	assert_regex "$stderr$(cat "$DIR/said")" 'was corrupt .* 10[12] records salvaged'
}

@test "a directory, a FIFO or a link in the place of a file is named, and what to do" {
	local name

	fill 1
	for name in grey.state greylist.mdb-lock greylist.mdb; do
		mv "$STORE/$name" "$DIR/aside"
		mkdir "$STORE/$name"
		run -1 --separate-stderr "$BIN/grey-check" "--store=lmdb:$STORE" --log=none </dev/null
		assert_equal "$stderr" "grey-check: $STORE/$name: is a directory, not a regular file; move it away"
		rmdir "$STORE/$name"
		ln -s "$DIR/aside" "$STORE/$name"
		run -1 --separate-stderr "$BIN/grey-check" "--store=lmdb:$STORE" --log=none </dev/null
		assert_equal "$stderr" "grey-check: $STORE/$name: is a symbolic link, not a regular file; move it away"
		rm "$STORE/$name"
		mv "$DIR/aside" "$STORE/$name"
	done
}
