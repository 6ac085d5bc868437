# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lmdb-lib.bash: what the fault tests of LMDB share, after lib.bash: a store of the test's own, and what is in it.
# shellcheck disable=SC2016,SC2034 # Perl has its own dollar signs; lib.bash uses STORE

setup()
{
	need_program grey-check
	DIR=$BATS_TEST_TMPDIR
	[ "$(id -u)" -ne 0 ] || DIR=$(work_dir)
	PLACE=$DIR/store
	mkdir -m 700 "$PLACE"
	STORE=lmdb:$PLACE
}

# dumped: all records, also on a disk of their own.
dumped()
{
	if [ -n "${DISK_KEEPER-}" ]; then
		on_disk "$BIN/grey-dump" --config=none -p "--store=$STORE"
	else
		"$BIN/grey-dump" --config=none -p "--store=$STORE"
	fi
}

# rows: how many triplets are stored.
rows()
{
	dumped | grep -c '^ ' | awk '{ print $1 / 2 }'
}

# deferred_are_rows: each triplet in DIR/deferred has its record.
deferred_are_rows()
{
	dumped | perl -ne 's/^ // && print && <STDIN>' | LC_ALL=C sort >"$DIR/stored"
	[ -z "$(LC_ALL=C sort "$DIR/deferred" | LC_ALL=C comm -23 - "$DIR/stored")" ]
}
