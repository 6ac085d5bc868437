#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --check-postfix: the service, its user, options, log, lists and store, the probe, and what postgrey left.

load check-postfix

@test "a greylist as README has it works, and nothing is to be remarked on" {
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	finds ok "$PF_DIR/bin/grey-check runs as nobody"
	finds ok "the log: lines go to Postfix's postlogd"
	finds ok "$PF_DIR/clients: 2 entries, clients that pass; changed [0-9]+ [a-z]+ ago"
	finds ok 'main.cf: smtpd_recipient_restrictions: smtpd asks greylist'
	finds ok 'if grey-check does not answer within 10s, mail passes \(DUNNO\)'
	finds ok 'probe: greylist would answer a stranger: DEFER_IF_PERMIT .*\(action=greylist, reason=new\)'
	run -0 tail -n 1 "$CF/out"
	assert_output --regexp '^Greylisting works, with [0-9]+ remarks?\.$'
}

@test "the lines of etc/ are what it wants, apart from the paths" {
	sed -n '/^# 1\./,/^# 2\./p' "$ROOT/etc/main.cf" >>"$CF/main.cf"
	postconf -c "$CF" -MX greylist/unix
	sed -n '/^greylist/,/^$/p' "$ROOT/etc/master.cf" |
		sed "s|user=grey|user=nobody|; s|/usr/local/sbin|$PF_DIR/bin|; s|/var/lib/grey|$(pf_store greylist) --log=postlog --whitelist-clients=$PF_DIR/clients|" \
			>>"$CF/master.cf"
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	finds ok 'if grey-check does not answer within 10s, mail passes \(DUNNO\)'
}

@test "the probe is not stored, and not counted as a decision" {
	run -0 check
	finds ok 'the store is empty'
	run -0 check
	finds ok 'the store is empty'
	wait_for 10 pf_logged 'a probe of --check-postfix was answered: greylist, new' 2
	run -1 grep -c 'action=.*grey-check-probe' "$PF_DIR/mail.log"
}

@test "an option that does not exist: the option is named" {
	spawn --dealy=60
	run -0 check
	finds FAULT 'master.cf: greylist: .*--dealy'
	assert_line 'exit 1'
}

@test "an option with blanks: how Postfix wants it is there to paste" {
	local option

	spawn "--greylist-text='4.7.1 Greylisted'"
	run -0 check
	finds FAULT "master.cf: greylist: .*Postfix splits at blanks"
	assert_line --partial 'only braces: { --greylist-text=4.7.1 Greylisted }'
	for option in "--greylist-text='4.7.1 Greylisted'" '--greylist-text=4.7.1 Greylisted' "'--greylist-text=4.7.1 Greylisted'" \
		'"--greylist-text=4.7.1 Greylisted" --delay=60'; do
		spawn "--log=postlog $option"
		run -0 check
		finds FAULT 'Postfix splits at blanks'
		run -0 pasted
		run -0 check
		refute_line --regexp '^(FAULT|exit)'
		run -0 postconf -c "$CF" -M greylist/unix
		assert_output --regexp "user=nobody:postdrop argv=.*--log=postlog \{ ?--greylist-text=4\.7\.1 Greylisted ?\}"
	done
}

@test "a user that does not exist, is root, is Postfix', or is not given" {
	USER_OF_SERVICE=nosuchuser spawn ''
	run -0 check
	finds FAULT 'user=nosuchuser: there is no such user'
	assert_line --regexp '^ +useradd .*nosuchuser$'
	USER_OF_SERVICE=nobody:nosuchgroup spawn ''
	run -0 check
	finds FAULT 'user=nobody:nosuchgroup: there is no such group'
	USER_OF_SERVICE=root spawn ''
	run -0 check
	finds FAULT 'user=root is root, which spawn\(8\) refuses'
	USER_OF_SERVICE=postfix spawn ''
	run -0 check
	finds FAULT "user=postfix is Postfix's own user"
	postconf -c "$CF" -M "greylist/unix = greylist unix - n n - 0 spawn argv=$PF_DIR/bin/grey-check"
	run -0 check
	finds FAULT 'user= is missing'
	run -0 pasted
	run -0 postconf -c "$CF" -M greylist/unix
	assert_output --regexp "user=grey:postdrop argv=$PF_DIR/bin/grey-check\$"
}

@test "a store that is not the user's, or that the user can't make" {
	mkdir "$CF/store"
	chmod 755 "$CF"
	chmod 700 "$CF/store"
	STORE=$CF/store spawn ''
	run -0 check
	finds FAULT "as user nobody: $CF/store"
	assert_line 'exit 1'
	STORE=$CF/none spawn ''
	run -0 check
	finds FAULT "$CF/none: is not there, and user nobody can't make it"
	assert_line --regexp "^ +install -d -m 0700 -o nobody .* $CF/none\$"
}

@test "a log that nobody would ever see" {
	USER_OF_SERVICE=nobody spawn "--log=postlog --whitelist-clients=$PF_DIR/clients"
	run -0 check
	finds remark "the log: user nobody can't write to $PF_DIR/queue/public/postlog: nothing .* is to be seen"
	run -0 pasted
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	spawn "--log=file:$CF/log"
	run -0 check
	finds remark "the log: user nobody can't write to $CF/log"
	spawn --log=stderr
	run -0 check
	finds remark 'the log: --log=stderr is the socket of the requests'
	spawn --log=none
	run -0 check
	finds remark 'the log: --log=none'
	chmod 777 "$CF"
	spawn "--log=file:$CF/log"
	run -0 check
	finds ok "the log: lines go to $CF/log"
}

@test "a log without a syslog goes to postlogd, if the user may" {
	skip_without_mount
	spawn ''
	# shellcheck disable=SC2016
	run -0 unshare --mount --propagation private bash -c '
		! [ -e /dev/log ] || mount -n --bind /dev/null /dev/log
		"$1" --check-postfix -c "$2"' - "$PF_DIR/bin/grey-check" "$CF"
	finds ok "the log: there is no /dev/log, so lines go to Postfix's postlogd"
}

@test "a program that the user can't run" {
	cp "$PF_DIR/bin/grey-check" "$CF/grey-check"
	chmod 700 "$CF/grey-check"
	postconf -c "$CF" -M "greylist/unix = greylist unix - n n - 0 spawn user=nobody:postdrop argv=$CF/grey-check --store=$(pf_store greylist)"
	run -0 check
	finds FAULT "$CF/grey-check: user nobody can't run it"
}

@test "columns of master.cf that keep it from working, or limit it" {
	local column limit

	for column in unprivileged chroot; do
		postconf -c "$CF" -F "greylist/unix/$column = y"
		run -0 check
		finds FAULT "master.cf: greylist: the column ${column/unprivileged/unpriv} must be n"
		assert_line --regexp "^ +postconf -c $CF -F 'greylist/unix/$column = n'\$"
		run -0 pasted
	done
	postconf -c "$CF" -F 'greylist/unix/process_limit = 10'
	run -0 check
	finds remark 'no more than 10 smtpd processes can ask at a time'
	for limit in 1000s 1000 16m; do
		postconf -c "$CF" -e greylist_time_limit=$limit
		run -0 check
		finds remark "greylist_time_limit is $limit:"
		refute_line --regexp '^(FAULT|exit)'
	done
	run -0 pasted
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	postconf -c "$CF" -e greylist_time_limit=2h
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
}

@test "of two services one that nobody asks is a remark, and postgrey's lists are compared once" {
	postconf -c "$CF" -M "old/unix = old unix - n n - 0 spawn user=nobody argv=$PF_DIR/bin/grey-check"
	run -0 check
	finds remark 'master.cf: old runs grey-check, and no smtpd asks it'
	refute_line --regexp '^(FAULT|exit)'
	run -0 mended
	postconf -c "$CF" -M "broken/unix = broken unix - n n - 0 spawn user=nobody:postdrop argv=$PF_DIR/bin/grey-check --store=$(pf_store broken)"
	ask 'reject_unauth_destination, check_policy_service unix:private/greylist'
	postconf -c "$CF" -e 'smtpd_relay_restrictions = reject_unauth_destination, check_policy_service unix:private/broken'
	run -0 check
	# shellcheck disable=SC2016
	run -0 bash -c 'grep "postgrey.s list" "$1/out" | sort | uniq -d' - "$CF"
	refute_output
}

@test "a list that lets every stranger pass is a fault" {
	ask 'reject_unauth_destination, reject_unlisted_recipient, check_policy_service { unix:private/open, timeout=10s, default_action=DUNNO }'
	postconf -c "$CF" -MX greylist/unix
	postconf -c "$CF" -M "open/unix = open unix - n n - 0 spawn user=nobody:postdrop argv=$PF_DIR/bin/grey-check --store=$(pf_store open) --log=postlog"
	run -0 check
	finds FAULT 'probe: open would answer a stranger: DUNNO \(action=pass, reason=client whitelist\)'
	assert_line --partial '--explain --client-address=192.0.2.1'
	assert_line 'exit 1'
}

@test "postconf's warnings are shown once, its errors always" {
	echo 'queue_directory = /nonexistent' >"$CF/twice"
	cat "$CF/main.cf" >>"$CF/twice"
	mv "$CF/twice" "$CF/main.cf"
	run -0 check
	run -0 grep -c 'overriding earlier entry: queue_directory' "$CF/err"
	assert_output 1
	echo 'smtp inet n' >>"$CF/master.cf"
	run -0 check
	finds FAULT "Postfix's configuration can't be read in $CF"
	run -0 grep -c 'bad field count' "$CF/err"
	assert_output 1
}

@test "as another user than root nothing is said about whether it works" {
	chmod 755 "$CF"
	chmod 644 "$CF"/*
	run -1 as_nobody "$PF_DIR/bin/grey-check" --check-postfix -c "$CF"
	assert_line 'Whether greylisting works can'"'"'t be said: run this as root.'
	refute_output --partial 'Greylisting does not work'
}

@test "a service that answers a byte at a time is not waited for" {
	local port

	port=$(free_port)
	# A byte each five seconds, for two minutes.
	perl -MIO::Socket::INET -e '
		my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1:$ARGV[0]", Listen => 1) or die;
		print "ready\n"; close STDOUT;
		my $client = $listener->accept; $client->autoflush(1);
		for (1 .. 24) { $client->print("a") or last; sleep 5 }' "$port" >"$CF/ready" 3>&- &
	wait_for 10 grep -q ready "$CF/ready"
	postconf -c "$CF" -MX greylist/unix
	ask "reject_unauth_destination, check_policy_service inet:127.0.0.1:$port"
	run -1 timeout 60 "$PF_DIR/bin/grey-check" --check-postfix -c "$CF"
	finds FAULT 'ended without an answer within 15 s'
	kill "$!"
}

@test "a list with a bad line is a remark that names the line; one that can't be read is a fault" {
	printf '%s\n' mail.example.com 192.0.2.0/33 >"$CF/list"
	chmod 755 "$CF"
	spawn "--whitelist-clients=$CF/list"
	run -0 check
	finds remark "$CF/list: 1 entry, clients that pass"
	refute_line --regexp '^(FAULT|exit)'
	run -0 cat "$CF/err"
	assert_output --partial "$CF/list:2:"
	chmod 700 "$CF"
	run -0 check
	finds FAULT "$CF/list: user nobody can't read it"
}

@test "a configuration with a bad line, or that the user can't read, is a fault; a sound one is shown" {
	echo 'delay = soon' >"$CF/grey.conf"
	spawn "--log=postlog --whitelist-clients=$PF_DIR/clients --config=$CF/grey.conf"
	run -0 check
	finds FAULT "$CF/grey.conf:1: delay = soon: must be a number"
	chmod 711 "$CF"
	echo 'delay = 5m' >"$CF/grey.conf"
	chmod 644 "$CF/grey.conf"
	run -0 check
	finds ok "$CF/grey.conf: the configuration, which user nobody can read"
	chmod 600 "$CF/grey.conf"
	run -0 check
	finds FAULT "$CF/grey.conf: user nobody can't read it, so the settings in it do not count: Permission denied"
}

@test "a service that can't use its store says so to the probe" {
	postconf -c "$CF" -M "broken/unix = broken unix - n n - 0 spawn user=nobody:postdrop argv=$PF_DIR/bin/grey-check --store=$(pf_store broken)"
	ask 'reject_unauth_destination, reject_unlisted_recipient, check_policy_service unix:private/broken'
	postconf -c "$CF" -MX greylist/unix
	run -0 check
	finds FAULT 'probe: broken answers "DUNNO", without its store: '
	assert_line 'exit 1'
}

@test "a Postfix that does not run, and one that knows no grey-check" {
	mkdir "$CF/queue"
	postconf -c "$CF" -e "queue_directory = $CF/queue"
	run -0 check
	finds FAULT "probe: the socket of greylist can't be reached: No such file or directory; postfix reload"
	postconf -c "$CF" -MX greylist/unix
	ask reject_unauth_destination
	run -0 check
	finds FAULT 'no service runs grey-check under spawn'
	assert_line --regexp "^ +postconf -c [^ ]+ -M 'greylist/unix = greylist unix - n n - 0 spawn user=grey:postdrop argv=[^ ]*/sbin/grey-check --store="
	rm -r "$CF"
	run -1 --separate-stderr "$PF_DIR/bin/grey-check" --check-postfix -c "$CF"
	assert_line --regexp "^FAULT +Postfix's configuration can't be read in $CF"
}

@test "a grey-check behind a socket of systemd or inetd is asked at its port" {
	postconf -c "$CF" -MX greylist/unix
	ask 'reject_unauth_destination, reject_unlisted_recipient, check_policy_service { inet:127.0.0.1:9, timeout=10s, default_action=DUNNO }'
	run -0 check
	finds ok 'main.cf: smtpd_recipient_restrictions: smtpd asks 127.0.0.1:9'
	finds FAULT "probe: the socket of 127.0.0.1:9 can't be reached: Connection refused"
}

@test "the lists of postgrey, of its options too, are compared with ours, and its port is found" {
	skip_without_mount
	# shellcheck disable=SC2016
	run -0 unshare --mount --propagation private bash -c '
		set -e
		mount -n -t tmpfs tmpfs /etc/default
		printf "%s\n" "# --whitelist-clients=/none" "POSTGREY_OPTS=\"--inet=10023 --whitelist-clients=/etc/default/old\"" \
			>/etc/default/postgrey
		printf "%s\n" mail.example.com 198.51.100.0/28 "# a comment" 198.51.100.7 google.com >/etc/default/old
		mount -n -t tmpfs tmpfs /etc/systemd
		mkdir -p /etc/systemd/system/multi-user.target.wants
		touch /etc/systemd/system/multi-user.target.wants/postgrey.service
		"$1" --check-postfix -c "$2"' - "$PF_DIR/bin/grey-check" "$CF"
	finds remark "postgrey's list /etc/default/old: 2 of 4 entries are on no list of ours"
	assert_line --regexp "^ +--whitelist-clients=$PF_DIR/clients --whitelist-clients=/etc/default/old\$"
	refute_output --partial /none
	finds remark 'postgrey (still runs|will start again with the machine)'
	assert_line --regexp '^ +systemctl disable --now postgrey$'
	ask 'reject_unauth_destination, check_policy_service inet:127.0.0.1:10023, reject_unlisted_recipient, check_policy_service unix:private/greylist'
	run -0 "$PF_DIR/bin/grey-check" --check-postfix -c "$CF"
	finds remark 'check_policy_service inet:127.0.0.1:10023 seems to ask postgrey, too'
}

@test "usage: -c goes with --check-postfix, which goes with neither --explain nor --check-config" {
	run -2 --separate-stderr "$BIN/grey-check" -c "$CF"
	# shellcheck disable=SC2154
	assert_regex "$stderr" 'goes with --check-postfix only'
	run -2 --separate-stderr "$BIN/grey-check" --check-postfix --check-config
	assert_regex "$stderr" 'one at a time'
}
