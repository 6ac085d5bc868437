# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# before.bash: for tests in which the programs of the first version, those of the commit before the store knew how it is
# used, work on the same store as today's. Load check first. OLD is the directory of their programs.

load ../lib/check

FIRST_VERSION=437ce90

setup_file()
{
	need_program grey-check
	need_program grey-dump
	need_program grey-expire
	need_program grey-load
	make_before
}

setup()
{
	skip_if_set
	STORE=$BATS_TEST_TMPDIR/store
}

# history ARGUMENT...: git in the sources, whoever they belong to.
history()
{
	git -c 'safe.directory=*' -C "$ROOT" "$@"
}

# make_before: builds them, once for all files of tests. Without the history there is nothing to build: SKIP says so.
make_before()
{
	local dir=${GREY_MADE_ONCE:-$BATS_RUN_TMPDIR}/before lock

	export OLD=$dir/bin
	if ! history cat-file -e "$FIRST_VERSION^{commit}" 2>/dev/null; then
		export SKIP="needs git, and the sources' history back to commit $FIRST_VERSION"
		return 0
	fi
	mkdir -p "$dir"
	exec {lock}>"$dir/lock"
	flock "$lock"
	[ -e "$dir/made" ] || build_before "$dir" >"$dir/log" 2>&1 3>&- || { tail -n 30 "$dir/log" >&2; return 1; }
	exec {lock}>&-
}

# What make(1) told the tests is not for this one.
build_before()
{
	history archive "$FIRST_VERSION" | tar -x -C "$1" &&
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -j2 -C "$1" CFLAGS=-O1 CPPFLAGS= \
			bin/grey-check bin/grey-dump bin/grey-load bin/grey-expire &&
		touch "$1/made"
}

# before [OPTION...]: as check, in the first version. old, new PROGRAM [ARGUMENT...]: one of the others, on the test's store.
before()
{
	"$OLD/grey-check" "--store=$STORE" --log=stderr --clock=request "${NO_LISTS[@]}" "$@"
}

old()
{
	"$OLD/$1" "--store=$STORE" "${@:2}"
}

new()
{
	"$BIN/$1" "--store=$STORE" "${@:2}"
}
