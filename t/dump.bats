#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-dump on stores that nobody works on: byte for byte what db_dump prints, the other forms, files, refusals.

# run sets stderr and stderr_lines; helpers take options, where a test has some. Perl has its own dollar signs; STORE is
# set again in the subshells that bats makes.
# shellcheck disable=SC2154,SC2119,SC2120,SC2016,SC2030,SC2031,SC2153
load lib/dump

USAGE='grey-dump: usage: grey-dump [-pN] [-c] [-f file] [-h home | --store=store] [--option=value ...] [dbfile]'

@test "the seed's record is shown as db_dump shows it" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	is_like_db_dump
	run -0 --separate-stderr dump -p
	assert_output 'VERSION=3
format=print
type=btree
db_pagesize=4096
HEADER=END
 83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp
 1234254582,1234254582,5
DATA=END'
	assert_equal "$stderr" ''
}

@test "what grey-check has written, in both databases, is shown as db_dump shows it" {
	check --auto-whitelist-clients=1 < <(at 1000; at 1300; at 1301 client_address=2001:db8::1; at 1302 sender=) >/dev/null
	is_like_db_dump
	run -0 --separate-stderr dump -p -c
	assert_line --index 5 ' 192.0.2.30'
	assert_line --index 6 ' 1,1300'
	local clients=$output
	run -0 --separate-stderr dump -p postgrey_clients.db
	assert_output "$clients"
	run -0 --separate-stderr "$BIN/grey-dump" -p "$STORE/postgrey_clients.db"
	assert_output "$clients"
	run -0 --separate-stderr "$BIN/grey-dump" -pc "$STORE/postgrey.db"
	assert_output "$clients"
}

@test "all byte values in keys and values, doubled, at the front and the end" {
	hex_records 'map { my $c = chr; ($c, $c, "k$c", "v$c$c", "$c${c}k", "${c}v") } 0 .. 255' | make_db "$STORE/postgrey.db"
	hex_records '(join("", map { chr } 0 .. 255), join("", map { chr } reverse 0 .. 255))' |
		make_db "$STORE/postgrey_clients.db"
	is_like_db_dump
}

@test "each byte value at each of 17 places among letters" {
	hex_records 'map { my $c = $_; map { ("$c.$_", "a" x $_ . chr($c) . "b" x (16 - $_)) } 0 .. 16 } 0 .. 255' |
		make_db "$STORE/postgrey.db"
	is_like_db_dump
}

@test "empty keys and empty values" {
	hex_records '("", "value", "key", "", "z", "y")' | make_db "$STORE/postgrey.db"
	hex_records '("", "")' | make_db "$STORE/postgrey_clients.db"
	is_like_db_dump
}

@test "keys and values longer than a page, up to 5 MB" {
	hex_records 'map { ("k" x $_ . "e", "\\v" x $_) } 1, 1000, 4000, 4096, 16384, 65536, 200000' | make_db "$STORE/postgrey.db"
	hex_records '("a", 1, "big", "x\0\\" x 1747627, "bigger", "\\" x 5242880, "c", 2)' | make_db "$STORE/postgrey_clients.db"
	is_like_db_dump
}

@test "databases without records" {
	make_db "$STORE/postgrey.db" </dev/null
	make_db "$STORE/postgrey_clients.db" db_pagesize=512 </dev/null
	is_like_db_dump
	check </dev/null
	is_like_db_dump
}

@test "100,000 records" {
	hex_records 'map { (sprintf("10.%d.%d.0/s%06d\@example.net/r\@example.org", $_ / 256, $_ & 255, $_), "1000,2000,$_") } 1 .. 100000' |
		make_db "$STORE/postgrey.db"
	is_like_db_dump
	run -0 bash -c '"$BIN/grey-dump" -p -h "$0" | grep -c "^ 10[.]"' "$STORE"
	assert_output 100000
}

@test "other page sizes, minimum keys, checksums" {
	local header n=0
	local headers=(db_pagesize=512 db_pagesize=1024 db_pagesize=8192 db_pagesize=65536 bt_minkey=4 chksum=1
		'db_pagesize=512 bt_minkey=3 chksum=1' recnum=1 db_lorder=4321 'db_lorder=4321 chksum=1')

	for header in "${headers[@]}"; do
		STORE=$BATS_TEST_TMPDIR/$((++n))
		# shellcheck disable=SC2086
		hex_records 'map { ("key " . $_ * 7919 % 1000, "v" x $_) } 1 .. 1000' | make_db "$STORE/postgrey.db" $header
		# shellcheck disable=SC2086
		hex_records '("10.0.0.1", "5,1000")' | make_db "$STORE/postgrey_clients.db" $header
		is_like_db_dump || fail "with $header"
	done
}

@test "databases with duplicates, sorted or not: each is shown once, in db_dump's order" {
	local header n=0

	for header in 'duplicates=1' 'duplicates=1 dupsort=1' 'db_pagesize=512 duplicates=1' 'db_pagesize=512 duplicates=1 dupsort=1'; do
		STORE=$BATS_TEST_TMPDIR/$((++n))
		# shellcheck disable=SC2086
		hex_records 'map { ("key " . $_ % 7, sprintf("%04d", $_ * 7919 % 1000)) } 1 .. 300' | make_db "$STORE/postgrey.db" $header
		# shellcheck disable=SC2086
		hex_records 'map { ("one", sprintf("%05d", $_ * 7919 % 20011)) } 1 .. 20000' | make_db "$STORE/postgrey_clients.db" $header
		is_like_db_dump || fail "with $header"
	done
}

@test "duplicates that are long, and the same" {
	hex_records 'map { ("key", $_ % 3 ? "x" x 70000 : "same") } 1 .. 60' | make_db "$STORE/postgrey.db" duplicates=1
	hex_records 'map { ("key", "same", "", "") } 1 .. 3000' | make_db "$STORE/postgrey_clients.db" duplicates=1 db_pagesize=512
	is_like_db_dump
}

@test "random stores of random page sizes" {
	local seed

	for seed in {1..12}; do
		STORE=$BATS_TEST_TMPDIR/$seed
		hex_records "srand $seed; map { my \$max = 1 + int exp rand 10;
			(pack('C*', map { rand 256 } 0 .. rand 40) . \$_, pack('C*', map { rand 256 } 1 .. rand \$max)) } 1 .. 300" |
			make_db "$STORE/postgrey.db" "db_pagesize=$((512 << seed % 8))"
		is_like_db_dump || fail "seed $seed"
	done
}

@test "-N is taken, -p also behind it; a directory in front of the database is the store" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -0 --separate-stderr dump -p
	local printed=$output
	run -0 --separate-stderr dump
	local hex=$output
	run -0 --separate-stderr dump -N
	assert_output "$hex"
	run -0 --separate-stderr dump -pN
	assert_output "$printed"
	run -0 --separate-stderr dump -Np postgrey.db
	assert_output "$printed"
	run -0 --separate-stderr "$BIN/grey-dump" -p "$STORE/postgrey.db"
	assert_output "$printed"
	run -0 --separate-stderr "$BIN/grey-dump" -p "--store=bdb:$STORE"
	assert_output "$printed"
	cd "$STORE"
	run -0 --separate-stderr "$BIN/grey-dump" -p ./postgrey.db
	assert_output "$printed"
}

@test "db_load reads all that grey-dump prints" {
	hex_records 'map { (chr() . "\\k", chr() . "\n\\") } 0 .. 255' | make_db "$STORE/postgrey.db" db_pagesize=2048
	dump -p | db_load "$BATS_TEST_TMPDIR/p.db"
	dump | db_load "$BATS_TEST_TMPDIR/x.db"
	db_dump "$STORE/postgrey.db" >"$BATS_TEST_TMPDIR/want"
	db_dump "$BATS_TEST_TMPDIR/p.db" | cmp "$BATS_TEST_TMPDIR/want" -
	db_dump "$BATS_TEST_TMPDIR/x.db" | cmp "$BATS_TEST_TMPDIR/want" -
}

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
		assert_equal "${#lines[@]}" 7
		while read -r line; do
			[ "$line" -le "$columns" ] || fail "a line of $line columns at a terminal of $columns: $output"
		done < <(widths <<<"$output")
		run -0 at_terminal "$columns" "$BIN/grey-dump" -c -h "$STORE"
		while read -r line; do
			[ "$line" -le "$columns" ] || fail "a line of $line columns at a terminal of $columns: $output"
		done < <(widths <<<"$output")
	done
	run -0 at_terminal 100 "$BIN/grey-dump" -h "$STORE"
	for line in "${lines[@]:1}"; do
		assert_equal "$(widths <<<"${line%%expired*}")" "$(widths <<<"${lines[0]%%state*}")"
	done
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
	TZ=UTC run -0 at_terminal 100 "$BIN/grey-dump" -h "$STORE"
	assert_line --index 1 --partial ' 01-01 00:16 01-01 00:33 expired'
}

@test "table: what is waiting shows for how long, control bytes and bad UTF-8 are not sent to the terminal" {
	local now
	now=$(date +%s)
	make_text "$STORE/postgrey.db" <<<"192.0.2.0/\\1b[31m\\ff\\09@x/b@y
$now,$now,30
bad\\1b
\\07"
	run -1 --separate-stderr dump --format=table --delay=100000
	assert_line --index 1 --regexp '^192\.0\.2\.30 +\?\[31m\?\?@x +b@y +.* waiting (100000|9999[0-9]) *$'
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

@test "-f: the file is the output, new with the usual permissions, and nothing is left beside it" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	mkdir "$BATS_TEST_TMPDIR/out"
	umask 027
	run -0 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/out/file"
	assert_output ''
	assert_equal "$stderr" ''
	dump -p | cmp - "$BATS_TEST_TMPDIR/out/file"
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/out/file")" 640
	echo old >"$BATS_TEST_TMPDIR/out/file"
	run -0 --separate-stderr dump -f "$BATS_TEST_TMPDIR/out/file"
	dump | cmp - "$BATS_TEST_TMPDIR/out/file"
}

@test "-f: an existing file keeps its permissions" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	install -m 600 /dev/null "$BATS_TEST_TMPDIR/file"
	run -0 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/file")" 600
}

@test "-f: a symbolic link stays one, its file is written" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	echo old >"$BATS_TEST_TMPDIR/elsewhere/file"
	ln -s elsewhere/file "$BATS_TEST_TMPDIR/link"
	run -0 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/link"
	run -0 readlink "$BATS_TEST_TMPDIR/link"
	assert_output elsewhere/file
	dump -p | cmp - "$BATS_TEST_TMPDIR/elsewhere/file"
}

@test "-f: after an error there is no file, an existing one is as it was, and nothing is left beside it" {
	mkdir "$STORE" "$BATS_TEST_TMPDIR/out"
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/out/file"
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey.db"
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" ''
	echo old >"$BATS_TEST_TMPDIR/out/file"
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/out/file"
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(cat "$BATS_TEST_TMPDIR/out/file")" old
}

@test "-f: what is cut by a full disk is no file" {
	hex_records 'map { ("key $_", "v" x 1000) } 1 .. 2000' | make_db "$STORE/postgrey.db"
	mkdir "$BATS_TEST_TMPDIR/out"
	echo old >"$BATS_TEST_TMPDIR/out/file"
	run -1 --separate-stderr bash -c 'ulimit -f 100; trap "" XFSZ; "$BIN/grey-dump" -p -h "$0" -f "$1"' \
		"$STORE" "$BATS_TEST_TMPDIR/out/file"
	assert_regex "$stderr" 'File too large'
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(cat "$BATS_TEST_TMPDIR/out/file")" old
}

@test "-f: a directory that is not there, or can't be written, is an error" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/none/file"
	assert_regex "$stderr" '^grey-dump: .*/none/file: .*No such file or directory$'
	run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR"
	assert_regex "$stderr" 'Is a directory$'
}

@test "-f: undecodable records make exit code 1, and yet a whole file" {
	make_text "$STORE/postgrey.db" <<<$'bad\nvalue'
	run -1 --separate-stderr dump --format=tsv -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$stderr" "grey-dump: 1 records can't be decoded; they are shown as they are"
	assert_equal "$(cat "$BATS_TEST_TMPDIR/file")" $'bad\tvalue'
}

@test "-f: /dev/null and a fifo are written to, and stay what they are" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -0 --separate-stderr dump -p -f /dev/null
	run -0 test -c /dev/null
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	timeout 10 cat "$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/copy" 3>&- &
	run -0 --separate-stderr timeout 10 "$BIN/grey-dump" -h "$STORE" -p -f "$BATS_TEST_TMPDIR/fifo"
	wait $!
	dump -p | cmp - "$BATS_TEST_TMPDIR/copy"
	run -0 test -p "$BATS_TEST_TMPDIR/fifo"
}

@test "-f: what is written into a fifo goes on when the shell that began it has ended" {
	hex_records 'map { ("key $_", "v" x 1000) } 1 .. 2000' | make_db "$STORE/postgrey.db"
	dump -p >"$BATS_TEST_TMPDIR/want"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# The shell ends when the first line has come: then it writes, and most is still to be written.
	bash -c '"$BIN/grey-dump" -h "$0" -p -f "$1" & read -r <"$2"' "$STORE" "$BATS_TEST_TMPDIR/fifo" \
		<(exec 3<"$BATS_TEST_TMPDIR/fifo"; IFS= read -r line <&3; echo "$line"; wait_for 10 test -e "$BATS_TEST_TMPDIR/ended"
			{ echo "$line"; timeout 10 cat <&3; } >"$BATS_TEST_TMPDIR/copy"; : >"$BATS_TEST_TMPDIR/copied") 3>&-
	: >"$BATS_TEST_TMPDIR/ended"
	wait_for 10 test -e "$BATS_TEST_TMPDIR/copied"
	cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/copy"
}

@test "-f: ended by SIGTERM it leaves nothing behind" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	check </dev/null
	mkdir "$BATS_TEST_TMPDIR/out"
	echo old >"$BATS_TEST_TMPDIR/out/file"
	exec {lock}<"$STORE/grey.lock"
	flock "$lock"
	"$BIN/grey-dump" -h "$STORE" -p -f "$BATS_TEST_TMPDIR/out/file" {lock}<&- 3>&- &
	wait_for 10 bash -c '[ "$(ls "$0" | wc -l)" -eq 2 ]' "$BATS_TEST_TMPDIR/out"
	kill -TERM "$!"
	wait_for 10 gone "$!"
	exec {lock}<&-
	assert_equal "$(ls "$BATS_TEST_TMPDIR/out")" file
	assert_equal "$(cat "$BATS_TEST_TMPDIR/out/file")" old
}

@test "a full standard output is an error, in all forms" {
	local format

	hex_records 'map { ("10.0.0.0/$_\@x/b\@y", "1000,2000,5") } 1 .. 20000' | make_db "$STORE/postgrey.db"
	for format in auto table tsv json; do
		run -1 --separate-stderr bash -c '"$BIN/grey-dump" -h "$0" --format="$1" >/dev/full' "$STORE" "$format"
		assert_equal "$stderr" 'grey-dump: standard output: No space left on device'
		run -1 --separate-stderr bash -c '"$BIN/grey-dump" -h "$0" --format="$1" --client=10.0.0.1 --sender=5@x >/dev/full' \
			"$STORE" "$format"
		assert_equal "$stderr" 'grey-dump: standard output: No space left on device'
	done
	run -1 --separate-stderr bash -c '"$BIN/grey-dump" -h "$0" >&-' "$STORE"
	assert_regex "$stderr" '^grey-dump: standard output: '
}

@test "closed standard files: nothing that is meant for them ends up in the store" {
	local closed

	make_text "$STORE/postgrey.db" <<<"$SEED
bad
value"
	check </dev/null
	db_dump -h "$STORE" postgrey.db >"$BATS_TEST_TMPDIR/want"
	for closed in '>&-' '2>&-' '<&- >&-' '>&- 2>&-' '<&- 2>&-' '<&- >&- 2>&-'; do
		run bash -c "'$BIN/grey-dump' -h '$STORE' $closed"
		run bash -c "'$BIN/grey-dump' -h '$STORE' --format=tsv $closed"
		run bash -c "'$BIN/grey-dump' -h '$STORE' --format=tsv -f '$BATS_TEST_TMPDIR/file' $closed"
		assert_equal "$closed: $(head -c 100 "$STORE/postgrey.lock" | tr '\0' .)" "$closed: "
		assert_equal "$closed: $(head -c 8 "$STORE/grey.lock" | tr '\0' .)" "$closed: greylock"
	done
	db_dump -h "$STORE" postgrey.db | cmp "$BATS_TEST_TMPDIR/want" -
}

@test "the databases and the log are never changed" {
	check < <(at 1000; at 1300; at 1300 sender=c@example.net) >/dev/null
	local before
	before=$(sums "$STORE")
	dump -p >/dev/null
	dump -c >/dev/null
	dump --format=tsv --client=192.0.2.0/24 >/dev/null
	dump --format=json -f "$BATS_TEST_TMPDIR/file"
	assert_equal "$(sums "$STORE")" "$before"
}

@test "a damaged database is an error, and neither repaired nor moved" {
	local before offset

	hex_records 'map { ("10.0.0.0/$_\@x/b\@y", "1000,2000,5") } 1 .. 2000' >"$BATS_TEST_TMPDIR/records"
	for offset in 0 1 2 7; do
		rm -rf "$STORE"
		make_db "$STORE/postgrey.db" <"$BATS_TEST_TMPDIR/records"
		printf 'nonsense%.0s' {1..512} | dd "of=$STORE/postgrey.db" "seek=$offset" bs=4096 conv=notrunc status=none
		before=$(sha1sum "$STORE/postgrey.db")
		run -1 --separate-stderr dump -p -f "$BATS_TEST_TMPDIR/file"
		assert_regex "$stderr" '^grey-dump: '
		run ! test -e "$BATS_TEST_TMPDIR/file"
		assert_equal "$(sha1sum "$STORE/postgrey.db")" "$before"
		run -1 compgen -G "$STORE/*corrupt*"
	done
}

@test "where there is no database it says so, and makes nothing" {
	run -1 --separate-stderr dump -p
	assert_output ''
	assert_regex "$stderr" "^grey-dump: $STORE: .*(no greylist|No such file)"
	run ! test -e "$STORE"
	mkdir "$STORE"
	run -1 --separate-stderr dump -p
	assert_output ''
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey.db"
	assert_equal "$(ls -A "$STORE")" ''
	run -1 --separate-stderr dump -c --format=tsv
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey_clients.db"
	assert_equal "$(ls -A "$STORE")" ''
	make_text "$STORE/postgrey.db" <<<"$SEED"
	run -1 --separate-stderr dump -c
	assert_equal "$stderr" "grey-dump: $STORE: there is no greylist, no postgrey_clients.db"
	run ! test -e "$STORE/postgrey_clients.db"
	run -0 --separate-stderr dump --format=tsv
}

@test "wrong usage: exit code 2, what is wrong, and the usage" {
	local options

	make_text "$STORE/postgrey.db" <<<"$SEED"
	while read -r -a options; do
		run -2 --separate-stderr dump "${options[@]}"
		assert_output ''
		assert_equal "${stderr_lines[1]}" "$USAGE"
		assert_equal "${#stderr_lines[@]}" 2
	done <<'END'
--bogus
-x
-l
postgrey.db postgrey_clients.db
other.db
postgrey.db.bak
--format=xml
--format=tsv -p
-p --format=json
--format=table -p
-c --sender=*
-c --recipient=*
--client=x
--client=
--client=192.0.2.0/33
--client=2001:db8::/129
--client=192
--client=192.0.2.256
--state=new
--since=x
--since=2026-02-30
--until=2026-13-01
--until=-5x
--delay=x
--ipv4cidr=0
--ipv6cidr=129
-f
END
}

@test "--help shows every option of the table, --version the version" {
	local name

	run -0 --separate-stderr "$BIN/grey-dump" --help
	assert_line --index 0 "${USAGE#grey-dump: }"
	while read -r name; do
		[ "$name" = dbdir ] || assert_line --partial "--$name"
	done < <(sed -n 's/^	{ "\([a-z0-9-]*\)".*/\1/p' "$ROOT/src/grey-dump/settings.c")
	run -0 --separate-stderr "$BIN/grey-dump" --version
	assert_output --regexp '^grey-dump [0-9.]+$'
	run -1 --separate-stderr bash -c '"$BIN/grey-dump" --help >/dev/full'
	assert_equal "$stderr" 'grey-dump: standard output: No space left on device'
}

@test "-f: a link to a pipe is written to, and stays" {
	make_text "$STORE/postgrey.db" <<<"$SEED"
	ln -s /proc/self/fd/1 "$BATS_TEST_TMPDIR/stdout"
	run -0 bash -c '"$BIN/grey-dump" -p -h "$0" -f "$1" | cat' "$STORE" "$BATS_TEST_TMPDIR/stdout"
	assert_line ' 1234254582,1234254582,5'
	[ -L "$BATS_TEST_TMPDIR/stdout" ]
}

@test "-f: a run leaves nothing in the store's memory that others share" {
	local try
	make_text "$STORE/postgrey.db" <<<"$SEED"
	for try in {1..40}; do "$BIN/grey-dump" -p -h "$STORE" -f "$BATS_TEST_TMPDIR/file$((try % 2))"; done
	run -0 db_stat -e -h "$STORE"
	assert_line --regexp $'^[01]\tReferences'
}
