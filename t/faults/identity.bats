#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The id of a database, by which the logs name it: of another one Berkeley DB passes over in silence what they hold.

# DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031,SC2154
load ../lib/common
load lib
load machine

# change_id DATABASE BYTES: so many bytes of its id.
change_id()
{
	perl -e 'open my $file, "+<:raw", $ARGV[0] or die; seek $file, 52, 0; print $file "\xa5" x $ARGV[1]' "$STORE/$1" "$2"
}

# nothing_is_lost SAID: the next request is answered, all records are there, and that is said.
nothing_is_lost()
{
	run -0 --separate-stderr check <"$DIR/after"
	assert_output "$DEFERRED"
	assert_regex "$stderr" "^$1\$"
	triplets >"$DIR/now"
	assert_equal "$(LC_ALL=C comm -23 "$DIR/expected" "$DIR/now")" ''
	run -0 whole
}

@test "the id of a database is damaged: what is only in the log is there, and it is said" {
	local bytes

	make_records
	for bytes in 1 20; do
		copy_template
		change_id postgrey.db "$bytes"
		run -1 --separate-stderr "$BIN/grey-dump" "--store=$STORE" -p
		assert_output ''
		assert_regex "$stderr" 'postgrey.db has a damaged id; the next program that writes repairs it'
		nothing_is_lost "grey-check: $STORE/postgrey.db: its id was damaged, and is again what the logs say"
	done
}

@test "the id of the one that no page of the log is of is damaged: the other has what is only in the log, and it is said" {
	make_records
	copy_template
	change_id postgrey_clients.db 1
	nothing_is_lost "grey-check: $STORE: the databases did not fit their logs \(copied without them\?\): .*logs.set-aside-[0-9]+"
}

@test "a database of another store, older than the logs beside it, is taken as it is, and the logs are moved aside" {
	make_records
	STORE=$DIR/other
	mkdir -m 700 "$STORE"
	check < <(request here@example.net) >"$DIR/answers"
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	STORE=$DIR/store
	copy_template
	cp "$DIR/other/postgrey.db" "$DIR/other/postgrey_clients.db" "$STORE"
	run -0 --separate-stderr check <"$DIR/after"
	assert_output "$DEFERRED"
	assert_regex "$stderr" "$STORE: the databases did not fit their logs .* the logs moved to logs.set-aside-"
	run -0 stored here@example.net
	run -0 count_rows
	assert_output 2
	run -0 whole
}
