#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump --store=A | grey-load --store=B moves a greylist from any kind of store to any other, and loses nothing.

load ../lib/common
load ../lib/redis

# Keys that are long, that differ at their end only, and bytes that mean something elsewhere; records old and new.
setup_file()
{
	need_program grey-dump || return
	need_program grey-load || return
	export FIXTURE=$BATS_FILE_TMPDIR/fixture REDIS_DIR=$BATS_FILE_TMPDIR/redis
	mkdir "$REDIS_DIR"
	redis_start one || return
	redis_start two || return
	redis_start_cluster shared || return
	perl -e '
		my $now = time;
		sub dump_of {
			print "VERSION=3\nformat=print\ntype=btree\nHEADER=END\n";
			print " $_\n" for @_;
			print "DATA=END\n";
		}
		my $long = "x" x 700;
		my @triplets = map { ("192.0.2.0/s$_\@example.com/r\@example.org", $now - 1000 * $_ . "," . ($now - $_) . ",7") } 1 .. 3000;
		push @triplets, map { ("198.51.100.0/$long$_\@example.com/r\@example.org", "$now,$now,9") } "a" .. "f";
		push @triplets, "2001:db8::/a{b}\@example.com/%s\\5c\\0a}\@example.org", "1000,1500,2001:db8::7",
		    "192.0.2.0//postmaster\@example.org", "1000,1000,255", ("0123456789abcdef" x 2) . "01234567", "$now,$now";
		open STDOUT, ">", "$ENV{FIXTURE}.triplets" or die; dump_of(@triplets);
		open STDOUT, ">", "$ENV{FIXTURE}.clients" or die;
		dump_of((map { ("192.0.2.$_", "$_," . ($now - $_)) } 1 .. 200), "2001:db8::7", "12,1500");
	'
}

teardown_file()
{
	redis_stop_all
}

# records STORE [-c]: what is in it, without the header
records()
{
	"$BIN/grey-dump" --config=none -p "${@:2}" --store="$1" | sed '1,/^HEADER=END/d'
}

# empty STORE [-c]: deletes what a move before has left in a server.
empty()
{
	case $1 in
	redis*)
		"$BIN/grey-dump" --config=none -p "${@:2}" --store="$1" |
			"$BIN/grey-load" --config=none --delete "${@:2}" --store="$1"
		[ "$(records "$@")" = DATA=END ]
		;;
	esac
}

# moves FROM TO [FORM]: the greylist, both tables of it
moves()
{
	local clients form=${3:---print}

	"$BIN/grey-load" --config=none --store="$1" "$FIXTURE.triplets"
	"$BIN/grey-load" --config=none --store="$1" -c "$FIXTURE.clients"
	for clients in "" -c; do
		# shellcheck disable=SC2086
		empty "$2" $clients
		# shellcheck disable=SC2086
		"$BIN/grey-dump" --config=none "$form" $clients --store="$1" | "$BIN/grey-load" --config=none $clients --store="$2"
		# shellcheck disable=SC2086
		records "$1" $clients >"$BATS_TEST_TMPDIR/before"
		# shellcheck disable=SC2086
		records "$2" $clients >"$BATS_TEST_TMPDIR/after"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/before")" -gt 400 ]
		cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	done
}

@test "from Berkeley DB to LMDB, and on to another Berkeley DB" {
	moves "bdb:$BATS_TEST_TMPDIR/a" "lmdb:$BATS_TEST_TMPDIR/b"
	moves "lmdb:$BATS_TEST_TMPDIR/b" "bdb:$BATS_TEST_TMPDIR/c"
}

@test "two kinds of store may be in one directory" {
	moves "bdb:$BATS_TEST_TMPDIR/a" "lmdb:$BATS_TEST_TMPDIR/a"
	moves "lmdb:$BATS_TEST_TMPDIR/a" "lmdb:$BATS_TEST_TMPDIR/b"
}

@test "in hexadecimal, as db_dump has it, and as tab-separated fields" {
	moves "bdb:$BATS_TEST_TMPDIR/a" "lmdb:$BATS_TEST_TMPDIR/b" --no-locks
	moves "lmdb:$BATS_TEST_TMPDIR/b" "bdb:$BATS_TEST_TMPDIR/c" --format=tsv
	moves "bdb:$BATS_TEST_TMPDIR/c" "lmdb:$BATS_TEST_TMPDIR/d" --format=json
}

@test "what Berkeley DB's own db_dump prints is loaded into LMDB as well" {
	moves "bdb:$BATS_TEST_TMPDIR/a" "lmdb:$BATS_TEST_TMPDIR/b"
	db_dump -h "$BATS_TEST_TMPDIR/a" postgrey.db | "$BIN/grey-load" --config=none --store="lmdb:$BATS_TEST_TMPDIR/c"
	records "bdb:$BATS_TEST_TMPDIR/a" >"$BATS_TEST_TMPDIR/before"
	records "lmdb:$BATS_TEST_TMPDIR/c" | cmp "$BATS_TEST_TMPDIR/before"
}

@test "from Berkeley DB to a Redis server, on to LMDB, and from there to another one" {
	moves "bdb:$BATS_TEST_TMPDIR/a" "$(redis_url one)"
	moves "$(redis_url one)" "lmdb:$BATS_TEST_TMPDIR/b"
	moves "lmdb:$BATS_TEST_TMPDIR/b" "$(redis_url two)"
	moves "$(redis_url two)" "bdb:$BATS_TEST_TMPDIR/c"
}

@test "from a Redis server to a cluster, and on to each of the others" {
	moves "$(redis_url one)" "$(redis_cluster_url shared)"
	moves "$(redis_cluster_url shared)" "lmdb:$BATS_TEST_TMPDIR/a"
	moves "lmdb:$BATS_TEST_TMPDIR/a" "$(redis_cluster_url shared)"
	moves "$(redis_cluster_url shared)" "$(redis_url two)"
	moves "$(redis_cluster_url shared)" "bdb:$BATS_TEST_TMPDIR/b"
	moves "bdb:$BATS_TEST_TMPDIR/b" "$(redis_cluster_url shared)"
}
