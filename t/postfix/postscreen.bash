# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# postscreen.bash: a mail server as it stands in the internet, for mx-clients.pl. Load common and postfix first.
#
#   mx_init DIR syslog|maillog_file; mx_run; mx_stop
#
# postscreen and the smtpd behind it, grey-check, submission, a content filter's way back, mailboxes, aliases, and
# recipients whose mail cannot be delivered, or not yet. It lives in a network of its own (t/lib/private-network), so
# that its clients come from outside: figures of a mail server leave 127.0.0.1 out. Beside what postfix.bash makes:
#   DIR/log     the whole log, as log-stats is to read it        DIR/truth  what it should find there

# mx_missing: says what keeps this from being run on this machine; fails if nothing does.
mx_missing()
{
	pf_missing && return 0
	if ! command -v ip >/dev/null; then
		echo "needs ip (apt-get install iproute2)"
	elif ! unshare --net true 2>/dev/null; then
		echo "needs unshare -n; in a container that takes --cap-add SYS_ADMIN"
	else
		return 1
	fi
}

# mx_init DIR KIND: the two kinds are made to differ in all that the log may show.
#   syslog        everything by syslog, short queue ids; who talks early is answered, who is denied is not
#   maillog_file  Postfix's own log file; long queue ids; who talks early is thrown out, who is denied is answered; the
#                 words of before 3.6; tests after the greeting, for which all clients have to come back once more
mx_init()
{
	pf_init "$1" || return 1
	echo "$2" >"$PF_DIR/kind"
	pf_service grey --delay=1 "--whitelist-clients=$PF_DIR/etc/trusted"
	mx_lists
	mx_programs
	mx_main_cf || return 1
	if [ "$2" = syslog ]; then
		mx_set maillog_file= postscreen_greet_action=enforce postscreen_denylist_action=drop
	else
		mx_set enable_long_queue_ids=yes postscreen_greet_action=drop postscreen_denylist_action=enforce \
			respectful_logging=no postscreen_pipelining_enable=yes postscreen_non_smtp_command_enable=yes
	fi
}

mx_set()
{
	postconf -c "$PF_DIR/etc" -e "$@"
}

mx_lists()
{
	(
		cd "$PF_DIR/etc" || exit 1
		echo 192.0.2.64/26 >trusted
		printf '%s\n' '192.0.2.64/26 permit' '198.51.100.64/28 reject' >access.cidr
		printf '%s@example.org inbox/\n' u1 u2 u3 full wait later >mailboxes
		echo 'team@example.org u1@example.org, u2@example.org, u3@example.org' >virtual
		echo 'pair u1@example.org, u2@example.org' >aliases
		printf '%s\n' 'full@example.org full:' 'wait@example.org smtp:[127.0.0.1]:9' 'later@example.org later:' >transport
		echo 'filtered@example.net FILTER scan:[127.0.0.1]:10025' >filtered
		echo 'warned@example.net REJECT we do not like you' >warned
		echo 'late@example.net REJECT too late' >late
		echo '/^Subject: buy-this/ REJECT we buy nothing' >headers
	)
}

# What pipe(8) runs for those whose mail is not (yet) delivered.
mx_programs()
{
	printf '%s\n' '#!/bin/sh' 'cat >/dev/null' 'exit 67' >"$PF_DIR/bin/full"
	printf '%s\n' '#!/bin/sh' 'cat >/dev/null' "[ -e $PF_DIR/open ] || exit 75" >"$PF_DIR/bin/later"
	chmod 755 "$PF_DIR/bin/full" "$PF_DIR/bin/later"
}

mx_main_cf()
{
	mx_set inet_interfaces=all smtpd_authorized_xclient_hosts= smtpd_authorized_xforward_hosts=127.0.0.0/8 \
		"smtpd_client_event_limit_exceptions=\$mynetworks" "smtpd_banner=\$myhostname ESMTP smtpd" \
		mydestination=local.example.org "alias_maps=texthash:$PF_DIR/etc/aliases" "local_recipient_maps=\$alias_maps" \
		"virtual_mailbox_maps=texthash:$PF_DIR/etc/mailboxes" "virtual_alias_maps=texthash:$PF_DIR/etc/virtual" \
		"transport_maps=texthash:$PF_DIR/etc/transport" "header_checks=regexp:$PF_DIR/etc/headers" \
		smtpd_helo_restrictions=reject_invalid_helo_hostname \
		"smtpd_sender_restrictions=reject_non_fqdn_sender, check_sender_access texthash:$PF_DIR/etc/filtered, warn_if_reject check_sender_access texthash:$PF_DIR/etc/warned" \
		"smtpd_recipient_restrictions=reject_unauth_destination, check_policy_service unix:private/grey, reject_unlisted_recipient" \
		"smtpd_end_of_data_restrictions=check_sender_access texthash:$PF_DIR/etc/late" \
		"postscreen_access_list=permit_mynetworks, cidr:$PF_DIR/etc/access.cidr" postscreen_greet_wait=4s
}

# Takes the place of postfix.bash's. In its own network the ports are free.
pf_master_cf()
{
	pf_daemons
	cat <<-EOF
		smtp    inet n - n - 1 postscreen
		  -o { smtpd_banner = \$myhostname ESMTP postscreen }
		smtpd   pass - - n - - smtpd
		submission inet n - n - - smtpd
		  -o syslog_name=postfix/submission
		  -o { smtpd_sender_restrictions = } -o { smtpd_recipient_restrictions = } -o { smtpd_end_of_data_restrictions = }
		  -o { smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination }
		127.0.0.1:10025 inet n - n - - smtpd
		  -o { myhostname = filter.example.org } -o { smtpd_sender_restrictions = }
		  -o { smtpd_recipient_restrictions = permit_mynetworks, reject }
		pickup  unix n - n 60 1 pickup
		local   unix - n n - - local
		smtp    unix - - n - - smtp
		scan    unix - - n - - smtp
		  -o smtp_send_xforward_command=yes
		full    unix - n n - - pipe
		  user=nobody argv=$PF_DIR/bin/full
		later   unix - n n - - pipe
		  user=nobody argv=$PF_DIR/bin/later
		grey    unix - n n - 0 spawn
		  $(cat "$PF_DIR/service/grey")
	EOF
}

# mx_run: starts it, has all the clients come, and stops it while one is still waiting.
mx_run()
{
	local waiting

	# shellcheck disable=SC2034
	PF_UNDER=("$ROOT/t/lib/private-network")
	pf_start || return 1
	readlink "/proc/$(pf_pid)/ns/net" >"$PF_DIR/network" || return 1
	mx_inside sendmail -C "$PF_DIR/etc" -f root@example.org u1@example.org u2@example.org <<-EOF || return 1
		Subject: from this host

		test
	EOF
	mx_inside perl "$ROOT/t/postfix/mx-clients.pl" traffic >"$PF_DIR/truth.clients" || return 1
	mx_deliver || return 1

	mx_inside perl "$ROOT/t/postfix/mx-clients.pl" open >"$PF_DIR/truth.waiting" 3>&- &
	waiting=$!
	wait_for 10 mx_logged 'CONNECT from \[203.0.113.99]' || return 1
	mx_stop || return 1
	wait "$waiting" || return 1
	mx_log >"$PF_DIR/log"
	mx_truth >"$PF_DIR/truth"
}

# mx_stop: as pf_stop. A postscreen that still has clients would go on without the others, to be done with these.
mx_stop()
{
	local status=0 pid

	pf_stop || status=1
	[ -s "$PF_DIR/network" ] || return $status
	for pid in $(pgrep -x postscreen); do
		[ "$(readlink "/proc/$pid/ns/net")" != "$(cat "$PF_DIR/network")" ] || kill -KILL "$pid"
	done
	rm "$PF_DIR/network"
	return $status
}

mx_inside()
{
	nsenter --net --mount --target "$(pf_pid)" -- "$@"
}

# Two messages stay; then all are tried again, and one of the two goes.
mx_deliver()
{
	wait_for 20 mx_queue_is 2 || return 1
	: >"$PF_DIR/open"
	mx_inside postqueue -c "$PF_DIR/etc" -f || return 1
	wait_for 20 mx_logged 'to=<wait@example.org>.*status=deferred' 2 || return 1
	wait_for 20 mx_queue_is 1
}

# mx_queue_is N: N messages are deferred, and there are no others.
mx_queue_is()
{
	local queue=$PF_DIR/queue

	[ "$(find "$queue/deferred" -type f | wc -l)" -eq "$1" ] &&
		[ -z "$(find "$queue/incoming" "$queue/active" "$queue/maildrop" -type f)" ]
}

# mx_logged REGEX [N]: for waiting only: the log has at least N (1) such lines by now.
mx_logged()
{
	[ "$(cat "$PF_DIR/mail.log" "$PF_DIR/syslog" 2>/dev/null | grep -c -- "$1")" -ge "${2:-1}" ]
}

# What a syslogd writes has no priority but a host. Of grey-check's lines there are none in Postfix's own file.
mx_log()
{
	if [ "$(cat "$PF_DIR/kind")" = syslog ]; then
		sed -E 's/^<[0-9]+>(.{15}) /\1 mx /' "$PF_DIR/syslog"
	else
		cat "$PF_DIR/mail.log"
	fi
}

# The sums of what was counted, and what mx_run itself has done.
mx_truth()
{
	{
		printf '%s\n' postscreen.{connects,blocked,come_back,gave_up,handed_off,open} \
			smtpd.{connects,rejected_sessions,accepted_sessions,rejects,reject_warnings} \
			greylist.{greylisted,triplets,passed,never_returned,still_open} \
			messages.{received,submitted,local,delivered,deferred,expired} \
			recipients.{delivered,bounced,deferred_attempts,deferred,deferred_waiting} \
			table-recipient.{postscreen,smtpd,delivered} files | sed 's/$/ 0/'
		# sendmail; what is deferred is tried once, and wait@ once more.
		printf '%s\n' 'messages.local 1' 'messages.delivered 1' 'recipients.delivered 2' 'files 2' \
			'recipients.deferred_attempts 3' 'recipients.deferred_waiting 1'
		cat "$PF_DIR/truth.clients" "$PF_DIR/truth.waiting"
	} | awk '{ sum[$1] += $2 } END { for (name in sum) print name, sum[name] }' |
		awk '{ print }
			$1 == "postscreen.blocked" { print "table.postscreen", $2 }
			$1 == "smtpd.rejected_sessions" { print "table.smtpd", $2 }
			$1 == "smtpd.accepted_sessions" { print "table.delivered", $2 }' | sort
}
