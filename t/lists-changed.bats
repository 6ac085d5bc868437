#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a running grey-check makes of a list that changes: it is read again, without a signal, or what was read stays.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031
load lib/check
load lib/live

PASSED=action=DUNNO
STAYS='; what was read before stays in use'

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	LIST=$BATS_TEST_TMPDIR/the-list
	BEACON=$BATS_TEST_TMPDIR/beacon
	BEACONS=0
	: >"$BEACON"
}

teardown()
{
	kill_live
}

# start OPTION...: a grey-check that keeps running, and also has the list BEACON.
start()
{
	start_live "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet --clock=request "${NO_LISTS[@]}" "$@" "--whitelist-clients=$BEACON"
}

# write LINE...: writes the list in place.
write()
{
	printf '%s\n' "$@" >"$LIST"
}

# write_before LINE...: the same, but long ago.
write_before()
{
	write "$@"
	touch -d '-1 minute' "$LIST"
}

# replace LINE...: puts another file in its place.
replace()
{
	printf '%s\n' "$@" >"$LIST.new"
	mv "$LIST.new" "$LIST"
}

# becomes ANSWER [NAME=VALUE...]: asks until this is the answer. It can't be at once.
becomes()
{
	wait_for 8 live_answers "$@"
}

# looked_again: all lists have been looked at again, twice since this was called: another one was changed, and counts.
looked_again()
{
	local i
	for i in 1 2; do
		BEACONS=$((BEACONS + 1))
		echo "beacon$BEACONS.example" >"$BEACON"
		becomes "$PASSED" "client_name=beacon$BEACONS.example" client_address=203.0.113.250 || return 1
	done
}

# answered ANSWER [NAME=VALUE...]: is the answer to one request.
answered()
{
	run -0 ask_live "${@:2}"
	assert_output "$1"
}

@test "a list that is written anew, in place, is read again" {
	write other.example
	start "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	write other.example example.net
	becomes "$PASSED"
	write other.example
	becomes "$GREYLISTED"
	end_live
	assert_equal "$(said)" 0
}

@test "a list that is replaced by another file is read again, also by one of the same size and time" {
	write mail.example.com
	start "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	printf '%s\n' mail.example.net >"$LIST.new"
	touch -r "$LIST" "$LIST.new"
	mv "$LIST.new" "$LIST"
	becomes "$PASSED"
	replace mail.example.org
	becomes "$GREYLISTED"
	end_live
	assert_equal "$(said)" 0
}

@test "a list that is written in place, with the same size and time, is read again" {
	write mail.example.com
	touch -d '2020-01-01' "$LIST"
	start "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	write mail.example.net
	touch -d '2020-01-01' "$LIST"
	becomes "$PASSED"
}

@test "a list behind a symbolic link is read again when the link points elsewhere" {
	echo other.example >"$LIST.1"
	echo example.net >"$LIST.2"
	ln -s "$LIST.1" "$LIST"
	start "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	ln -s "$LIST.2" "$LIST.link"
	mv -T "$LIST.link" "$LIST"
	becomes "$PASSED"
}

@test "the lists of all options are read again" {
	local option

	for option in whitelist-clients=example.net whitelist-recipients=b@ whitelist-senders=a@example.net greylist-recipients=other.example; do
		write example.org
		[ "${option%=*}" != whitelist-recipients ] || write other.example
		start "--${option%=*}=$LIST"
		answered "$GREYLISTED"
		replace "${option#*=}"
		becomes "$PASSED"
		end_live
		rm -r "$STORE"
	done
}

@test "a delay of an entry that has changed counts for the triplets that wait" {
	write 'example.net delay=900'
	start "--whitelist-clients=$LIST" --greylist-text=%s
	answered 'action=DEFER_IF_PERMIT 900' policy_test_time=1000
	write 'example.net delay=500'
	becomes 'action=DEFER_IF_PERMIT 400' policy_test_time=1100
	run -0 ask_live policy_test_time=1500
	assert_output --partial 'delayed 500 seconds'
}

# keeps COMMAND...: after the command has made the list bad what was read stays in use, and the warning comes once.
# WARNING is how it begins.
keeps()
{
	write_before example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	"$@"
	looked_again
	answered "$PASSED"
	assert_equal "$(said "grey-check: $LIST$WARNING")" 1
	looked_again
	answered "$PASSED"
	run -0 cat "$SAID"
	assert_equal "${#lines[@]}" 1
	run -0 cat "$SAID"
	assert_output --partial "$STAYS"

	# Mended, it counts again, and the next time it is bad it is told again.
	[ ! -d "$LIST" ] || rmdir "$LIST"
	replace other.example
	becomes "$GREYLISTED"
	assert_equal "$(said)" 1
	write other.example a.example b.example 'two words'
	looked_again
	answered "$GREYLISTED"
	assert_equal "$(said)" 2
	assert_equal "$(said "grey-check: $LIST:4: has blanks inside; one entry a line$STAYS")" 1
	end_live
}

@test "a bad line in a list: its last good content stays in use, with one warning" {
	WARNING=':2: has blanks inside'
	keeps write other.example 'two words'
}

@test "a list replaced by one with bad lines: one warning, of the first of them" {
	WARNING=':1: is no address'
	keeps replace 300.1.2.3 other.example 'two words' '/(/'
}

@test "a list that is deleted: its last good content stays in use, with one warning" {
	WARNING=": can't read this list: No such file or directory"
	keeps rm "$LIST"
}

make_directory()
{
	rm "$LIST"
	mkdir "$LIST"
}

@test "a list that can't be read any more: its last good content stays in use, with one warning" {
	WARNING=": can't read this list: Is a directory"
	keeps make_directory
}

@test "a bad list that changes, and stays bad, is told once more" {
	write_before example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	write 'two words'
	looked_again
	assert_equal "$(said)" 1
	write 'three more words'
	looked_again
	assert_equal "$(said)" 2
	answered "$PASSED"
	end_live
}

@test "a list that was bad from the start counts without its bad lines, which are told once" {
	write_before 'two words' example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	looked_again
	answered "$PASSED"
	assert_equal "$(said)" 1
	assert_equal "$(said "grey-check: $LIST:1: has blanks inside; one entry a line; the line is ignored")" 1
	end_live
}

@test "a list that was bad from the start, and just written, is told once too" {
	write 'two words' example.net
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	looked_again
	answered "$PASSED"
	assert_equal "$(said)" 1
	end_live
}

@test "a .local file that appears counts, and when it goes its entries go, without a warning" {
	LIST=$LIST.local
	start "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	write example.net
	becomes "$PASSED"
	rm "$LIST"
	becomes "$GREYLISTED"
	replace example.net
	becomes "$PASSED"
	end_live
	assert_equal "$(said)" 0
}

@test "a list that is being written is not taken for half of it" {
	local writer pid

	printf 'filler%d.example\n' {1..150} >"$LIST"
	echo mail.example.net >>"$LIST"
	touch -d '-1 minute' "$LIST"
	start "--whitelist-clients=$LIST"
	answered "$PASSED"
	# As a slow editor: the file is empty at first, its last line comes after 3 seconds.
	# shellcheck disable=SC2016
	writer='open my $out, ">", $ARGV[0] or die; $out->autoflush;
		for (1 .. 150) { print $out "filler$_.example\n"; select undef, undef, undef, 0.02 }
		print $out "mail.example.net\nnew.example\n"'
	perl -MIO::Handle -e "$writer" "$LIST" 3>&- &
	pid=$!
	while ! gone "$pid"; do
		answered "$PASSED"
	done
	wait "$pid"
	becomes "$PASSED" client_name=new.example
	answered "$PASSED"
	end_live
	assert_equal "$(said)" 0
}

# traced OPTION...: a grey-check that keeps running under strace, which notes in the file CALLS when the list is looked at.
traced()
{
	command -v strace >/dev/null || skip "needs strace"
	CALLS=$BATS_TEST_TMPDIR/calls
	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	start_live strace -qq -o "$CALLS" -P "$LIST" "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet --clock=request \
		"${NO_LISTS[@]}" "$@"
}

# looks: how many times the list was looked at, by its name; reads: and was opened.
looks()
{
	grep -cE "stat.*\"$LIST\"" "$CALLS" || :
}

reads()
{
	grep -c '^open' "$CALLS" || :
}

@test "a list is looked at once a second at most, and read once" {
	local i began looked

	write_before other.example
	traced "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	looked=$(looks)
	began=$(date +%s%N)
	for ((i = 0; i < 200; i++)); do
		ask_live >/dev/null
	done
	# In N seconds there are N + 1 looks, if one of them is due at once.
	(($(looks) - looked <= ($(date +%s%N) - began) / 1000000000 + 1))
	becomes "$GREYLISTED" client_name=x
	end_live
	assert_equal "$(reads)" 1
}

@test "200 requests at once make grey-check look twice at most" {
	local i

	write_before other.example
	traced "--whitelist-clients=$LIST"
	for ((i = 0; i < 200; i++)); do
		request "sender=s$i@example.net"
	done >"$BATS_TEST_TMPDIR/requests"
	cat "$BATS_TEST_TMPDIR/requests" >&"$TO"
	for ((i = 0; i < 400; i++)); do
		IFS= read -r -t 10 -u "$FROM" _
	done
	end_live
	assert [ "$(looks)" -le 2 ]
	assert_equal "$(reads)" 1
}

@test "as long as no request comes no list is looked at, the next request looks" {
	local looked

	write_before other.example
	traced "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	looked=$(looks)
	# It has nothing to say for more than two intervals.
	run ! read -r -t 2.2 -u "$FROM" _
	assert_equal "$(looks)" "$looked"
	answered "$GREYLISTED"
	assert_equal "$(looks)" $((looked + 1))
	end_live
}

@test "behind a socket, a list that could not be read at the start works once it appears" {
	local mode answer

	for mode in dunno defer; do
		start_live perl "$ROOT/t/faults/socket.pl" --own-stderr "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet \
			--clock=request "${NO_LISTS[@]}" "--whitelist-clients=$LIST" "--on-error=$mode"
		run -0 ask_live
		answer=$output
		[ "$mode" = defer ] || assert_output "$PASSED"
		[ "$mode" = dunno ] || assert_output --regexp '^action=DEFER_IF_PERMIT 4\.3\.0 '
		replace example.com
		becomes "$GREYLISTED"
		answered "$PASSED" client_name=mx.example.com
		assert_equal "$(said "grey-check: $LIST: can't read this list: No such file or directory")" 1
		end_live 1 # some were answered without a list
		rm "$LIST"
	done
	[ -n "$answer" ]
}

@test "it notices within seconds, as the requests of one connection go on" {
	local began

	write other.example
	start "--whitelist-clients=$LIST"
	answered "$GREYLISTED"
	began=$(date +%s%N)
	replace example.net
	becomes "$PASSED"
	(($(date +%s%N) - began < 15000000000))
}
