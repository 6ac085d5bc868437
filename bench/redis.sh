# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# redis.sh - the section `redis` of run.sh, which sources it
#
# The servers are real ones of this run, on loopback; t/lib/redis.bash starts
# them. They, the driver and the programs share the processors, but for the
# pinned one at 1 connection.
#
# Environment: the sizes below, and REDIS_SERVER.

# shellcheck disable=SC2034,SC2154 # run.sh has $tmp, $state_dir and the like
REDIS_SERVER=${REDIS_SERVER:-redis-server}
REDIS_REQUESTS=${REDIS_REQUESTS:-100000}
REDIS_RECORDS=${REDIS_RECORDS:-1000000}
REDIS_KILLS=${REDIS_KILLS:-$RUNS}
REDIS_SECONDS=${REDIS_SECONDS:-8}
REDIS_PROCESSES=${REDIS_PROCESSES:-12}
redis_tests=${0%/*}/../t

# servers FUNCTION [ARGUMENT...] - one of t/lib/redis.bash
servers()
{
	# shellcheck disable=SC2016 # bash expands them
	REDIS_DIR="$tmp/redis" REDIS_SERVER="$REDIS_SERVER" bash -c '
		. "$0/lib/common.bash" && . "$0/lib/redis.bash" && "$@"' \
	    "$redis_tests" "$@"
}

stop_servers()
{
	if [ -d "$tmp/redis" ]; then
		servers redis_stop_all
	fi
}

# load_redis CONNECTIONS OPTION... - on the store $store
load_redis()
{
	: >"$tmp/grey-check.log"
	load "$@" -x DEFER_IF_PERMIT -e "$tmp/grey-check.log" -- \
	    "$GREY_CHECK" --config=none --store="$store" \
	    --state-dir="$tmp/state" --log=stderr ||
	    { tail "$tmp/grey-check.log" >&2; die "grey-check failed"; }
	[ -s "$tmp/grey-check.log" ] || die "grey-check has logged nothing"
}

# redis_round CONNECTIONS WORKLOAD - each way to reach a server once
redis_round()
{
	seed=$((seed + 1))
	load_null "$1" -w "$2" -s "$seed" -n "$REDIS_REQUESTS"
	record "$1 $2 null" "$tmp/redis.rates"
	for way in tcp socket cluster; do
		case $way in
		tcp) store=$(servers redis_url one) ;;
		socket) store=redis+unix://$(servers redis_socket one) ;;
		cluster) store=$(servers redis_cluster_url shared) ;;
		esac
		load_redis "$1" -w "$2" -s "$seed" -n "$REDIS_REQUESTS"
		record "$1 $2 $way" "$tmp/redis.rates"
		servers redis_cli one flushall >/dev/null
	done
}

redis_table()
{
	echo
	echo "Redis: $REDIS_REQUESTS requests a run, every decision logged," \
	    "$(servers redis_version one) on this machine"
	medians "$tmp/redis.rates" | awk -F '\t' '
	BEGIN {
		printf "%-11s %5s %-8s %10s %9s %9s %9s %12s %8s\n", "store",
		    "conns", "workload", "requests/s", "p50", "p99", "p99.9",
		    "first answer", "x null"
	}
	{
		split($1, part, " ")
		if (part[3] == "null")
			null = $2
		printf "%-11s %5s %-8s %10d %9.1f %9.1f %9.1f %12.1f %8.3f\n",
		    part[3], part[1], part[2], $2, $3, $4, $5, $7, $2 / null
	}'
}

# The server's seconds of processor, and bytes, of all that it has.
server_seconds()
{
	servers redis_cli one info cpu | tr -d '\r' |
	    awk -F : '/^used_cpu_(user|sys):/ { sum += $2 } END { print sum }'
}

server_bytes()
{
	servers redis_cli one info memory | tr -d '\r' |
	    sed -n 's/^used_memory://p'
}

# redis_cost CONNECTIONS HOW - what new triplets cost the server
redis_cost()
{
	seed=$((seed + 1))
	before=$(server_seconds)
	case $2 in
	--serve) load_serve "$1" -w new -s "$seed" -n "$REDIS_REQUESTS" ;;
	*) load_redis "$1" -w new -s "$seed" -n "$REDIS_REQUESTS" ;;
	esac
	after=$(server_seconds)
	awk -v how="$2" -v connections="$1" -v seconds="$before $after" \
	    -v checks="$REDIS_REQUESTS" 'BEGIN {
		split(seconds, at, " ")
		cost = (at[2] - at[1]) / checks
		printf "%-8s %5d %17.1f %12d\n", how, connections,
		    1e6 * cost, 1 / cost
	}'
}

redis_costs()
{
	echo
	echo "Redis: what a check of a new triplet costs the server, in" \
	    "seconds of its processor, and how many one processor does"
	printf '%-8s %5s %17s %12s\n' grey-check conns 'us of processor' \
	    'checks/s'
	store=$(servers redis_url one)
	scheme='' state_dir=$tmp/state
	redis_cost 10 spawned
	redis_cost 100 spawned
	redis_cost 10 --serve
	redis_cost 100 --serve
	state_dir=
}

# redis_memory LENGTH - a record whose key has so many bytes
redis_memory()
{
	servers redis_cli one flushall >/dev/null
	before=$(server_bytes)
	perl -e '
		my ($count, $length) = @ARGV;
		for my $n (1 .. $count) {
			my $key = sprintf "g:{10.%d.%d.0}/s%07d", $n >> 8 & 255,
			    $n & 255, $n;
			$key .= "x" x ($length - length $key);
			my @words = ("SET", substr($key, 0, $length),
			    "1700000000,1700000400,5", "EX", 3024000);
			print "*", scalar @words, "\r\n",
			    map { "\$" . length . "\r\n$_\r\n" } @words;
		}' "$REDIS_RECORDS" "$1" |
	    redis-cli -s "$(servers redis_socket one)" --pipe >/dev/null
	echo "$1 $((($(server_bytes) - before) / REDIS_RECORDS))"
}

redis_memories()
{
	echo
	echo "Redis: memory of a record with its time to live, among" \
	    "$REDIS_RECORDS, by the length of its key"
	echo 'key   bytes'
	for length in 43 75 128 300 500; do
		redis_memory "$length"
	done
	servers redis_cli one flushall >/dev/null
}

# redis_kill - the master of a slot is killed at full load; its figures go to
# $tmp/redis.kills; then it comes back as a replica
redis_kill()
{
	store=$(servers redis_cluster_url shared)
	victim=$(servers redis_cluster_owner shared '{192.0.2.0}')
	perl "$redis_tests/redis/storm.pl" --time="$REDIS_SECONDS" \
	    --processes="$REDIS_PROCESSES" \
	    --slots="$(servers redis_cluster_slots "$victim")" \
	    --at="1:kill -KILL $(servers redis_pid "$victim")" \
	    "$GREY_CHECK" --config=none --store="$store" \
	    --state-dir="$tmp/state" >>"$tmp/redis.kills" ||
	    { tail -n 3 "$tmp/redis.kills" >&2; die "wrong answers"; }
	servers redis_run "$victim"
	servers wait_for 60 redis_cluster_known shared
}

kills_table()
{
	echo
	echo "A cluster's master is killed at full load: $REDIS_PROCESSES" \
	    "processes, $REDIS_SECONDS s, cluster-node-timeout 2 s; lost:" \
	    "answered as new, and new again; late: over 550 ms, less the" \
	    "time that the machine gave to others"
	awk '
	BEGIN {
		printf "%9s %9s %10s %6s %11s %6s %6s\n", "requests", "open",
		    "elsewhere", "lost", "slowest ms", "late", "wrong"
	}
	{
		for (i = 1; i <= NF; i++) {
			split($i, pair, "=")
			figure[pair[1]] = pair[2]
		}
		printf "%9d %9d %10d %6d %11d %6d %6d\n", figure["requests"],
		    figure["open"], figure["elsewhere"], figure["lost"],
		    figure["slowest"], figure["late"] - figure["excused"],
		    figure["wrong"]
	}' "$tmp/redis.kills"
}

section_redis()
{
	command -v "$REDIS_SERVER" >/dev/null ||
	    { progress "redis: no $REDIS_SERVER here"; return; }
	progress "redis: starting a server and a cluster of 3 and 3"
	mkdir "$tmp/redis" "$tmp/state"
	seed=$(($$ % 10000 * 1000))
	servers redis_start one
	servers redis_start_cluster shared
	for connections in 1 10 100; do
		for workload in new repeat; do
			for run in $(seq "$RUNS"); do
				progress "redis: $connections, $workload, run $run"
				redis_round "$connections" "$workload"
			done
		done
	done
	redis_table
	redis_costs
	redis_memories
	servers wait_for 60 redis_cluster_known shared
	for run in $(seq "$REDIS_KILLS"); do
		progress "redis: kill $run"
		redis_kill
	done
	kills_table
	stop_servers
}
