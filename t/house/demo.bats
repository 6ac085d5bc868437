#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# `make demo`, the first thing that a newcomer runs, keeps its promise and leaves nothing behind.

load ../lib/common
load ../lib/postfix

setup_file()
{
	SKIP=$(PF_SYSLOG=untouched pf_missing) && export SKIP && return 0
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
}

setup()
{
	skip_if_set
	TMPDIR=$(work_dir)
	export TMPDIR
}

teardown()
{
	[ -n "${SKIP-}" ] || rm -rf "$TMPDIR"
}

@test "the demo shows the 450, the 250, the header and the record" {
	run --separate-stderr "$ROOT/t/demo"
	# shellcheck disable=SC2154
	echo "$stderr"
	assert_success
	assert_line --regexp '^    S: 450 4\.2\.0 <bob@example\.org>: Recipient address rejected: Greylisted, see http://'
	assert_line --regexp '^    S: 250 2\.0\.0 Ok: queued as '
	assert_line --regexp '^    X-Greylist: delayed [0-9]+ seconds by grey-check-'
	assert_line --regexp 'grey-check\[[0-9]+\]: action=greylist, reason=new, .*sender=alice@example\.net'
	assert_line --regexp 'grey-check\[[0-9]+\]: action=pass, reason=triplet found, delay=[0-9]+, .*sender=alice@example\.net'
	assert_line '     192.0.2.0/alice@example.net/bob@example.org'
	assert_line --regexp '^     [0-9]+,[0-9]+,1$'
	assert_equal "$stderr" ''
}

@test "the demo needs no namespace: a container without CAP_SYS_ADMIN is enough" {
	run -0 setpriv --bounding-set -sys_admin --inh-caps -sys_admin -- "$ROOT/t/demo"
	assert_line --regexp 'grey-check\[[0-9]+\]: action=pass, reason=triplet found, delay=[0-9]+, .*sender=alice@example\.net'
	assert_line --regexp 'smtpd\[[0-9]+\]: NOQUEUE: reject: RCPT from mail\.example\.net\[192\.0\.2\.1\]: 450 4\.2\.0 '
	assert_line --partial 'That was all'
}

@test "the demo leaves no process and no file behind" {
	run -0 "$ROOT/t/demo"
	run ! pgrep -f "$TMPDIR/grey-test"
	run -0 ls -A "$TMPDIR"
	assert_output ''
}

@test "the demo fails and says so when grey-check does not greylist" {
	local bin=$TMPDIR/bin

	mkdir "$bin"
	cat >"$bin/grey-check" <<-'EOF'
		#!/bin/sh
		while read -r line; do
			[ -n "$line" ] || printf 'action=DUNNO\n\n'
		done
	EOF
	chmod 755 "$bin/grey-check"
	GREY_BIN=$bin run -1 --separate-stderr "$ROOT/t/demo"
	assert_regex "$stderr" 'demo: expected the reply'
	rm -r "$bin"
	run -0 ls -A "$TMPDIR"
	assert_output ''
}
