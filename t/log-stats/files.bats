#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats and its files: which are read, compressed or not, whole or broken, by name or on standard input, and in what
# order.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib/input

@test "a directory, a missing and an unreadable file are reported, the others are read" {
	three >good
	mkdir dir
	run -1 --separate-stderr stats --format=json dir good missing
	figures "$THREE"
	assert_equal "${#stderr_lines[@]}" 2
	assert_regex "$stderr" 'log-stats: dir: is a directory'
	assert_regex "$stderr" 'log-stats: missing: No such file'
	chmod 755 "$BATS_TEST_TMPDIR"
	TMP=$(work_dir)
	three >"$TMP/good"
	three >"$TMP/secret"
	chmod 600 "$TMP/secret"
	cp "$BIN/log-stats" "$TMP/"
	run -1 --separate-stderr as_nobody timeout 60 "$TMP/log-stats" --format=json "$TMP/good" "$TMP/secret"
	rm -r "$TMP"
	figures "$THREE"
	assert_regex "$stderr" 'secret: permission denied'
}

@test "an archive that was cut off: the lines in front of the cut count, exit 1" {
	local tool
	for tool in 'gzip -9' 'xz -1' 'zstd -q -1' 'bzip2 -1'; do
		$tool -c <"$CLASSIC" >whole
		report whole
		figures "coverage.lines=$LINES"
		head -c $(($(stat -c %s whole) * 3 / 4)) whole >short
		run -1 --separate-stderr stats --format=json short
		sums_hold
		assert_regex "$stderr" '^log-stats: short: broken archive'
		LINES_READ=$(JSON=$output figure coverage.lines)
		[ "$LINES_READ" -gt 100 ]
		[ "$LINES_READ" -lt "$LINES" ]
	done
}

@test "an archive with a wrong bit: what was read until then counts, exit 1" {
	local tool
	for tool in gzip xz 'zstd -q' 'bzip2 -1'; do
		$tool -c <"$CLASSIC" | perl -0777 -pe 'substr($_, length() * 0.8, 1) ^= "\x10"' >wrong
		run -1 --separate-stderr stats --format=json wrong
		sums_hold
		assert_regex "$stderr" 'log-stats: wrong: broken archive'
	done
	gzip -c <"$CLASSIC" | perl -0777 -pe 'substr($_, length() * 0.8, 1) ^= "\x10"' >wrong
	run -1 --separate-stderr stats --format=json wrong
	[ "$(JSON=$output figure coverage.recognized)" -gt 1000 ]
}

@test "an archive that takes more than 128 MiB to unpack is refused, with a word what to do" {
	# The size of the dictionary stands in the header, as 2 or 3 times a power of two.
	xz -c <"$CLASSIC" | perl -MCompress::Zlib -0777 -pe 'my $size = (ord(substr($_, 12, 1)) + 1) * 4;
		my $header = substr($_, 12, $size - 4); $header =~ s/\x21\x01./\x21\x01\x22/s or die;
		substr($_, 12, $size) = $header . pack("V", crc32($header))' >large.xz
	zstd -q --long=28 -c <"$CLASSIC" >large.zst
	local name
	for name in large.xz large.zst; do
		run -1 --separate-stderr stats "$name"
		assert_equal "$stderr" "log-stats: $name: takes more than 128 MiB of memory to unpack: unpack it yourself, and let the text be read"
	done
	xz -9 -c <"$CLASSIC" >most.xz
	zstd -q --long -c <"$CLASSIC" >most.zst
	run -0 stats most.xz most.zst
}

@test "streams of xz with zeros between them count one after the other" {
	{ head -n 1000 "$CLASSIC" | xz; head -c 8 /dev/zero; tail -n +1001 "$CLASSIC" | xz; } >members
	touch -d "$LOG_MTIME" members
	report "$CLASSIC"
	EXPECTED=$output
	report members
	assert_equal "$output" "$EXPECTED"
}

@test "a broken archive does not keep the files behind it from being read" {
	gzip -c <"$CLASSIC" | head -c 20 >broken.gz
	three >good
	run -1 --separate-stderr stats --format=json broken.gz good
	figures "$THREE"
	assert_regex "$stderr" 'broken.gz'
}

@test "the members of a gz count one behind the other" {
	{ head -n 1000 "$CLASSIC" | gzip; tail -n +1001 "$CLASSIC" | gzip; : | gzip; } >members
	touch -d "$LOG_MTIME" members
	report "$CLASSIC"
	EXPECTED=$output
	report members
	assert_equal "$output" "$EXPECTED"
}

@test "what is in a file decides how it is read, not its name" {
	three >log.gz
	three | gzip >log.xz
	three | xz >log
	report log.gz
	figures "$THREE"
	report log.xz
	figures "$THREE"
	report log
	figures "$THREE"
}

@test "standard input may be compressed" {
	local tool
	for tool in gzip xz 'zstd -q' bzip2; do
		three | $tool -c >log
		report <log
		figures "$THREE"
		report < <(perl -e '$| = 1; local $/ = \1; while (<>) { print; select undef, undef, undef, 0.001 }' log)
		figures "$THREE"
	done
}

@test "the same log by name, by -, by < and by a pipe is the same report" {
	stats --format=json "$DATED" >expected
	stats --format=json - <"$DATED" | cmp expected
	stats --format=json <"$DATED" | cmp expected
	stats --format=json < <(cat "$DATED") | cmp expected
	perl -e '$| = 1; local $/ = \777; print while <>' "$DATED" | stats --format=json | cmp expected
	stats --format=json <(cat "$DATED") | cmp expected
}

@test "the years of standard input are those of the file that it is" {
	touch -d '2020-03-01' old
	cat "$CLASSIC" >old
	touch -d '2020-03-01' old
	stats --format=json old >expected
	grep -q '"first_time": "2020-' expected
	stats --format=json <old | cmp expected
	stats --format=json - <old | cmp expected
}

@test "a file named - in the directory does not disturb standard input" {
	cp "$CLASSIC" ./-
	three >log
	report - <log
	figures "$THREE coverage.lines=3"
	report - <"$DATED"
	figures "coverage.lines=$LINES"
}

@test "several files in any order are one stream in order of time" {
	split -n l/4 "$CLASSIC" part.
	mv part.aa z.log && mv part.ab y.log.1 && mv part.ac a.log && gzip -c part.ad >b.gz
	touch -d "$LOG_MTIME" z.log y.log.1 a.log b.gz
	stats --format=json "$CLASSIC" >expected
	stats --format=json a.log b.gz y.log.1 z.log | cmp expected
	stats --format=json z.log y.log.1 a.log b.gz | cmp expected
	stats --format=json b.gz z.log a.log y.log.1 | cmp expected
}

@test "a session and a message that cross the border of two files are whole" {
	log_lines < <(echo 'postscreen CONNECT from [203.0.113.8]:1 to [192.0.2.25]:25'; echo 'postscreen PASS OLD [203.0.113.8]:1'
		the_message 7 4104E42 'mail.example.net[203.0.113.8]' a@example.net b@example.org) >log
	head -n 4 log >b
	tail -n +5 log >a
	touch -d "$LOG_MTIME" a b
	report a b
	figures 'postscreen.connects=1 postscreen.handed_off=1 smtpd.connects=1 smtpd.accepted_sessions=1 messages.received=1 messages.delivered=1 recipients.delivered=1 table.delivered=1'
}
