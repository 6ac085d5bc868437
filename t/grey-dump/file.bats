#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump -f: the file is the whole output or as it was, and what it is, a link, a fifo or a device, it stays.

# Perl has its own dollar signs. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2154
load ../lib/dump

@test "-f: the file is the output, a new one for its owner alone, and nothing is left beside it" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	mkdir "$BATS_TEST_TMPDIR/out"
	umask 022
	run -0 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/out/file"
	assert_output ''
	assert_equal "$stderr" ''
	dump -p | cmp - "$BATS_TEST_TMPDIR/out/file"
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/out/file")" 600
	echo old >"$BATS_TEST_TMPDIR/out/file"
	run -0 --separate-stderr dump -f "$BATS_TEST_TMPDIR/out/file"
	dump | cmp - "$BATS_TEST_TMPDIR/out/file"
}

@test "-f: an existing file keeps its permissions" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	install -m 640 /dev/null "$BATS_TEST_TMPDIR/file"
	run -0 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/file")" 640
}

@test "-f: a symbolic link stays one, its file is written" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	echo old >"$BATS_TEST_TMPDIR/elsewhere/file"
	ln -s elsewhere/file "$BATS_TEST_TMPDIR/link"
	run -0 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/link"
	run -0 readlink "$BATS_TEST_TMPDIR/link"
	assert_output elsewhere/file
	dump -p | cmp - "$BATS_TEST_TMPDIR/elsewhere/file"
}

@test "-f: a link or a fifo that another user has laid is refused, and what it leads to is as it was" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root, to make a link of another user'
	make_text "$STORE/postgrey.db" <<<"$SEED"
	mkdir -m 1777 "$BATS_TEST_TMPDIR/tmp"
	echo old >"$BATS_TEST_TMPDIR/file"
	ln -s ../file "$BATS_TEST_TMPDIR/tmp/link"
	ln -s ../none "$BATS_TEST_TMPDIR/tmp/nowhere"
	mkfifo "$BATS_TEST_TMPDIR/tmp/fifo"
	chown -h nobody "$BATS_TEST_TMPDIR/tmp"/*
	local name
	for name in link nowhere fifo; do
		run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/tmp/$name"
		assert_regex "$stderr" "/tmp/$name: is a link or a fifo that belongs to another user: nothing is written there"
	done
	assert_equal "$(cat "$BATS_TEST_TMPDIR/file")" old
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
}

@test "-f: after an error there is no file, an existing one is as it was, and nothing is left beside it" {
	mkdir "$STORE" "$BATS_TEST_TMPDIR/out"
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/out/file"
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey.db"
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" ''
	echo old >"$BATS_TEST_TMPDIR/out/file"
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/out/file"
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(cat "$BATS_TEST_TMPDIR/out/file")" old
}

@test "-f: what is cut by a full disk is no file" {
	hex_records 'map { ("key $_", "v" x 1000) } 1 .. 2000' | make_db "$STORE/postgrey.db"
	mkdir "$BATS_TEST_TMPDIR/out"
	echo old >"$BATS_TEST_TMPDIR/out/file"
	run -1 --separate-stderr bash -c 'ulimit -f 100; trap "" XFSZ; "$BIN/grey-dump" -p -h "$0" -f "$1"' \
		"$STORE" "$BATS_TEST_TMPDIR/out/file"
	assert_regex "$stderr" 'File too large'
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(cat "$BATS_TEST_TMPDIR/out/file")" old
}

@test "-f: a directory that is not there, or can't be written, is an error" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/none/file"
	assert_regex "$stderr" '^grey-dump: .*/none/file: .*No such file or directory$'
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR"
	assert_regex "$stderr" 'Is a directory$'
}

@test "-f: undecodable records make exit code 1, and yet a whole file" {
	make_text "$STORE/postgrey.db" <<<$'bad\nvalue'
	run -1 --separate-stderr dump --format=tsv -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$stderr" "grey-dump: 1 records can't be decoded; they are shown as they are"
	assert_equal "$(cat "$BATS_TEST_TMPDIR/file")" $'bad\tvalue'
}

@test "-f: /dev/null and a fifo are written to, and stay what they are" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -0 --separate-stderr dump -p -f /dev/null
	run -0 test -c /dev/null
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	timeout 10 cat "$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/copy" 3>&- &
	run -0 --separate-stderr timeout 10 "$BIN/grey-dump" -h "$STORE" -p -f "$BATS_TEST_TMPDIR/fifo"
	wait $!
	dump -p | cmp - "$BATS_TEST_TMPDIR/copy"
	run -0 test -p "$BATS_TEST_TMPDIR/fifo"
}

@test "-f: what is written into a fifo goes on when the shell that began it has ended" {
	hex_records 'map { ("key $_", "v" x 1000) } 1 .. 2000' | make_db "$STORE/postgrey.db"
	dump -p >"$BATS_TEST_TMPDIR/want"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# The shell ends when the first line has come: then it writes, and most is still to be written.
	bash -c '"$BIN/grey-dump" -h "$0" -p -f "$1" & read -r <"$2"' "$STORE" "$BATS_TEST_TMPDIR/fifo" \
		<(exec 3<"$BATS_TEST_TMPDIR/fifo"; IFS= read -r line <&3; echo "$line"; wait_for 10 test -e "$BATS_TEST_TMPDIR/ended"
			{ echo "$line"; timeout 10 cat <&3; } >"$BATS_TEST_TMPDIR/copy"; : >"$BATS_TEST_TMPDIR/copied") 3>&-
	: >"$BATS_TEST_TMPDIR/ended"
	wait_for 10 test -e "$BATS_TEST_TMPDIR/copied"
	cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/copy"
}

@test "-f: ended by SIGTERM it leaves nothing behind" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	check </dev/null
	mkdir "$BATS_TEST_TMPDIR/out"
	echo old >"$BATS_TEST_TMPDIR/out/file"
	exec {lock}<"$STORE/grey.lock"
	flock "$lock"
	"$BIN/grey-dump" -h "$STORE" -p -f "$BATS_TEST_TMPDIR/out/file" {lock}<&- 3>&- &
	wait_for 10 bash -c '[ "$(ls "$0" | wc -l)" -eq 2 ]' "$BATS_TEST_TMPDIR/out"
	kill -TERM "$!"
	wait_for 10 gone "$!"
	exec {lock}<&-
	assert_equal "$(ls "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(cat "$BATS_TEST_TMPDIR/out/file")" old
}

@test "-f: a link to a pipe is written to, and stays" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	ln -s /proc/self/fd/1 "$BATS_TEST_TMPDIR/stdout"
	run -0 bash -c '"$BIN/grey-dump" -p -h "$0" -f "$1" | cat' "$STORE" "$BATS_TEST_TMPDIR/stdout"
	assert_line ' 1234254582,1234254582,5'
	[ -L "$BATS_TEST_TMPDIR/stdout" ]
}

@test "-f: a run leaves nothing in the store's memory that others share" {
	local try
	make_text "$STORE/postgrey.db" <<<"$SEED"
	for try in {1..40}; do "$BIN/grey-dump" -p -h "$STORE" -f "$BATS_TEST_TMPDIR/file$((try % 2))"; done
	run -0 db_stat -e -h "$STORE"
	assert_line --regexp $'^[01]\tReferences'
}
