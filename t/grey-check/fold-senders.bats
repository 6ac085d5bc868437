#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --fold-senders: who makes his address anew for each mail is one sender; who only looks like another is not.

# shellcheck disable=SC2154
load ../lib/common

setup_file()
{
	need_program grey-check
}

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

check()
{
	"$BIN/grey-check" --config=none "--store=$STORE" --log=none --clock=request "$@"
}

# request SENDER RECIPIENT TIME
request()
{
	printf '%s\n' request=smtpd_access_policy client_address=192.0.2.7 client_name=mail.example.net "sender=$1" \
		"recipient=$2" "policy_test_time=$3" ''
}

# requests: the senders on standard input, one after the other, each a time after the one before it.
requests()
{
	local time=1000000 sender recipient

	while read -r sender recipient; do
		request "$sender" "${recipient:-user@example.org}" "$time"
		time=$((time + 1000))
	done
}

# triplets: of the senders on standard input, how many triplets it makes.
triplets()
{
	rm -rf "${STORE:?}"/*
	requests | check "$@" >"$BATS_TEST_TMPDIR/answers"
	"$BIN/grey-dump" --config=none "--store=$STORE" --format=tsv | wc -l
}

# paragraphs apart|same: those of t/grey-check/senders, a line each, their lines joined by '|'.
paragraphs()
{
	perl -e '
		my $kind = shift;
		local $/ = q{};
		while (<STDIN>) {
			s/^#.*\n//mg;
			my $apart = s/\Aapart\n//;
			s/\n+\z//;
			next if $_ eq q{} || ($kind eq "apart") != $apart;
			print join("|", split /\n/), "\n";
		}' "$1" <"$ROOT/t/grey-check/senders"
}

@test "full: of one sender, however his address is made anew, there is one triplet, and his second mail passes" {
	local paragraph count=0

	paragraphs same >"$BATS_TEST_TMPDIR/same"
	while IFS= read -r paragraph; do
		assert_equal "$paragraph: $(tr '|' '\n' <<<"$paragraph" | triplets --fold-senders=full)" "$paragraph: 1"
		run -0 grep -c DEFER "$BATS_TEST_TMPDIR/answers"
		assert_output 1
		count=$((count + 1))
	done <"$BATS_TEST_TMPDIR/same"
	[ "$count" -ge 24 ]
}

@test "full: senders that only look alike are as many triplets" {
	local paragraph count=0

	paragraphs apart >"$BATS_TEST_TMPDIR/apart"
	while IFS= read -r paragraph; do
		assert_equal "$paragraph: $(tr '|' '\n' <<<"$paragraph" | triplets --fold-senders=full)" \
			"$paragraph: $(tr '|' '\n' <<<"$paragraph" | wc -l)"
		count=$((count + 1))
	done <"$BATS_TEST_TMPDIR/apart"
	[ "$count" -ge 10 ]
}

@test "what was folded is not folded further: a key that is dumped, loaded and asked for again is the same" {
	local key='192.0.2.0/srs=example.com=alice@relay.example.net/user@example.org'

	requests <<<'SRS0=OnZr=OR=example.com=alice@relay.example.net' | check --fold-senders=full >/dev/null
	run -0 "$BIN/grey-dump" --config=none "--store=$STORE" -p
	assert_line " $key"
	run -0 --separate-stderr "$BIN/grey-load" --config=none "--store=$STORE" < <("$BIN/grey-dump" --config=none "--store=$STORE")
	assert_equal "$stderr" ''
	run -0 "$BIN/grey-dump" --config=none "--store=$STORE" --sender='SRS0=q9Xx=PB=example.com=alice@relay.example.net' -p
	assert_line " $key"
}

@test "postgrey's folding is the default, and the store knows which it is" {
	assert_equal "$(paragraphs same | head -n 1 | tr '|' '\n' | triplets)" 3
	assert_equal "$(paragraphs same | head -n 1 | tr '|' '\n' | triplets --fold-senders=full)" 1
	run -0 "$BIN/grey-dump" --config=none "--store=$STORE" --show-config
	assert_line --regexp '^fold-senders = full\b'
}

@test "what the store was served with counts more than what grey.conf says" {
	requests <<<'bounces-123-user=example.org@example.net' | check >/dev/null
	echo 'fold-senders = full' >"$BATS_TEST_TMPDIR/grey.conf"
	run -0 --separate-stderr "$BIN/grey-dump" "--config=$BATS_TEST_TMPDIR/grey.conf" "--store=$STORE" -p \
		--sender='bounces-77-user=example.org@example.net'
	assert_line ' 192.0.2.0/bounces-#-user=example.org@example.net/user@example.org'
	run -0 --separate-stderr "$BIN/grey-dump" "--config=$BATS_TEST_TMPDIR/grey.conf" "--store=$STORE" --fold-senders=full
	[[ $stderr == *"--fold-senders=full"*"fold-senders=postgrey"* ]]
}

@test "a change of --fold-senders is said, as of all that makes keys" {
	requests <<<'alice@example.com' | check >/dev/null
	run -0 --separate-stderr "$BIN/grey-check" --config=none "--store=$STORE" --log=stderr --quiet --fold-senders=full \
		< <(request alice@example.com user@example.org 2000000)
	[[ $stderr == *--fold-senders=full* ]]
}

@test "--fold-senders takes postgrey or full, and nothing else" {
	run -2 --separate-stderr "$BIN/grey-check" --config=none "--store=$STORE" --fold-senders=some </dev/null
	[[ $stderr == *"--fold-senders=some"*"postgrey|full"* ]]
}
