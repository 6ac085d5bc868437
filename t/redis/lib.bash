# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2034,SC2154
# lib.bash: for tests of the store in Redis. Each file has its servers, started once by its start_servers; a test that
# spoils one starts it by itself.

load ../lib/check
load ../lib/redis
load ../lib/live

# has_engine: grey-check was built with it.
has_engine()
{
	"$BIN/grey-check" --config=none --store=redis://127.0.0.1:1 --check-config "${NO_LISTS[@]}" >/dev/null 2>&1
}

setup_file()
{
	need_program grey-check
	need_program grey-dump
	need_program grey-load
	export BATS_TEST_TIMEOUT=300
	export REDIS_DIR=$BATS_FILE_TMPDIR/redis
	mkdir "$REDIS_DIR"
	if ! has_engine; then
		export SKIP="needs grey-check with the Redis engine (make STORES='... redis')"
	elif SKIP=$(redis_missing); then
		export SKIP
	elif declare -F start_servers >/dev/null; then
		start_servers
	fi
}

teardown_file()
{
	redis_stop_all
}

# STATE is this test's --state-dir; none that failed before has to do with it.
setup()
{
	skip_if_set
	STATE=$BATS_TEST_TMPDIR/state
	mkdir "$STATE"
	! declare -F begin >/dev/null || begin
}

# What a test has started below its own REDIS_DIR ends with it.
teardown()
{
	end_test
}

end_test()
{
	kill_live
	[ "$REDIS_DIR" = "$BATS_FILE_TMPDIR/redis" ] || redis_stop_all
}

# redis_records NAME: how many there are, without what is noted of the store's use.
redis_records()
{
	redis_cli "$1" --scan --pattern '[gc]:*' | wc -l
}

# own_servers: from here on servers are this test's own.
own_servers()
{
	REDIS_DIR=$BATS_TEST_TMPDIR/redis
	mkdir "$REDIS_DIR"
}

# use NAME: the store is in this server, which is empty.
use()
{
	STORE=$(redis_url "$1")
	SERVER=$1
	redis_cli "$1" flushall >/dev/null
}

# Time enough for a machine that has much else to do; where time counts, the test says how much.
check()
{
	"$BIN/grey-check" "--store=$STORE" "--state-dir=$STATE" --config=none --log=stderr --clock=request \
		--store-timeout=5000 "${NO_LISTS[@]}" "$@"
}

# has_said TEXT: for wait_for, since what it says comes beside the answer, not before it.
has_said()
{
	[ "$(said "$1")" -ge 1 ]
}

# dump [OPTION...], bring [OPTION...]: grey-dump and grey-load on this store.
dump()
{
	"$BIN/grey-dump" "--store=$STORE" --config=none "$@"
}

bring()
{
	"$BIN/grey-load" "--store=$STORE" --config=none "$@"
}

# The keys that a check of the request is about.
TRIPLET='g:{192.0.2.0}/a@example.net/b@example.org'
CLIENT='c:{192.0.2.0}192.0.2.30'
PASSED=action=DUNNO
T=1500000000

# answers REQUEST...: what is answered to them, given as "SECONDS-AFTER-T [NAME=VALUE...]", without the empty lines.
answers()
{
	local line

	for line; do
		# shellcheck disable=SC2086
		set -- $line
		at $((T + $1)) "${@:2}"
	done | check --quiet | grep .
}
