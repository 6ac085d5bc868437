#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A server in Redis' place that is not there, that is something else, or that has something else: --on-error's answer,
# words that say what is wrong, and greylisting again as soon as there is a store.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
load lib

start_servers()
{
	redis_start one
	redis_start full 'maxmemory 4mb' 'maxmemory-policy noeviction'
}

begin()
{
	HOLDER=
	use one
}

teardown()
{
	[ -z "$HOLDER" ] || stop_process "$HOLDER"
	end_test
}

# opens WORDS [OPTION...]: a request is answered without the store, exit code 1, and it says WORDS, a regular expression,
# once; and with --on-error=defer it is deferred.
opens()
{
	run -1 --separate-stderr check --quiet "${@:2}" < <(at "$T"; at $((T + 300)))
	assert_output "$PASSED"$'\n\n'"$PASSED"
	[[ $stderr =~ $1 ]] || fail "says: $stderr"
	assert_equal "$(grep -c 'answering DUNNO' <<<"$stderr")" 1
	rm -rf "${STATE:?}"/*
	run -1 --separate-stderr check --quiet --on-error=defer "${@:2}" < <(at "$T")
	assert_output --regexp '^action=DEFER_IF_PERMIT '
	refute_output --partial Greylisted
}

@test "nothing listens there: it fails open, and says where" {
	STORE=redis://$NOBODY
	opens "${STORE#redis://}.*[Cc]onnection refused"
}

@test "a host that does not answer, and one that has no address: it fails open, within the time for a check" {
	own_servers
	perl -MIO::Socket::INET -e '
		my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 0) or die;
		my @full = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $l->sockport, Blocking => 0) } 1 .. 3;
		$| = 1;
		print $l->sockport, "\n";
		sleep 60' >"$BATS_TEST_TMPDIR/port" 2>/dev/null 3>&- &
	HOLDER=$!
	wait_for 5 test -s "$BATS_TEST_TMPDIR/port"
	STORE=redis://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")
	opens . --store-timeout=200
	STORE=redis://no-such-host.invalid
	opens no-such-host.invalid
}

@test "what is behind the port is no Redis, but SMTP, HTTP, TLS or nobody who speaks: it fails open, and says so" {
	local banner

	own_servers
	for banner in '220 mx.example.org ESMTP\r\n' 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>' \
		'\x15\x03\x01\x00\x02\x02\x46'; do
		fake_start other "CONNECT=send:$banner" ANY=silence
		STORE=$(redis_url other)
		opens "127.0.0.1:$(redis_port other)"
		redis_end other
		rm -rf "${STATE:?}"/*
	done
	fake_start other ANY=silence
	STORE=$(redis_url other)
	opens "127.0.0.1:$(redis_port other)" --store-timeout=200
}

@test "a server that sends back what it is sent is no Redis: nothing passes for loaded, and no walk goes on for ever" {
	own_servers
	fake_start mirror 'HELLO=send:*2\r\n\x245\r\nHELLO\r\n\x241\r\n2\r\n' \
		'SCAN=send:*2\r\n\x244\r\nSCAN\r\n*0\r\n' ANY='send:*1\r\n\x244\r\nEXEC\r\n'
	STORE=$(redis_url mirror)
	opens 'does not greet as a Redis server does'
	run -1 --separate-stderr "$BIN/grey-load" --config=none --store="$STORE" \
		<<<$'192.0.2.5\ta@example.com\tb@example.org\t1000\t1400\t'
	[[ $stderr == *'does not greet as a Redis server does'* ]]
	run -1 --separate-stderr timeout 60 "$BIN/grey-dump" --config=none --store="$STORE" --count
	[[ $stderr == *'does not greet as a Redis server does'* ]]
}

@test "a server older than Redis 7.0 is refused, and the words say which it is and what is needed" {
	own_servers
	redis_start real
	fake_start old "--upstream=$(redis_socket real)" 'HELLO=swap:/7\.[0-9.]+|8\.[0-9.]+/6.2.7/' \
		'INFO=swap:/redis_version:[0-9.]+/redis_version:6.2.7/'
	STORE=$(redis_url old)
	opens '6\.2\.7.*7\.0'
	run -0 redis_records real
	assert_output 0
}

@test "a server so old that it knows no HELLO is refused with the same words" {
	own_servers
	fake_start old 'HELLO=send:-ERR unknown command HELLO\r\n' ANY='send:-ERR syntax error\r\n'
	STORE=$(redis_url old)
	opens '7\.0'
}

@test "a key that holds something else is left alone, and the check fails open: it is said which" {
	redis_cli one rpush "$TRIPLET" something
	opens 'WRONGTYPE'
	run -0 redis_cli one lrange "$TRIPLET" 0 -1
	assert_output something
	redis_cli one del "$TRIPLET"
	redis_cli one rpush "$CLIENT" something
	opens 'WRONGTYPE'
	run -0 redis_cli one type "$CLIENT"
	assert_output list
}

# counts_as_none VALUE: a record that can't be decoded counts as none, as it does in Berkeley DB's files.
counts_as_none()
{
	redis_cli one set "$TRIPLET" "$1"
	run -0 --separate-stderr answers 1000
	assert_output "$GREYLISTED"
	run -0 redis_cli one get "$TRIPLET"
	assert_output "$((T + 1000)),$((T + 1000)),30"
	[ "$(redis_cli one ttl "$TRIPLET")" -gt 86400 ]
}

@test "a record that can't be decoded is as good as none: the triplet is new, and its record is right again" {
	local value

	for value in '' nonsense 1500000000 '1500000000,' ',1' '99999999999999999999,1' $'\xff\xfe' \
		"$(printf '9%.0s' {1..5000})"; do
		counts_as_none "$value"
	done
}

@test "a client's record that can't be decoded is as good as none" {
	redis_cli one set "$CLIENT" 'many,today'
	run -0 answers 0
	assert_output "$GREYLISTED"
	run -0 answers 300
	assert_output --regexp '^action=PREPEND '
	run -0 redis_cli one get "$CLIENT"
	assert_output "1,$((T + 300))"
}

@test "memory is full and nothing is thrown out: it fails open, says what is to be set, and what is stored is still known" {
	use full
	answers 0 sender=before@example.net >/dev/null 2>&1 || :
	at "$T" sender=before@example.net | check --quiet >/dev/null
	redis_cli full config set maxmemory 1
	opens 'maxmemory'
	run --separate-stderr check --quiet < <(at $((T + 100)) sender=before@example.net)
	redis_cli full config set maxmemory 100mb
	rm -rf "${STATE:?}"/*
	run -0 answers 0
	assert_output "$GREYLISTED"
	run -0 answers 300 '300 sender=before@example.net'
	assert_line --index 0 --regexp '^action=PREPEND '
	assert_line --index 1 --regexp '^action=PREPEND '
}

# from_all NAME COUNT TIME...: requests of so many senders, each in a network of its own, at these times.
from_all()
{
	perl -e 'my ($name, $count, @times) = @ARGV;
		for my $n (1 .. $count) {
			printf "request=smtpd_access_policy\nclient_address=10.%d.%d.1\nclient_name=mail.example.net\nsender=%s%d\@example.net\n"
				. "recipient=b\@example.org\npolicy_test_time=%d\n\n", $n >> 8, $n & 255, $name, $n, $_ for @times;
		}' "$@"
}

@test "memory is full with volatile-ttl: those that wait are thrown out, those that have passed stay" {
	own_servers
	redis_start small 'maxmemory-policy volatile-ttl' 'maxmemory-samples 10'
	use small
	from_all known 300 "$T" "$((T + 300))" | check --quiet >/dev/null
	redis_cli small config set maxmemory \
		"$(($(redis_cli small info memory | tr -d '\r' | sed -n 's/^used_memory://p') + 500000))"
	from_all unknown 6000 "$T" | check --quiet >"$BATS_TEST_TMPDIR/new"
	[ "$(grep -cxF "$GREYLISTED" "$BATS_TEST_TMPDIR/new")" -eq 6000 ]
	redis_says small 'evicted_keys:' info stats
	run -0 redis_cli small --scan --pattern 'g:*/known*'
	assert_equal "$(wc -l <<<"$output")" 300
	run -0 redis_cli small --scan --pattern 'g:*/unknown*'
	[ "$(wc -l <<<"$output")" -lt 5900 ]
}

@test "the server is restarted between two requests of one process: no request fails open" {
	own_servers
	redis_start mortal 'appendonly yes' 'appendfsync always'
	use mortal
	start_live check --quiet
	run -0 ask_live "policy_test_time=$T"
	assert_output "$GREYLISTED"
	redis_end mortal KILL
	redis_run mortal
	run -0 ask_live "policy_test_time=$((T + 300))"
	assert_output --regexp '^action=PREPEND '
	assert_equal "$(said)" 0
	end_live
}

@test "the server closes a connection that has nothing to say: the next request does not fail open" {
	start_live check --quiet
	run -0 ask_live "policy_test_time=$T"
	assert_output "$GREYLISTED"
	redis_cli one client kill type normal skipme yes
	run -0 ask_live "policy_test_time=$((T + 300))"
	assert_output --regexp '^action=PREPEND '
	assert_equal "$(said)" 0
	end_live
}

@test "a server that stands still: fails open, says so once, and greylists again by itself when it goes on" {
	own_servers
	redis_start sleepy
	use sleepy
	start_live check --quiet --store-timeout=1000
	run -0 ask_live "policy_test_time=$T"
	assert_output "$GREYLISTED"
	redis_signal sleepy STOP
	run -0 ask_live "policy_test_time=$T" sender=other@example.net
	assert_output "$PASSED"
	run -0 ask_live "policy_test_time=$T" sender=third@example.net
	assert_output "$PASSED"
	wait_for 5 has_said 'answering DUNNO'
	assert_equal "$(said 'answering DUNNO')" 1
	redis_signal sleepy CONT
	wait_for 40 live_answers "$GREYLISTED" "policy_test_time=$T" sender=back@example.net
	end_live 1
}

@test "while a server stands still, one process finds out, and the others of the host don't wait for it" {
	local n

	own_servers
	redis_start sleepy
	use sleepy
	redis_signal sleepy STOP
	at "$T" | check --quiet --store-timeout=1000 >/dev/null 2>&1 || :
	# A tenth of the time that they would take if each waited as the first did, on whatever machine.
	SECONDS=0
	for n in {1..100}; do
		at "$T" "sender=s$n@example.net" | check --quiet --store-timeout=1000 2>&1 || :
	done >"$BATS_TEST_TMPDIR/answers"
	[ "$(grep -cx "$PASSED" "$BATS_TEST_TMPDIR/answers")" -eq 100 ]
	[ "$SECONDS" -lt 60 ]
	redis_signal sleepy CONT
}

@test "a client on a list passes, whatever the server does" {
	STORE=redis://$NOBODY
	run --separate-stderr check --quiet --on-error=defer "--whitelist-clients=$(list mail.example.net)" < <(at "$T")
	assert_output "$PASSED"
	assert_equal "$stderr" ''
}
