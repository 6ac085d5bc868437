#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh - measures grey-check beside a null responder and Debian's postgrey,
# grey-dump beside db_dump, grey-expire beside postgrey's own cleaning,
# log-stats beside grep and pflogsumm
#
# usage: bench/run.sh [rates] [first] [growth] [memory] [longest] [lists] [dump]
#                     [expire] [logs] [redis] [postfix]
#
#   rates    requests per second and answer times, 1, 10 and 100 connections,
#            of a process a connection, also with a store of LMDB, and of one
#            server for all (--serve)
#   first    time from fork to the first answer, on an existing store
#   growth   cost of a request in stores of 10,000, 1,500,000 and 3,000,000
#            records, loaded sorted and at random, and with a cold cache (in
#            growth.sh)
#   memory   100 processes on one store
#   longest  the longest answer of 300,000 new triplets
#   lists    cost of a request with lists of 10 and of 100,000 entries each
#   dump     grey-dump -p of 1,000,000 records beside db_dump -p, what checks
#            wait for it meanwhile, and grey-load of what it wrote
#   expire   grey-expire on 1,000,000 records of which half are old: time,
#            memory, cost of a record beside 10,000 and beside postgrey's own
#            loop, what checks wait for it meanwhile (in expire.sh)
#   logs     log-stats on a maillog of 1,000,000 lines beside grep and
#            pflogsumm: time, other forms of the log, memory (in log-stats.sh)
#   redis    rates with a store in Redis: over TCP, a Unix socket, a cluster;
#            and what a cluster's master that is killed costs (in redis.sh)
#   postfix  sessions per second through a real Postfix that asks processes of
#            spawn(8), one server for all, or the null responder (in
#            postfix.sh)
#
# Without argument: all of them. Times are microseconds,
# memory is KiB, every figure is the median of RUNS runs. The programs take
# turns (null, grey-check, postgrey, null, ...), so that a slow minute of the
# machine hits all of them. Each logs every decision to a file, and each
# answer is checked: a program that fails open is not fast, it is broken.
#
# At 1 connection the driver and the program share one processor. Otherwise
# the figure would depend on whether the scheduler happens to put them on one
# or on two: waking a sleeping processor takes longer than the whole answer.
#
# Environment: the programs (GREY_CHECK, GREY_DUMP, GREY_LOAD, BENCH_LOAD,
# BENCH_NULL, BENCH_USAGE, DB_DUMP, POSTGREY) and the sizes below; PIN_CPU=
# (empty) leaves the placement to the scheduler; DUMP_RATE= (empty) lets the
# checks beside a dump come as fast as they are answered.

set -eu

GREY_CHECK=${GREY_CHECK:-bin/grey-check}
GREY_DUMP=${GREY_DUMP:-bin/grey-dump}
GREY_LOAD=${GREY_LOAD:-bin/grey-load}
BENCH_LOAD=${BENCH_LOAD:-build/bench/load}
BENCH_NULL=${BENCH_NULL:-build/bench/null}
BENCH_USAGE=${BENCH_USAGE:-build/bench/usage}
DB_DUMP=${DB_DUMP:-db_dump}
POSTGREY=${POSTGREY:-/usr/sbin/postgrey}
RUNS=${RUNS:-3}
REQUESTS=${REQUESTS:-100000}
POSTGREY_REQUESTS=${POSTGREY_REQUESTS:-5000}
STARTS=${STARTS:-100}
MEMORY_PROCESSES=${MEMORY_PROCESSES:-100}
LONGEST_REQUESTS=${LONGEST_REQUESTS:-300000}
LISTS_SMALL=${LISTS_SMALL:-10}
LISTS_LARGE=${LISTS_LARGE:-100000}
LISTS_REQUESTS=${LISTS_REQUESTS:-200000}
DUMP_RECORDS=${DUMP_RECORDS:-1000000}
DUMP_SECONDS=${DUMP_SECONDS:-5}
DUMP_RATE=${DUMP_RATE-}
PIN_CPU=${PIN_CPU-$(($(nproc) - 1))}

# The store that grey-check is measured on: by itself the build's own.
scheme=
postgrey_pid=
serve_pid=
dumps_pid=

# shellcheck source=bench/growth.sh
. "${0%/*}/growth.sh"
# shellcheck source=bench/expire.sh
. "${0%/*}/expire.sh"
# shellcheck source=bench/log-stats.sh
. "${0%/*}/log-stats.sh"
state_dir=
# shellcheck source=bench/redis.sh
. "${0%/*}/redis.sh"
# shellcheck source=bench/postfix.sh
. "${0%/*}/postfix.sh"

die()
{
	echo "run.sh: $*" >&2
	exit 1
}

progress()
{
	echo "run.sh: $*" >&2
}

stop_postgrey()
{
	if [ -n "$postgrey_pid" ]; then
		kill "$postgrey_pid" 2>/dev/null || :
		wait "$postgrey_pid" || :
		postgrey_pid=
	fi
}

# dumps - grey-dump -p of the store $store, again and again
dumps()
{
	while [ ! -e "$tmp/enough" ]; do
		"$GREY_DUMP" -p -h "$store" >/dev/null || exit 1
		echo >>"$tmp/dumps"
	done
}

start_dumps()
{
	rm -f "$tmp/enough"
	dumps &
	dumps_pid=$!
}

# The last one ends by itself.
stop_dumps()
{
	if [ -n "$dumps_pid" ]; then
		: >"$tmp/enough"
		result=0
		wait "$dumps_pid" || result=$?
		dumps_pid=
		return "$result"
	fi
}

cleanup()
{
	end_expiry || :
	stop_dumps || :
	stop_postgrey 2>/dev/null
	stop_serve || :
	stop_servers
	stop_mail || :
	rm -rf "$tmp"
}

# load CONNECTIONS ARGUMENT... - one run; its line of figures goes to $tmp/line
load()
{
	connections=$1
	shift
	if [ "$connections" -eq 1 ] && [ -n "$PIN_CPU" ]; then
		taskset -c "$PIN_CPU" "$BENCH_LOAD" -m -c 1 "$@" >"$tmp/line"
	else
		"$BENCH_LOAD" -m -c "$connections" "$@" >"$tmp/line"
	fi
}

# load_null CONNECTIONS OPTION...
load_null()
{
	: >"$tmp/null.log"
	load "$@" -x DUNNO -e "$tmp/null.log" -- "$BENCH_NULL" -l
}

# load_grey_check CONNECTIONS OPTION... - on the store $store
load_grey_check()
{
	: >"$tmp/grey-check.log"
	load "$@" -x DEFER_IF_PERMIT -e "$tmp/grey-check.log" -- \
	    "$GREY_CHECK" --store="$scheme$store" --log=stderr ||
	    { tail "$tmp/grey-check.log" >&2; die "grey-check failed"; }
	[ -s "$tmp/grey-check.log" ] || die "grey-check has logged nothing"
}

# load_postgrey CONNECTIONS OPTION...
load_postgrey()
{
	: >"$tmp/postgrey.log"
	if [ -n "$PIN_CPU" ]; then
		cpus=0-$(($(nproc) - 1))
		[ "$1" -ne 1 ] || cpus=$PIN_CPU
		taskset -pc "$cpus" "$postgrey_pid" >/dev/null
	fi
	load "$@" -x DEFER_IF_PERMIT "unix:$tmp/postgrey/socket" ||
	    { tail "$tmp/postgrey.log" >&2; die "postgrey failed"; }
	[ -s "$tmp/postgrey.log" ] || die "postgrey has logged nothing"
}

# load_serve CONNECTIONS OPTION... - one server on the store $store; its log is a
# file, for a server's lines are written together
load_serve()
{
	rm -f "$tmp/serve.log"
	"$GREY_CHECK" --store="$scheme$store" --log=file:"$tmp/serve.log" \
	    ${state_dir:+--state-dir="$state_dir"} --serve=unix:"$tmp/serve.socket" </dev/null 2>"$tmp/serve.err" &
	serve_pid=$!
	if [ -n "$PIN_CPU" ] && [ "$1" -eq 1 ]; then
		taskset -pc "$PIN_CPU" "$serve_pid" >/dev/null
	fi
	until "$BENCH_LOAD" -n 0 "unix:$tmp/serve.socket" >/dev/null 2>&1; do
		kill -0 "$serve_pid" || { cat "$tmp/serve.err" >&2; die "the server has ended"; }
		sleep 0.1
	done
	load "$@" -x DEFER_IF_PERMIT "unix:$tmp/serve.socket" ||
	    { tail "$tmp/serve.log" >&2; die "grey-check --serve failed"; }
	stop_serve || die "grey-check --serve ended with an error"
	grep -q action= "$tmp/serve.log" || die "grey-check --serve has logged nothing"
}

stop_serve()
{
	if [ -n "$serve_pid" ]; then
		kill "$serve_pid" 2>/dev/null || :
		result=0
		wait "$serve_pid" || result=$?
		serve_pid=
		return "$result"
	fi
}

# An existing store, with some records, that nobody has open.
new_store()
{
	store=$(mktemp -d "$tmp/store.XXXXXX")
	load_grey_check 1 -n 1000
}

# record KEY FILE - adds the figures of the last run
record()
{
	printf '%s\t' "$1" >>"$2"
	tail -n 1 "$tmp/line" >>"$2"
}

# medians FILE - of each column, by the key in the first
medians()
{
	awk -F '\t' '
	function median(key, column,    n, i, j, value, list) {
		n = count[key]
		for (i = 1; i <= n; i++) {
			value = values[key, column, i]
			for (j = i; j > 1 && list[j - 1] > value; j--)
				list[j] = list[j - 1]
			list[j] = value
		}
		return list[int((n + 1) / 2)]
	}
	{
		if (!($1 in count))
			keys[++key_count] = $1
		count[$1]++
		for (i = 2; i <= NF; i++)
			values[$1, i, count[$1]] = $i + 0
	}
	END {
		for (k = 1; k <= key_count; k++) {
			line = keys[k]
			for (i = 2; i <= NF; i++)
				line = line "\t" median(keys[k], i)
			print line
		}
	}' "$1"
}

postgrey_owner()
{
	if [ "$(id -u)" -ne 0 ]; then
		echo "$(id -un):$(id -gn)"
	elif id -u postgrey >/dev/null 2>&1; then
		echo postgrey:postgrey
	else
		echo nobody:nogroup
	fi
}

start_postgrey()
{
	[ -x "$POSTGREY" ] || { progress "no $POSTGREY here"; return; }
	owner=$(postgrey_owner)
	mkdir "$tmp/postgrey"
	chown "$owner" "$tmp/postgrey"
	"$POSTGREY" --unix="$tmp/postgrey/socket" --dbdir="$tmp/postgrey" \
	    --user="${owner%:*}" --group="${owner#*:}" \
	    </dev/null >>"$tmp/postgrey.log" 2>&1 &
	postgrey_pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 1
		if "$BENCH_LOAD" -n 0 "unix:$tmp/postgrey/socket" \
		    >/dev/null 2>&1; then
			return
		fi
	done
	cat "$tmp/postgrey.log" >&2
	die "postgrey does not answer"
}

# rates_round CONNECTIONS WORKLOAD - each program once, the same triplets for all
rates_round()
{
	seed=$((seed + 1))
	load_null "$1" -w "$2" -s "$seed" -n "$REQUESTS"
	record "$1 $2 null" "$tmp/rates"
	new_store
	load_grey_check "$1" -w "$2" -s "$seed" -n "$REQUESTS"
	record "$1 $2 grey-check" "$tmp/rates"
	rm -rf "$store"
	if ldd "$GREY_CHECK" | grep -q liblmdb; then
		scheme=lmdb:
		new_store
		load_grey_check "$1" -w "$2" -s "$seed" -n "$REQUESTS"
		record "$1 $2 lmdb" "$tmp/rates"
		rm -rf "$store"
		new_store
		load_serve "$1" -w "$2" -s "$seed" -n "$REQUESTS"
		record "$1 $2 lmdb,--serve" "$tmp/rates"
		rm -rf "$store"
		scheme=
	fi
	new_store
	load_serve "$1" -w "$2" -s "$seed" -n "$REQUESTS"
	record "$1 $2 --serve" "$tmp/rates"
	rm -rf "$store"
	if [ -n "$postgrey_pid" ]; then
		load_postgrey "$1" -w "$2" -s "$seed" -n "$POSTGREY_REQUESTS"
		record "$1 $2 postgrey" "$tmp/rates"
	fi
}

rates_table()
{
	echo
	echo "Rates: $REQUESTS requests a run ($POSTGREY_REQUESTS for postgrey)"
	medians "$tmp/rates" | awk -F '\t' '
	function ratio(key, format) {
		return key in rate ? sprintf(format, rate[$1] / rate[key]) : "-"
	}
	BEGIN {
		heading = "%-11s %5s %-8s %10s %9s %9s %9s %12s %8s %10s\n"
		row = "%-11s %5s %-8s %10d %9.1f %9.1f %9.1f %12.1f %8s %10s\n"
		printf heading, "program", "conns", "workload", "requests/s",
		    "p50", "p99", "p99.9", "first answer", "x null",
		    "x postgrey"
	}
	{ rate[$1] = $2; lines[NR] = $0 }
	END {
		for (n = 1; n <= NR; n++) {
			$0 = lines[n]
			split($1, part, " ")
			where = part[1] " " part[2] " "
			printf row, part[3], part[1], part[2], $2, $3, $4, $5,
			    $7, ratio(where "null", "%.3f"),
			    ratio(where "postgrey", "%.2f")
		}
	}'
}

section_rates()
{
	seed=$(($$ % 10000 * 1000))
	start_postgrey
	for connections in 1 10 100; do
		for workload in new repeat; do
			for run in $(seq "$RUNS"); do
				progress "rates: $connections, $workload, run $run"
				rates_round "$connections" "$workload"
			done
		done
	done
	stop_postgrey
	rates_table
}

section_first()
{
	progress "first: $STARTS starts"
	new_store
	for _ in $(seq "$STARTS"); do
		load_null 1 -n 0
		record null "$tmp/first"
		load_grey_check 1 -n 0
		record grey-check "$tmp/first"
	done
	rm -rf "$store"
	echo
	echo "First answer of a new process: median of $STARTS, one after the other"
	medians "$tmp/first" | awk -F '\t' '
	BEGIN {
		printf "%-11s %12s %12s %8s\n", "program", "first answer",
		    "above null", "x null"
	}
	$1 == "null" { null = $7 }
	{ printf "%-11s %12.1f %12.1f %8.2f\n", $1, $7, $7 - null, $7 / null }'
}

# grow RECORDS - a store with so many records, in $store
grow()
{
	store=$(mktemp -d "$tmp/store.XXXXXX")
	load_grey_check 10 -n "$1" -t 1800
}

section_memory()
{
	for run in $(seq "$RUNS"); do
		progress "memory: run $run"
		load_null "$MEMORY_PROCESSES" -P -n 10000
		record null "$tmp/memory"
		new_store
		load_grey_check "$MEMORY_PROCESSES" -P -n 10000
		record grey-check "$tmp/memory"
		rm -rf "$store"
	done
	echo
	echo "Memory of $MEMORY_PROCESSES processes: Pss without the regions __db.*"
	medians "$tmp/memory" | awk -F '\t' '
	BEGIN {
		printf "%-11s %10s %12s %12s %8s\n", "program", "all",
		    "per process", "above null", "x null"
	}
	$1 == "null" { null = $3 }
	{
		printf "%-11s %10d %12.1f %12.1f %8.2f\n", $1, $2, $3,
		    $3 - null, $3 / null
	}'
}

section_longest()
{
	for run in $(seq "$RUNS"); do
		progress "longest: run $run"
		load_null 10 -n "$LONGEST_REQUESTS" -t 600
		record null "$tmp/longest"
		new_store
		load_grey_check 10 -n "$LONGEST_REQUESTS" -t 600
		record grey-check "$tmp/longest"
		rm -rf "$store"
	done
	echo
	echo "Longest answer of $LONGEST_REQUESTS new triplets, 10 connections"
	medians "$tmp/longest" | awk -F '\t' -v runs="$tmp/longest" '
	BEGIN {
		printf "%-11s %10s %9s %9s %10s %10s\n", "program",
		    "requests/s", "p99", "p99.9", "longest", "worst run"
		while ((getline line <runs) > 0) {
			split(line, part, "\t")
			if (part[6] + 0 > worst[part[1]] + 0)
				worst[part[1]] = part[6]
		}
	}
	{
		printf "%-11s %10d %9.1f %9.1f %10.1f %10.1f\n", $1, $2, $4,
		    $5, $6, worst[$1]
	}'
}

# make_lists ENTRIES - in $tmp/lists, that match nothing that the driver sends
make_lists()
{
	mkdir -p "$tmp/lists"
	awk -v entries="$1" -v seed=1 -v directory="$tmp/lists" '
	function number(below) { return int(rand() * below) }
	function client() {
		if (rand() < 0.5)
			return "host" number(1e9) ".example" number(500) ".test"
		if (rand() < 0.8)
			return (64 + number(64)) "." number(256) "." \
			    number(256) "." number(256) "/" (8 + number(25))
		return sprintf("2001:db8:%x:%x::/%d", number(65536),
		    number(65536), 48 + number(17))
	}
	function mailbox() {
		if (rand() < 0.1)
			return "user" number(1e9) "@"
		return "user" number(1e9) "@example" number(500) ".test"
	}
	BEGIN {
		srand(seed)
		for (i = 0; i < entries; i++) {
			print client() >(directory "/clients")
			print mailbox() >(directory "/recipients")
			print mailbox() >(directory "/senders")
		}
	}'
}

# The store is one in memory: what is measured is the lists, not the store.
section_lists()
{
	for run in $(seq "$RUNS"); do
		for entries in "$LISTS_SMALL" "$LISTS_LARGE"; do
			progress "lists: $entries entries, run $run"
			make_lists "$entries"
			: >"$tmp/grey-check.log"
			load 1 -n "$LISTS_REQUESTS" -x DEFER_IF_PERMIT \
			    -e "$tmp/grey-check.log" -- "$GREY_CHECK" \
			    --store=mem: --log=stderr \
			    --whitelist-clients="$tmp/lists/clients" \
			    --whitelist-recipients="$tmp/lists/recipients" \
			    --whitelist-senders="$tmp/lists/senders" ||
			    die "grey-check failed"
			record "$entries" "$tmp/lists.figures"
		done
	done
	echo
	echo "Lists: $LISTS_REQUESTS requests at 1 connection, three lists" \
	    "of so many entries, store in memory"
	medians "$tmp/lists.figures" | awk -F '\t' '
	BEGIN {
		printf "%-8s %10s %12s %9s %9s %12s\n", "entries",
		    "requests/s", "per request", "p50", "above",
		    "first answer"
	}
	NR == 1 { small = $3 }
	{
		printf "%-8d %10d %12.2f %9.1f %9.1f %12.1f\n", $1, $2,
		    1e6 / $2, $3, $3 - small, $7
	}'
}

# usage COMMAND... - its line of figures goes to $tmp/line
usage()
{
	"$BENCH_USAGE" "$tmp/line" "$@"
}

# Each program once, into a file; the lock keeps what db_dump reads in place.
dump_round()
{
	rm -f "$tmp/grey-dump.out" "$tmp/db_dump.out"
	usage "$GREY_DUMP" -p -h "$store" >"$tmp/grey-dump.out" ||
	    die "grey-dump failed"
	record grey-dump "$tmp/dump.figures"
	flock "$store/grey.lock" "$BENCH_USAGE" "$tmp/line" \
	    "$DB_DUMP" -p -h "$store" postgrey.db >"$tmp/db_dump.out" ||
	    die "db_dump failed"
	record db_dump "$tmp/dump.figures"
	cmp "$tmp/grey-dump.out" "$tmp/db_dump.out" ||
	    die "grey-dump and db_dump have written different things"
}

dump_table()
{
	echo
	echo "Dump of $DUMP_RECORDS records, -p, to a file: times in ms, memory" \
	    "in KiB, Berkeley DB's shared cache included"
	medians "$tmp/dump.figures" | awk -F '\t' '
	BEGIN {
		printf "%-11s %10s %10s %10s %10s %10s\n", "program", "wall",
		    "CPU", "memory", "x wall", "x CPU"
	}
	NR == 1 { wall = $2; cpu = $3 }
	{
		printf "%-11s %10.1f %10.1f %10d %10.1f %10.1f\n", $1,
		    $2 / 1000, $3 / 1000, $4, $2 / wall, $3 / cpu
	}'
}

# load_round - a new store, from what grey-dump has written
load_round()
{
	loaded=$(mktemp -d "$tmp/store.XXXXXX")
	usage "$GREY_LOAD" -h "$loaded" <"$tmp/grey-dump.out" ||
	    die "grey-load failed"
	record grey-load "$tmp/load.figures"
	"$GREY_DUMP" -p -h "$loaded" | cmp - "$tmp/grey-dump.out" ||
	    die "grey-load has stored something else"
	rm -rf "$loaded"
}

load_table()
{
	echo
	echo "Load of $DUMP_RECORDS records, what grey-dump -p wrote, into a" \
	    "new store: times in ms"
	medians "$tmp/load.figures" | awk -F '\t' -v records="$DUMP_RECORDS" '
	BEGIN {
		printf "%-11s %10s %10s %10s %10s\n", "program", "records/s",
		    "wall", "CPU", "memory"
	}
	{
		printf "%-11s %10d %10.1f %10.1f %10d\n", $1,
		    records * 1e6 / $2, $2 / 1000, $3 / 1000, $4
	}'
}

# 10 connections with the workload $workload, without and with dumps
checks_round()
{
	set -- 10 -w "$workload" -n 1000000000 -t "$DUMP_SECONDS" \
	    ${DUMP_RATE:+-r "$DUMP_RATE"}
	load_grey_check "$@"
	record "$workload without" "$tmp/checks.figures"
	start_dumps
	load_grey_check "$@"
	stop_dumps || die "grey-dump failed"
	record "$workload with" "$tmp/checks.figures"
}

checks_table()
{
	echo
	echo "Checks beside grey-dump -p: $DUMP_SECONDS s, 10 connections," \
	    "${DUMP_RATE:-all possible} requests a second," \
	    "$(wc -l <"$tmp/dumps") dumps in all"
	medians "$tmp/checks.figures" |
	    awk -F '\t' -v runs="$tmp/checks.figures" '
	BEGIN {
		printf "%-8s %-8s %10s %9s %9s %9s %9s %10s %10s\n",
		    "workload", "dumps", "requests/s", "p50", "p99", "above",
		    "p99.9", "longest", "worst run"
		while ((getline line <runs) > 0) {
			split(line, part, "\t")
			if (part[6] + 0 > worst[part[1]] + 0)
				worst[part[1]] = part[6]
		}
	}
	{
		split($1, part, " ")
		if (part[2] == "without")
			without = $4
		printf "%-8s %-8s %10d %9.1f %9.1f %9.1f %9.1f %10.1f %10.1f\n",
		    part[1], part[2], $2, $3, $4, $4 - without, $5, $6,
		    worst[$1]
	}'
}

section_dump()
{
	progress "dump: filling a store with $DUMP_RECORDS records"
	grow "$DUMP_RECORDS"
	for run in $(seq "$RUNS"); do
		progress "dump: run $run"
		dump_round
		load_round
	done
	rm -f "$tmp/grey-dump.out" "$tmp/db_dump.out"
	dump_table
	load_table
	: >"$tmp/dumps"
	for workload in repeat new; do
		for run in $(seq "$RUNS"); do
			progress "dump: checks, $workload, run $run"
			checks_round
		done
	done
	rm -rf "$store"
	checks_table
}

print_machine()
{
	echo "$(uname -sr), $(nproc) processors," \
	    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
	    "median of $RUNS runs"
}

for program in "$GREY_CHECK" "$GREY_DUMP" "$GREY_LOAD" "$GREY_EXPIRE" \
    "$LOG_STATS" "$BENCH_LOAD" "$BENCH_NULL" "$BENCH_USAGE"; do
	[ -x "$program" ] || die "$program is not built"
done
[ $# -gt 0 ] || set -- rates first growth memory longest lists dump expire \
    logs redis postfix
for section; do
	case $section in
	rates | first | growth | memory | longest | lists | dump | expire | \
	    logs | redis | postfix) ;;
	*)
		echo "usage: run.sh [rates] [first] [growth] [memory]" \
		    "[longest] [lists] [dump] [expire] [logs] [redis]" \
		    "[postfix]" >&2
		exit 2
		;;
	esac
done

tmp=$(mktemp -d)
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
chmod 711 "$tmp"

print_machine
for section; do
	"section_$section"
done
