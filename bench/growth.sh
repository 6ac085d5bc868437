# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# growth.sh - the section `growth` of run.sh, which sources it
#
# Stores of several sizes, made by grey-load from the same records, in the
# order of their keys and in none. Warm: by a process that has answered for a
# while, with regions that were there before. Cold: with regions that are made
# anew, so that each page comes into them for the first time; the files are in
# the system's own cache. Each measurement adds its requests to the store, so
# that the last of a store are a few percent more than its name says.
#
# Environment: the sizes below. The last one is the largest.

# shellcheck disable=SC2154 # run.sh sets $tmp and the like
GROWTH_RECORDS=${GROWTH_RECORDS:-10000 1500000 3000000}
GROWTH_REQUESTS=${GROWTH_REQUESTS:-50000}

# growth_texts - $tmp/sorted.N and $tmp/random.N: so many records, as text
growth_texts()
{
	largest=${GROWTH_RECORDS##* }
	progress "growth: making $largest records"
	grow "$largest"
	"$GREY_DUMP" -p -h "$store" >"$tmp/dump"
	rm -rf "$store"
	sed '/^HEADER=END/q' "$tmp/dump" >"$tmp/header"
	sed '1,/^HEADER=END/d; /^DATA=END/d' "$tmp/dump" | paste - - >"$tmp/all"
	rm "$tmp/dump"
	for records in $GROWTH_RECORDS; do
		awk -v take="$records" -v of="$largest" \
		    'int(NR * take / of) > int((NR - 1) * take / of)' \
		    "$tmp/all" >"$tmp/some"
		growth_text cat >"$tmp/sorted.$records"
		growth_text shuf >"$tmp/random.$records"
	done
	rm "$tmp/all" "$tmp/some"
}

# growth_text COMMAND - the records in $tmp/some, as it orders them
growth_text()
{
	cat "$tmp/header"
	"$1" "$tmp/some" | tr '\t' '\n'
	echo DATA=END
}

# growth_store ORDER RECORDS - the store $store, made once
growth_store()
{
	store=$tmp/$1.$2.store
	[ ! -d "$store" ] || return 0
	progress "growth: loading $2 records, $1"
	"$GREY_LOAD" --store="$store" "$tmp/$1.$2"
	rm "$tmp/$1.$2"
}

# growth_measure ORDER RECORDS - new triplets at 1 connection on the store
# $store, with new regions, and then with those
growth_measure()
{
	progress "growth: $2 records, $1"
	load_null 1 -n "$GROWTH_REQUESTS"
	record "null" "$tmp/growth"
	rm -f "$store"/__db.*
	for cache in cold warm; do
		seed=$((seed + 1))
		load_grey_check 1 -s "$seed" -n "$GROWTH_REQUESTS"
		record "$2 $1 $cache" "$tmp/growth"
	done
}

growth_table()
{
	echo
	echo "Growth: $GROWTH_REQUESTS new triplets at 1 connection"
	medians "$tmp/growth" | awk -F '\t' -v first="${GROWTH_RECORDS%% *}" '
	BEGIN {
		heading = "%9s %-6s %-5s %10s %11s %9s %9s %9s %8s %10s\n"
		row = "%9d %-6s %-5s %10d %11.2f %9.1f %9.1f %9.1f %8.3f %10.2f\n"
		printf heading, "records", "loaded", "cache", "requests/s",
		    "per request", "p50", "p99", "p99.9", "x null", "x " first
	}
	{ rate[$1] = $2 }
	$1 == "null" { next }
	{
		split($1, part, " ")
		printf row, part[1], part[2], part[3], $2, 1e6 / $2, $3, $4,
		    $5, $2 / rate["null"],
		    rate[first " " part[2] " " part[3]] / $2
	}'
}

section_growth()
{
	seed=$(($$ % 10000 * 1000))
	growth_texts
	for _ in $(seq "$RUNS"); do
		for order in sorted random; do
			for records in $GROWTH_RECORDS; do
				growth_store "$order" "$records"
				growth_measure "$order" "$records"
			done
		done
	done
	rm -rf "$tmp"/*.store
	growth_table
}
