#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check's options, one by one: each does what --help says of it. What is wrong with options is in usage.bats.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2094
load ../lib/check

@test "--store=DIR, --store=bdb:DIR, --dbdir=DIR and --dbdir DIR name the same store" {
	local store=$BATS_TEST_TMPDIR/a:b

	STORE=$store
	run -0 --separate-stderr check < <(at 1)
	run -0 --separate-stderr check "--store=bdb:$store" < <(at 2)
	run -0 --separate-stderr check --store=mem: "--dbdir=$store" < <(at 3)
	run -0 --separate-stderr check --store=mem: --dbdir "$store" < <(at 400)
	assert_output --partial 'delayed 399 seconds'
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/a@example.net/b@example.org 1,400,30'
	run -0 stat -c %a "$store"
	assert_output 700
}

@test "--store=mem: remembers until the process ends" {
	run -0 --separate-stderr check --store=mem: < <(at 1; at 400)
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 --partial 'action=PREPEND X-Greylist: delayed 399 seconds'
	run -0 --separate-stderr check --store=mem: < <(at 400)
	assert_output "$GREYLISTED"
	run ! test -e "$STORE"
}

@test "--store=fail: fails at each request" {
	run -1 --separate-stderr check --store=fail: < <(at 1; at 2)
	assert_output $'action=DUNNO\n\naction=DUNNO'
	assert_regex "$stderr" 'made to fail'
}

@test "--delay: s, m, h, d and w are units, of either case" {
	local value

	for value in 90s=90 5m=300 2h=7200 35d=3024000 1w=604800 3D=259200; do
		run -0 --separate-stderr check --store=mem: "--delay=${value%=*}" --greylist-text=%s < <(at 1)
		assert_output "action=DEFER_IF_PERMIT ${value#*=}"
	done
}

@test "--delay: a triplet waits that long, a bare number is seconds" {
	run -0 --separate-stderr check --delay=90 --greylist-text=%s < <(at 1000; at 1089; at 1090)
	assert_line --index 0 'action=DEFER_IF_PERMIT 90'
	assert_line --index 1 'action=DEFER_IF_PERMIT 1'
	assert_line --index 2 --partial 'delayed 90 seconds'
}

@test "--delay is 300 seconds by default" {
	run -0 --separate-stderr check --greylist-text=%s < <(at 1000; at 1299; at 1300)
	assert_line --index 0 'action=DEFER_IF_PERMIT 300'
	assert_line --index 1 'action=DEFER_IF_PERMIT 1'
	assert_line --index 2 --partial 'delayed 300 seconds'
}

# known_until BEFORE AFTER OPTION...: a triplet that passed is known BEFORE seconds later, and new AFTER seconds later.
known_until()
{
	run -0 --separate-stderr check --store=mem: "${@:3}" < <(at 1000; at 2000; at $((2000 + $1)))
	assert_line --index 2 action=DUNNO
	run -0 --separate-stderr check --store=mem: "${@:3}" < <(at 1000; at 2000; at $((2000 + $2)))
	assert_line --index 2 "$GREYLISTED"
}

@test "--max-age: what was not seen for longer is forgotten, a bare number is days, 35 by default" {
	known_until 259200 259201 --max-age=3
	known_until 7200 7201 --max-age=2h
	known_until 3024000 3024001
}

# retry_until BEFORE AFTER OPTION...: a triplet passes when it is back BEFORE seconds later, and is new AFTER seconds later.
retry_until()
{
	run -0 --separate-stderr check --store=mem: "${@:3}" < <(at 1000; at $((1000 + $1)))
	assert_line --index 1 --partial "delayed $1 seconds"
	run -0 --separate-stderr check --store=mem: "${@:3}" < <(at 1000; at $((1000 + $2)))
	assert_line --index 1 "$GREYLISTED"
}

@test "--retry-window: a first retry must come within, a bare number is days, 6h is hours, 2 days by default" {
	retry_until 86400 86401 --retry-window=1
	retry_until 21600 21601 --retry-window=6h
	retry_until 172800 172801
}

@test "--auto-whitelist-clients: a client passes after N passed triplets, 5 by default or without N" {
	local option count i hour

	for option in --auto-whitelist-clients=2 --auto-whitelist-clients --auto-whitelist-clients= -q; do
		count=5
		[ "$option" != --auto-whitelist-clients=2 ] || count=2
		run -0 --separate-stderr check --store=mem: "$option" < <(for ((i = 1; i <= count; i++)); do
				hour=$((i * 4000))
				at "$hour" "sender=s$i@x"
				at $((hour + 300)) "sender=s$i@x"
				at $((hour + 301)) "sender=unseen$i@x"
			done)
		assert_equal "${lines[$((3 * count - 4))]}" "$GREYLISTED"
		assert_equal "${lines[$((3 * count - 1))]}" action=DUNNO
	done
}

@test "--auto-whitelist-clients=0: clients are neither counted nor believed" {
	run -0 --separate-stderr check --auto-whitelist-clients=1 < <(at 1000; at 1300)
	run -0 rows_of postgrey_clients.db
	assert_output '192.0.2.30 1,1300'
	run -0 --separate-stderr check --auto-whitelist-clients=0 < <(at 9000 sender=c@x; at 9300 sender=c@x)
	assert_line --index 0 "$GREYLISTED"
	run -0 rows_of postgrey_clients.db
	assert_output '192.0.2.30 1,1300'
}

@test "--lookup-by-subnet is as by default, --lookup-by-host makes each address count for itself" {
	run -0 --separate-stderr check < <(at 1; at 400 client_address=192.0.2.31)
	assert_line --index 1 --partial 'delayed 399 seconds'
	run -0 --separate-stderr check --store=mem: --lookup-by-subnet < <(at 1; at 400 client_address=192.0.2.31)
	assert_line --index 1 --partial 'delayed 399 seconds'
	run -0 --separate-stderr check --store=mem: --lookup-by-host < <(at 1; at 400 client_address=192.0.2.31; at 400)
	assert_line --index 1 "$GREYLISTED"
	assert_line --index 2 --partial 'delayed 399 seconds'
}

@test "--ipv4cidr, --ipv6cidr: the size of a network" {
	run -0 --separate-stderr check --ipv4cidr=20 --ipv6cidr=48 --auto-whitelist-clients=0 < <(at 1 client_address=141.173.255.3
		at 400 client_address=141.173.240.9; at 401 client_address=141.173.239.9
		at 1 client_address=2001:db8:0:ffff::; at 400 client_address=2001:db8::1; at 401 client_address=2001:db8:1::)
	assert_line --index 1 --partial 'delayed 399 seconds'
	assert_line --index 2 "$GREYLISTED"
	assert_line --index 4 --partial 'delayed 399 seconds'
	assert_line --index 5 "$GREYLISTED"
	run -0 rows_of postgrey.db
	assert_line --partial '141.173.240.0/a@'
	assert_line --partial '2001:db8:0:0:0:0:0:0/a@'
}

@test "--privacy: SHA-1 sums stand for what would be stored, in both databases" {
	run -0 --separate-stderr check --privacy < <(at 1 client_address=192.0.2.5 sender=A@b recipient=c@D
		at 400 client_address=192.0.2.5 sender=a@b recipient=c@d)
	assert_line --index 1 --partial 'delayed 399 seconds'
	run -0 rows_of postgrey.db
	assert_output '0f8018d80a85e3ff08f7cf0396380e263d2a7c5b 1,400,5'
	run -0 rows_of postgrey_clients.db
	assert_output 'f444fe3fe2395fb6eef732611d37cd602320b8e5 1,400'
}

@test "--greylist-action, --greylist-text: the answer to what is greylisted" {
	run -0 --separate-stderr check --greylist-action=450 '--greylist-text=%s to go, %r; %s %r 100%' < <(at 1; at 2 recipient=a@b@c.d)
	assert_line --index 0 'action=450 300 to go, example.org; %s %r 100%'
	assert_line --index 1 'action=450 300 to go, c.d; %s %r 100%'
	run -0 --separate-stderr check --greylist-action= --greylist-text= < <(at 1)
	assert_output "$GREYLISTED"
}

@test "--x-greylist-header, --hostname: the header of mail that was delayed" {
	run -0 --separate-stderr check '--x-greylist-header=X-Late: %t %h %v|%t %h' --hostname=mx.example < <(at 1; at 400)
	assert_line --index 1 --regexp '^action=PREPEND X-Late: 399 mx\.example [0-9.]+\|%t %h$'
	run -0 --separate-stderr check --store=mem: --x-greylist-header=%h < <(at 1; at 400)
	assert_line --index 1 "action=PREPEND $(hostname)"
}

@test "the date in the header is the real local one, in English" {
	export TZ=XYZ-5:45 LC_ALL=de_DE.UTF-8
	run -0 --separate-stderr check --x-greylist-header=%d < <(at 1; at 400)
	assert_line --index 1 --regexp "^action=PREPEND [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} $(date +%Y) [0-9]{2}:[0-9]{2}:[0-9]{2} XYZ\$"
}

@test "--exim: it ends after one answer" {
	run -0 --separate-stderr check --exim < <(at 1 request=other; at 1; at 400)
	assert_output "$GREYLISTED"
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/a@example.net/b@example.org 1,1,30'
}

@test "--sync: a record is on the disk before its answer, else it need not be" {
	command -v strace >/dev/null || skip "needs strace"
	local calls=$BATS_TEST_TMPDIR/calls

	export ASAN_OPTIONS=detect_leaks=0 # which a tracer keeps from working
	check </dev/null
	strace -qq -o "$calls" -e trace=write,pwrite64,fsync,fdatasync -P "$STORE/log.0000000001" -P "$BATS_TEST_TMPDIR/out" \
		"$BIN/grey-check" "--store=$STORE" --log=none --sync < <(request) >"$BATS_TEST_TMPDIR/out"
	run -0 sed 's/(.*//' "$calls"
	assert_output --regexp $'f(data)?sync\nwrite'
	strace -qq -o "$calls" -e trace=write,pwrite64,fsync,fdatasync -P "$STORE/log.0000000001" -P "$BATS_TEST_TMPDIR/out" \
		"$BIN/grey-check" "--store=$STORE" --log=none < <(request sender=other) >"$BATS_TEST_TMPDIR/out"
	run -0 sed 's/(.*//' "$calls"
	assert_output --partial write
	refute_output --partial sync
}

@test "--no-sasl-pass, --on-error, --clock: see deviations.bats; --clock=system is the default" {
	"$BIN/grey-check" "--store=$STORE" --log=none --clock=system < <(at 1)
	"$BIN/grey-check" "--store=$STORE" --log=none < <(at 1 sender=c@d)
	run -0 rows_of postgrey.db
	refute_line --partial ' 1,1,'
	assert_equal "${#lines[@]}" 2
}
