#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=once
# The Makefile does what a packager asks of it.

# shellcheck disable=SC2154 # stderr is what run has made

load ../lib/common

# The options of the make that runs the tests are not meant for these.
setup()
{
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES
}

# sources DIRECTORY: what `make` needs, in a directory of its own.
sources()
{
	mkdir -p "$1"
	cp -r "$ROOT/Makefile" "$ROOT/src" "$ROOT/etc" "$1"
}

# Not optimized, which is quick, but across files and with all that a debugger wants to know: there a directory's name
# would get into a program.
@test "two builds in different directories give equal programs" {
	local one=$BATS_TEST_TMPDIR/one two=$BATS_TEST_TMPDIR/another/place program

	sources "$one"
	sources "$two"
	run -0 make -C "$one" CFLAGS='-O0 -g -flto=auto'
	run -0 make -C "$two" CFLAGS='-O0 -g -flto=auto'
	for program in grey-check grey-dump grey-load grey-expire log-stats; do
		cmp "$one/bin/$program" "$two/bin/$program"
	done
}

@test "every compiler and linker line has the user's flags, and none of the Makefile's own choice" {
	local flags=(CC=my-cc CPPFLAGS=-DMINE CFLAGS=-Og LDFLAGS=-Lmine)

	flags+=("STORES=$(cd "$ROOT/src/store" && find . -mindepth 1 -type d ! -name shared -printf '%f ')")
	sources "$BATS_TEST_TMPDIR"
	run -0 make -C "$BATS_TEST_TMPDIR" -n V=1 "${flags[@]}"
	[ "$(grep -c '^my-cc .*-DMINE .*-Og .* -c ' <<<"$output")" -eq "$(find "$ROOT/src" -name '*.c' | wc -l)" ]
	[ "$(grep -c '^my-cc .*-Og .*-Lmine .*-o bin/' <<<"$output")" -eq 5 ]
	refute_output --regexp '-O[23]|-flto|FORTIFY'
}

@test "a build says one line a file, and all of it with V=1" {
	sources "$BATS_TEST_TMPDIR"
	run -0 make -C "$BATS_TEST_TMPDIR" build/src/common/num.o build/src/common/text.o
	assert_line --index 1 '  build/src/common/num.o'
	assert_line --index 2 '  build/src/common/text.o'
	rm -r "$BATS_TEST_TMPDIR/build"
	run -0 make -C "$BATS_TEST_TMPDIR" V=1 build/src/common/num.o
	assert_output --regexp "-o build/src/common/num.o src/common/num.c"
}

@test "log-stats is built without Berkeley DB, and does not need it to run" {
	local fake=$BATS_TEST_TMPDIR/include

	sources "$BATS_TEST_TMPDIR"
	mkdir "$fake"
	echo '#error "log-stats must not need db.h"' >"$fake/db.h"
	run -0 make -C "$BATS_TEST_TMPDIR" CPPFLAGS="-I$fake" CFLAGS=-O0 bin/log-stats
	run -0 ldd "$BATS_TEST_TMPDIR/bin/log-stats"
	refute_output --partial libdb
	run ! make -C "$BATS_TEST_TMPDIR" CPPFLAGS="-I$fake" CFLAGS=-O0 STORES=bdb bin/grey-dump
}

@test "without Berkeley DB a directory is a store of LMDB" {
	local fake=$BATS_TEST_TMPDIR/include

	sources "$BATS_TEST_TMPDIR"
	mkdir "$fake"
	echo '#error "there is no db.h"' >"$fake/db.h"
	run -0 make -C "$BATS_TEST_TMPDIR" CPPFLAGS="-I$fake" CFLAGS=-O0 bin/grey-load bin/grey-dump
	run -0 ldd "$BATS_TEST_TMPDIR/bin/grey-load"
	refute_output --partial libdb
	cd "$BATS_TEST_TMPDIR"
	run -0 bin/grey-load --store="$BATS_TEST_TMPDIR/store" - <<-'END'
		VERSION=3
		format=print
		type=btree
		HEADER=END
		 192.0.2.0/a@example.com/b@example.net
		 1700000000,1700000400
		DATA=END
	END
	[ -s store/greylist.mdb ]
	run -0 bin/grey-dump --store="$BATS_TEST_TMPDIR/store"
	assert_output --partial 'b@example.net'
}

@test "STORES= chooses the engines, and what was not chosen is named when it is asked for" {
	local bin=$BATS_TEST_TMPDIR/bin store=$BATS_TEST_TMPDIR/store

	sources "$BATS_TEST_TMPDIR"
	run -0 make -C "$BATS_TEST_TMPDIR" CFLAGS="-O0" STORES=lmdb bin/grey-dump
	run -0 ldd "$bin/grey-dump"
	refute_output --regexp 'libdb|hiredis'
	run -2 --separate-stderr "$bin/grey-dump" --config=none --store=redis://127.0.0.1
	assert_equal "$stderr" "grey-dump: --store=redis://127.0.0.1: no such kind of store in this build; give lmdb:DIRECTORY"
	mkdir -m 700 "$store"
	: >"$store/postgrey.db"
	run -2 --separate-stderr "$bin/grey-dump" --config=none --store="$store"
	assert_equal "$stderr" "grey-dump: --store=$store: this directory has a greylist of the kind bdb:, which this build can't read; \
move it as grey-store(5) shows, or say lmdb:$store to begin a new one beside it"
}

@test "where no engine can be built, make says what is missing, and builds log-stats" {
	sources "$BATS_TEST_TMPDIR"
	run ! make -C "$BATS_TEST_TMPDIR" CFLAGS="-O0" STORES= bin/grey-dump
	assert_output --partial 'no store can be built: install the headers of Berkeley DB or LMDB, or run ./deps build'
	run -0 make -C "$BATS_TEST_TMPDIR" CFLAGS="-O0" STORES= bin/log-stats
}
