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
	redis_certificate expired IP:127.0.0.1 ca
	redis_expired expired
	for REDIS_TLS in good other forged expired; do
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

# opens WORDS [OPTION...]: it does not, fails open, and says WORDS, a regular expression.
opens()
{
	run -1 --separate-stderr check --quiet "${@:2}" < <(at "$T")
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
		'redis://grey:sec?ret@127.0.0.1' 'redis://grey:secret/@127.0.0.1' 'redis://grey:x@secret@127.0.0.1' \
		'redis://127.0.0.1:6379/?password=x@secret' 'redis://127.0.0.1?password=a:b@secret' redis://grey:secret redis://grey:1secret \
		redis://:secret 'redis://grey:x?secret' redis://grey@127.0.0.1:secret 'redis://127.0.0.1?secret=1'; do
		run -2 --separate-stderr "$BIN/grey-check" --config=none "--store=$url"
		assert_output ''
		[[ $stderr == *--store=* ]]
		[[ $stderr != *secret* && $stderr != *'?ret'* ]] || fail "says: $stderr"
	done
}

@test "the hosts of a store's name that is refused are in the message" {
	local url

	for url in 'redis+cluster://[2001:db8::1]:1,mx.example.com:2/7' redis://grey@mx.example.com:6379/x; do
		run -2 --separate-stderr "$BIN/grey-check" --config=none "--store=$url"
		[[ $stderr == *"--store=$url: "* ]] || fail "says: $stderr"
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

@test "a certificate that another CA has signed, or whose CA is not known here, is refused, with the file to give" {
	by_tls forged
	opens "its certificate is by a CA that is not among cafile=$REDIS_DIR/tls/ca.pem: .* as cafile="
	rm -rf "${STATE:?}"/*
	STORE=rediss://127.0.0.1:$(redis_port good)
	opens "its certificate is by a CA that is not among the system's CAs: .* as cafile="
}

@test "a certificate for another name, and one whose time is over, are refused, and it is said which it is" {
	by_tls other
	opens 'its certificate is not for 127\.0\.0\.1, but for another name'
	rm -rf "${STATE:?}"/*
	by_tls expired
	opens 'its certificate, or that of its CA, has expired'
}

@test "TLS to a port that has none: silence or words without TLS, it says what to give instead" {
	STORE="rediss://127.0.0.1:$(redis_port listed)?cafile=$REDIS_DIR/tls/ca.pem"
	opens "127.0.0.1:$(redis_port listed): answers (nothing to TLS in time|without TLS).*redis://.*tls-port" \
		--store-timeout=500
	rm -rf "${STATE:?}"/*
	run -1 --separate-stderr dump
	[[ $stderr == *redis://*tls-port* ]]
	own_servers
	fake_start smtp 'CONNECT=send:220 mx.example.org ESMTP\r\n' ANY=silence
	STORE=rediss://127.0.0.1:$(redis_port smtp)
	opens "127.0.0.1:$(redis_port smtp): answers without TLS.*redis://"
}

@test "no TLS to a port that has it: it is closed, or says TLS' word for it, and it says what to give instead" {
	STORE=redis://127.0.0.1:$(redis_port good)
	opens "127.0.0.1:$(redis_port good): closed the connection when it was greeted: .* rediss://"
	own_servers
	fake_start alerts 'HELLO=end:\x15\x03\x01\x00\x02\x02\x46'
	STORE=redis://127.0.0.1:$(redis_port alerts)
	opens "127.0.0.1:$(redis_port alerts): answers with TLS: give rediss://"
}

@test "a server that wants a certificate from its clients: it says which setting that is" {
	local versions

	own_servers
	cp -r "$BATS_FILE_TMPDIR/redis/tls" "$REDIS_DIR"
	for versions in TLSv1.3 TLSv1.2; do
		REDIS_TLS=good redis_start strict "tls-protocols $versions"
		redis_cli strict config set tls-auth-clients yes
		by_tls strict
		opens 'certificate.*tls-auth-clients to no'
		redis_end strict
		rm -rf "${STATE:?}"/*
	done
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
