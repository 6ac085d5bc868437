#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --check-postfix where a grey-check --serve answers, at a port or at a socket, of its own or of systemd's.

load check-postfix
load ../lib/serve

teardown()
{
	kill_serve
}

# server ADDRESS [OPTION...]: serves there as the user of the services, without a service in master.cf.
server()
{
	SAID=$CF/said
	postconf -c "$CF" -MX greylist/unix
	install -m 600 -o nobody /dev/null "$PF_DIR/serve.log"
	"$PF_DIR/bin/grey-check" "--store=$(pf_store greylist)" "--log=file:$PF_DIR/serve.log" "--whitelist-clients=$PF_DIR/clients" \
		"--serve=$1" "${@:2}" </dev/null >/dev/null 2>"$SAID" 3>&- &
	SERVER=$!
}

# asked ENDPOINT: in main.cf, as README says.
asked()
{
	ask "reject_unauth_destination, reject_unlisted_recipient, check_policy_service { $1, timeout=10s, default_action=DUNNO }"
}

reached()
{
	perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => shift)' "$1"
}

@test "at a port, by address or by name: who serves, its options, lists and store are looked at as with spawn(8)" {
	local port

	port=$(free_port)
	server "inet:$port"
	asked "inet:127.0.0.1:$port"
	wait_for 20 grep -q ': serving, ' "$PF_DIR/serve.log"
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	finds ok "127.0.0.1:$port is served by grey-check --serve, process $SERVER of user nobody"
	finds ok "main.cf: smtpd_recipient_restrictions: smtpd asks 127.0.0.1:$port"
	finds ok "probe: 127.0.0.1:$port would answer a stranger: DEFER_IF_PERMIT .*\(action=greylist, reason=new\)"
	finds ok "$PF_DIR/clients: 2 entries, clients that pass"
	finds ok "the log: lines go to $PF_DIR/serve.log"
	finds ok "$PF_DIR/bin/grey-check runs as nobody"
	assert_equal "$(grep -c ' the store is empty' <<<"$output")" 1
	asked "inet:localhost:$port"
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	finds ok "localhost:$port is served by grey-check --serve"
}

@test "at postgrey's port it is not taken for postgrey" {
	# It may be in use by somebody else.
	perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(LocalAddr => "127.0.0.1:10023", Listen => 1, ReuseAddr => 1)' ||
		skip "port 10023 is in use"
	server inet:127.0.0.1:10023
	asked inet:127.0.0.1:10023
	wait_for 20 grep -q ': serving, ' "$PF_DIR/serve.log"
	run -0 check
	refute_line --regexp '^(FAULT|exit)'
	refute_output --partial 'seems to ask postgrey'
	finds ok "127.0.0.1:10023 is served by grey-check --serve"
}

@test "at a socket in Postfix's private folder, or anywhere by its whole path" {
	local socket=$PF_DIR/queue/private/resident

	server "unix:$socket" "--serve=unix:$PF_DIR/resident"
	wait_for 20 reached "$PF_DIR/resident"
	for endpoint in unix:private/resident "unix:$socket" "unix:$PF_DIR/resident"; do
		asked "$endpoint"
		run -0 check
		refute_line --regexp '^(FAULT|remark|exit)'
		finds ok "${endpoint#unix:} is served by grey-check --serve, process $SERVER of user nobody"
		finds ok "smtpd asks ${endpoint#unix:}"
	done
	# What is to be mended keeps its address.
	ask 'check_policy_service unix:private/resident'
	run -0 check
	finds remark 'comes before reject_unlisted_recipient'
	run -0 mended
	assert_output --partial 'check_policy_service { unix:private/resident, timeout=10s, default_action=DUNNO }'
}

@test "a socket that smtpd may not connect to, or that nobody listens at" {
	local socket=$PF_DIR/queue/private/resident

	server "unix:$socket" --socketmode=0600
	wait_for 20 reached "$socket"
	asked unix:private/resident
	run -0 check
	finds FAULT "$socket: smtpd, which is user [a-z]+, can't connect to it: Permission denied"
	assert_line --regexp "^ +chown [a-z]+ $socket"
	kill -KILL "$SERVER"
	wait "$SERVER" || :
	SERVER=
	[ -S "$socket" ]
	run -0 check
	finds FAULT 'check_policy_service asks unix:private/resident, and master.cf has no such service: .*has grey-check --serve, .* not been started'
}

@test "options and lists of the server that somebody should look at are named" {
	local port

	port=$(free_port)
	server "inet:$port" --learn "--whitelist-recipients=$CF/missing"
	asked "inet:127.0.0.1:$port"
	wait_for 20 grep -q ': serving, ' "$PF_DIR/serve.log"
	run -0 check
	finds remark "127.0.0.1:$port: --learn: nothing is deferred"
	finds FAULT "$CF/missing: user nobody can't read it"
}

@test "beside a service of spawn(8) that nobody asks any more, the server is what counts" {
	local port

	port=$(free_port)
	server "inet:$port"
	spawn "--log=postlog --whitelist-clients=$PF_DIR/clients"
	asked "inet:127.0.0.1:$port"
	wait_for 20 grep -q ': serving, ' "$PF_DIR/serve.log"
	run -0 check
	refute_line --regexp '^(FAULT|exit)'
	finds ok "127.0.0.1:$port is served by grey-check --serve"
	finds remark 'master.cf: greylist runs grey-check, and no smtpd asks it'
}

@test "behind systemd's socket (Accept=no) the server is looked at, not who made the socket" {
	local port

	command -v systemd-socket-activate >/dev/null || skip "needs systemd-socket-activate"
	port=$(free_port)
	postconf -c "$CF" -MX greylist/unix
	systemd-socket-activate -l "127.0.0.1:$port" setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- \
		"$PF_DIR/bin/grey-check" "--store=$(pf_store greylist)" --log=stderr "--whitelist-clients=$PF_DIR/clients" \
		</dev/null >"$CF/activated" 2>&1 3>&- &
	SERVER=$!
	wait_for 10 grep -q Listening "$CF/activated"
	asked "inet:127.0.0.1:$port"
	run -0 check
	refute_line --regexp '^(FAULT|remark|exit)'
	finds ok "127.0.0.1:$port is served by grey-check --serve, process $SERVER of user nobody"
	finds ok 'the log: lines go to the standard error of who started the server'
}
