#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Logs that are damaged where a recovery needs them: Berkeley DB takes what it can't read for their end. What was answered is
# there afterwards, as far as the files and the rest of the logs hold it, and what could not be read is said in numbers.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib
load machine

# numbered FIRST LAST: requests, each from a network of its own.
numbered()
{
	requests "$2" | tail -n +$((($1 - 1) * 6 + 1))
}

# make_template: a store whose last checkpoint is in log 2, of which log 3 holds what came after it, and log 4, too. Some
# records were changed since, some deleted.
make_template()
{
	STORE=$DIR/template
	mkdir -m 700 "$STORE"
	numbered 1 9300 | check >"$DIR/answers"
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	numbered 9301 17800 | check >>"$DIR/answers"
	numbered 9301 9500 | check >>"$DIR/answers"
	[ -e "$STORE/log.0000000002" ] && [ -e "$STORE/log.0000000004" ] && [ ! -e "$STORE/log.0000000005" ]
	rm "$STORE"/__db.*
	STORE=$DIR/store
	copy_template
	triplets >"$DIR/expected"
	assert_equal "$(wc -l <"$DIR/expected")" 17800
	request after@example.net >"$DIR/after"
}

# overwrite LOG PLACE BYTES: other bytes stand there.
overwrite()
{
	perl -e 'open my $file, "+<:raw", $ARGV[0] or die; seek $file, $ARGV[1], 0; print $file "\xa5" x $ARGV[2]' \
		"$STORE/log.000000000$1" "$2" "$3"
}

# said_in_numbers LOST-MAX PATTERN: the next request is answered; at most so many records are lost, and none of another kind
# appears; what happened is said.
said_in_numbers()
{
	local lost

	"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$DIR/after" >"$DIR/out" 2>"$DIR/err"
	assert_equal "$(cat "$DIR/out")" "$DEFERRED"
	triplets >"$DIR/now"
	lost=$(LC_ALL=C comm -23 <(cut -f 1-3 "$DIR/expected") <(cut -f 1-3 "$DIR/now") | wc -l)
	[ "$lost" -le "$1" ] || { echo "lost: $lost; $(cat "$DIR/err")" && return 1; }
	assert_equal "$(LC_ALL=C comm -13 <(cut -f 1-3 "$DIR/expected") <(cut -f 1-3 "$DIR/now") | wc -l)" 1
	assert_regex "$(cat "$DIR/err")" "postgrey.db was made anew, since its logs are damaged: kept as postgrey.db.corrupt-[0-9]+, \
$((17800 - lost)) records salvaged"
	assert_regex "$(cat "$DIR/err")" "$2"
	[ -n "$(find "$STORE" -path '*/logs.set-aside-*/log.*')" ]
	run -0 whole
	run -0 --separate-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$DIR/after"
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
}

@test "bytes overwritten in a log: the records that stood there may be lost, those after it are not" {
	local log

	make_template
	for log in 3 4; do
		copy_template
		overwrite "$log" 300000 1000
		run -0 said_in_numbers 20 '; 1[0-9]{3} bytes of log could not be read, in 1 places$'
		copy_template
		overwrite "$log" 300001 1
		run -0 said_in_numbers 1 '; [0-9]{2,3} bytes of log could not be read, in 1 places$'
	done
}

@test "a log file that was cut and is not the last, or is missing between two: what is in the others is there" {
	make_template
	copy_template
	truncate -s 1000000 "$STORE/log.0000000003"
	run -0 said_in_numbers 5500 '; 1[0-9]{6} bytes of log could not be read'
	copy_template
	rm "$STORE/log.0000000003"
	run -0 said_in_numbers 9000 'could not be read, in 1 places, and more of it is missing$'
	copy_template
	rm "$STORE/log.0000000002"
	run -0 said_in_numbers 4000 'damaged'
}

@test "damage in a log before the last checkpoint is of no account" {
	make_template
	copy_template
	overwrite 1 300000 1000
	"$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$DIR/after" >"$DIR/out" 2>"$DIR/err"
	assert_equal "$(cat "$DIR/out" "$DIR/err")" "$DEFERRED"
	triplets >"$DIR/now"
	assert_equal "$(LC_ALL=C comm -23 "$DIR/expected" "$DIR/now")" ''
	assert_equal "$(corrupt_files)" 0
}

@test "who only reads says that the logs are damaged, and leaves it to others" {
	make_template
	copy_template
	overwrite 3 300000 1000
	run -1 --separate-stderr "$BIN/grey-dump" "--store=$STORE" -p
	assert_equal "$stderr" "grey-dump: $STORE: the logs are damaged; the next program that writes repairs it, such as grey-expire"
	assert_output ''
}
