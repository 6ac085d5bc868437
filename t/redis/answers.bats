#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A greylist in Redis gives the answers, and has the records, that one in Berkeley DB does.

load lib

start_servers()
{
	redis_start one
}

begin()
{
	use one
	EMBEDDED=$BATS_TEST_TMPDIR/embedded
}

# Who comes when, at seconds after T, as check.bash's requests; each of these clients is in a network of its own.
scenario()
{
	local n

	at "$T"
	at $((T + 60))
	at $((T + 299))
	at $((T + 300))
	at $((T + 301)) client_address=192.0.2.31
	at "$T" client_address=198.51.100.7 sender=never@example.net
	at $((T + 172801)) client_address=198.51.100.7 sender=never@example.net
	at $((T + 35 * 86400 + 400))
	at $((T + 36 * 86400)) sender=A@Example.NET recipient=B@EXAMPLE.org
	at "$T" client_address=2001:db8:1:2::3 sender=
	at $((T + 400)) client_address=2001:db8:1:2:ffff::4 sender=
	at "$T" client_address=198.51.100.8 'sender={x}y z%s@example.net' 'recipient=a*b?c[d]@example.org'
	at $((T + 1000)) client_address=198.51.100.8 'sender={x}y z%s@example.net' 'recipient=a*b?c[d]@example.org'
	at $((T + 500)) client_address=198.51.100.9 sender=future@example.net
	at $((T + 100)) client_address=198.51.100.9 sender=future@example.net
	for n in 1 2 3 4 5; do
		at $((T + n * 7200)) client_address=203.0.113.5 "sender=s$n@example.net"
		at $((T + n * 7200 + 301)) client_address=203.0.113.5 "sender=s$n@example.net"
	done
	at $((T + 50000)) client_address=203.0.113.5 sender=s1@example.net
	at "$T" client_address=198.51.100.10 "sender=$(printf 'l%.0s' {1..250})@example.net" \
		"recipient=$(printf 'o%.0s' {1..250})@example.org"
	at $((T + 300)) client_address=198.51.100.10 "sender=$(printf 'l%.0s' {1..250})@example.net" \
		"recipient=$(printf 'o%.0s' {1..250})@example.org"
}

# both [OPTION...]: each of the two is asked all of it; what is answered and logged must be the same.
both()
{
	# The header without the time of day.
	set -- '--x-greylist-header=X-Greylist: delayed %t seconds' "$@"
	scenario >"$BATS_TEST_TMPDIR/scenario"
	check "$@" <"$BATS_TEST_TMPDIR/scenario" >"$BATS_TEST_TMPDIR/answers" 2>"$BATS_TEST_TMPDIR/log"
	STORE=$EMBEDDED check "$@" <"$BATS_TEST_TMPDIR/scenario" >"$BATS_TEST_TMPDIR/expected" 2>"$BATS_TEST_TMPDIR/expected.log"
	diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/answers"
	diff "$BATS_TEST_TMPDIR/expected.log" "$BATS_TEST_TMPDIR/log"
	[ "$(grep -c '^action=' "$BATS_TEST_TMPDIR/answers")" -eq "$(grep -c '^request=' "$BATS_TEST_TMPDIR/scenario")" ]
}

# same_records [-c]: as db_dump has them, without the header, which is Berkeley DB's own.
same_records()
{
	diff <(STORE=$EMBEDDED dump -p "$@" | records_of_dump) <(dump -p "$@" | records_of_dump)
}

@test "new, retried, passed, known, in the auto-whitelist, expired: the answers and the log are Berkeley DB's" {
	both
	grep -q '^action=PREPEND' "$BATS_TEST_TMPDIR/answers"
	grep -q 'reason=client AWL' "$BATS_TEST_TMPDIR/log"
	grep -q 'reason=early-retry' "$BATS_TEST_TMPDIR/log"
}

@test "and so are the records of both tables" {
	both
	same_records
	same_records -c
	[ "$(redis_cli one dbsize)" -gt 10 ]
}

@test "with --lookup-by-host, other networks, --privacy, no auto-whitelist: the same" {
	local options

	for options in --lookup-by-host '--ipv4cidr=20 --ipv6cidr=48' --privacy --auto-whitelist-clients=0 \
		'--delay=60 --retry-window=4h' --learn; do
		redis_cli one flushall
		rm -rf "$EMBEDDED"
		# shellcheck disable=SC2086
		both $options
		same_records
		same_records -c
	done
}

# records_in DB: how many there are in this numbered database.
records_in()
{
	redis_cli one -n "$1" --scan --pattern '[gc]:*' | wc -l
}

@test "the record of a triplet is one string under g:{NETWORK}/SENDER/RECIPIENT, that of a client under c:{NETWORK}ADDRESS" {
	answers 0 300 >/dev/null
	run -0 redis_cli one get "$TRIPLET"
	assert_output "$T,$((T + 300)),30"
	run -0 redis_cli one get "$CLIENT"
	assert_output "1,$((T + 300))"
	assert_equal "$(records_in 0)" 2
}

# lives KEY DAYS: the server forgets it after so many days, a minute more at most.
lives()
{
	local ttl

	ttl=$(redis_cli one ttl "$1")
	[ "$ttl" -gt $(($2 * 86400 - 60)) ] && [ "$ttl" -le $(($2 * 86400 + 60)) ]
}

@test "a record lives for the time in which it counts: 2 days if it waits, 35 days if it has passed; a client 35 days" {
	answers 0 >/dev/null
	lives "$TRIPLET" 2
	answers 300 >/dev/null
	lives "$TRIPLET" 35
	lives "$CLIENT" 35
}

@test "with --retry-window=4h --max-age=10 the server forgets after four hours, and ten days" {
	at "$T" | check --retry-window=4h --max-age=10
	[ "$(redis_cli one ttl "$TRIPLET")" -le $((4 * 3600 + 60)) ]
	at $((T + 300)) | check --retry-window=4h --max-age=10
	lives "$TRIPLET" 10
}

changes()
{
	redis_cli one info persistence | tr -d '\r' | sed -n 's/^rdb_changes_since_last_save://p'
}

@test "an early retry writes nothing, neither to the server nor to its replicas" {
	local before

	answers 0 >/dev/null
	before=$(changes)
	run -0 answers 1 60 299
	[ "$(grep -cxF "$GREYLISTED" <<<"$output")" -eq 3 ]
	assert_equal "$(changes)" "$before"
	run -0 redis_cli one get "$TRIPLET"
	assert_output "$T,$T,30"
}

@test "what is forgotten is as if it had never been" {
	answers 0 >/dev/null
	redis_cli one del "$TRIPLET"
	run -0 answers 300
	assert_output "$GREYLISTED"
}

@test "a check is one round trip: both tables are asked at once, and a new triplet is stored by that" {
	own_servers
	redis_start real
	fake_start fake "--upstream=$(redis_socket real)"
	STORE=$(redis_url fake)
	start_live check --quiet
	ask_live "policy_test_time=$T" sender=first@example.net
	: >"$REDIS_DIR/fake/asked"
	run -0 ask_live "policy_test_time=$T"
	assert_output "$GREYLISTED"
	run -0 grep GET "$REDIS_DIR/fake/asked"
	assert_output --regexp "^GET c:\{192\.0\.2\.0\}192\.0\.2\.30 \| SET g:\{192\.0\.2\.0\}/a@example\.net/b@example\.org $T,$T,30 NX GET EX [0-9]+\$"
	end_live
}

# shellcheck disable=SC2034
@test "a Unix socket and a numbered database are reached as well, and databases are apart" {
	STORE=redis+unix://$(redis_socket one)
	run -0 answers 0 300
	assert_line --index 1 --regexp '^action=PREPEND '
	STORE=$(redis_url one)/3
	run -0 answers 0
	assert_output "$GREYLISTED"
	assert_equal "$(records_in 3)" 1
}

@test "20 processes that ask for the same new triplet at once: all are greylisted, and there is one record" {
	local n pids=()

	for n in {1..20}; do
		at "$T" | check >"$BATS_TEST_TMPDIR/answer.$n" 2>/dev/null 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(cat "$BATS_TEST_TMPDIR"/answer.* | grep -cxF "$GREYLISTED")" -eq 20 ]
	run -0 redis_cli one get "$TRIPLET"
	assert_output "$T,$T,30"
	assert_equal "$(records_in 0)" 1
}

@test "each kind of server that is installed gives the same answers" {
	own_servers
	for REDIS_SERVER in $(redis_servers); do
		redis_start "$REDIS_SERVER"
		use "$REDIS_SERVER"
		rm -rf "$EMBEDDED"
		both
		same_records
	done
}

@test "a client in the auto-whitelist leaves no record of a triplet, which would let its neighbours pass" {
	redis_cli one set "$CLIENT" "9,$T"
	run -0 answers 5000
	assert_output "$PASSED"
	run -0 answers '5400 client_address=192.0.2.31'
	assert_output "$GREYLISTED"
	run -0 redis_cli one get "$TRIPLET"
	assert_output "$((T + 5400)),$((T + 5400)),31"
}

