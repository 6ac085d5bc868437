#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump's filters: what they take is what an independent model takes from db_dump's output, in every form; and what
# they read.

# run sets stderr and stderr_lines; helpers take options, where a test has some. Perl has its own dollar signs; STORE is
# set again in the subshells that bats makes.
# shellcheck disable=SC2154,SC2119,SC2120,SC2016,SC2030,SC2031,SC2153
load ../lib/dump

# foretell SEED COUNT [OPTION...]: so many random filters, see filters.pl.
foretell()
{
	run perl "$ROOT/t/grey-dump/filters.pl" "$1" "$2" "$BIN/grey-dump" "$STORE" "${@:3}"
	assert_success
	assert_line --index 0 --regexp "^$2 of $2 filters as foretold, [1-9][0-9]* records"
}

# requests SEED COUNT: of random clients, senders and times. Some come back.
requests()
{
	perl -e 'my ($seed, $count) = @ARGV; srand $seed; my $now = time; my @old;
		my $hex = sub { sprintf "%x", rand() < 0.3 ? 0 : rand 65536 };
		for (1 .. $count) {
			my $at = int($now - exp rand log 45 * 86400);
			my $client = rand() < 0.6 ? join(".", (10, 10, 10, 192)[rand 4], map { int(rand() < 0.5 ? rand 4 : rand 256) } 1 .. 3) :
				join ":", "2001", "db8", map { $hex->() } 1 .. 6;
			my $sender = rand() < 0.1 ? "" : join("", map { ("a" .. "f", 0 .. 9, "+", "-", "/", "\xc3\xbc", "E")[rand 21] } 0 .. rand 6) . "\@" .
				(qw(example.net spam.example Mixed.Example))[rand 3];
			my $recipient = rand() < 0.05 ? "" : ("a" .. "e")[rand 5] . "\@example." . (qw(org com))[rand 2];
			($at, $client, $sender, $recipient) = map { ($_->[0] + 200 + int rand 400, @$_[1 .. 3]) } $old[rand @old] if @old && rand() < 0.3;
			$at = $now if $at > $now;
			push @old, [$at, $client, $sender, $recipient];
			print "request=smtpd_access_policy\nclient_address=$client\nclient_name=x.example.net\nsender=$sender\n",
				"recipient=$recipient\npolicy_test_time=$at\n\n";
		}' "$1" "$2"
}

# fill SEED COUNT [OPTION...]: a store that grey-check made.
fill()
{
	requests "$1" "$2" | check --log=none "${@:3}" >/dev/null
}

@test "random filters: a store that grey-check made" {
	fill 1 2000
	foretell 11 "$(as_long 37)"
	foretell 12 "$(as_long 12)" --delay=400 --max-age=864000s --retry-window=3600s --auto-whitelist-clients=1
	foretell 13 "$(as_long 15)" --clients
	foretell 14 "$(as_long 10)" --clients --auto-whitelist-clients=1 --max-age=864000s
}

@test "random filters: with --lookup-by-host" {
	fill 2 1500 --lookup-by-host
	foretell 21 "$(as_long 25)"
	foretell 22 "$(as_long 12)" --ipv4cidr=32 --ipv6cidr=128
}

@test "random filters: with --ipv4cidr=20 and --ipv6cidr=48, given to grey-dump too" {
	fill 3 1500 --ipv4cidr=20 --ipv6cidr=48
	foretell 31 "$(as_long 37)" --ipv4cidr=20 --ipv6cidr=48
}

@test "random filters: with --ipv4cidr=9, 17 and 32, --ipv6cidr=33 and 128" {
	fill 4 800 --ipv4cidr=9 --ipv6cidr=33
	foretell 41 "$(as_long 15)" --ipv4cidr=9 --ipv6cidr=33
	STORE=${STORE}2
	fill 5 800 --ipv4cidr=17 --ipv6cidr=128
	foretell 42 "$(as_long 15)" --ipv4cidr=17 --ipv6cidr=128
	STORE=${STORE}3
	fill 6 800 --ipv4cidr=32 --ipv6cidr=3
	foretell 43 "$(as_long 15)" --ipv4cidr=32 --ipv6cidr=3
}

@test "random filters: with --privacy keys are in no network, and of no sender" {
	fill 7 500 --privacy
	run -0 --separate-stderr dump --client=::/0 --format=tsv
	assert_output ''
	run -0 --separate-stderr dump --client=10.0.0.0/8 -c --format=tsv
	assert_output ''
	run -0 --separate-stderr dump --sender='*' --format=tsv
	assert_output ''
	foretell 71 "$(as_long 20)"
	foretell 72 "$(as_long 10)" --clients
}

@test "random filters: keys and values of any bytes" {
	hex_records 'srand 8; my $now = time; my @c = (map({ chr } 0 .. 255), ("/", "\@", "a" .. "f") x 30);
		my $r = sub { join "", map { $c[rand @c] } 1 .. rand $_[0] };
		map { (rand() < 0.1 ? $r->(20) . $_ : "10.0." . int(rand 256) . ".0/" . $r->(9) . $_ . "/" . $r->(9),
			rand() < 0.1 ? $r->(20) : join ",", $now - int(rand 1e6), $now - int(rand 1e6), rand() < 0.7 ? int rand 300 : $r->(9) . "x") }
			1 .. 1000' | make_db "$STORE/postgrey.db"
	foretell 81 "$(as_long 37)"
}

@test "any client of a network is found, whatever --ipv4cidr and --ipv6cidr the store has" {
	local bits client

	for bits in 9 15 17 20 23 25 30 31; do
		STORE=$BATS_TEST_TMPDIR/$bits
		check "--ipv4cidr=$bits" "--ipv6cidr=$((bits + 20))" --log=none >/dev/null < <(at 1000 client_address=10.229.17.5
			at 1000 client_address=2001:dbf:ff5f:1234::1)
		for client in 10.229.17.5 2001:dbf:ff5f:1234::1; do
			run -0 --separate-stderr dump --format=tsv "--ipv4cidr=$bits" "--ipv6cidr=$((bits + 20))" "--client=$client"
			assert_equal "$client with $bits: ${#lines[@]}" "$client with $bits: 1"
		done
	done
}

@test "every prefix of IPv4 and of IPv6 takes what lies in it, and its borders" {
	local prefix want

	fill 9 1500
	db_dump -p -h "$STORE" postgrey.db | sed '1,/^HEADER=END/d; /^DATA=END/d' | sed -n 'N; s,^ \([^/]*\)/.*,\1,p' |
		sort -u >"$BATS_TEST_TMPDIR/networks"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/networks")" -gt 100 ]
	for prefix in {0..32} {0..128..1}; do
		# shellcheck disable=SC2043
		for want in 10.3.200.77 2001:db8:ff0f:55aa:1234:1:2:3; do
			[ "${want//[^.]/}" = '' ] || [ "$prefix" -le 32 ] || continue
			"$BIN/grey-dump" "--store=$STORE" --format=tsv "--client=$want/$prefix" | cut -f 1 | sort -u >"$BATS_TEST_TMPDIR/have"
			perl -MSocket=AF_INET,AF_INET6,inet_pton -ne 'BEGIN { ($of, $len) = splice @ARGV, 0, 2;
				sub b { my $v = inet_pton(AF_INET6, $_[0]) // inet_pton(AF_INET6, "::ffff:$_[0]"); unpack "B128", $v }
				$v4 = $of !~ /:/; $len += 96 if $v4; $net = b($of) }
				chomp; my $l = /:/ ? 64 : 120; $l = $len if $len < $l;
				print "$_\n" if substr(b($_), 0, $l) eq substr $net, 0, $l' "$want" "$prefix" "$BATS_TEST_TMPDIR/networks" |
				cmp - "$BATS_TEST_TMPDIR/have" || fail "$want/$prefix"
		done
	done
}

@test "what a client filter shows is in the order of keys, as without it" {
	local client

	fill 10 1500
	for client in 10.0.0.0/9 10.0.0.0/12 10.1 10.2.0.0/20 2001:db8::/30 2001:db8::/36 2001:db8::/50 192.0.0.0/6 ::/0; do
		"$BIN/grey-dump" -N "--store=$STORE" "--client=$client" | sed -n '/^HEADER=END/,$ { /^ /p }' | sed -n 'p; n' >"$BATS_TEST_TMPDIR/keys"
		[ -s "$BATS_TEST_TMPDIR/keys" ] || fail "nothing of $client"
		LC_ALL=C sort -c "$BATS_TEST_TMPDIR/keys" || fail "$client"
	done
}

# reads COMMAND...: how many bytes of databases it reads, by pread64 calls of pages.
reads()
{
	strace -f -e trace=pread64 -o "$BATS_TEST_TMPDIR/strace" "$@" >/dev/null
	grep -c 'pread64' "$BATS_TEST_TMPDIR/strace" || :
}

@test "a client's network is found among 100,000 records by its keys, without reading them all" {
	local all some client

	hex_records 'map { (sprintf("10.%d.%d.0/s%06d\@example.net/r\@example.org", $_ / 256 & 255, $_ & 255, $_), "1000,2000,$_"),
		(sprintf("2001:db8:%x:%x:0:0:0:0/s%06d\@example.net/r\@example.org", $_ / 256, $_ & 255, $_), "1000,2000") } 1 .. 50000' |
		make_db "$STORE/postgrey.db"
	# Without an environment the cache would hold what was read before.
	all=$(rm -f "$STORE"/__db.*; reads "$BIN/grey-dump" -p -h "$STORE")
	[ "$all" -gt 1000 ] || fail "only $all reads for all"
	for client in 10.5.7.9 10.5.7 10.5.0.0/20 10.5 2001:db8:7:1::1 2001:db8:7::/64; do
		run -0 --separate-stderr dump --format=tsv "--client=$client"
		[ "${#lines[@]}" -gt 0 ] || fail "nothing of $client"
		some=$(rm -f "$STORE"/__db.*; reads "$BIN/grey-dump" -p -h "$STORE" "--client=$client")
		echo "# $client: $some reads, $all for all" >&3
		[ "$((some * 5))" -lt "$all" ] || fail "$client: $some reads, $all for all"
	done
}

@test "a large network with few records takes no longer than a look at all records" {
	local client all some

	hex_records 'map { (sprintf("2%03x:db8:%x:%x:0:0:0:0/s%06d\@example.net/r\@example.org", $_ & 255, $_ / 256, $_ & 255, $_), "1000,2000") }
		1 .. 50000' | make_db "$STORE/postgrey.db"
	# The first run makes grey.lock, which the others read as well.
	run -0 dump --count
	all=$(rm -f "$STORE"/__db.*; reads "$BIN/grey-dump" -p -h "$STORE")
	[ "$all" -gt 1000 ] || fail "only $all reads for all"
	for client in 2000::/3 2000::/17 8000::/1 4000::/2; do
		run -0 --separate-stderr timeout 60 "$BIN/grey-dump" --format=tsv -h "$STORE" "--client=$client"
		some=$(rm -f "$STORE"/__db.*; reads "$BIN/grey-dump" -p -h "$STORE" "--client=$client")
		[ "$some" -le "$all" ] || fail "$client: $some reads, $all for all"
	done
}

@test "client, sender and recipient may be copied from a log, and a sender is folded as its key is" {
	local option

	put '192.0.2.0/list-#@x.example/b@y.example 1000,2000,30' '198.51.100.0//b@z.example 1000,2000,7'
	for option in --client='mail.example.com[192.0.2.30]' --sender='<List-7+tag@x.example>' --sender=list-7@x.example \
		--sender=from='<prvs=0123abcdef=list-8@x.example>' --sender='list-#@x.example' --sender='list*' --recipient='<B@y.example>'; do
		run -0 dump --format=tsv "$option"
		assert_line --index 0 --regexp $'^192\\.0\\.2\\.0\t'
		assert_equal "$option ${#lines[@]}" "$option 1"
	done
	run -0 dump --format=tsv --sender='<>'
	assert_line --index 0 --regexp $'^198\\.51\\.100\\.0\t'
	assert_equal "${#lines[@]}" 1
}

@test "a glob means the same in every form, whatever characters are compared" {
	local glob format

	make_text "$STORE/postgrey.db" <<<'192.0.2.0/ü@x/b@y
1000,2000,30
192.0.2.0/ÜÄ@x/b@y
1000,2000,30
192.0.2.0/a\\b@x/b@y
1000,2000,30
192.0.2.0/\ff@x/b@y
1000,2000,30'
	for glob in '?@x' '??@x' '*@X' 'ü@x' 'Ü@x' 'a\b@x' '[!a]*@x' '????@x'; do
		local -a counts=()
		for format in tsv json table auto; do
			counts+=("$(dump "--sender=$glob" "--format=$format" | grep -c 'b@y\|62' || :)")
		done
		[ "${counts[0]}" -gt 0 ] || fail "$glob: nothing"
		assert_equal "$glob: ${counts[*]:1}" "$glob: ${counts[0]} ${counts[0]} ${counts[0]}"
	done
}

@test "--since and --until take local dates, today, yesterday and -8h" {
	local now
	now=$(date +%s)
	make_text "$STORE/postgrey.db" <<<"192.0.2.0/old@x/b@y
1000,86399
192.0.2.0/day@x/b@y
1000,86400
192.0.2.0/hour@x/b@y
$((now - 3600)),$((now - 3600))
192.0.2.0/new@x/b@y
$now,$now"
	TZ=UTC run -0 --separate-stderr dump --format=tsv --until=1970-01-01
	assert_output ''
	TZ=UTC run -0 bash -c '"$BIN/grey-dump" -h "$0" --format=tsv --since=1970-01-02 --until=1970-01-02T00:00:00 | cut -f 2' "$STORE"
	assert_output day@x
	run -0 bash -c '"$BIN/grey-dump" -h "$0" --format=tsv --since=-30m | cut -f 2' "$STORE"
	assert_output new@x
	run -0 bash -c '"$BIN/grey-dump" -h "$0" --format=tsv --since=yesterday --until=-30m | cut -f 2' "$STORE"
	assert_output hour@x
	run -0 bash -c '"$BIN/grey-dump" -h "$0" --format=tsv --until=yesterday | cut -f 2' "$STORE"
	assert_output 'day@x
old@x'
}

@test "the states and waits are what grey-check then answers, whatever the times in the record" {
	perl -e 'my $now = time; my @ago = (-100000, -1000, -400, -200, 30, 200, 400, 1000, 90000, 170000, 180000, 3000000, 3100000);
		my $n; for my $first (@ago) { for my $last (@ago) { printf "10.0.%d.%d/32/a\@x/b\@y\n%d,%d\n", $n / 250, $n++ % 250,
			$now - $first, $now - $last } }' | make_text "$STORE/postgrey.db"
	dump --format=tsv | sort >"$BATS_TEST_TMPDIR/rows"
	cut -f 1 "$BATS_TEST_TMPDIR/rows" | sed 's,/32,,' | while read -r client; do
		request "client_address=$client" sender=a@x recipient=b@y
	done | check --clock=system --lookup-by-host --auto-whitelist-clients=0 --log=none | sed '/^$/d' |
		sed 's/action=DUNNO/passed 0/; s/action=PREPEND.*/waiting 0/; s/action=DEFER.*/not/' >"$BATS_TEST_TMPDIR/answers"
	# Who is expired, or waits, is deferred.
	cut -f 7,8 --output-delimiter=' ' "$BATS_TEST_TMPDIR/rows" | sed '/^expired 0$/s/.*/not/; /^waiting [1-9]/s/.*/not/' |
		paste -d '|' - "$BATS_TEST_TMPDIR/answers" "$BATS_TEST_TMPDIR/rows" | awk -F '|' '$1 != $2' >"$BATS_TEST_TMPDIR/differ"
	assert_equal "$(wc -l <"$BATS_TEST_TMPDIR/answers")" 169
	assert_equal "$(cat "$BATS_TEST_TMPDIR/differ")" ''
}

@test "of clients in a network that ends inside an octet each is shown once" {
	local i
	for ((i = 0; i <= 40; i++)); do echo "192.0.2.$i"$'\t1\t2'; done | "$BIN/grey-load" -c -h "$STORE"
	run -0 "$BIN/grey-dump" -c -h "$STORE" --client=192.0.2.0/27 --format=tsv
	assert_equal "${#lines[@]}" 32
}
