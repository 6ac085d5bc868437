#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --serve: signals, and what systemd is told.

load ../lib/check
load ../lib/serve

teardown()
{
	kill_serve
	[ -z "${HEARD-}" ] || { kill "$LISTENER" 2>/dev/null; wait "$LISTENER" || :; }
}

@test "SIGTERM and SIGINT: what has begun is answered and stored, nobody else is served, and the exit code is 0" {
	local signal

	for signal in TERM INT; do
		rm -rf "$STORE"
		serve
		run -0 talk <<-E
			open idle half
			front half policy_test_time=1000
			ask idle policy_test_time=1000
			answer idle
			run kill -$signal $SERVER
			closed idle
			run ! perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => shift)' $SOCKET
			silent half
			back half policy_test_time=1000
			answer half
			closed half
		E
		assert_output "idle: $GREYLISTED
idle: closed
half: nothing
half: $GREYLISTED
half: closed"
		end_serve
		[ ! -e "$SOCKET" ]
	done
}

@test "SIGTERM: many that ask at full speed are each answered what was asked before it ends" {
	serve -q
	# shellcheck disable=SC2016
	run -0 perl -MIO::Socket::UNIX -e '
		alarm 60;
		my ($path, $pid) = @ARGV;
		my $request = "request=smtpd_access_policy\nclient_address=192.0.2.30\nclient_name=x\n"
			. "sender=a\@example.net\nrecipient=b\@example.org\npolicy_test_time=1000\n\n";
		$SIG{PIPE} = "IGNORE";
		my @clients = map { IO::Socket::UNIX->new(Peer => $path) or die } 1 .. 50;
		my ($answered, $unanswered) = (0, 0);
		for my $round (1 .. 1000) {
			kill TERM => $pid if $round == 20;
			@clients = grep { defined syswrite $_, $request } @clients or last;
			@clients = grep {
				my $got = "";
				my $n = 1;
				$n = sysread $_, $got, 4096, length $got while $n && $got !~ /\n\n/;
				$answered++ if $got =~ /^action=.*\n\n\z/;
				$unanswered++ if $got ne "" && $got !~ /\n\n\z/;
				$n;
			} @clients;
		}
		print "clients left: ", scalar @clients, ", cut answers: $unanswered, ", $answered >= 950 ? "enough" : $answered, "\n"' \
		"$SOCKET" "$SERVER"
	assert_output 'clients left: 0, cut answers: 0, enough'
	end_serve
}

@test "SIGTERM: who has connected and asked before it, and was not looked at yet, is served as all others" {
	local address port

	port=$(free_port)
	for address in "unix:$BATS_TEST_TMPDIR/socket" "inet:$port"; do
		rm -rf "$STORE"
		serve "--serve=inet:127.0.0.1:$port"
		kill -STOP "$SERVER"
		run -0 talk "$address" <<-E
			open asks half idle
			ask asks policy_test_time=1000
			front half policy_test_time=1000
			run kill -TERM $SERVER
			run kill -CONT $SERVER
			answer asks
			closed asks idle
			back half policy_test_time=1000
			answer half
			closed half
		E
		assert_output "asks: $GREYLISTED
asks: closed
idle: closed
half: $GREYLISTED
half: closed"
		end_serve
	done
}

@test "SIGTERM: who waits at systemd's socket is served by the next server" {
	# shellcheck disable=SC2016
	run -0 timeout 60 perl -MIO::Socket::INET -MFcntl -e '
		my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 10) or die;
		my $request = "request=smtpd_access_policy\nclient_address=192.0.2.30\nclient_name=x\n"
			. "sender=a\@example.net\nrecipient=b\@example.org\npolicy_test_time=1000\n\n";
		sub connected { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $listener->sockport) or die }
		sub start {
			my $pid = fork // die;
			return $pid if $pid;
			POSIX::dup2(fileno $listener, 3);
			@ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, 1);
			exec @ARGV or die;
		}
		sub asked { my $socket = shift; $socket->syswrite($request); return $socket }
		sub answer { my $socket = shift; my $answer = <$socket>; print $answer // "none\n" }
		use POSIX ();
		my $server = start();
		answer(asked(connected()));
		kill STOP => $server;
		my $waits = asked(connected());
		kill TERM => $server;
		kill CONT => $server;
		waitpid $server, 0;
		print "ended: $?\n";
		$server = start();
		answer($waits);
		kill TERM => $server;
		waitpid $server, 0;
		print "ended: $?\n"' \
		"$BIN/grey-check" "--store=$STORE" --log=none --clock=request "${NO_LISTS[@]}"
	assert_output "$GREYLISTED
ended: 0
$GREYLISTED
ended: 0"
}

@test "SIGTERM: it does not wait for ever for who never ends a request" {
	serve
	run -0 talk <<-E
		open half
		front half
		run kill -TERM $SERVER
		closed half
	E
	assert_output 'half: closed'
	end_serve
	assert_equal "$(said '1 connections are closed in the middle of a request')" 1
}

@test "SIGHUP: settings and lists that were changed count from the next request on" {
	local file=$BATS_TEST_TMPDIR/recipients conf=$BATS_TEST_TMPDIR/conf

	: >"$file"
	echo 'delay = 300' >"$conf"
	serve "--whitelist-recipients=$file" "--config=$conf"
	run -0 talk <<-E
		open a
		ask a policy_test_time=1000
		answer a
		ask a recipient=friend@example.org policy_test_time=1000
		answer a
		run echo friend@example.org >>$file; echo 'delay = 50' >$conf; touch -d @1000 $file $conf; kill -HUP $SERVER
		open b
		ask b policy_test_time=1060
		answer b
		ask a recipient=friend@example.org policy_test_time=1000
		answer a
	E
	assert_line --index 1 "a: $GREYLISTED"
	assert_line --index 2 --partial 'b: action=PREPEND X-Greylist: delayed 60 seconds'
	assert_line --index 3 'a: action=DUNNO'
	end_serve
}

# hear: takes what comes to $NOTIFY_SOCKET, into the file HEARD.
hear()
{
	HEARD=$BATS_TEST_TMPDIR/heard
	perl -MIO::Socket::UNIX -MSocket -e '
		$| = 1;
		my $socket = IO::Socket::UNIX->new(Local => shift, Type => SOCK_DGRAM) or die;
		while (defined $socket->recv(my $text, 1000)) { print $text =~ s/USEC=\d+/USEC=N/r =~ s/\n/ /gr, "\n" }' \
		"$BATS_TEST_TMPDIR/notify" >"$HEARD" 3>&- &
	LISTENER=$!
	wait_for 10 test -S "$BATS_TEST_TMPDIR/notify"
}

heard()
{
	grep -qxF -- "$1" "$HEARD"
}

@test "systemd is told when it serves, when it reads again, and when it ends" {
	hear
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify serve
	wait_for 10 heard READY=1
	kill -HUP "$SERVER"
	wait_for 10 heard 'RELOADING=1 MONOTONIC_USEC=N'
	end_serve
	wait_for 10 heard STOPPING=1
	assert_equal "$(cat "$HEARD")" "READY=1
RELOADING=1 MONOTONIC_USEC=N
READY=1
STOPPING=1"
}

@test "systemd's watchdog hears of it for as long as the loop goes round, with nobody there" {
	hear
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify WATCHDOG_USEC=200000 serve
	three_times() { [ "$(grep -cx WATCHDOG=1 "$HEARD")" -ge 3 ]; }
	wait_for 10 three_times
	end_serve
}

@test "what systemd hands over and is no stream's socket is said" {
	# shellcheck disable=SC2016
	run -0 --separate-stderr timeout 60 perl -MIO::Socket::INET -MFcntl -MPOSIX=dup2 -e '
		my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Proto => "udp") or die;
		dup2(fileno $socket, 3);
		@ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, 1);
		exec @ARGV or die' "$BIN/grey-check" --config=none --store=mem: --log=none </dev/null
	# shellcheck disable=SC2154
	assert_regex "$stderr" '^grey-check: descriptor 3, which systemd hands over \(LISTEN_FDS\), is not a socket of a stream'
	run -0 --separate-stderr timeout 60 perl -MPOSIX -e 'POSIX::close(3); @ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, 2); exec @ARGV' \
		"$BIN/grey-check" --config=none --store=mem: --log=none </dev/null
	assert_regex "$stderr" '^grey-check: descriptor 3, .* is not open'
}

# told: what the server has to say of another store.
told()
{
	[ "$(said 'names another store')" -eq 1 ]
}

@test "another store in the configuration: the server says that it goes on with its own until it is started again" {
	local conf=$BATS_TEST_TMPDIR/conf

	SOCKET=$BATS_TEST_TMPDIR/socket SAID=$BATS_TEST_TMPDIR/said
	echo "store = $STORE" >"$conf"
	"$BIN/grey-check" "--config=$conf" --log=stderr "${NO_LISTS[@]}" "--serve=unix:$SOCKET" </dev/null >/dev/null 2>"$SAID" 3>&- &
	SERVER=$!
	wait_for 30 listens
	echo "store = redis://grey:secret@127.0.0.1" >"$conf"
	touch -d @1000 "$conf"
	kill -HUP "$SERVER"
	wait_for 30 told
	assert_equal "$(said secret)" 0
	end_serve
}
