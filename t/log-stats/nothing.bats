#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats where there is nothing to report, or where not all could be read: what it says is the last thing on the screen.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib/input

# screen ARGUMENT...: standard output and standard error as both come to a terminal, or into one pipe.
screen()
{
	stats "$@" 2>&1
}

NO_MAILLOG='log-stats: no line of Postfix was recognized; is it a maillog? --unknown shows what was not understood'

@test "a directory, a missing and an unreadable file: one line each, exit 1, and no report of zeros" {
	mkdir dir
	run -1 screen dir
	assert_output 'log-stats: dir: is a directory: name the files in it'
	run -1 screen missing
	assert_output 'log-stats: missing: No such file or directory'
	run -1 screen dir missing
	assert_output 'log-stats: dir: is a directory: name the files in it
log-stats: missing: No such file or directory'
	TMP=$(work_dir)
	three >"$TMP/secret"
	chmod 600 "$TMP/secret"
	cp "$BIN/log-stats" "$TMP/"
	run -1 --separate-stderr as_nobody timeout 60 "$TMP/log-stats" "$TMP/secret"
	rm -r "$TMP"
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" 'secret: permission denied'
}

@test "an empty file is one line, and exit 0: it is so at midnight" {
	: >empty
	: >other
	run -0 --separate-stderr stats empty
	assert_output ''
	assert_equal "$stderr" 'log-stats: empty is empty: nothing to report'
	run -0 --separate-stderr stats --by=hour --check empty other
	assert_output ''
	assert_equal "$stderr" 'log-stats: all 2 files are empty: nothing to report'
	run -0 --separate-stderr stats <empty
	assert_equal "$stderr" 'log-stats: standard input is empty: nothing to report'
	run -0 --separate-stderr stats - < <(:)
	assert_equal "$stderr" 'log-stats: standard input is empty: nothing to report'
	gzip -c empty >empty.gz
	run -0 --separate-stderr stats empty.gz
	assert_output ''
	assert_equal "$stderr" 'log-stats: empty.gz is empty: nothing to report'
	mkdir dir
	run -1 screen dir empty
	assert_output 'log-stats: dir: is a directory: name the files in it'
}

@test "programs get the whole form of nothing, without a word if nothing is wrong" {
	local format

	: >empty
	mkdir dir
	for format in tsv csv json; do
		run -0 --separate-stderr stats --format="$format" empty
		assert_output --partial skipped
		assert_equal "$stderr" ''
		run -1 --separate-stderr stats --format="$format" dir
		assert_output --partial skipped
		assert_equal "$stderr" 'log-stats: dir: is a directory: name the files in it'
	done
	run -0 --separate-stderr stats --events empty
	assert_output ''
	assert_equal "$stderr" ''
}

@test "lines of other programs only: the word for it, and no report of zeros unless a section is asked for" {
	printf 'Feb 10 17:00:00 mx1 sshd[%d]: Accepted publickey for root\n' 1 2 3 >log
	run -1 screen log
	assert_output "$NO_MAILLOG"
	run -1 screen --only=coverage log
	assert_line --regexp '^ +of other programs +3( |$)'
	assert_equal "${lines[-1]}" "$NO_MAILLOG"
	run -1 screen --format=tsv log
	assert_line $'coverage\tforeign\t3'
	assert_equal "${lines[-1]}" "$NO_MAILLOG"
}

@test "what the options leave out is said instead of a report of zeros" {
	three >log
	run -0 --separate-stderr stats --since=2030-01-01 log
	assert_output ''
	assert_equal "$stderr" 'log-stats: all lines of Postfix (3) are left out by --since: nothing to report'
	run -0 --separate-stderr stats --until=2001-01-01 --instance=none log
	assert_output ''
	assert_equal "$stderr" 'log-stats: all lines of Postfix (3) are left out by --until --instance: nothing to report'
	run -0 --separate-stderr stats --since=2030-01-01 --format=json log
	assert_equal "$stderr" ''
}

@test "where some files can't be read the report comes, and after it what failed, into a pipe as well" {
	three >good
	gzip -c good | head -c 20 >broken
	mkdir dir
	run -1 screen dir good broken
	assert_line --index 0 'Mail, in sessions'
	assert_equal "${lines[-2]}" 'log-stats: dir: is a directory: name the files in it'
	assert_regex "${lines[-1]}" '^log-stats: broken: broken archive'
	assert_equal "$(grep -c '^log-stats:' <<<"$output")" 2
	run -1 screen --events good dir
	assert_equal "${#lines[@]}" 4
	assert_equal "${lines[-1]}" 'log-stats: dir: is a directory: name the files in it'
}
