# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# redis.bash: real Redis servers of a test's own, on ports of 127.0.0.1 that are free. Source common.bash first.
#
#   REDIS_DIR=$BATS_FILE_TMPDIR/redis; redis_start one; redis_cli one ping; redis_stop_all
#
# Everything is below REDIS_DIR; of the server NAME there is in REDIS_DIR/NAME
#   conf, log      its configuration and what it says        pid            its process, while it should run
#   port           where it listens                          socket         the same as a Unix socket
# REDIS_SERVER is the program, redis-server or valkey-server, REDIS_UNDER a command that starts it, if it is set; clients
# are redis-cli.
# Each server that was started is ended by its process id; one that nobody ends shows its conf in ps(1), which t/run finds.

REDIS_SERVER=${REDIS_SERVER:-redis-server}

# redis_missing: says what keeps a server from being run here; fails if nothing does.
redis_missing()
{
	local program

	for program in "$REDIS_SERVER" redis-cli; do
		command -v "$program" >/dev/null || { echo "needs $program (apt-get install redis-server redis-tools)"; return; }
	done
	return 1
}

# redis_servers: prints the programs of this kind that are installed.
redis_servers()
{
	local program

	for program in redis-server valkey-server; do
		! command -v "$program" >/dev/null || echo "$program"
	done
}

# redis_port NAME, redis_pid NAME, redis_socket NAME
redis_port()
{
	cat "$REDIS_DIR/$1/port"
}

redis_pid()
{
	cat "$REDIS_DIR/$1/pid"
}

redis_socket()
{
	echo "$REDIS_DIR/$1/socket"
}

# redis_version NAME: prints what it is.
redis_version()
{
	redis_cli "$1" info server | tr -d '\r' | sed -n 's/^\(redis\|valkey\)_version:/\1 /p' | tail -n 1
}

# redis_url NAME: what --store= takes.
redis_url()
{
	echo "redis://127.0.0.1:$(redis_port "$1")"
}

# redis_places NAME...: where they are, with commas between.
redis_places()
{
	local name places=

	for name; do
		places+=,127.0.0.1:$(redis_port "$name")
	done
	echo "${places#,}"
}

# redis_cli NAME [ARGUMENT...]: asks it, as its administrator, whatever the clients need. One that stands still is not
# waited for.
redis_cli()
{
	timeout 20 redis-cli -s "$(redis_socket "$1")" "${@:2}"
}

# redis_start NAME [LINE...]: starts a server with these lines in its configuration. A port may have been taken since it
# was found free, so that is tried some times.
redis_start()
{
	local name=$1 try
	shift
	mkdir -p "$REDIS_DIR/$name" || return 1
	for try in 1 2 3 4 5; do
		redis_configure "$name" "$@" || return 1
		redis_run "$name" && return 0
		mv "$REDIS_DIR/$name/log" "$REDIS_DIR/$name/log.$try" 2>/dev/null
	done
	echo "$REDIS_SERVER did not start:" >&2
	cat "$REDIS_DIR/$name"/log.* "$REDIS_DIR/$name/out" >&2
	return 1
}

redis_configure()
{
	local dir=$REDIS_DIR/$1 port bus
	shift

	port=$(free_port) && bus=$(free_port) && [ "$port" != "$bus" ] || return 1
	echo "$port" >"$dir/port"
	printf '%s\n' 'bind 127.0.0.1' "dir $dir" "logfile $dir/log" "unixsocket $dir/socket" 'save ""' \
		'set-proc-title no' 'repl-diskless-sync-delay 0' "$@" >"$dir/conf"
	if [ -n "${REDIS_TLS-}" ]; then
		printf '%s\n' 'port 0' "tls-port $port" "tls-cert-file $REDIS_DIR/tls/$REDIS_TLS.pem" \
			"tls-key-file $REDIS_DIR/tls/$REDIS_TLS.key" "tls-ca-cert-file $REDIS_DIR/tls/ca.pem" \
			'tls-auth-clients no' 'tls-replication yes' 'tls-cluster yes' >>"$dir/conf"
	else
		echo "port $port" >>"$dir/conf"
	fi
	! grep -q '^cluster-enabled yes' "$dir/conf" || echo "cluster-port $bus" >>"$dir/conf"
}

# redis_run NAME: starts it as it is configured, and waits until it answers; fails if it ends instead. For one that was
# stopped, with the same port.
redis_run()
{
	local dir=$REDIS_DIR/$1

	rm -f "$dir/socket"
	"${REDIS_UNDER[@]}" "$REDIS_SERVER" "$dir/conf" ${REDIS_MODE:+"$REDIS_MODE"} </dev/null >"$dir/out" 2>&1 3>&- &
	echo $! >"$dir/pid"
	disown $!
	wait_for 20 redis_up_or_gone "$1" || return 1
	gone "$(redis_pid "$1")" || return 0
	rm -f "$dir/pid"
	return 1
}

redis_up_or_gone()
{
	gone "$(redis_pid "$1")" || redis_answers "$1"
}

# redis_answers NAME: it takes commands, if only to ask for a password.
redis_answers()
{
	[[ $(redis_cli "$1" ping 2>&1) == @(PONG|*NOAUTH*) ]]
}

# redis_end NAME [SIGNAL]: ends it and waits until it is gone. What it has in memory is lost, unless it keeps it.
redis_end()
{
	local pid

	pid=$(redis_pid "$1") || return 0
	rm -f "$REDIS_DIR/$1/pid"
	[ -z "${2-}" ] || kill "-$2" "$pid" 2>/dev/null || :
	kill -CONT "$pid" 2>/dev/null || :
	stop_process "$pid"
}

# redis_signal NAME SIGNAL
redis_signal()
{
	kill "-$2" "$(redis_pid "$1")"
}

# redis_stop_all: ends all there are. Nothing happens where there is none.
redis_stop_all()
{
	local file

	for file in "$REDIS_DIR"/*/pid; do
		[ ! -s "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null || :
	done
	for file in "$REDIS_DIR"/*/pid; do
		[ ! -s "$file" ] || wait_for 10 gone "$(cat "$file")" || :
		rm -f "$file"
	done
}

# Certificates. With REDIS_TLS=CERTIFICATE a server's port speaks nothing but TLS, with this one; "ca" must be there.

# redis_certificate NAME SAN [CA]: makes a key and a certificate for the names in SAN, "IP:127.0.0.1,DNS:...", that CA has
# signed: in REDIS_DIR/tls, NAME.key and NAME.pem. Without a CA it is one.
redis_certificate()
{
	local dir=$REDIS_DIR/tls name=$1 san=$2 ca=${3-}
	local as=(-addext "basicConstraints=critical,CA:TRUE")

	mkdir -p "$dir"
	[ -z "$ca" ] || as=(-CA "$dir/$ca.pem" -CAkey "$dir/$ca.key" -addext basicConstraints=CA:FALSE
		-addext "subjectAltName=$san")
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$name" "${as[@]}" \
		-keyout "$dir/$name.key" -out "$dir/$name.pem" 2>"$dir/$name.log" || { cat "$dir/$name.log" >&2; return 1; }
}

# redis_expired NAME: the same certificate, but its time is over. A newer openssl takes no days that are negative.
redis_expired()
{
	local dir=$REDIS_DIR/tls
	local as=(-x509toreq -copy_extensions copy -in "$dir/$1.pem" -key "$dir/$1.key" -out "$dir/$1.csr")

	openssl x509 "${as[@]}" 2>"$dir/$1.log" || { cat "$dir/$1.log" >&2; return 1; }
	as=(-req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -set_serial 7 -copy_extensions copy -out "$dir/$1.pem")
	openssl x509 "${as[@]}" -days -1 2>"$dir/$1.log" ||
		openssl x509 "${as[@]}" -not_before 20200101000000Z -not_after 20200201000000Z 2>>"$dir/$1.log" ||
		{ cat "$dir/$1.log" >&2; return 1; }
}

# A master with a replica, and Sentinels

# redis_start_sentinels NAME: the servers NAME-1, the master, and NAME-2, and three Sentinels NAME-s1 to NAME-s3 that watch
# them under the name "grey".
redis_start_sentinels()
{
	local n

	redis_start "$1-1" "replica-announce-ip 127.0.0.1" || return 1
	redis_start "$1-2" "replica-announce-ip 127.0.0.1" "replicaof 127.0.0.1 $(redis_port "$1-1")" || return 1
	wait_for 20 redis_says "$1-2" master_link_status:up info replication || return 1
	for n in 1 2 3; do
		REDIS_MODE=--sentinel redis_start "$1-s$n" "sentinel monitor grey 127.0.0.1 $(redis_port "$1-1") 2" \
			'sentinel down-after-milliseconds grey 1000' 'sentinel failover-timeout grey 5000' || return 1
	done
	for n in 1 2 3; do
		wait_for 20 redis_says "$1-s$n" 'slaves=1,sentinels=3' info sentinel || return 1
	done
}

# redis_sentinel_url NAME
redis_sentinel_url()
{
	echo "redis+sentinel://$(redis_places "$1-s1" "$1-s2" "$1-s3")/grey"
}

# redis_says NAME TEXT ARGUMENT...: TEXT is in what it answers.
redis_says()
{
	redis_cli "$1" "${@:3}" 2>&1 | tr -d '\r' | grep -qF -- "$2"
}

# A cluster of three masters, each with a replica

# redis_start_cluster NAME [LINE...]: the servers NAME-1 to NAME-6.
redis_start_cluster()
{
	local name=$1 n nodes=() tls=()
	shift

	for n in 1 2 3 4 5 6; do
		redis_start "$name-$n" 'cluster-enabled yes' 'cluster-node-timeout 2000' 'cluster-require-full-coverage no' \
			'cluster-replica-validity-factor 0' "$@" || return 1
		nodes+=("127.0.0.1:$(redis_port "$name-$n")")
	done
	[ -z "${REDIS_TLS-}" ] || tls=(--tls --cacert "$REDIS_DIR/tls/ca.pem")
	# Where they don't find each other it would wait for ever.
	timeout 90 redis-cli "${tls[@]}" --cluster create "${nodes[@]}" --cluster-replicas 1 --cluster-yes \
		>"$REDIS_DIR/$name.made" 2>&1 ||
		{ tail -n 20 "$REDIS_DIR/$name.made" "$REDIS_DIR/$name"-[1-6]/log >&2; return 1; }
	wait_for 30 redis_cluster_whole "$name"
}

# redis_cluster_whole NAME: each node knows of all slots, and each replica has its master's records.
redis_cluster_whole()
{
	local n

	for n in 1 2 3 4 5 6; do
		redis_says "$1-$n" cluster_state:ok cluster info || return 1
		redis_says "$1-$n" role:master info replication || redis_says "$1-$n" master_link_status:up info replication ||
			return 1
	done
}

# redis_cluster_known NAME: what is more, which takes some seconds: each node knows all the others. Who is to be killed
# had better wait for it.
redis_cluster_known()
{
	local n

	redis_cluster_whole "$1" || return 1
	for n in 1 2 3 4 5 6; do
		[ "$(redis_cli "$1-$n" cluster slots | grep -cE '^[0-9a-f]{40}')" -ge 6 ] || return 1
	done
}

# redis_cluster_url NAME
redis_cluster_url()
{
	echo "redis+cluster://$(redis_places "$1-1" "$1-2" "$1-3")"
}

# redis_cluster_masters NAME: prints the names of those that are masters now.
redis_cluster_masters()
{
	local n

	for n in 1 2 3 4 5 6; do
		[ ! -s "$REDIS_DIR/$1-$n/pid" ] || ! redis_says "$1-$n" role:master info replication || echo "$1-$n"
	done
}

# redis_cluster_slots NODE: prints the first range of slots that it has, FROM-TO.
redis_cluster_slots()
{
	redis_cli "$1" cluster nodes | awk '/myself/ { print $9 }'
}

# redis_cluster_owner NAME KEY: prints which of them has this key's slot now.
redis_cluster_owner()
{
	local n slot port

	slot=$(redis_cli "$1-1" cluster keyslot "$2") || return 1
	for n in $(redis_cluster_masters "$1"); do
		redis_cli "$n" cluster nodes | awk -v slot="$slot" '/myself/ {
			for (i = 9; i <= NF; i++) { split($i, range, "-"); if (slot >= range[1] && slot <= (2 in range ? range[2] : range[1])) found = 1 }
		} END { exit !found }' && echo "$n" && return 0
	done
	return 1
}

# A fake

# fake_start NAME [OPTION...] [RULE...]: starts t/redis/fake.pl, see there; its port is redis_port NAME, what it was asked
# is in REDIS_DIR/NAME/asked.
fake_start()
{
	local dir=$REDIS_DIR/$1

	mkdir -p "$dir" || return 1
	rm -f "$dir/port" "$dir/asked"
	perl "$ROOT/t/redis/fake.pl" "--port=$dir/port" "--log=$dir/asked" "${@:2}" </dev/null >"$dir/out" 2>&1 3>&- &
	echo $! >"$dir/pid"
	disown $!
	wait_for 10 test -s "$dir/port" || { cat "$dir/out" >&2; return 1; }
}
