# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lib.bash: for tests of grey-expire: a store of the test's own, and a clock that stands.

load ../lib/common

NOW=1500000000
BACK=1499990000

setup_file()
{
	need_program grey-expire
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
}

setup()
{
	# What teardown ends and removes is the test's own, whatever the environment has.
	unset DIR HOLDER PROCESS
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

teardown()
{
	[ -z "${HOLDER-}" ] || stop_process "$HOLDER"
	[ -z "${PROCESS-}" ] || stop_process "$PROCESS"
	[ -z "${DIR-}" ] || rm -rf "$DIR"
}

expire()
{
	"$BIN/grey-expire" "--store=$STORE" "--now=$NOW" "$@"
}

# dumped DATABASE: its rows, "key<TAB>value" a line. By the file alone, after a checkpoint, if grey-check was here.
dumped()
{
	[ ! -e "$STORE/grey.lock" ] || flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	(
		set -o pipefail
		db_dump -p "$STORE/$1" | records_of_dump
	)
}

# make_old COUNT: so many records that are expired, and a tenth of it that are not.
make_old()
{
	perl -e 'my ($count, $old, $fresh) = @ARGV;
		for my $n (1 .. $count) {
			printf "10.%d.%d.0/s%d\@example.net/r\@example.org\n1000,%d\n", $n * 7 & 255, $n * 3 >> 8 & 255, $n, $n % 11 ? $old : $fresh
		}' "$1" 2000 "$BACK" >"$BATS_TEST_TMPDIR/rows"
	put_rows postgrey.db <"$BATS_TEST_TMPDIR/rows"
}
