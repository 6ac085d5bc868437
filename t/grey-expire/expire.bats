#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-expire: which records go. What happens while checks go on is in checks.bats.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib

# put_random SEED COUNT DELAY MAX-AGE RETRY-WINDOW: a store of random records, their ages around these limits.
put_random()
{
	local table

	for table in triplets clients; do
		perl "$ROOT/t/grey-expire/records.pl" "$1" "$2" "$NOW" "$3" "$4" "$5" "$table" >"$BATS_TEST_TMPDIR/$table"
	done
	put_rows postgrey.db <"$BATS_TEST_TMPDIR/triplets"
	put_rows postgrey_clients.db <"$BATS_TEST_TMPDIR/clients"
}

# judged DATABASE DELAY MAX-AGE RETRY-WINDOW: its rows with what is to become of them before the key: keep, or why it goes.
judged()
{
	dumped "$1" | awk -F '\t' -v now="$NOW" -v delay="$2" -v max_age="$3" -v window="$4" -v table="$1" '
		function is_number(text) {
			return text ~ /^[0-9]+$/ && text + 0 <= 999999999999
		}
		function verdict(value, part, fields) {
			fields = split(value, part, ",")
			# All that follows the comma is the time of a client.
			if (table ~ /clients/ && fields > 2 || length(value) > 128)
				return "unreadable"
			if (fields < 2 || !is_number(part[1]) || !is_number(part[2]))
				return "unreadable"
			if (now - part[2] > max_age)
				return "max-age"
			if (table !~ /clients/ && part[2] - part[1] < delay && now - part[2] > window)
				return "retry-window"
			return "keep"
		}
		{ print verdict($2) "\t" $0 }'
}

# counts: how many of each verdict, of what judged printed for a table, as grey-expire names them.
counts()
{
	awk -F '\t' -v title="$1" '{ n[$1]++ } END {
		printf "%s: %d records\n", title, NR
		printf "%s: %d max-age\n", title, n["max-age"]
		if (title == "greylist")
			printf "%s: %d retry-window\n", title, n["retry-window"]
		printf "%s: %d unreadable\n", title, n["unreadable"] }'
}

# expires_right DELAY MAX-AGE RETRY-WINDOW [OPTION...]: of a random store, just the right records go, and are told before.
expires_right()
{
	local dir=$BATS_TEST_TMPDIR

	put_random "$RANDOM" 20000 "$1" "$2" "$3"
	judged postgrey.db "$1" "$2" "$3" >"$dir/judged"
	judged postgrey_clients.db "$1" "$2" "$3" >"$dir/judged.clients"
	{ counts greylist <"$dir/judged"; counts auto-whitelist <"$dir/judged.clients"; } >"$dir/counts"
	cat "$dir/judged" "$dir/judged.clients" | awk -F '\t' '$1 != "keep" { print $1 "\t" $2 }' >"$dir/going"
	sed 's/^/# /' "$dir/counts" >&3

	run -0 --separate-stderr expire -n "${@:4}"
	assert_equal "$stderr" ''
	assert_equal "$(sed '$d' <<<"$output")" "$(cat "$dir/counts")"
	[[ ${lines[-1]} =~ ^files:\ ([0-9]+)\ bytes,\ ([0-9]+)\ before$ ]]
	expire -n -v "${@:4}" >"$dir/said" 2>"$dir/stderr"
	cmp "$dir/going" <(grep -a $'\t' "$dir/said")
	cmp "$dir/counts" <(grep -av $'\t' "$dir/said" | sed '$d')
	cut -f 2- "$dir/judged" | cmp - <(dumped postgrey.db)
	cut -f 2- "$dir/judged.clients" | cmp - <(dumped postgrey_clients.db)

	run -0 --separate-stderr expire -v "${@:4}"
	assert_equal "$stderr" ''
	assert_equal "$(sed '$d' <<<"$output")" "$(cat "$dir/counts")"
	sed -n 's/^keep\t//p' "$dir/judged" | cmp - <(dumped postgrey.db)
	sed -n 's/^keep\t//p' "$dir/judged.clients" | cmp - <(dumped postgrey_clients.db)

	run -0 --separate-stderr expire "${@:4}"
	assert_output ''
	assert_equal "$stderr" ''
	run -0 db_verify -q "$STORE/postgrey.db"
	run -0 db_verify -q "$STORE/postgrey_clients.db"
}

@test "of 20,000 random records just the right ones go; -n counts them, -nv names them, and leaves all" {
	expires_right 300 $((35 * 86400)) $((2 * 86400))
}

@test "--delay, --max-age and --retry-window decide, as for grey-check" {
	expires_right 3600 $((10 * 86400)) $((12 * 3600)) --delay=1h --max-age=10 --retry-window=12h
}

@test "without a delay all have passed; --max-age shorter than --retry-window counts for all" {
	expires_right 0 1000 5000 --delay=0 --max-age=1000s --retry-window=5000s
}

@test "a retry window of 0: what has not passed goes a second later" {
	expires_right 300 86400 0 --max-age=1d --retry-window=0
}

@test "the limits themselves are kept, a second more is not" {
	put_rows postgrey.db <<-EOF
		max-age-just
		1000,$((NOW - 35 * 86400))
		max-age-over
		1000,$((NOW - 35 * 86400 - 1))
		passed
		$((NOW - 172801 - 300)),$((NOW - 172801))
		passed-not
		$((NOW - 172801 - 299)),$((NOW - 172801))
		window-just
		$((NOW - 172800)),$((NOW - 172800))
	EOF
	put_rows postgrey_clients.db <<<"a"$'\n'"1,$((NOW - 35 * 86400))"$'\nb\n'"999,$((NOW - 35 * 86400 - 1))"
	run -0 --separate-stderr expire
	assert_output ''
	run -0 dumped postgrey.db
	assert_equal "$(cut -f 1 <<<"$output" | xargs)" 'max-age-just passed window-just'
	run -0 dumped postgrey_clients.db
	assert_output "a	1,$((NOW - 35 * 86400))"
}

@test "a value that is too long to be read goes, and -n says so too" {
	put_rows postgrey.db <<<"a"$'\n'"$(printf '%0130d' 1000),1000"$'\nb\n'"$NOW,$NOW,$(printf '%0130d' 1000)"
	run -0 --separate-stderr expire -n
	assert_line 'greylist: 2 unreadable'
	run -0 --separate-stderr expire -v
	assert_line 'greylist: 2 unreadable'
	assert_equal "$(dumped postgrey.db)" ''
}

@test "the same answers on one clock with expiry between as without, in all of 8 random runs" {
	local seed dir

	for seed in 1 2 3 4 5 6 "$RANDOM" "$RANDOM"; do
		dir=$BATS_TEST_TMPDIR/$seed
		mkdir -p "$dir"
		run -0 perl "$ROOT/t/grey-expire/same.pl" "$seed" "$(as_long 80)" "$dir" "$BIN"
		echo "# $output" >&3
	done
}
