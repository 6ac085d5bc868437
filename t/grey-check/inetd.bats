#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check behind a super-server: inetd's "nowait", and systemd's Accept=yes. Standard input and output are then a
# TCP socket. inetd is OpenBSD's, run in private with its own configuration, on ports of 127.0.0.1.

load ../lib/common

setup_file()
{
	unset DIR # teardown_file removes it
	SKIP=$(mount_missing) && export SKIP="$SKIP, for a private syslog" && return 0
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
	DIR=$(work_dir)
	export DIR
	mkdir "$DIR/bin"
	cp "$BIN/grey-check" "$DIR/bin/"
	chmod 755 "$DIR/bin/grey-check"
	make_store inetd
	make_store systemd
	start_inetd
	start_systemd
}

setup()
{
	skip_if_set
}

teardown_file()
{
	local name

	[ -n "${DIR-}" ] || return 0
	for name in inetd systemd inetd.syslog systemd.syslog; do
		[ ! -s "$DIR/$name.pid" ] || stop_process "$(cat "$DIR/$name.pid")"
	done
	pgrep -f -- "grey-check --store=$DIR/" | xargs -r kill -KILL
	rm -rf "$DIR"
}

make_store()
{
	mkdir -m 700 "$DIR/$1.store"
	chown nobody: "$DIR/$1.store"
}

# listening NAME: the server of this name runs and takes connections.
listening()
{
	! gone "$(cat "$DIR/$1.pid")" && (: <>"/dev/tcp/127.0.0.1/$(cat "$DIR/$1.port")") 2>/dev/null
}

# start NAME COMMAND...: runs a server in the background, its log in DIR/NAME.log, grey-check's in DIR/NAME.syslog.
start()
{
	local name=$1
	shift
	"$ROOT/t/lib/private-syslog" "$DIR/$name.syslog" "$@" </dev/null >"$DIR/$name.log" 2>&1 3>&- &
	echo $! >"$DIR/$name.pid"
	wait_for 10 listening "$name" || { cat "$DIR/$name.log" >&2; return 1; }
}

# inetd writes /run/inetd.pid, even with -i: it gets a /run of its own.
start_inetd()
{
	local port

	command -v inetd >/dev/null || return 0
	port=$(free_port)
	echo "$port" >"$DIR/inetd.port"
	echo "127.0.0.1:$port stream tcp nowait nobody $DIR/bin/grey-check grey-check --store=$DIR/inetd.store --delay=300" \
		>"$DIR/inetd.conf"
	# shellcheck disable=SC2016
	start inetd sh -c 'mount -n -t tmpfs tmpfs /run && exec inetd -i "$1"' sh "$DIR/inetd.conf"
}

# systemd itself is not needed: systemd-socket-activate does what Accept=yes with StandardInput=socket does. Where it
# is missing, so do these lines of Perl.
start_systemd()
{
	local port server

	port=$(free_port)
	echo "$port" >"$DIR/systemd.port"
	if command -v systemd-socket-activate >/dev/null; then
		server=(systemd-socket-activate --accept --inetd -l "127.0.0.1:$port")
	else
		# shellcheck disable=SC2016
		server=(perl -MIO::Socket::INET -e '
			my $listener = IO::Socket::INET->new(LocalAddr => shift, Listen => 9, ReuseAddr => 1) or die "$!\n";
			$SIG{CHLD} = "IGNORE";
			while (my $client = $listener->accept) {
				next if fork;
				open STDIN, "<&", $client or die;
				open STDOUT, ">&", $client or die;
				exec @ARGV or die;
			}' "127.0.0.1:$port")
	fi
	start systemd setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "${server[@]}" \
		"$DIR/bin/grey-check" "--store=$DIR/systemd.store" --delay=300 --log=syslog
}

# connect NAME: opens a connection to the server NAME as descriptor CONNECTION.
connect()
{
	exec {CONNECTION}<>"/dev/tcp/127.0.0.1/$(cat "$DIR/$1.port")"
}

# request SENDER [LINE-END]: prints a request as Postfix sends it, etrn_domain left out.
request()
{
	local end=${2-$'\n'}

	printf '%s'"$end" request=smtpd_access_policy protocol_state=RCPT protocol_name=ESMTP \
		client_address=192.0.2.30 client_name=mail.example.net \
		"sender=$1" recipient=user@example.org instance=1.2.3.0 ''
}

# answer: reads one answer, the action and the empty line after it, and prints the action.
answer()
{
	local action empty

	IFS= read -r -t 10 -u "$CONNECTION" action || return 1
	IFS= read -r -t 10 -u "$CONNECTION" empty || return 1
	[ -z "$empty" ] || return 1
	echo "$action"
}

GREYLISTED='action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'

@test "inetd: a request over TCP gets its answer, its record and its log line" {
	command -v inetd >/dev/null || skip "needs openbsd-inetd"
	connect inetd
	request tcp@example.net >&"$CONNECTION"
	run -0 answer
	assert_output "$GREYLISTED"

	run -0 row "$DIR/inetd.store" postgrey.db 192.0.2.0/tcp@example.net/user@example.org
	assert_output --regexp '^([0-9]+),\1,30$'
	wait_for 10 grep -q 'grey-check\[[0-9]*\]: action=greylist, reason=new, .*sender=tcp@example.net' "$DIR/inetd.syslog"
}

@test "inetd: one connection carries several requests, one after the other and at once" {
	local sender

	command -v inetd >/dev/null || skip "needs openbsd-inetd"
	connect inetd
	for sender in one@example.net two@example.net; do
		request "$sender" >&"$CONNECTION"
		run -0 answer
		assert_output "$GREYLISTED"
	done
	{ request three@example.net; request four@example.net; request five@example.net; } >&"$CONNECTION"
	for sender in three@example.net four@example.net five@example.net; do
		run -0 answer
		assert_output "$GREYLISTED"
		row "$DIR/inetd.store" postgrey.db "192.0.2.0/$sender/user@example.org"
	done
}

@test "inetd: lines that end in CR LF are the same as lines that end in LF" {
	command -v inetd >/dev/null || skip "needs openbsd-inetd"
	connect inetd
	request crlf@example.net $'\r\n' >&"$CONNECTION"
	run -0 answer
	assert_output "$GREYLISTED"
	request crlf@example.net >&"$CONNECTION"
	run -0 answer
	assert_output "$GREYLISTED"

	run -0 rows "$DIR/inetd.store" postgrey.db
	assert_equal "$(grep -c crlf@example.net <<<"$output")" 1
	assert_line --regexp '^192\.0\.2\.0/crlf@example\.net/user@example\.org	[0-9]+,[0-9]+,30$'
	refute_output --partial '\0d'
}

@test "inetd: grey-check ends when the client closes the connection" {
	local pid

	command -v inetd >/dev/null || skip "needs openbsd-inetd"
	connect inetd
	request close@example.net >&"$CONNECTION"
	run -0 answer
	pid=$(pgrep -n -u nobody -f -- "grey-check --store=$DIR/inetd.store")
	exec {CONNECTION}>&-
	wait_for 10 gone "$pid"
}

@test "inetd: the answers to a client that has already closed its side still come" {
	command -v inetd >/dev/null || skip "needs openbsd-inetd"
	request half1@example.net >"$DIR/half"
	request half2@example.net >>"$DIR/half"
	# shellcheck disable=SC2016
	run -0 perl -MIO::Socket::INET -e '
		alarm 10;
		my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift) or die "$!\n";
		print $server <STDIN>;
		$server->flush;
		$server->shutdown(1);
		print <$server>' "$(cat "$DIR/inetd.port")" <"$DIR/half"
	assert_equal "$(grep -cxF "$GREYLISTED" <<<"$output")" 2
}

@test "systemd's Accept=yes: several requests on one connection are answered, logged and stored" {
	local sender

	connect systemd
	for sender in one@example.net two@example.net; do
		request "$sender" >&"$CONNECTION"
		run -0 answer
		assert_output "$GREYLISTED"
		row "$DIR/systemd.store" postgrey.db "192.0.2.0/$sender/user@example.org"
	done
	wait_for 10 grep -q 'grey-check\[[0-9]*\]: action=greylist, reason=new, .*sender=two@example.net' "$DIR/systemd.syslog"
}
