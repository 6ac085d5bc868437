#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-expire as it is installed: run as root, by cron, or by systemd.

# STORE is set again in the subshells that bats makes. run sets stderr and stderr_lines.
# shellcheck disable=SC2030,SC2031,SC2154
load lib

@test "run as root, it is the owner of the store, and all files stay the owner's" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	DIR=$(work_dir)
	STORE=$DIR/store
	install -d -m 700 -o nobody -g "$(id -gn nobody)" "$STORE"
	make_old 1000
	chown nobody: "$STORE/postgrey.db"
	run -0 --separate-stderr expire --compact
	assert_output ''
	assert_equal "$stderr" ''
	assert_equal "$(find "$STORE" ! -user nobody)" ''
	[ "$(find "$STORE" -name 'log.*' | wc -l)" -gt 0 ]
	run -0 as_nobody flock "$STORE/grey.lock" db_dump -p -h "$STORE" postgrey.db
	assert_equal "$(grep -c @ <<<"$output")" 90
}

# substituted FILE: as somebody would install it whose programs and store are elsewhere.
substituted()
{
	sed "s|/usr/local/sbin|$BIN|g; s|/var/lib/grey|$STORE|g; s/^User=grey$/User=root/" "$ROOT/etc/$1"
}

@test "the cron line works, and prints nothing" {
	local user command

	make_old 1000
	read -r user command < <(substituted grey-expire.cron | sed -nE 's/^([0-9*]+ +){5}//p')
	assert_equal "$user" grey
	run -0 --separate-stderr sh -c "$command"
	assert_output ''
	assert_equal "$stderr" ''
	# By the system's clock all are old.
	run -0 dumped postgrey.db
	assert_output ''
}

@test "systemd finds nothing wrong with the units, and they keep grey-expire to its store" {
	local unit setting

	for setting in 'ExecStart=/usr/local/sbin/grey-expire --store=/var/lib/grey --compact' ReadWritePaths=/var/lib/grey \
		NoNewPrivileges=yes ProtectSystem=strict User=grey Type=oneshot; do
		run -0 grep -qxF "$setting" "$ROOT/etc/grey-expire.service"
	done
	run -0 grep -qx 'WantedBy=timers.target' "$ROOT/etc/grey-expire.timer"
	command -v systemd-analyze >/dev/null || skip "needs systemd-analyze"
	for unit in grey-expire.service grey-expire.timer; do
		substituted "$unit" | sed '/^Documentation=/d' >"$BATS_TEST_TMPDIR/$unit"
	done
	run -0 timeout 30 systemd-analyze verify "$BATS_TEST_TMPDIR/grey-expire.service" "$BATS_TEST_TMPDIR/grey-expire.timer"
	assert_output ''
}
