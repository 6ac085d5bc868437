#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A power cut, and a store of LMDB. What reached the disk is what was recorded of a grey-check's writes, all up to some
# moment, or some of them: then each such file is opened as after a boot.

# DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031,SC2154
load ../lib/common
load lib

setup()
{
	need_program grey-check
	command -v strace >/dev/null || skip "needs strace"
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	DIR=$BATS_TEST_TMPDIR
	PLACE=$DIR/store STORE=lmdb:$DIR/store
}

# record COUNT OPTION...: the writes of a grey-check with so many new triplets, in a store of 2000 that are on the disk.
record()
{
	check < <(requests 2000) >"$DIR/answers"
	"$BIN/grey-expire" --config=none "--store=$STORE" # a checkpoint
	cp "$PLACE/greylist.mdb" "$DIR/before"
	perl -e 'printf "request=smtpd_access_policy\nclient_address=172.16.%d.1\nclient_name=mail.example.net\nsender=%d\@example.net\n"
		. "recipient=user\@example.org\n\n", $_ * 7 % 251, $_ for 1 .. shift' "$1" >"$DIR/requests"
	strace -o "$DIR/trace" -xx -s 9999999 -e trace=openat,close,lseek,write,writev,pwrite64,pwritev,fsync,fdatasync,msync \
		"$BIN/grey-check" "--store=$STORE" --delay=300 --log=stderr --quiet "${@:2}" <"$DIR/requests" >"$DIR/answers"
	[ "$(grep -c '^action=DEFER' "$DIR/answers")" -eq "$1" ] || return 1
	mkdir "$DIR/cut"
	cp "$PLACE/grey.state" "$DIR/state"
	ln "$PLACE/greylist.mdb" "$DIR/greylist.mdb"
}

# after_boot NUMBER: the store as it was on the disk, in another boot.
after_boot()
{
	ln -f "$DIR/greylist.mdb" "$PLACE/greylist.mdb" # the same file, also after a repair
	cat "$DIR/cut/$1" >"$PLACE/greylist.mdb"
	cat "$DIR/state" >"$PLACE/grey.state"
	printf 'another boot, another one, another' | dd "of=$PLACE/grey.state" bs=1 seek=96 conv=notrunc status=none
	rm -f "$PLACE/greylist.mdb-lock" "$PLACE"/*.corrupt-*
}

# dumped: all triplets.
dumped()
{
	"$BIN/grey-dump" --config=none -p "--store=$STORE" | perl -ne 's/^ // && print && <STDIN>'
}

# each_cut HOW COUNT JUDGE: JUDGE for each of so many cuts, with how many answers had been given. Each answers, and then
# has a file that is sound.
each_cut()
{
	local number=0 answers

	perl "$ROOT/t/faults/power_cut.pl" "$DIR/trace" greylist.mdb "$DIR/before" "$1" "$2" "$DIR/cut" >"$DIR/cuts" || return 1
	while read -r answers; do
		after_boot $((++number))
		request after@example.net | check >"$DIR/answers" 2>"$DIR/said" || return 1
		grep -q '^action=DEFER' "$DIR/answers" || return 1
		"$3" "$answers" || { echo "cut $number, after $answers answers: $(cat "$DIR/said")" && return 1; }
		"$BIN/grey-expire" --config=none "--store=$STORE" --log=stderr >"$DIR/expired" 2>&1 || return 1
		! grep corrupt "$DIR/expired" || return 1
	done <"$DIR/cuts"
	[ "$number" -eq "$2" ]
}

# loses_nothing ANSWERS: nothing was found, and what was answered is there.
loses_nothing()
{
	[ ! -s "$DIR/said" ] && [ "$(dumped | wc -l)" -gt $((2000 + $1)) ]
}

# is_sound ANSWERS: nothing was found, and what there was at the checkpoint is there.
is_sound()
{
	[ ! -s "$DIR/said" ] && [ "$(dumped | grep -c '^10[.]')" -eq 2000 ]
}

# is_mended ANSWERS: what was found was said, and nearly all is there that lies in pages that were not written since.
is_mended()
{
	cat "$DIR/said" >>"$DIR/all-said"
	[ "$(dumped | grep -c '^10[.]')" -gt 1800 ] || return 1
	[ ! -s "$DIR/said" ] || grep -q 'was corrupt (.*): kept as .* records salvaged' "$DIR/said"
}

@test "with --sync a power cut loses nothing that was answered, and leaves a sound file, whatever the order of writes" {
	record 200 --sync
	run -0 each_cut any "$(as_long 40)" loses_nothing
}

@test "without --sync a power cut leaves a sound file, with all up to the last checkpoint, where the order of writes is kept" {
	record 200
	run -0 each_cut ordered "$(as_long 40)" is_sound
}

@test "without --sync, where the order of writes is not kept, the first process after the boot finds and mends what is damaged" {
	record 200
	run -0 each_cut any "$(as_long 40)" is_mended
	grep -q corrupt "$DIR/all-said"
}
