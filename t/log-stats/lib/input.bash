# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# input.bash: for tests that hand log-stats files of all kinds: a directory of the test's own, two long logs, a short one.

# shellcheck disable=SC2034
load lib/log

# A log of all classes, and one whose stamps have years, so that a pipe is read as the file is.
setup_file()
{
	need_program log-stats
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
	export CLASSIC=$BATS_FILE_TMPDIR/classic DATED=$BATS_FILE_TMPDIR/dated
	perl "$ROOT/t/played/maillog.pl" --lines=3000 --seed=7 >"$CLASSIC"
	perl "$ROOT/t/played/maillog.pl" --lines=3000 --seed=7 --format=rfc3339 >"$DATED"
	touch -d "$LOG_MTIME" "$CLASSIC" "$DATED"
	LINES=$(wc -l <"$DATED")
	export LINES
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return 1
}

# line SECOND PROGRAM TEXT: one of a dated log. SECOND may have a fraction.
line()
{
	printf '2026-02-10T12:00:%s+00:00 mx1 postfix/%s[42]: %s\n' "$@"
}

# Three lines: a connection and a refusal.
three()
{
	line 01 smtpd 'connect from unknown[203.0.113.8]'
	line 02 smtpd 'NOQUEUE: reject: RCPT from unknown[203.0.113.8]: 554 5.7.1 <b@example.org>: Relay access denied; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>'
	line 03 smtpd 'disconnect from unknown[203.0.113.8] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4'
}

THREE='smtpd.connects=1 smtpd.rejects=1 smtpd.rejected_sessions=1 table.smtpd=1'

# report: what log-stats makes of standard input, as JSON.
report()
{
	run -0 --separate-stderr stats --format=json "$@"
	sums_hold
}
