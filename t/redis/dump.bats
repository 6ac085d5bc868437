#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump, grey-load and grey-expire on a store in Redis.

# Dollar signs are those of the protocol.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
load lib

start_servers()
{
	redis_start one
}

begin()
{
	use one
	EMBEDDED=$BATS_TEST_TMPDIR/embedded
	NOW=$(date +%s)
}

# embedded: a store in Berkeley DB with all kinds of records, none of which expires while the test runs.
embedded()
{
	perl -e '
		my $now = shift;
		for my $n (1 .. 600) {
			my $last = $now - 1000 * $n;
			my $first = $last - ($n % 3 ? 400 : 0);
			printf "10.%d.%d.0/s%d\@example.net/r%d\@example.org\n%d,%d,%d\n", $n / 250, $n % 250, $n, $n % 7, $first, $last, $n % 256
				if $n % 3 || $n < 150;
		}
		print "192.0.2.0//r\@example.org\n", $now - 500, ",$now,7\n";
		print "2001:db8:1:2:0:0:0:0/{x}\@example.net/a*?[b]\@example.org\n", $now - 500, ",$now\n";
		print "192.0.2.0/", "l" x 250, "\@example.net/", "o" x 250, "\@example.org\n", $now - 500, ",$now,1\n"' "$NOW" |
		make_text "$EMBEDDED/postgrey.db"
	perl -e 'my $now = shift; printf "10.0.0.%d\n%d,%d\n", $_, $_, $now - $_ * 1000 for 1 .. 200; print "2001:DB8:0:0:0:0:0:7\n3,$now\n"' \
		"$NOW" | make_text "$EMBEDDED/postgrey_clients.db"
}

# dump_of STORE [OPTION...]
dump_of()
{
	STORE=$1 dump "${@:2}"
}

# bridge: from the one into the other, both tables.
bridge()
{
	dump_of "$1" -p >"$BATS_TEST_TMPDIR/triplets"
	dump_of "$1" -p -c >"$BATS_TEST_TMPDIR/clients"
	STORE=$2 bring <"$BATS_TEST_TMPDIR/triplets"
	STORE=$2 bring -c <"$BATS_TEST_TMPDIR/clients"
}

# same ONE OTHER: they show the same. As db_dump, without the header, which is Berkeley DB's own.
same()
{
	local options

	for options in -p '' '-p -c'; do
		# shellcheck disable=SC2086
		diff <(dump_of "$1" $options | records_of_dump) <(dump_of "$2" $options | records_of_dump)
	done
	for options in --format=tsv '--format=json' '--format=tsv -c' --count '--format=tsv --state=waiting' \
		'--format=tsv --client=10.0.0.0/16' '--format=tsv --sender=s1*'; do
		# shellcheck disable=SC2086
		diff <(dump_of "$1" $options) <(dump_of "$2" $options)
	done
}

@test "a greylist goes from Berkeley DB to Redis and back, and nothing is lost or changed" {
	embedded
	bridge "$EMBEDDED" "$STORE"
	same "$EMBEDDED" "$STORE"
	bridge "$STORE" "$EMBEDDED.back"
	diff <(keys_and_values "$EMBEDDED") <(keys_and_values "$EMBEDDED.back")
	diff <(keys_and_values "$EMBEDDED" postgrey_clients.db) <(keys_and_values "$EMBEDDED.back" postgrey_clients.db)
}

@test "loading twice is the same as once" {
	embedded
	bridge "$EMBEDDED" "$STORE"
	redis_cli one dbsize >"$BATS_TEST_TMPDIR/once"
	bridge "$EMBEDDED" "$STORE"
	same "$EMBEDDED" "$STORE"
	run -0 redis_cli one dbsize
	assert_output "$(cat "$BATS_TEST_TMPDIR/once")"
}

@test "what was loaded is forgotten when its time is over, and greylists as it did" {
	embedded
	bridge "$EMBEDDED" "$STORE"
	redis_cli one --scan >"$BATS_TEST_TMPDIR/keys"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/keys")" -gt 600 ]
	sed 's/.*/ttl "&"/' "$BATS_TEST_TMPDIR/keys" | redis_cli one >"$BATS_TEST_TMPDIR/ttls"
	[ "$(awk '$1 <= 0 || $1 > 35 * 86400 + 60' "$BATS_TEST_TMPDIR/ttls" | wc -l)" -eq 0 ]
	# Seen 1000 s ago and passed; it has 35 days from then.
	[ "$(redis_cli one ttl 'g:{10.0.1.0}/s1@example.net/r1@example.org')" -le $((35 * 86400 - 1000 + 60)) ]
	run -0 "$BIN/grey-check" "--store=$STORE" "--state-dir=$STATE" --config=none --log=none "${NO_LISTS[@]}" < <(
		request client_address=10.0.1.9 sender=s1@example.net recipient=r1@example.org
		request client_address=10.0.1.9 sender=other@example.net recipient=r1@example.org)
	assert_line --index 0 "$PASSED"
	assert_line --partial Greylisted
}

@test "deleting and --pass work on it" {
	embedded
	bridge "$EMBEDDED" "$STORE"
	dump --format=tsv --sender='s1?@example.net' | grep -c . >"$BATS_TEST_TMPDIR/count"
	[ "$(cat "$BATS_TEST_TMPDIR/count")" -ge 5 ]
	dump --format=tsv --sender='s1?@example.net' | bring --delete
	run -0 dump --format=tsv --sender='s1?@example.net'
	[ "$(grep -c example.net <<<"$output")" -eq 0 ]
	bring --pass 192.0.2.30 a@example.net b@example.org
	run -0 "$BIN/grey-check" "--store=$STORE" "--state-dir=$STATE" --config=none --log=none "${NO_LISTS[@]}" < <(request)
	assert_line --index 0 "$PASSED"
}

@test "what others keep in the same database is neither shown nor touched" {
	embedded
	redis_cli one set other:key value
	redis_cli one set 'g:without-a-network' value
	redis_cli one rpush 'glist' value
	bridge "$EMBEDDED" "$STORE"
	same "$EMBEDDED" "$STORE"
	run -0 redis_cli one get other:key
	assert_output value
}

@test "an empty store dumps as an empty one" {
	install -d -m 700 "$EMBEDDED"
	make_text "$EMBEDDED/postgrey.db" </dev/null
	diff <(dump_of "$EMBEDDED" -p | records_of_dump) <(dump -p | records_of_dump)
	diff <(dump_of "$EMBEDDED" --count) <(dump --count)
}

@test "grey-expire deletes nothing, since the server does: it only says so" {
	local before

	redis_cli one set "$TRIPLET" 1000000000,1000000000,30 ex 100
	embedded
	bridge "$EMBEDDED" "$STORE"
	before=$(redis_cli one dbsize)
	run -0 --separate-stderr "$BIN/grey-expire" "--store=$STORE" --config=none
	assert_equal "$(redis_cli one dbsize)" "$before"
}

@test "a server that does not go on: grey-dump ends, and says how long it has waited" {
	own_servers
	redis_start real
	fake_start stuck "--upstream=$(redis_socket real)" SCAN=silence
	run -1 --separate-stderr timeout 60 "$BIN/grey-dump" "--store=$(redis_url stuck)" --config=none --count
	assert_equal "$stderr" "grey-dump: 127.0.0.1:$(redis_port stuck): gives no answer in time (10000 ms)"
}

@test "a server that can't be reached, or goes away: grey-dump and grey-load fail, say why, and promise nothing" {
	local url

	url=redis://$NOBODY
	run -1 --separate-stderr "$BIN/grey-dump" "--store=$url" --config=none -p
	[[ $stderr == *"${url#redis://}"* ]]
	run -1 --separate-stderr "$BIN/grey-load" "--store=$url" --config=none < <(embedded; dump_of "$EMBEDDED" -p)
	[[ $stderr == *"${url#redis://}"* ]]
	run -1 --separate-stderr "$BIN/grey-expire" "--store=$url" --config=none
}

@test "a server whose walk never ends is not walked for ever" {
	own_servers
	redis_start real
	fake_start round "--upstream=$(redis_socket real)" '100*SCAN=send:*2\r\n$1\r\n5\r\n*0\r\n' \
		'SCAN=send:*2\r\n$1\r\n7\r\n*0\r\n'
	STORE=$(redis_url round)
	run -1 --separate-stderr dump
	[[ $stderr == *'answers to SCAN that lead nowhere'* ]]
}

@test "--explain says what a record in Redis does, and changes nothing" {
	redis_cli one set "$TRIPLET" "$((NOW - 100)),$((NOW - 100)),30" ex 1000
	run -0 "$BIN/grey-check" --explain "--store=$STORE" "--state-dir=$STATE" --config=none "${NO_LISTS[@]}" \
		--client-address=192.0.2.30 --sender=a@example.net --recipient=b@example.org
	assert_line --regexp '^reason +early-retry'
	run -0 redis_cli one get "$TRIPLET"
	assert_output "$((NOW - 100)),$((NOW - 100)),30"
	[ "$(redis_cli one ttl "$TRIPLET")" -le 1000 ]
}
