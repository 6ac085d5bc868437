#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump --format: tsv, json, and the table, at a terminal and elsewhere.

# Perl has its own dollar signs. run sets stderr and stderr_lines.
# shellcheck disable=SC2016,SC2154
load ../lib/dump

@test "tsv: fields of triplets, of clients, and of what can't be decoded" {
	local now
	now=$(date +%s)

	make_text "$STORE/postgrey.db" <<END
192.0.2.0/a\\5cb@x/\\c3\\bcr\\09\\ff@y
$((now - 400)),$now,30
192.0.2.0/w@x/r@y
$((now - 100000)),$((now - 100000))
2001:db8:0:0:0:0:0:0/s@x/r@y
1000,1000,2001:DB8:0:0:0:0:0:1
bad
\\00nonsense
END
	make_text "$STORE/postgrey_clients.db" <<END
192.0.2.30
5,$now
192.0.2.31
4,$now
2001:DB8:0:0:0:0:0:1
9,1000
zz
\\5c
END
	run -1 --separate-stderr dump --format=tsv
	assert_output "$(printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
		192.0.2.0 'a\\b@x' 'ür\x09\xff@y' $((now - 400)) "$now" 30 passed 0 5 \
		192.0.2.0 w@x r@y $((now - 100000)) $((now - 100000)) '' waiting 0 '' \
		2001:db8:0:0:0:0:0:0 s@x r@y 1000 1000 2001:DB8:0:0:0:0:0:1 expired 0 9)
bad	\\x00nonsense"
	assert_equal "$stderr" "grey-dump: 1 records can't be decoded; they are shown as they are"
	run -1 --separate-stderr dump --format=tsv -c
	assert_output "192.0.2.30	5	$now	passed
192.0.2.31	4	$now	waiting
2001:DB8:0:0:0:0:0:1	9	1000	expired
zz	\\\\"
	assert_equal "$stderr" "grey-dump: 1 records can't be decoded; they are shown as they are"
}

@test "json: every line is an object, and its texts unescaped are the record, whatever bytes it has" {
	hex_records 'srand 7; my @s = (map({ chr } 0 .. 255), "\xc3\xbc", "\xe6\x97\xa5", "\\x41", "\xf0\x9f\x98\x80", "\\\\", "\"");
		my $r = sub { join "", map { $s[rand @s] } 1 .. rand 12 };
		map { my $s = $r->() =~ tr,/\@,,dr; my $q = $r->() =~ tr,/,,dr;
			("10.0." . ($_ & 255) . ".0/$s\@x/$q", $_ % 5 ? "1000,$_," . substr($r->() . "h", 0, 40) : $r->() . "x") } 1 .. 2000' |
		make_db "$STORE/postgrey.db"
	run -1 bash -c '"$BIN/grey-dump" --format=json -h "$0" >"$1" 2>/dev/null' "$STORE" "$BATS_TEST_TMPDIR/json"
	perl -MJSON::PP -ne 'BEGIN { binmode STDOUT }
		my $o = JSON::PP->new->utf8->decode($_);
		my $text = sub { my $t = $o->{$_[0]} // ""; utf8::encode($t);
			$t =~ s/\\(?:(\\)|x([0-9a-f]{2})|(.?))/defined $3 ? die "bad escape" : $1 || chr hex $2/ge; $t };
		my $key = exists $o->{network} ? join "/", map { $text->($_) } qw(network sender recipient) : $text->("key");
		my $value = exists $o->{value} ? $text->("value") :
			join ",", $o->{first}, $o->{last}, defined $o->{host} ? $text->("host") : ();
		print " ", unpack("H*", $key), "\n ", unpack("H*", $value), "\n"' "$BATS_TEST_TMPDIR/json" >"$BATS_TEST_TMPDIR/have"
	dump | sed '1,/^HEADER=END/d; /^DATA=END/d' >"$BATS_TEST_TMPDIR/want"
	cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/have"
}

@test "json: the names are those of tsv, null where there is nothing" {
	make_text "$STORE/postgrey.db" <<<"192.0.2.0/a@x/b@y
1000,2000,30
192.0.2.0/c@x/d@y
1000,1001
0000000000000000000000000000000000000007
5,6
bad
value"
	make_text "$STORE/postgrey_clients.db" <<<$'192.0.2.30\n3,1000\nzz\n\\5c'
	run -1 --separate-stderr dump --format=json
	local end='"state":"expired","wait":0,"awl"'
	assert_line '{"network":"192.0.2.0","sender":"a@x","recipient":"b@y","first":1000,"last":2000,"host":"30",'"$end"':3}'
	assert_line '{"network":"192.0.2.0","sender":"c@x","recipient":"d@y","first":1000,"last":1001,"host":null,'"$end"':null}'
	assert_line '{"key":"0000000000000000000000000000000000000007","first":5,"last":6,"host":null,'"$end"':null}'
	assert_line '{"key":"bad","value":"value"}'
	run -1 --separate-stderr dump --format=json -c
	assert_output '{"client":"192.0.2.30","count":3,"last":1000,"state":"expired"}
{"key":"zz","value":"\\\\"}'
}

# at_terminal COLUMNS COMMAND...: what it prints at a terminal of that width, without CR.
at_terminal()
{
	local command
	printf -v command '%q ' "${@:2}"
	TERM=dumb script -qec "stty cols $1 rows 24; $command" /dev/null </dev/null | tr -d '\r'
}

# widths: of each line of standard input, in columns of a terminal.
widths()
{
	perl -CS -pe 'chomp; my $wide = () = /[\x{1100}-\x{115f}\x{2e80}-\x{303e}\x{3041}-\x{a4cf}\x{ac00}-\x{d7a3}\x{ff00}-\x{ff60}]/g;
		my $none = () = /\p{Mn}/g; $_ = length() + $wide - $none . "\n"'
}

make_wide()
{
	make_text "$STORE/postgrey.db" <<<"192.0.2.0/a@x/b@y
1000,2000,30
192.0.2.0/$(printf 'long%.0s' {1..30})@example.net/$(printf 'name%.0s' {1..30})@example.org
1000,2000,31
192.0.2.0/日本語日本語日本語日本語日本語日本語日本語@example.net/ユーザーユーザーユーザーユーザー@example.org
1000,2000,31
192.0.2.0/x日本語日本語日本語日本語日本語日本語@example.net/xユーザーユーザーユーザーユーザー@example.org
1000,2000,31
2001:db8:1234:5678:0:0:0:0/ééééééééééééééééééééééé@example.net/b@y
1000,2000,2001:DB8:1234:5678:9ABC:DEF0:1234:5678
0123456789012345678901234567890123456789
1000,2000"
	make_text "$STORE/postgrey_clients.db" <<<$'192.0.2.30\n3,1000\n2001:DB8:1234:5678:9ABC:DEF0:1234:5678\n1000000,1234567890'
}

@test "table: at a terminal no line is wider than it, and columns begin under their heads, wide characters or not" {
	local columns line

	make_wide
	for columns in 80 90 100 124 125 140 200; do
		run -0 at_terminal "$columns" "$BIN/grey-dump" -h "$STORE"
		assert_equal "${#lines[@]}" 8
		while read -r line; do
			[ "$line" -le "$columns" ] || fail "a line of $line columns at a terminal of $columns: $output"
		done < <(widths <<<"$output")
		run -0 at_terminal "$columns" "$BIN/grey-dump" -c -h "$STORE"
		while read -r line; do
			[ "$line" -le "$columns" ] || fail "a line of $line columns at a terminal of $columns: $output"
		done < <(widths <<<"$output")
	done
	run -0 at_terminal 100 "$BIN/grey-dump" -h "$STORE"
	for line in "${lines[@]:1:6}"; do
		assert_equal "$(widths <<<"${line%%expired*}")" "$(widths <<<"${lines[0]%%state*}")"
	done
}

@test "table: so it is, too, where there are more rows than are measured" {
	local line

	hex_records 'map { my $n = ($_ % 29) x ($_ % 17); ("10." . ($_ >> 8) . "." . ($_ & 255) . ".0/s$n\@x$n.example/r$_\@example.org", "1000,2000,$_") } 1 .. 1500' |
		make_db "$STORE/postgrey.db"
	run -0 at_terminal 80 "$BIN/grey-dump" -h "$STORE"
	assert_equal "${#lines[@]}" 1502
	for line in "${lines[@]:1:50}" "${lines[@]:1400:100}"; do
		[ "${#line}" -le 80 ] || fail "$line"
		assert_equal "$(widths <<<"${line%%expired*}")" "$(widths <<<"${lines[0]%%state*}")"
	done
	assert_line --index 1501 '0 waiting, 0 passed, 1500 expired'
}

@test "table: what can't be decoded does not wrap, nor push the totals away" {
	make_text "$STORE/postgrey.db" <<<"192.0.2.0/a@example.com/b@example.org
$(printf 'no record %.0s' {1..30})
$(printf 'key%.0s' {1..50})
value"
	run at_terminal 80 "$BIN/grey-dump" -h "$STORE"
	assert_line --index 1 --regexp '^192\.0\.2\.0/a@example\.com/b@example\.org no record .*~ $'
	assert_line --index 2 --regexp '^(key)+k?e?~ value $'
	[ "${#lines[1]}" -le 80 ] && [ "${#lines[2]}" -le 80 ]
	assert_line --index 3 '0 waiting, 0 passed, 0 expired, 2 unreadable'
	run -1 --separate-stderr dump --format=table
	assert_line --index 1 --partial "$(printf 'no record %.0s' {1..30})"
}

@test "table: at 80 columns sender and recipient get what ages leave, and of what does not fit the domain is seen" {
	local now
	now=$(date +%s)

	make_text "$STORE/postgrey.db" <<<"192.0.2.0/a@example.com/b@example.org
$((now - 3 * 86400 - 60)),$((now - 300)),30
192.0.2.0/bounce-1234567890123456@example.com/bob.the.builder.of.houses@example.org
$((now - 90000)),$((now - 80000)),30
192.0.2.0//b@example.org
1000,1000,30
198.51.100.0/a@one.two.three.four.five.six.example.net/b@example.org
$((now + 900)),$((now + 900)),30"
	run -0 at_terminal 80 "$BIN/grey-dump" -h "$STORE" --delay=1d
	assert_line --index 0 --regexp '^client +sender +recipient +first +last +state +AWL$'
	assert_line --index 1 --regexp '^192\.0\.2\.30 +<> +b@example\.org +5[0-9] y +5[0-9] y +expired *$'
	assert_line --index 2 --regexp '^192\.0\.2\.30 +a@example\.com +b@example\.org +3 d +5 min +passed *$'
	assert_line --index 3 --regexp '^192\.0\.2\.30 +bounc~@example\.com +bob\.t~@example\.org +25 h +22 h +(waiting|passed) *$'
	assert_line --index 4 --regexp '^198\.51\.100\.30 +~[a-z.]*\.example\.net +b@example\.org +future +future +waits 24 h *$'
}

@test "table: the wait says its unit, and no number stands under a heading that is not its own" {
	local now i
	now=$(date +%s)

	make_text "$STORE/postgrey.db" <<<"192.0.2.0/a@example.com/b@example.org
$now,$now,30
192.0.2.0/c@example.com/d@example.org
$((now - 80000)),$((now - 80000)),30"
	make_text "$STORE/postgrey_clients.db" <<<"192.0.2.30
12345,$now"
	run -0 at_terminal 80 "$BIN/grey-dump" -h "$STORE"
	assert_line --index 1 --regexp ' waits (300|29[0-9]) s >99$'
	assert_line --index 2 --regexp ' waiting     >99$'
	for i in 1 2; do assert_equal "$(widths <<<"${lines[i]%%>99}")" "$(widths <<<"${lines[0]%%AWL}")"; done
	run -0 --separate-stderr dump --format=table --delay=5000
	assert_line --index 1 --regexp ' waits (84|83) min >9999$'
}

@test "table: its last line is how many of what was shown are waiting, passed, expired, or can't be read" {
	local now
	now=$(date +%s)

	make_text "$STORE/postgrey.db" <<<"192.0.2.0/a@x/b@y
$now,$now,30
192.0.2.0/c@x/b@y
$((now - 1000)),$now,30
192.0.2.0/d@x/b@y
1000,1000,30
192.0.2.0/e@x/b@y
1000,1000,30"
	make_text "$STORE/postgrey_clients.db" <<<$'192.0.2.30\n5,'"$now"$'\n192.0.2.31\n1,'"$now"$'\nzz\n\\5c'
	run -0 at_terminal 80 "$BIN/grey-dump" -h "$STORE"
	assert_equal "${lines[-1]}" '1 waiting, 1 passed, 2 expired'
	run -0 --separate-stderr dump --format=table --sender='[ad]@x'
	assert_equal "${lines[-1]}" '1 waiting, 0 passed, 1 expired'
	run -0 --separate-stderr dump --format=table --state=passed
	assert_equal "${lines[-1]}" '0 waiting, 1 passed, 0 expired'
	run -0 --separate-stderr dump --format=table --client=198.51.100.1
	assert_equal "${#lines[@]}" 2
	assert_equal "${lines[-1]}" '0 waiting, 0 passed, 0 expired'
	run -1 --separate-stderr dump --format=table -c
	assert_equal "${lines[-1]}" '1 waiting, 1 passed, 0 expired, 1 unreadable'
}

@test "--count: the totals alone, of what the filters choose, as lines, as JSON, at a terminal and in a file" {
	local now form
	now=$(date +%s)

	hex_records "my \$now = $now;"' map { ("10.0." . ($_ >> 8) . ".0/$_\@x/b\@y", $_ % 3 ? "1000,1000,1" : "$now,$now,1") } 1 .. 1500' |
		make_db "$STORE/postgrey.db"
	make_text "$STORE/postgrey_clients.db" <<<$'192.0.2.30\n5,'"$now"$'\n192.0.2.31\n1,'"$now"$'\nzz\n\\5c'
	for form in auto tsv table; do
		run -0 --separate-stderr dump --count --format="$form"
		assert_output $'waiting\t500\npassed\t0\nexpired\t1000\nunreadable\t0'
	done
	run -0 --separate-stderr dump --count --format=json
	assert_output '{"waiting":500,"passed":0,"expired":1000,"unreadable":0}'
	run -0 --separate-stderr dump --count --sender='3*@x' --state=waiting
	assert_line $'waiting\t'"$(dump --sender='3*@x' --state=waiting --format=tsv | wc -l)"
	assert_line $'expired\t0'
	run -0 at_terminal 80 "$BIN/grey-dump" --count -h "$STORE"
	assert_line --index 0 $'waiting\t500'
	run -1 --separate-stderr dump --count -c
	assert_output $'waiting\t1\npassed\t1\nexpired\t0\nunreadable\t1'
	assert_equal "$stderr" "grey-dump: 1 records can't be decoded"
	run -0 --separate-stderr dump --count -f "$BATS_TEST_TMPDIR/file"
	assert_output ''
	run -0 head -n 1 "$BATS_TEST_TMPDIR/file"
	assert_output $'waiting\t500'
}

@test "table: at a terminal what does not fit ends with ~, elsewhere nothing is cut" {
	make_wide
	run -0 at_terminal 100 "$BIN/grey-dump" -h "$STORE"
	assert_equal "$(grep -c '~' <<<"$output")" 5
	run -0 --separate-stderr dump --format=table
	refute_output --partial '~'
	assert_output --partial "$(printf 'long%.0s' {1..30})@example.net "
	assert_output --partial 2001:db8:1234:5678:9abc:def0:1234:5678
}

@test "table: times are local" {
	local zone want

	make_wide
	for zone in UTC Asia/Tokyo America/New_York; do
		want=$(TZ=$zone date -d @2000 '+%F %T')
		TZ=$zone run -0 --separate-stderr dump --format=table
		assert_line --index 1 --partial "$want"
	done
	TZ=UTC run -0 at_terminal 125 "$BIN/grey-dump" -h "$STORE"
	assert_line --index 1 --partial ' 1970-01-01 00:16:40 1970-01-01 00:33:20 expired'
}

@test "table: what is waiting shows for how long, control bytes and bad UTF-8 are not sent to the terminal" {
	local now
	now=$(date +%s)
	make_text "$STORE/postgrey.db" <<<"192.0.2.0/\\1b[31m\\ff\\09@x/b@y
$now,$now,30
bad\\1b
\\07"
	run -1 --separate-stderr dump --format=table --delay=100000
	assert_line --index 1 --regexp '^192\.0\.2\.30 +\?\[31m\?\?@x +b@y +.* waits 28 h *$'
	assert_line --index 2 --regexp '^bad\? \? *$'
	assert_equal "$stderr" "grey-dump: 1 records can't be decoded; they are shown as they are"
}

@test "at a terminal -p, -N and -f mean db_dump's form" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -0 at_terminal 80 "$BIN/grey-dump" -p -h "$STORE"
	assert_line --index 0 VERSION=3
	run -0 at_terminal 80 "$BIN/grey-dump" -N -h "$STORE"
	assert_line --index 0 VERSION=3
	run -0 at_terminal 80 "$BIN/grey-dump" -h "$STORE"
	assert_line --index 0 --regexp '^client'
	run -0 at_terminal 80 "$BIN/grey-dump" -f "$BATS_TEST_TMPDIR/file" -h "$STORE"
	assert_output ''
	run -0 head -n 1 "$BATS_TEST_TMPDIR/file"
	assert_output VERSION=3
}

@test "away from a terminal plain grey-dump prints as db_dump -p: grep finds an address, grey-load takes it back" {
	local printed hex

	make_text "$STORE/postgrey.db" <<<"$SEED"
	printed=$(db_dump -p -h "$STORE" postgrey.db)
	hex=$(db_dump -h "$STORE" postgrey.db)
	run -0 --separate-stderr "$BIN/grey-dump" "--store=$STORE"
	assert_output "$printed"
	run -0 --separate-stderr "$BIN/grey-dump" "--dbdir=bdb:$STORE" --format=auto
	assert_output "$printed"
	run -0 bash -c '"$BIN/grey-dump" --store="$0" | grep limbekcs' "$STORE"
	assert_output " $SEED_KEY"
	run -0 --separate-stderr "$BIN/grey-dump" "--store=$STORE" -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$(cat "$BATS_TEST_TMPDIR/file")" "$printed"
	run -0 at_terminal 80 "$BIN/grey-dump" "--store=$STORE" -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$(cat "$BATS_TEST_TMPDIR/file")" "$printed"
	"$BIN/grey-dump" "--store=$STORE" | "$BIN/grey-load" "--store=$BATS_TEST_TMPDIR/new"
	run -0 --separate-stderr "$BIN/grey-dump" "--store=$BATS_TEST_TMPDIR/new"
	assert_output "$printed"
	run -0 --separate-stderr "$BIN/grey-dump" "--store=$STORE" -N
	assert_output "$hex"
	run -0 --separate-stderr "$BIN/grey-dump" "--home=$STORE"
	assert_output "$hex"
	run -0 --separate-stderr "$BIN/grey-dump" "$STORE/postgrey.db"
	assert_output "$hex"
	run -0 --separate-stderr "$BIN/grey-dump" "--store=$STORE" postgrey.db
	assert_output "$hex"
}

@test "a form that a file of the configuration has is not for calls of db_dump" {
	local conf=$BATS_TEST_TMPDIR/grey.conf option

	make_text "$STORE/postgrey.db" <<<$'192.0.2.0/a@x/r@y\n1000,1000'
	printf '[grey-dump]\nformat = json\n' >"$conf"
	run -0 "$BIN/grey-dump" "--config=$conf" "--store=$STORE"
	assert_output --partial '"sender":"a@x"'
	for option in -p -N; do
		run -0 "$BIN/grey-dump" "--config=$conf" "--store=$STORE" "$option"
		assert_line HEADER=END
	done
	run -0 "$BIN/grey-dump" "--config=$conf" -h "$STORE" postgrey.db
	assert_line HEADER=END
	run -0 "$BIN/grey-dump" "--config=$conf" "$STORE/postgrey.db"
	assert_line HEADER=END
	run -0 "$BIN/grey-dump" "--config=$conf" -h "$STORE" --format=tsv
	assert_output --regexp $'^192.0.2.0\ta@x'
}
