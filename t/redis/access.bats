#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Who may use a store in Redis: passwords, users, TLS.

# shellcheck disable=SC2034,SC2154
load lib

# needed_by_check: what grey-scale(7) tells an administrator to let the user do: "~g:* ... +hello".
needed_by_check()
{
	sed -n '/^user grey on/,/^\.Ed/p' "$ROOT/src/store/grey-scale.7" | grep -v '^\.' | sed 's/\\e$//' | tr -s ' \n' ' ' |
		sed -n 's/^user grey on >PASSWORD \(.*[^ ]\) *$/\1/p'
}

start_servers()
{
	NEEDED=$(needed_by_check)
	export NEEDED
	[ -n "$NEEDED" ]
	redis_start secret 'requirepass "kept secret"'
	redis_start listed "user grey on >of-grey resetchannels $NEEDED" 'user looker on >of-looker ~* resetchannels -@all +hello +get'
	redis_certificate ca ''
	redis_certificate false-ca ''
	redis_certificate good IP:127.0.0.1,DNS:localhost ca
	redis_certificate other DNS:other.example.org ca
	redis_certificate forged IP:127.0.0.1,DNS:localhost false-ca
	for REDIS_TLS in good other forged; do
		redis_start "$REDIS_TLS"
	done
	unset REDIS_TLS
}

begin()
{
	PASSFILE=$BATS_TEST_TMPDIR/passfile
}

# passfile TEXT: a file that only its owner can read.
passfile()
{
	rm -f "$PASSFILE"
	(umask 077 && printf '%s\n' "$1" >"$PASSFILE")
}

# greylists: the store works.
greylists()
{
	run -0 --separate-stderr answers 0 300
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 --regexp '^action=PREPEND '
	assert_equal "$stderr" ''
}

# opens WORDS: it does not, fails open, and says WORDS, a regular expression.
opens()
{
	run -1 --separate-stderr check --quiet < <(at "$T")
	assert_output "$PASSED"
	[[ $stderr =~ $1 ]] || fail "says: $stderr"
}

@test "a password comes from a file, and blanks belong to it" {
	passfile 'kept secret'
	STORE="$(redis_url secret)?passfile=$PASSFILE"
	greylists
}

@test "no password, or a wrong one: it fails open, and says which of the two" {
	STORE=$(redis_url secret)
	opens 'passfile'
	passfile wrong
	STORE="$(redis_url secret)?passfile=$PASSFILE"
	rm -rf "${STATE:?}"/*
	opens 'WRONGPASS'
	[[ $stderr != *kept* ]]
}

@test "a new password in the file counts for the next connection" {
	passfile wrong
	STORE="$(redis_url secret)?passfile=$PASSFILE"
	start_live check --quiet
	run -0 ask_live "policy_test_time=$T"
	assert_output "$PASSED"
	passfile 'kept secret'
	wait_for 40 live_answers "$GREYLISTED" "policy_test_time=$T" sender=later@example.net
	end_live 1
}

@test "a password file that others can read is refused, and the words say what to do; so is none" {
	passfile 'kept secret'
	STORE="$(redis_url secret)?passfile=$PASSFILE"
	chmod 604 "$PASSFILE"
	opens "$PASSFILE.*(chmod|others)"
	rm "$PASSFILE"
	rm -rf "${STATE:?}"/*
	opens "$PASSFILE"
}

@test "a password in the store's name is refused: ps(1) would show it" {
	run -2 --separate-stderr "$BIN/grey-check" --config=none "--store=redis://grey:secret@127.0.0.1:$(redis_port listed)"
	assert_output ''
	[[ $stderr == *passfile* ]]
	[[ $stderr != *secret* ]]
}

@test "a password that stands where none belongs is in no message" {
	local url

	for url in redis://127.0.0.1?password=secret redis:grey:secret@127.0.0.1 redis+unix://:secret@/socket REDIS://grey:secret@127.0.0.1 \
		'redis://grey:sec?ret@127.0.0.1' 'redis://grey:secret/@127.0.0.1' 'redis://grey:x@secret@127.0.0.1'; do
		run -2 --separate-stderr "$BIN/grey-check" --config=none "--store=$url"
		assert_output ''
		[[ $stderr == *--store=* ]]
		[[ $stderr != *secret* && $stderr != *'?ret'* ]] || fail "says: $stderr"
	done
}

@test "a user who may do what grey-scale(7) names, and nothing else, is enough for checks" {
	passfile of-grey
	STORE="redis://grey@127.0.0.1:$(redis_port listed)?passfile=$PASSFILE"
	greylists
	run -0 redis_cli listed acl log
	assert_output ''
}

@test "a user who may not write: it fails open, and says what is missing" {
	passfile of-looker
	STORE="redis://looker@127.0.0.1:$(redis_port listed)?passfile=$PASSFILE"
	opens 'NOPERM'
}

# by_tls NAME [HOST]
by_tls()
{
	STORE="rediss://${2-127.0.0.1}:$(redis_port "$1")?cafile=$REDIS_DIR/tls/ca.pem"
}

@test "through TLS, with the CA that signed the server's certificate, by its address and by its name" {
	by_tls good
	greylists
	redis_cli good flushall
	by_tls good localhost
	greylists
}

@test "a certificate that another CA has signed, or for another name, or whose CA is not known here, is refused" {
	by_tls forged
	opens '[Cc]ertificate'
	rm -rf "${STATE:?}"/*
	by_tls other
	opens '[Cc]ertificate.*127\.0\.0\.1|127\.0\.0\.1.*(name|address)'
	rm -rf "${STATE:?}"/*
	STORE=rediss://127.0.0.1:$(redis_port good)
	opens '[Cc]ertificate'
}

@test "TLS to a port that has none, and none to one that has it: it fails open, and says so" {
	STORE="rediss://127.0.0.1:$(redis_port listed)?cafile=$REDIS_DIR/tls/ca.pem"
	opens "127.0.0.1:$(redis_port listed)"
	rm -rf "${STATE:?}"/*
	STORE=redis://127.0.0.1:$(redis_port good)
	opens "127.0.0.1:$(redis_port good)"
}

@test "a cluster, and Sentinels, through TLS" {
	local network

	REDIS_TLS=good redis_start_cluster secure
	STORE="$(redis_cluster_url secure | sed 's/^redis/rediss/')?cafile=$REDIS_DIR/tls/ca.pem"
	for network in 203.0.113 198.51.100 192.0.2; do
		run -0 --separate-stderr answers "0 client_address=$network.30" "300 client_address=$network.30"
		assert_line --index 0 "$GREYLISTED"
		assert_line --index 1 --regexp '^action=PREPEND '
		assert_equal "$stderr" ''
	done
	REDIS_TLS=good redis_start_sentinels pair
	STORE="$(redis_sentinel_url pair | sed 's/^redis/rediss/')?cafile=$REDIS_DIR/tls/ca.pem"
	greylists
}

@test "a cluster whose nodes let a user do only that, and ask who has which slot, is enough for checks" {
	local node

	redis_start_cluster guarded
	for node in 1 2 3 4 5 6; do
		# shellcheck disable=SC2086
		redis_cli "guarded-$node" acl setuser grey on '>of-grey' resetchannels $NEEDED '+cluster|slots' +asking
	done
	passfile of-grey
	STORE="$(redis_cluster_url guarded | sed 's|//|//grey@|')?passfile=$PASSFILE"
	greylists
	for node in 1 2 3 4 5 6; do
		run -0 redis_cli "guarded-$node" acl log
		assert_output ''
	done
}
