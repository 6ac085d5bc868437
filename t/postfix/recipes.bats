#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The lines to paste that grey-check(8) has for Postfix, taken out of the manual: a real Postfix takes them.

# run sets stderr.
# shellcheck disable=SC2154
load spawn

services()
{
	pf_service greylist --delay=300 --whitelist-clients=/dev/null
}

setup()
{
	skip_if_set
	# The restrictions of main.cf, as the manual has them, and not the port's own.
	postconf -c "$PF_DIR/etc" -PX "127.0.0.1:$(pf_port greylist)/inet/smtpd_recipient_restrictions"
	[ -e "$PF_DIR/main.cf" ] || cp "$PF_DIR/etc/main.cf" "$PF_DIR/main.cf"
	# XCLIENT comes from a loopback address, which may send.
	grep -vE '^(mynetworks|smtpd_recipient_restrictions) ' "$PF_DIR/main.cf" >"$PF_DIR/etc/main.cf"
	pf_main 'mynetworks = 192.0.2.250/32'
}

# recipe SECTION NAME: the lines after .\" NAME in the manual's subsection, as a reader sees them.
recipe()
{
	awk -v section="$1" -v name="$2" '/^\.S[sh] / { here = $0 == ".Ss " section }
		here && $0 == ".\\\" " name { wanted = 1; next }
		/^\.Bd/ && wanted { inside = 1; next }
		/^\.Ed/ { wanted = inside = 0 }
		inside' "$ROOT/src/grey-check/grey-check.8" |
		sed 's/\\(ha/^/g; s/\\e/\\/g' | sed "s|/etc/postfix/|$PF_DIR/etc/|" | grep .
}

# takes SECTION: main.cf has its lines, in which Postfix finds nothing wrong.
takes()
{
	local lines
	lines=$(recipe "$1" main.cf)
	pf_main "$lines"
	run -0 --separate-stderr postconf -c "$PF_DIR/etc" -n
	assert_equal "$stderr" ''
	assert_line --partial 'check_policy_service { unix:private/greylist, timeout=10s, default_action=DUNNO }'
	pf_reload
}

@test "selective greylisting: clients without a name of their own wait, others pass and leave no record" {
	local sender
	recipe 'Selective greylisting' greylist_clients >"$PF_DIR/etc/greylist_clients"
	assert_equal "$(wc -l <"$PF_DIR/etc/greylist_clients")" 3
	takes 'Selective greylisting'
	for sender in 'unknown[192.0.2.10]' 'unknown[2001:db8::10]' 'host-192-0-2-10.isp.example.net[192.0.2.10]' \
		'c10.dyn.example.net[192.0.2.10]' '10.2.0.192.pool.example.net[192.0.2.10]'; do
		run -0 smtp_send greylist "$sender" "new@${sender%%[*}.example.net" subject user@example.org
		assert_line --regexp '^S: 450 4\.2\.0 .*: Client host rejected: Greylisted'
	done
	for sender in 'mail.example.net[192.0.2.10]' 'mx1-2.example.net[192.0.2.10]' 'mail.example.net[2001:db8::10]' \
		'poolside.example.net[192.0.2.10]'; do
		smtp_accepted greylist "$sender" other@example.net subject user@example.org || fail "$sender"
	done
	run -1 grep -c sender=other@example.net "$PF_DIR/syslog"
}

@test "known good servers first: Postfix takes the lines" {
	takes 'Known good servers first'
}
