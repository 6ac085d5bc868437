#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats: a journal's export that other lines follow.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154,SC2119
load lib/log

# exported: an entry as journalctl -o export has it, without the blank line behind it.
exported()
{
	printf '%s\n' __CURSOR=x __REALTIME_TIMESTAMP=1770742895000000 _HOSTNAME=mx1 \
		SYSLOG_IDENTIFIER=postfix/smtpd SYSLOG_PID=42 'MESSAGE=connect from unknown[203.0.113.8]'
}

# both LINE: figures of the entry, and the line behind it.
both()
{
	LOG=$BATS_TEST_TMPDIR/maillog
	{
		exported
		printf '%s\n' "$1"
	} >"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
	figures 'smtpd.connects=2 coverage.lines=2 coverage.recognized=2'
}

@test "the last entry of an export counts, though a classic line and no blank one follows" {
	both 'Feb 10 17:01:36 mx1 postfix/smtpd[43]: connect from unknown[203.0.113.9]'
}

@test "the last entry of an export counts, though one in JSON and no blank line follows" {
	both '{"_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"postfix/smtpd","_PID":"43","MESSAGE":"connect from unknown[203.0.113.9]"}'
}

@test "an entry of an export that a classic line breaks off is unknown" {
	LOG=$BATS_TEST_TMPDIR/maillog
	exported | head -n 3 >"$LOG"
	log_lines <<<'smtpd connect from unknown[203.0.113.9]' >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
	figures 'smtpd.connects=1 coverage.lines=2 coverage.no_prefix=1'
}
