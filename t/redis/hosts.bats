#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Three MX hosts that share one greylist: each is a network namespace of its own with its own Postfix, whose grey-check
# asks one Redis in a fourth, over a network between them. One sender for each test.

# shellcheck disable=SC2016,SC2034,SC2154
load lib
load ../lib/postfix

GREYLISTED='Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'
HOSTS=(1 2 3)

start_servers()
{
	local host

	if SKIP=$(hosts_missing); then
		export SKIP
		return
	fi
	DIR=$(work_dir)
	export DIR
	make_network || return 1
	REDIS_UNDER=(nsenter "--net=$(net hub)")
	redis_start shared 'bind 192.0.2.1' 'protected-mode no' || return 1
	unset REDIS_UNDER
	for host in "${HOSTS[@]}"; do
		on "$host"
		mkdir "$PF_DIR"
		pf_init "$PF_DIR"
		pf_main "myhostname = mx$host.example.org"
		pf_service quick --delay=2 "--store=redis://192.0.2.1:$(redis_port shared)" "--state-dir=$(pf_store quick)" \
			--whitelist-clients=/dev/null
		pf_start || return 1
	done
}

hosts_missing()
{
	local why

	if pf_missing; then
		return
	elif ! command -v ip >/dev/null; then
		echo 'needs ip (apt-get install iproute2)'
	elif ! why=$(unshare --net ip link add name a type veth peer name b 2>&1); then
		echo "needs network namespaces and pairs of interfaces in them: $why"
	else
		return 1
	fi
}

# on HOST: what pf_ functions do is done on this host; smtp_ ones speak with its Postfix.
on()
{
	HOST=$1
	PF_DIR=$DIR/mx$1
	PF_UNDER=(nsenter "--net=$(net "mx$1")")
}

smtp()
{
	"${PF_UNDER[@]}" perl "$ROOT/t/lib/smtp.pl" "$(pf_port "$1")"
}

# net NAME: the file that is its network.
net()
{
	echo "/proc/$(cat "$DIR/$1.keeper")/ns/net"
}

# make_net NAME: a network of its own, that lives as long as its keeper.
make_net()
{
	unshare --net sh -c 'ip link set lo up && echo $$ >"$1.new" && mv "$1.new" "$1" && exec sleep 600' sh "$DIR/$1.keeper" \
		</dev/null >"$DIR/$1.out" 2>&1 3>&- &
	wait_for 10 test -s "$DIR/$1.keeper"
}

# The hub is a bridge, 192.0.2.1; each host has a cable to it, and 192.0.2.11 and so on.
make_network()
{
	local host at

	make_net hub || return 1
	at=(nsenter "--net=$(net hub)" ip)
	"${at[@]}" link add name wire type bridge || return 1
	"${at[@]}" address add 192.0.2.1/24 dev wire
	"${at[@]}" link set wire up
	for host in "${HOSTS[@]}"; do
		make_net "mx$host" || return 1
		"${at[@]}" link add name "to$host" type veth peer name out netns "$(cat "$DIR/mx$host.keeper")" || return 1
		"${at[@]}" link set "to$host" master wire up
		nsenter "--net=$(net "mx$host")" ip address add "192.0.2.1$host/24" dev out
		nsenter "--net=$(net "mx$host")" ip link set out up
	done
}

teardown_file()
{
	local host file

	[ -n "${DIR-}" ] || return 0
	for host in "${HOSTS[@]}"; do
		on "$host"
		pf_stop || :
	done
	redis_stop_all
	for file in "$DIR"/*.keeper; do
		stop_process "$(cat "$file")"
	done
	rm -rf "$DIR"
}

@test "a sender that one host has deferred passes at another when the delay is over, and is known to the third" {
	local message=('mail.example.net[203.0.113.10]' shared@example.net subject-shared user@example.org)

	on 1
	run -0 smtp_send quick "${message[@]}"
	assert_line "S: 450 4.2.0 <user@example.org>: Recipient address rejected: $GREYLISTED"
	on 2
	wait_for 20 smtp_accepted quick "${message[@]}"
	run -0 wait_for 20 pf_delivered subject-shared
	run -0 grep -h '^X-Greylist:' "$output"
	assert_output --regexp '^X-Greylist: delayed [0-9]+ seconds by grey-check-[^ ]+ at [^ ]+; '
	on 3
	run -0 smtp_send quick "${message[@]}"
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 1 sender=shared@example.net
	assert_output --regexp '^action=pass, reason=triplet found, client_name='
	on 1
	run -0 pf_decision 1 sender=shared@example.net
	assert_output --regexp '^action=greylist, reason=new, '
}

@test "a retry at another host before the delay is over is early there, too" {
	local message=('mail.example.net[203.0.113.11]' early@example.net subject-early user@example.org) host

	redis_cli shared set 'g:{203.0.113.0}/early@example.net/user@example.org' "$(($(date +%s) - 1)),$(date +%s),11" ex 100
	for host in "${HOSTS[@]}"; do
		on "$host"
		smtp_send quick "${message[@]}" >/dev/null
	done
	on 1
	run -0 pf_decision 1 sender=early@example.net
	assert_output --regexp '^action=greylist, reason=early-retry|^action=pass, reason=triplet found'
}

@test "mail that passes at all three makes a client known to all" {
	local n

	for n in 1 2 3 4 5; do
		redis_cli shared set "c:{203.0.113.0}203.0.113.77" "$n,$(($(date +%s) - 4000))" ex 100
	done
	on 3
	run -0 smtp_send quick 'mail.example.net[203.0.113.77]' never-seen@example.net subject-awl user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	run -0 pf_decision 1 sender=never-seen@example.net
	assert_output --regexp '^action=pass, reason=client AWL, '
}

@test "a host that is cut off from the store lets mail pass, the others go on, and it does, too, when it is back" {
	on 2
	smtp_accepted quick 'mail.example.net[198.51.100.9]' warm@example.net subject-warm user@example.org || :
	"${PF_UNDER[@]}" ip link set out down
	run -0 smtp_send quick 'mail.example.net[198.51.100.10]' cut@example.net subject-cut user@example.org
	assert_line --partial 'S: 250 2.0.0 Ok: queued as'
	on 1
	run -0 smtp_send quick 'mail.example.net[198.51.100.11]' other@example.net subject-other user@example.org
	assert_line "S: 450 4.2.0 <user@example.org>: Recipient address rejected: $GREYLISTED"
	on 2
	"${PF_UNDER[@]}" ip link set out up
	wait_for 60 greylists_new
}

# greylists_new: on this host a sender that was never seen is.
greylists_new()
{
	TRIES=$((${TRIES-0} + 1))
	smtp_send quick 'mail.example.net[198.51.100.12]' "again$TRIES@example.net" subject-again user@example.org |
		grep -qF "$GREYLISTED"
}
