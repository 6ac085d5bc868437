#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats reads what a real Postfix with postscreen and grey-check has written, and finds what the clients did. Two such
# servers (postscreen.bash) are visited by all kinds of clients (mx-clients.pl), which count for themselves.

load ../lib/common
load ../lib/postfix
load postscreen

setup_file()
{
	local servers=() server

	unset SYSLOG FILE # teardown_file removes them
	SKIP=$(mx_missing) && export SKIP && return 0
	need_program grey-check
	need_program log-stats
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT LC_ALL=C
	SYSLOG=$(work_dir)
	FILE=$(work_dir)
	export SYSLOG FILE
	serve "$SYSLOG" syslog >"$SYSLOG/said" 2>&1 3>&- &
	servers+=($!)
	serve "$FILE" maillog_file >"$FILE/said" 2>&1 3>&- &
	servers+=($!)
	for server in "${servers[@]}"; do
		wait "$server" && continue
		tail -n 40 "$SYSLOG/said" "$FILE/said" >&2
		return 1
	done
	flat --format=json "$SYSLOG/log" >"$SYSLOG/figures"
	flat --format=json "$FILE/log" >"$FILE/figures"
}

serve()
{
	mx_init "$@" && mx_run
}

setup()
{
	skip_if_set
}

teardown_file()
{
	local status=0 dir

	for dir in "${SYSLOG-}" "${FILE-}"; do
		[ -n "$dir" ] || continue
		PF_DIR=$dir mx_stop || status=1
		rm -rf "$dir"
	done
	return $status
}

# flat OPTION...: what log-stats prints as JSON, a line a figure: "postscreen.blocked 4".
flat()
{
	timeout 600 "$BIN/log-stats" "$@" | perl -MJSON::PP -0777 -ne '
		sub say_all { my ($at, $name) = @_;
			return map { say_all($at->{$_}, $name eq "" ? $_ : "$name.$_") } sort keys %$at if ref $at eq "HASH";
			print "$name $at\n" if !ref $at && defined $at }
		say_all(decode_json($_), "")'
}

# agree DIR SECTION [FIGURES]: all figures of the section are those that the clients counted.
agree()
{
	local expected found

	expected=$(grep "^$2\." "$1/truth")
	[ -n "$expected" ] || fail "nothing is known of $2"
	found=$(awk 'NR == FNR { wanted[$1]; next } $1 in wanted' - "${3-$1/figures}" <<<"$expected" | sort)
	assert_equal "$found" "$expected"
}

# truth DIR NAME: what was counted.
truth()
{
	awk -v name="$2" '$1 == name { print $2; found = 1 } END { exit !found }' "$1/truth"
}

@test "what was counted is what was planned, and the mail is where it belongs" {
	local dir

	for dir in "$SYSLOG" "$FILE"; do
		assert_equal "$(find "$dir/mail/inbox/new" -type f | wc -l)" "$(truth "$dir" files)"
		assert_equal "$(truth "$dir" postscreen.open)" 1
		assert_equal "$(truth "$dir" messages.submitted)" 2
		assert_equal "$(truth "$dir" recipients.bounced)" 3
		assert_equal "$(truth "$dir" smtpd.accepted_sessions)" $(($(truth "$dir" messages.received) - 1))
		[ "$(truth "$dir" greylist.passed)" -ge 5 ]
	done
	assert_equal "$(truth "$SYSLOG" postscreen.blocked)" 8
	assert_equal "$(truth "$SYSLOG" postscreen.gave_up)" 4
	assert_equal "$(truth "$SYSLOG" postscreen.come_back)" 0
	assert_equal "$(truth "$FILE" postscreen.blocked)" 10
	assert_equal "$(truth "$FILE" postscreen.gave_up)" 5
	[ "$(truth "$FILE" postscreen.come_back)" -ge 7 ]
}

@test "syslog: postscreen, with clients that are answered when they talk early" {
	agree "$SYSLOG" postscreen
}

@test "syslog: smtpd" {
	agree "$SYSLOG" smtpd
}

@test "syslog: greylisting, as smtpd and grey-check log it" {
	agree "$SYSLOG" greylist
}

@test "syslog: messages and recipients" {
	agree "$SYSLOG" messages
	agree "$SYSLOG" recipients
}

@test "syslog: the seed table, by session and by recipient" {
	agree "$SYSLOG" table
	recipient_table "$SYSLOG"
}

@test "maillog_file: postscreen, with clients that are thrown out, tests after the greeting, and the old words" {
	run -0 grep -cE 'WHITELISTED|BLACKLISTED' "$FILE/log"
	agree "$FILE" postscreen
}

@test "maillog_file: smtpd" {
	agree "$FILE" smtpd
}

@test "maillog_file: greylisting, without a line of grey-check's" {
	run ! grep grey-check "$FILE/log"
	agree "$FILE" greylist
}

@test "maillog_file: messages and recipients" {
	agree "$FILE" messages
	agree "$FILE" recipients
}

@test "maillog_file: the seed table, by session and by recipient" {
	agree "$FILE" table
	recipient_table "$FILE"
}

recipient_table()
{
	flat --format=json --unit=recipient "$1/log" >"$1/figures.recipient"
	sed 's/^table\./table-recipient./' "$1/figures.recipient" >"$1/figures.renamed"
	agree "$1" table-recipient "$1/figures.renamed"
}

@test "every line is known, and none is counted twice or left out" {
	local dir

	for dir in "$SYSLOG" "$FILE"; do
		run -0 cat "$dir/figures"
		assert_line 'coverage.unknown 0'
		assert_line 'coverage.foreign 0'
		assert_line "coverage.lines $(wc -l <"$dir/log")"
		assert_line "coverage.recognized $(wc -l <"$dir/log")"
		run -0 "$BIN/log-stats" --check "$dir/log"
	done
}

@test "the same log as rsyslog writes it today, RFC 3339, has the same figures" {
	perl -pe 's/^(\w{3}) ([ \d]\d) ([\d:]{8}) /sprintf "2026-%02d-%02dT%s.%06d+09:00 ",
		1 + index("JanFebMarAprMayJunJulAugSepOctNovDec", $1) \/ 3, $2, $3, $. % 1e6/e' "$SYSLOG/log" >"$SYSLOG/rfc3339"
	run -1 grep -vcE '^2026-[0-9-]{5}T[0-9:.]{15}\+09:00 mx [a-z/-]+\[[0-9]+\]: ' "$SYSLOG/rfc3339"
	assert_output 0
	same_figures "$SYSLOG/rfc3339"
}

@test "the log in two parts, the later one first, and on standard input, has the same figures" {
	# Where the time changes, so that the first stamps tell the order.
	awk -v half="$(($(wc -l <"$SYSLOG/log") / 2))" -v dir="$SYSLOG" '
		NR > half && $3 != last { later = 1 }
		{ last = $3; print >(dir (later ? "/part2" : "/part1")) }' "$SYSLOG/log"
	[ -s "$SYSLOG/part2" ]
	same_figures "$SYSLOG/part2" "$SYSLOG/part1"
	same_figures <"$SYSLOG/log"
	same_figures - <"$SYSLOG/log"
}

# same_figures ARGUMENT...: as of the syslog, all that the clients know of.
same_figures()
{
	local section

	flat --format=json "$@" >"$SYSLOG/figures.again"
	for section in postscreen smtpd greylist messages recipients table; do
		agree "$SYSLOG" "$section" "$SYSLOG/figures.again"
	done
}

@test "--service: the submission service alone" {
	flat --format=json --service=submission "$SYSLOG/log" >"$SYSLOG/figures.submission"
	run -0 cat "$SYSLOG/figures.submission"
	assert_line 'messages.received 0'
	assert_line 'postscreen.connects 0'
	assert_line "messages.submitted $(truth "$SYSLOG" messages.submitted)"
}
