#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=once
# t/arrows finds what it is there to find.

load ../lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p src/common src/greylist src/store/bdb src/log-stats/event src/log-stats/count
}

# c_file PATH [LINE]...: a source file of these lines.
c_file()
{
	local path=src/$1
	shift
	printf '%s\n' "$@" >"$path"
}

@test "the map of arrows allows what has none" {
	c_file common/text.h 'int text(void);'
	c_file common/text.c '#include "text.h"' int 'text(void)' '{ return 0; }'
	c_file greylist/key.c '#include "common/text.h"' int 'key(void)' '{ return text(); }'
	run -0 "$ROOT/t/arrows" src
	assert_output ''
}

@test "a wing may not reach into one above it, nor into one beside it" {
	c_file greylist/record.h
	c_file store/bdb/salvage.c '#include "greylist/record.h"'
	c_file log-stats/count/ledger.h
	c_file log-stats/event/event.c '#include "log-stats/count/ledger.h"'
	run -1 "$ROOT/t/arrows" src
	assert_line --partial 'src/store/bdb/salvage: includes greylist/record.h, but store/bdb may not reach into greylist'
	assert_line --partial 'src/log-stats/event/event: includes log-stats/count/ledger.h'
	[ "${#lines[@]}" -eq 2 ]
}

@test "only an engine includes the headers of its library" {
	mkdir src/store/shared src/store/lmdb
	c_file store/bdb/env.c '#include <db.h>'
	c_file store/store.c '#include <db.h>'
	c_file store/shared/page.c '#include <lmdb.h>'
	c_file store/lmdb/env.c '#include <lmdb.h>' '#include <hiredis/hiredis.h>'
	run -1 "$ROOT/t/arrows" src
	assert_line 'src/store/store.c: includes <db.h>, which only store/bdb may'
	assert_line 'src/store/shared/page.c: includes <lmdb.h>, which only store/lmdb may'
	assert_line 'src/store/lmdb/env.c: includes <hiredis/hiredis.h>, which only store/redis may'
	[ "${#lines[@]}" -eq 3 ]
}

@test "engines reach into what they share, which reaches into none of them" {
	mkdir src/store/shared src/store/lmdb
	c_file store/shared/page.h
	c_file store/bdb/lock.h
	c_file store/lmdb/env.c '#include "store/shared/page.h"'
	run -0 "$ROOT/t/arrows" src
	c_file store/shared/page.c '#include "store/bdb/lock.h"'
	c_file store/lmdb/env.c '#include "store/bdb/lock.h"'
	run -1 "$ROOT/t/arrows" src
	assert_line 'src/store/shared/page: includes store/bdb/lock.h, but store/shared may not reach into store/bdb'
	assert_line 'src/store/lmdb/env: includes store/bdb/lock.h, but store/lmdb may not reach into store/bdb'
	[ "${#lines[@]}" -eq 2 ]
}

@test "a circle of includes is found" {
	c_file common/a.h '#include "b.h"'
	c_file common/b.h '#include "c.h"'
	c_file common/c.h
	c_file common/c.c '#include "a.h"'
	run -1 "$ROOT/t/arrows" src
	assert_output 'a circle: common/a includes common/b.h; common/b includes common/c.h; common/c includes common/a.h'
}

@test "a circle is found where only a call closes it, through whichever header" {
	c_file common/words.h 'int first(void);' 'int second(void);'
	c_file common/one.c '#include "words.h"' int 'first(void)' '{ return second(); }'
	c_file common/two.c '#include "words.h"' int 'second(void)' '{ return first(); }'
	run -1 "$ROOT/t/arrows" src
	assert_output 'a circle: common/one calls second(); common/two calls first()'
}

@test "a name in a comment, a text, a member or a static function is no call" {
	c_file common/one.c int 'first(void)' '{ return 0; }'
	c_file common/two.c '/* first() */' 'static int' 'third(void)' '{ return it->first + puts("first()"); }' \
		int 'second(void)' '{ return third(); }'
	c_file common/three.c 'static int' 'second(void)' '{ return 0; }' int 'call(void)' '{ return first(); }'
	run -0 "$ROOT/t/arrows" src
}

@test "a folder that the map does not know is not passed over" {
	mkdir src/attic
	c_file attic/old.c '#include "common/text.h"'
	run -1 "$ROOT/t/arrows" src
	assert_output 'src/attic: no such wing is known to t/arrows'
}
