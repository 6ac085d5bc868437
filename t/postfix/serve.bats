#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A real Postfix asks a grey-check --serve, by TCP and through a socket of its private folder, in the place of spawn(8).

load spawn
load ../lib/serve

services()
{
	pf_service tcp
	pf_service own
}

# start_server NAME ADDRESS: on the store of this service, and the service is asked there.
start_server()
{
	NO_LISTS=(--whitelist-clients=/dev/null --whitelist-recipients=/dev/null --whitelist-senders=/dev/null)
	STORE=$(pf_store "$1")
	SAID=$PF_DIR/$1.said
	"$PF_DIR/bin/grey-check" "--store=$STORE" --log=stderr --delay=2 "${NO_LISTS[@]}" "--serve=$2" </dev/null >/dev/null 2>"$SAID" 3>&- &
	# shellcheck disable=SC2034
	SERVER=$!
}

teardown()
{
	kill_serve
}

# greylisted_then_passed NAME SENDER
greylisted_then_passed()
{
	local message=('mail.example.net[192.0.2.10]' "$2" "subject-$1" user@example.org)

	run -0 smtp_send "$1" "${message[@]}"
	assert_line "S: 450 4.2.0 <user@example.org>: $GREYLISTED"
	wait_for 20 smtp_accepted "$1" "${message[@]}"
	run -0 wait_for 20 pf_delivered "subject-$1"
	assert_equal "$(grep -c '^X-Greylist: delayed' "$output")" 1
	end_serve
	# A retry within the same second is as new as the first.
	[ "$(said "reason=new, client_name=mail.example.net, client_address=192.0.2.10, sender=$2,")" -ge 1 ]
	assert_equal "$(said "reason=triplet found, delay=")" 1
}

@test "inet: a sender is greylisted, and its retry passes with a header" {
	local port

	port=$(free_port)
	sed -i "s|unix:private/tcp|inet:127.0.0.1:$port|" "$PF_DIR/etc/master.cf"
	start_server tcp "inet:$port"
	pf_reload
	greylisted_then_passed tcp tcp@example.net
}

@test "unix: so it is where the server's socket stands in Postfix's private folder" {
	sed -i 's|unix:private/own|unix:private/server|' "$PF_DIR/etc/master.cf"
	start_server own "unix:$PF_DIR/queue/private/server"
	pf_reload
	greylisted_then_passed own own@example.net
}
