#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A store that a later version keeps in a layout of its own is refused, and left as it is.

# Perl has its own dollar signs.
# shellcheck disable=SC2016,SC2154,SC2119,SC2120
load ../lib/check

setup_file()
{
	need_program grey-check
	need_program grey-dump
	need_program grey-expire
	need_program grey-load
}

# set_layout NUMBER [CHECK]: as a later version does it, see store_uses.c: the number, and the check value.
set_layout()
{
	perl -e 'open my $f, "+<:raw", $ARGV[0] or die; seek $f, 4096 + 8, 0; print $f pack "L L", $ARGV[1], $ARGV[2] // ~(0 + $ARGV[1]) & 0xffffffff' \
		"$STORE/grey.lock" "$@"
}

layout()
{
	od -An -tu4 -j4104 -N4 "$STORE/grey.lock" | tr -d ' '
}

# kept: what is in the store's directory, but for the marks of what was said.
kept()
{
	(cd "$STORE" && sha1sum ./*.db log.* && head -c 1024 grey.lock | sha1sum && tail -c 4096 grey.lock | sha1sum && stat -c %i __db.001)
}

refused()
{
	assert_regex "$stderr" "^$1: $STORE: a newer version of the grey tools keeps this store, in layout 2; this program, grey \
tools [0-9.]+, knows layout 1: use the newer version's programs on it"
}

@test "the layout that is written is the first, whatever stood there damaged" {
	check -q < <(at 1)
	assert_equal "$(layout)" 1
	for damage in '2 2' '0 0' '4294967295 7'; do
		# shellcheck disable=SC2086
		set_layout $damage
		run -0 --separate-stderr check -q < <(at 1)
		assert_output "$GREYLISTED"
		assert_equal "$stderr" ''
		assert_equal "$(layout)" 1
	done
}

@test "what grey-store(5) says of grey.lock is where it says: how the store is used, and in which layout" {
	local words

	# With something that is said once.
	check -q "--whitelist-recipients=$(list 'bad line/here')" < <(at 1)
	words=$(sed -n '/^delay=300s/,/^\.Ed/p' "$ROOT/src/store/grey-store.5" | sed '/^\.Ed/d; s/ \\e$//' | tr '\n' ' ')
	words=${words% }
	run -0 perl -e 'open my $f, "<:raw", $ARGV[0] or die; local $/; my @page = unpack "a8 x1016 a8 x3064 a8 L L x48 q q x32 Q a*", <$f>;
		printf "%s %s %s %d %d %d %d %s\n", @page[0 .. 3], $page[4] == (~$page[3] & 0xffffffff), $page[5] - $page[6] < 10, $page[7],
			substr $page[8], 0, $page[7]' "$STORE/grey.lock"
	assert_output "greylock GryNote1 GryUses1 1 1 1 ${#words} $words"
}

@test "a later layout: grey-check answers by --on-error and says why; nothing is changed" {
	check -q < <(at 1)
	set_layout 2
	run -0 kept
	local before=$output

	run -1 --separate-stderr check -q < <(at 400)
	refused grey-check
	run -1 --separate-stderr perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr -q \
		--clock=request "${NO_LISTS[@]}" < <(at 400)
	assert_output 'action=DUNNO'
	refused grey-check
	assert_regex "$stderr" 'answering DUNNO: mail passes without greylisting \(--on-error\)'
	run -0 kept
	assert_output "$before"
}

@test "a later layout: the other programs refuse it too, each in one line" {
	check -q < <(at 1)
	set_layout 2
	run -0 kept
	local before=$output

	run -1 --separate-stderr "$BIN/grey-dump" "--store=$STORE"
	refused grey-dump
	run -1 --separate-stderr "$BIN/grey-expire" "--store=$STORE" --log=none
	refused grey-expire
	run -1 --separate-stderr "$BIN/grey-load" "--store=$STORE" --pass 192.0.2.5 a@example.com b@example.org
	refused grey-load
	run -1 --separate-stderr check --explain --client-address=192.0.2.30 --sender=a@example.net --recipient=b@example.org
	refused grey-check
	run -0 kept
	assert_output "$before"
}

@test "a later version takes the store over while a process lives on: that refuses from then on, and ends in order" {
	load ../lib/live
	start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr -q --clock=request "${NO_LISTS[@]}"
	run -0 ask_live policy_test_time=1
	assert_output "$GREYLISTED"
	set_layout 2
	run -0 kept
	local before=$output

	run -0 ask_live policy_test_time=400
	assert_output 'action=DUNNO'
	end_live 1
	assert_equal "$(said 'in layout 2')" 1
	run -0 kept
	assert_output "$before"
	set_layout 1
	run -0 --separate-stderr check -q < <(at 400)
	assert_output --partial 'delayed 399 seconds'
	assert_equal "$stderr" ''
}
