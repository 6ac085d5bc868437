# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# dump.bash: for tests of grey-dump and grey-load: stores that somebody else made, and db_dump's word for what is in them.

load ../lib/check

setup_file()
{
	need_program grey-check
	need_program grey-dump
	need_program grey-load
}

# dump [OPTION...], load_into STORE [OPTION...]: the programs on a store of this test's own.
dump()
{
	# shellcheck disable=SC2153
	"$BIN/grey-dump" -h "$STORE" "$@"
}

load_into()
{
	"$BIN/grey-load" -h "$1" "${@:2}"
}

# bring [OPTION...] <INPUT
bring()
{
	load_into "$STORE" "$@"
}

# make_db STORE/NAME [HEADER...]: makes a database of standard input, lines " hex" for key and value in turn.
make_db()
{
	install -d -m 700 "${1%/*}"
	{
		printf '%s\n' VERSION=3 format=bytevalue type=btree "${@:2}" HEADER=END
		cat
		echo DATA=END
	} | db_load "$1"
}

# put RECORD...: a store with these, "key value" each.
put()
{
	local record

	for record in "$@"; do
		printf '%s\n' "${record% *}" "${record##* }"
	done | make_text "$STORE/postgrey.db"
}

# hex_records PERL: lines for make_db, of the pairs of key and value in the list that the Perl expression is.
hex_records()
{
	perl -e 'my $n = 0; my @list = eval $ARGV[0]; print("wrong\n"), die $@ if $@; print " ", unpack("H*", $_), "\n" for @list' "$1"
}

# is_like_db_dump [STORE]: all four dumps are db_dump's, byte for byte. db_dump is asked first.
is_like_db_dump()
{
	# shellcheck disable=SC2153
	local store=${1-$STORE} want=$BATS_TEST_TMPDIR/want have=$BATS_TEST_TMPDIR/have name

	for name in postgrey.db postgrey_clients.db; do
		[ -e "$store/$name" ] || continue
		db_dump -p -h "$store" "$name" >"$want.p.$name"
		db_dump -h "$store" "$name" >"$want.x.$name"
	done
	for name in postgrey.db postgrey_clients.db; do
		[ -e "$store/$name" ] || continue
		"$BIN/grey-dump" -p -h "$store" "$name" >"$have" || return 1
		cmp "$want.p.$name" "$have" || return 1
		"$BIN/grey-dump" -h "$store" "$name" >"$have" || return 1
		cmp "$want.x.$name" "$have" || return 1
	done
}

# sums STORE: of all that is kept in it.
sums()
{
	(cd "$1" && sha1sum -- *.db log.* 2>/dev/null)
}

# The record that is in postgrey's own documentation of db_dump.
SEED_KEY='83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp'
# shellcheck disable=SC2034
SEED="$SEED_KEY
1234254582,1234254582,5"
