#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a running grey-check makes of a list that changes: it is read again, without a signal.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031
load lists-changed

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
