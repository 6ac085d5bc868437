# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# log-stats.sh - the section `logs` of run.sh, which sources it
#
# What is compared is user and system time, on one processor: log-stats, grep,
# pflogsumm and zstd take turns. A round that is not counted comes first, so
# that the logs lie in the page cache.
#
# Environment: LOG_STATS, PFLOGSUMM, and the sizes below. BENCH_LONG=yes plays
# a log of LOGS_LONG lines for the memory; else the log of LOGS_LINES is read
# ten times over, through a pipe: its queue ids and ports come again then.

# shellcheck disable=SC2154 # run.sh sets $tmp and the like
LOG_STATS=${LOG_STATS:-bin/log-stats}
MAILLOG=${MAILLOG:-${0%/*}/../t/played/maillog.pl}
PFLOGSUMM=${PFLOGSUMM:-/usr/sbin/pflogsumm}
LOGS_LINES=${LOGS_LINES:-1000000}
LOGS_LONG=${LOGS_LONG:-10000000}
LOGS_RUNS=${LOGS_RUNS:-5}
BENCH_LONG=${BENCH_LONG-}

# on_one_processor COMMAND... - the figures go to $tmp/line; the output to a
# file, for grep ends at the first match if it writes to /dev/null
on_one_processor()
{
	if [ -n "$PIN_CPU" ]; then
		set -- taskset -c "$PIN_CPU" "$@"
	fi
	usage "$@" >"$tmp/output"
}

# measure_log KEY BYTES COMMAND... - BYTES is the size of the plain log
measure_log()
{
	key="$1 $2"
	shift 2
	on_one_processor "$@" || die "$1 failed"
	record "$key" "$tmp/logs.figures"
}

logs_round()
{
	measure_log log-stats "$plain" "$LOG_STATS" "$tmp/classic"
	measure_log grep "$plain" env LC_ALL=C grep -c 'NOQUEUE: reject' \
	    "$tmp/classic"
	measure_log log-stats-rfc3339 "$iso" "$LOG_STATS" "$tmp/rfc3339"
	if [ -s "$tmp/zst" ]; then
		measure_log log-stats-zst "$plain" "$LOG_STATS" "$tmp/zst"
		measure_log zstd-d "$plain" zstd -dqf "$tmp/zst" -o /dev/null
	fi
}

# make_log FORMAT FILE LINES
make_log()
{
	"$MAILLOG" --lines="$3" --format="$1" >"$2" || die "maillog.pl failed"
}

make_logs()
{
	progress "logs: making two logs of $LOGS_LINES lines"
	make_log rfc3164 "$tmp/classic" "$LOGS_LINES"
	make_log rfc3339 "$tmp/rfc3339" "$LOGS_LINES"
	lines=$(wc -l <"$tmp/classic")
	plain=$(wc -c <"$tmp/classic")
	iso=$(wc -c <"$tmp/rfc3339")
	if command -v zstd >/dev/null; then
		zstd -q "$tmp/classic" -o "$tmp/zst"
	else
		progress "logs: no zstd here"
	fi
}

# It takes long: once.
measure_pflogsumm()
{
	[ -x "$PFLOGSUMM" ] || { progress "logs: no $PFLOGSUMM here"; return; }
	progress "logs: pflogsumm"
	measure_log pflogsumm "$plain" "$PFLOGSUMM" "$tmp/classic"
}

logs_table()
{
	echo
	echo "Logs: $lines lines of a maillog, CPU is user and system time;" \
	    "median of $LOGS_RUNS runs, pflogsumm once; memory in KiB"
	medians "$tmp/logs.figures" | awk -F '\t' '
	function ratio(what, above, below) {
		if (below > 0 && above > 0)
			printf "%-40s %10.2f\n", what, above / below
		else
			printf "%-40s %10s\n", what, "-"
	}
	BEGIN {
		printf "%-18s %10s %10s %10s %10s\n", "program", "CPU ms",
		    "wall ms", "MB/s", "memory"
	}
	{
		split($1, part, " ")
		cpu[part[1]] = $3
		printf "%-18s %10.1f %10.1f %10.1f %10d\n", part[1], $3 / 1000,
		    $2 / 1000, ($3 > 0 ? part[2] / $3 : 0), $4
	}
	END {
		own = cpu["log-stats"]
		print ""
		ratio("pflogsumm / log-stats, time", cpu["pflogsumm"], own)
		ratio("log-stats / grep, rate", cpu["grep"], own)
		ratio("RFC 3339 / classic, time", cpu["log-stats-rfc3339"], own)
		ratio("(zst - decompression) / classic, time",
		    cpu["log-stats-zst"] - cpu["zstd-d"], own)
	}'
}

# memory_of WHAT LINES FILE - - is standard input
memory_of()
{
	"$BENCH_USAGE" "$tmp/line" "$LOG_STATS" "$3" >/dev/null ||
	    die "log-stats failed"
	printf '%s\t%s\t' "$1" "$2" >>"$tmp/logs.memory"
	cut -f 3 "$tmp/line" >>"$tmp/logs.memory"
}

ten_times()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		cat "$tmp/classic"
	done
}

measure_memory()
{
	memory_of "a file" "$lines" "$tmp/classic"
	if [ -n "$BENCH_LONG" ]; then
		progress "logs: making a log of $LOGS_LONG lines"
		make_log rfc3164 "$tmp/long" "$LOGS_LONG"
		memory_of "a file" "$(wc -l <"$tmp/long")" "$tmp/long"
		rm -f "$tmp/long"
	else
		progress "logs: $((10 * lines)) lines"
		ten_times | memory_of "the same ten times" "$((10 * lines))" -
	fi
}

memory_table()
{
	echo
	echo "Memory of log-stats: largest resident set in KiB"
	awk -F '\t' '
	BEGIN { printf "%-20s %10s %10s\n", "log", "lines", "memory" }
	{ printf "%-20s %10d %10d\n", $1, $2, $3 }' "$tmp/logs.memory"
}

section_logs()
{
	make_logs
	logs_round
	rm -f "$tmp/logs.figures"
	for run in $(seq "$LOGS_RUNS"); do
		progress "logs: run $run"
		logs_round
	done
	measure_pflogsumm
	measure_memory
	rm -f "$tmp/classic" "$tmp/rfc3339" "$tmp/zst"
	logs_table
	memory_table
}
