# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# syslogged.bash: for tests of what comes to syslog. Load common first.

# syslogged COMMAND...: runs it with a syslog of its own, until the line "end" has come there, and prints what came, without
# the dates. What the command prints goes to standard error.
syslogged()
{
	local file=$BATS_TEST_TMPDIR/syslog status=0

	rm -f "$file" "$file.pid"
	# shellcheck disable=SC2016
	"$ROOT/t/lib/private-syslog" "$file" bash -c '"$@" >&2; status=$?
		perl -MSys::Syslog -e "openlog(q(end), q(ndelay), q(user)); syslog(q(info), q(end))"; exit $status' - "$@" 3>&- || status=$?
	wait_for 10 grep -q 'end$' "$file"
	kill "$(cat "$file.pid")"
	sed -E '/end$/d; s/^(<[0-9]+>)[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} /\1/; s/\[[0-9]+\]:/[PID]:/' "$file"
	return "$status"
}

# unlogged COMMAND...: runs it where there is neither a syslog nor the system's postlogd.
unlogged()
{
	if mount_missing >/dev/null; then
		"$@"
	else
		"$ROOT/t/lib/private-syslog" - "$@"
	fi
}

# skip_if_logged: for a test of `unlogged`, which takes nothing away where it can't mount.
skip_if_logged()
{
	if [ -e /dev/log ] || [ -e /var/spool/postfix/public/postlog ]; then
		skip_without_syslog
	fi
}
