# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# postfix.bash: a throwaway Postfix for the tests and the demo. Source common.bash first.
#
#   pf_init DIR; pf_service greylist --delay=2; pf_start; smtp_send greylist ...; pf_stop
#
# Everything is below DIR (a work_dir), nothing of the system's Postfix is read or written but its programs:
#   DIR/etc            main.cf, master.cf          DIR/queue, DIR/data    Postfix's own
#   DIR/bin            copies of our programs      DIR/store/NAME         the store of service NAME, nobody's
#   DIR/mail.log       Postfix's log (postlogd)    DIR/syslog             what comes to syslog
#   DIR/mail/inbox/new every delivered message, for whichever user of example.org
#   DIR/port/NAME      the port of 127.0.0.1 whose smtpd asks NAME
# PF_SYSLOG says what syslog this Postfix has:
#   private    one of its own, DIR/syslog, where grey-check logs; the default; takes a mount namespace
#   absent     none: no /dev/log; the same
#   untouched  whatever the system has; no namespace is needed, and grey-check is to log elsewhere
# PF_GROUP is the group that grey-check runs as, beside the user nobody; postdrop reaches postlogd.
# All state is in these files, so that it does not matter in which shell of bats a function runs; PF_DIR is DIR.

# pf_missing: says what keeps a Postfix from being run on this machine; fails if nothing does.
pf_missing()
{
	local why

	if [ "$(id -u)" -ne 0 ]; then
		echo "needs root, as Postfix's master does"
	elif ! command -v postconf >/dev/null; then
		echo "needs Postfix (apt-get install postfix); it need not run"
	elif [ "${PF_SYSLOG-private}" != untouched ] && why=$(mount_missing); then
		echo "$why, for a private syslog"
	else
		return 1
	fi
}

# pf_init DIR: lays out DIR for a Postfix that has no service of ours yet.
pf_init()
{
	export PF_DIR=$1
	local nobody nogroup

	nobody=$(id -u nobody)
	nogroup=$(id -g nobody)
	(
		cd "$PF_DIR" &&
			mkdir bin etc queue data mail port service store &&
			chown postfix data &&
			cp "$BIN"/grey-* bin/ &&
			chmod 755 bin/* &&
			chown "$nobody:$nogroup" mail &&
			mkdir queue/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace} \
				queue/{maildrop,public,pid} &&
			chown postfix queue/* &&
			chmod 700 queue/* &&
			chown root queue/pid &&
			chmod 755 queue/pid &&
			chgrp postdrop queue/maildrop queue/public &&
			chmod 1730 queue/maildrop &&
			chmod 2710 queue/public
	) || return 1
	if ! as_nobody test -x "$PF_DIR/bin/grey-check"; then
		echo "user nobody cannot run programs in $PF_DIR: set TMPDIR to a directory where it can" >&2
		return 1
	fi
	cat >"$PF_DIR/etc/main.cf" <<-EOF
		compatibility_level = 3.6
		queue_directory = $PF_DIR/queue
		data_directory = $PF_DIR/data
		maillog_file = $PF_DIR/mail.log
		maillog_file_prefixes = $PF_DIR
		myhostname = mx.example.org
		inet_interfaces = loopback-only
		inet_protocols = all
		mynetworks = 127.0.0.0/8
		smtputf8_enable = no
		# All of example.org goes into one maildir; no mail ever leaves.
		mydestination =
		local_recipient_maps =
		alias_maps =
		alias_database =
		relay_domains =
		fast_flush_domains =
		default_transport = error:no mail leaves this machine
		smtp_dns_support_level = disabled
		virtual_mailbox_domains = example.org
		virtual_mailbox_maps = static:inbox/
		virtual_mailbox_base = $PF_DIR/mail
		virtual_uid_maps = static:$nobody
		virtual_gid_maps = static:$nogroup
		# Clients are who they say they are (XCLIENT), and nobody slows them down.
		smtpd_authorized_xclient_hosts = 127.0.0.0/8
		smtpd_peername_lookup = no
		smtpd_client_event_limit_exceptions = static:all
		smtpd_error_sleep_time = 0
		smtpd_soft_error_limit = 100000
		smtpd_hard_error_limit = 100000
		smtpd_relay_restrictions = reject_unauth_destination
		smtpd_recipient_restrictions = reject_unauth_destination
	EOF
}

# pf_main LINE...: appends lines to main.cf.
pf_main()
{
	printf '%s\n' "$@" >>"$PF_DIR/etc/main.cf"
}

# pf_store NAME: the store directory of service NAME.
pf_store()
{
	echo "$PF_DIR/store/$1"
}

# pf_port NAME: the port whose smtpd asks service NAME.
pf_port()
{
	cat "$PF_DIR/port/$1"
}

# pf_service NAME [OPTION...]: a spawn(8) entry NAME that runs grey-check with a store of its own and these options,
# and an smtpd on a port of its own that asks it. To be called before pf_start. (master.cf knows no quotes: an
# option may hold no blanks.)
pf_service()
{
	local name=$1 store
	shift
	store=$(pf_store "$name")
	mkdir -p "$store" || return 1
	chown nobody: "$store"
	chmod 700 "$store"
	echo "user=nobody${PF_GROUP:+:$PF_GROUP} argv=$PF_DIR/bin/grey-check --store=$store $*" >"$PF_DIR/service/$name"
}

# pf_daemons: prints the lines of master.cf that every Postfix here has.
pf_daemons()
{
	cat <<-EOF
		postlog unix-dgram n - n - 1 postlogd
		cleanup unix n - n - 0 cleanup
		qmgr    unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce  unix - - n - 0 bounce
		defer   unix - - n - 0 bounce
		trace   unix - - n - 0 bounce
		verify  unix - - n - 1 verify
		anvil   unix - - n - 1 anvil
		error   unix - - n - - error
		retry   unix - - n - - error
		virtual unix - n n - - virtual
	EOF
}

# pf_master_cf: prints master.cf for the services there are, with ports that are free now.
pf_master_cf()
{
	local file name port

	pf_daemons
	for file in "$PF_DIR"/service/*; do
		name=${file##*/}
		# For two lines with one port, Postfix takes the last of them.
		until port=$(free_port) && ! grep -qsx "$port" "$PF_DIR"/port/*; do
			[ -n "$port" ] || return 1
		done
		echo "$port" >"$PF_DIR/port/$name"
		cat <<-EOF
			127.0.0.1:$port inet n - n - - smtpd
			  -o { smtpd_recipient_restrictions = reject_unauth_destination,
			       check_policy_service unix:private/$name }
			$name unix - n n - 0 spawn
			  $(cat "$file")
		EOF
	done
}

# pf_start: starts it. A port may have been taken since it was found free, so that is tried three times. (Why the master
# does not start stands in syslog, not in its maillog_file: postlogd, which writes that, is not there yet.) -e: should
# nobody stop it, it stops itself after half an hour. PF_UNDER is a command that starts it, if it is set.
pf_start()
{
	local try master under=("${PF_UNDER[@]}")

	case ${PF_SYSLOG-private} in
	private) under+=("$ROOT/t/lib/private-syslog" "$PF_DIR/syslog") ;;
	absent) under+=("$ROOT/t/lib/private-syslog" -) ;;
	esac
	master=$(postconf -dh daemon_directory)/master
	for try in 1 2 3; do
		pf_master_cf >"$PF_DIR/etc/master.cf" || return 1
		if "${under[@]}" "$master" -w -e 1800 -c "$PF_DIR/etc" </dev/null >"$PF_DIR/start" 2>&1 3>&-; then
			return 0
		fi
		pf_stop_syslog
		[ ! -e "$PF_DIR/syslog" ] || mv "$PF_DIR/syslog" "$PF_DIR/syslog.$try"
		mv "$PF_DIR/start" "$PF_DIR/start.$try"
	done
	{
		echo "Postfix did not start:"
		cat "$PF_DIR"/start.* "$PF_DIR"/syslog.* "$PF_DIR/mail.log" 2>/dev/null
	} >&2
	return 1
}

# pf_pid: the pid of our master, and certainly ours: its command line names our configuration.
pf_pid()
{
	local pid

	pid=$(tr -cd 0-9 2>/dev/null <"$PF_DIR/queue/pid/master.pid") || return 1
	[ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "-c $PF_DIR/etc" || return 1
	echo "$pid"
}

pf_stop_syslog()
{
	[ -s "$PF_DIR/syslog.pid" ] || return 0
	stop_process "$(cat "$PF_DIR/syslog.pid")"
	rm -f "$PF_DIR/syslog.pid"
}

# pf_left PGID: prints the processes of the master's process group and of the programs in DIR/bin; fails if there are
# none. (spawn gives each grey-check a session of its own: it ends because its smtpd does. Zombies do not count: not
# every container has an init that collects them.)
pf_left()
{
	ps -eo pgid=,stat=,pid=,args= | PGID=$1 awk '
		$2 ~ /^Z/ { next }
		$1 == ENVIRON["PGID"] || index($0, ENVIRON["PF_DIR"] "/bin/") { print; found = 1 }
		END { exit !found }'
}

pf_ended()
{
	! pf_left "$1" >/dev/null
}

# pf_stop: stops it; when this returns no process of it is left. Nothing happens where none runs.
pf_stop()
{
	local pid status=0

	if pid=$(pf_pid); then
		# On SIGTERM the master ends its process group, all the daemons.
		kill -TERM "$pid"
		if ! wait_for 10 pf_ended "$pid"; then
			status=1
			echo "these did not end with Postfix and are killed:" >&2
			pf_left "$pid" >&2
			pf_left "$pid" | awk '{ print $3 }' | xargs -r kill -KILL
		fi
	fi
	pf_stop_syslog
	return $status
}

# pf_reload: `postfix reload`; when this returns the master has read its files anew.
pf_reload()
{
	local before

	before=$(grep -c "reload -- version" "$PF_DIR/mail.log") || true
	postfix -c "$PF_DIR/etc" reload >"$PF_DIR/reload" 2>&1 3>&- || { cat "$PF_DIR/reload" >&2; return 1; }
	wait_for 10 pf_logged "reload -- version" $((before + 1))
}

# pf_logged TEXT [N]: Postfix's log has at least N (1) lines with TEXT.
pf_logged()
{
	[ "$(grep -cF -- "$1" "$PF_DIR/mail.log")" -ge "${2:-1}" ]
}

# pf_grey_log [TEXT]: prints what grey-check logged, as a syslog daemon or postlogd would write it; only the lines with
# TEXT.
pf_grey_log()
{
	cat "$PF_DIR/syslog" "$PF_DIR/mail.log" 2>/dev/null | sed 's/^<[0-9]*>//' | grep -F ' grey-check[' | grep -F -- "${1-}"
}

# pf_decision N TEXT: waits until grey-check has logged N decisions with TEXT (the log is written beside the answer,
# not before it), and prints them without time, name and pid.
pf_decision()
{
	wait_for 10 pf_decisions "$2" "$1" || { pf_grey_log >&2; return 1; }
	pf_grey_log "$2" | sed -n 's/^.*grey-check\[[0-9]*\]: \(.*action=\)/\1/p'
}

pf_decisions()
{
	[ "$(pf_grey_log "$1" | grep -c 'grey-check\[[0-9]*\]: .*action=')" -ge "$2" ]
}

# pf_processes NAME: prints the pids of the grey-check processes of service NAME.
pf_processes()
{
	pgrep -u nobody -f -- "bin/grey-check --store=$(pf_store "$1") "
}

# smtp_script CLIENT SENDER SUBJECT RECIPIENT...: prints a script for smtp.pl that sends one message. CLIENT is as in
# Postfix's log, name[address], and is played with XCLIENT; '-' for none. SMTP_HELLO=HELO makes the dialogue short.
# SMTP_LOGIN=user: it has authenticated as this user.
smtp_script()
{
	local client=$1 sender=$2 subject=$3 name address recipient
	local hello="${SMTP_HELLO:-EHLO} client.example.net"
	shift 3

	echo "$hello"
	if [ "$client" != - ]; then
		name=${client%%[*}
		address=${client#*[}
		address=${address%]}
		case $address in
		*:*) address=IPV6:$address ;;
		esac
		[ "$name" != unknown ] || name='[UNAVAILABLE]'
		echo "XCLIENT NAME=$name ADDR=$address${SMTP_LOGIN:+ LOGIN=$SMTP_LOGIN}"
		echo "$hello"
	fi
	echo "MAIL FROM:<$sender>"
	for recipient; do
		echo "RCPT TO:<$recipient>"
	done
	cat <<-EOF
		DATA
		From: <$sender>
		Subject: $subject

		$subject
		.
		QUIT
	EOF
}

# smtp NAME: speaks the script on stdin with the smtpd that asks service NAME, prints the dialogue.
smtp()
{
	perl "$ROOT/t/lib/smtp.pl" "$(pf_port "$1")"
}

# smtp_send NAME CLIENT SENDER SUBJECT RECIPIENT...: sends one message, prints the dialogue.
smtp_send()
{
	local service=$1
	shift
	smtp_script "$@" | smtp "$service"
}

# smtp_accepted NAME CLIENT SENDER SUBJECT RECIPIENT...: sends one message; succeeds if it was taken.
smtp_accepted()
{
	smtp_send "$@" | grep -q '^S: 250 2.0.0 Ok: queued as'
}

# pf_delivered SUBJECT [N]: N (1) messages with this subject have been delivered. Prints their files.
pf_delivered()
{
	local files

	files=$(grep -lsxF "Subject: $1" "$PF_DIR"/mail/inbox/new/*)
	[ -n "$files" ] && [ "$(wc -l <<<"$files")" -eq "${2:-1}" ] && echo "$files"
}

# pf_delay_over NAME KEY SECONDS: the record KEY of service NAME is SECONDS old.
pf_delay_over()
{
	local value

	value=$(row "$(pf_store "$1")" postgrey.db "$2") && [ $((${value%%,*} + $3)) -le "$(date +%s)" ]
}
